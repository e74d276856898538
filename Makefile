# `make demo` and `make test` do all the set-up that they need.
PYTHON ?= python3
VENV ?= .venv
CORES ?= 4
GPUS ?= 1
# Configuration files for what looks at a study; config/config.yaml if empty.
CONFIG ?=

BIN := $(VENV)/bin
SNAKEMAKE := $(BIN)/python -m snakemake --cores $(CORES) --resources gpu=$(GPUS)
# Caches of libraries stay in this folder.
export XDG_CACHE_HOME := $(CURDIR)/.cache
export MPLCONFIGDIR := $(CURDIR)/.cache/matplotlib

CONFIGFILE := $(if $(CONFIG),--configfile $(CONFIG))

.PHONY: help environment picture demo study quick envs doctor why plan seeds verify queue clean-old partial-report test test-all test-fast test-unit test-report test-thorough test-cli test-pytorch test-tensorflow test-browser test-demo test-workflow test-slurm check format schema

help:
	@echo "make demo     the whole workflow on small embedded data, in minutes"
	@echo "make study    the document's study (downloads CIFAR-10 and pretrained weights)"
	@echo "make quick    a small real run of it"
	@echo "make test     checks, units, reports, every program, both frameworks, the demo workflow"
	@echo "make test-fast       of these the units, which draw nothing and take no framework: a minute"
	@echo "make test-workflow   what reruns when, and stops, with real Snakemake: some ten minutes more"
	@echo "make test-slurm      on a SLURM of one node that it starts, as root; INSTALL=1 lets it install Debian's packages"
	@echo "make test-all        the demo and all of these, whatever fails: as .ci/run does"
	@echo "make envs     an environment per framework, with CUDA libraries: for a machine with a GPU"
	@echo "make doctor   whether this machine can run the study      (CONFIG=config/demo.yaml, as below)"
	@echo "make why      what would run, and why            (this and the next ones: CONFIG=config/demo.yaml)"
	@echo "make plan     what would run, with time and disk"
	@echo "make seeds    which claims and effects are open, and what more seeds would decide and cost"
	@echo "make queue    its jobs in SLURM's queue, by arm and seed"
	@echo "make verify   check the hashes of all results"
	@echo "make partial-report   the report of what is complete"
	@echo "make clean-old        remove what nothing in config/ and nothing that ran here needs, after a yes (YES=1: without asking)"

# Where `make envs` made environments for the frameworks, this one needs none.
environment: $(if $(wildcard .interpreters.yaml),$(VENV)/workflow,$(VENV)/installed)

$(VENV)/workflow: $(wildcard envs/*.txt)
	@'$(PYTHON)' -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v <= (3, 13) else f"error: Python {v[0]}.{v[1]} found, 3.11 to 3.13 needed; give another with make PYTHON=...")'
	'$(PYTHON)' -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --requirement envs/workflow.txt --requirement envs/library.txt --requirement envs/report.txt
	touch $@

$(VENV)/installed: $(VENV)/workflow
	$(BIN)/python -m pip install --quiet --requirement envs/requirements.txt
	touch $@

$(VENV)/installed-development: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --requirement envs/development.txt
	touch $@

demo: environment
	$(SNAKEMAKE) --configfile config/demo.yaml
	@echo
	@echo "The report: results/demo/report/report.en.html and .pdf; in Spanish, report.es.html and .pdf"

study: environment
	$(SNAKEMAKE)

quick: environment
	$(SNAKEMAKE) --configfile config/quick.yaml

envs: $(VENV)/workflow
	@$(BIN)/python scripts/make_envs.py

doctor: environment
	@$(BIN)/python scripts/doctor.py $(CONFIGFILE)

why: environment
	@$(BIN)/python scripts/why.py $(CONFIGFILE)

plan: environment
	@$(BIN)/python scripts/show_plan.py $(CONFIGFILE)

seeds: environment
	@$(BIN)/python scripts/show_seeds.py $(CONFIGFILE)

queue: environment
	@$(BIN)/python scripts/show_queue.py $(CONFIGFILE)

verify: environment
	@$(BIN)/python scripts/verify.py $(CONFIGFILE)

partial-report: environment
	@$(BIN)/python scripts/partial_report.py $(CONFIGFILE)

clean-old: environment
	@$(BIN)/python scripts/clean_old.py $(if $(YES),--yes)

# The picture in the README, from a finished demo.
picture: $(VENV)/installed-development
	PYTHONPATH=scripts $(BIN)/python docs/picture.py results/demo/report/report.en.pdf docs/first-page.png

# Parts of `make test`, the quickest first. Frameworks take all cores by themselves.
PARTS := check test-unit test-report test-thorough test-cli test-pytorch test-tensorflow test-browser test-demo
SIDE_BY_SIDE := --numprocesses auto --maxprocesses 4 --dist worksteal

test:
	@tests/parts.sh $(PARTS:%='$(MAKE) --no-print-directory %')

# The demo comes first, as it must run where nothing is installed that only the tests need.
test-all:
	@tests/parts.sh $(patsubst %,'$(MAKE) --no-print-directory %',demo $(PARTS) test-workflow test-slurm)

test-fast: test-unit

test-unit: $(VENV)/installed-development
	$(BIN)/pytest tests/unit $(SIDE_BY_SIDE)

test-report: $(VENV)/installed-development
	$(BIN)/pytest tests/report $(SIDE_BY_SIDE)

test-thorough: $(VENV)/installed-development
	$(BIN)/pytest tests/thorough $(SIDE_BY_SIDE)

test-cli: $(VENV)/installed-development
	$(BIN)/pytest tests/cli $(SIDE_BY_SIDE)

test-pytorch: $(VENV)/installed-development
	$(BIN)/pytest tests/pytorch

test-tensorflow: $(VENV)/installed-development
	$(BIN)/pytest tests/tensorflow

# The report in a headless Chromium; skipped, with a reason, where there is none.
test-browser: $(VENV)/installed-development
	$(BIN)/pytest tests/browser

test-demo: $(VENV)/installed-development
	$(BIN)/pytest tests/workflow/test_demo.py

test-workflow: $(VENV)/installed-development
	$(BIN)/pytest tests/workflow --ignore tests/workflow/test_demo.py

test-slurm: $(VENV)/installed-development
	$(BIN)/python tests/slurm/cluster.py $(if $(INSTALL),--install)

check: $(VENV)/installed-development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile rules
	$(BIN)/python -m snakemake --lint --configfile config/demo.yaml

format: $(VENV)/installed-development
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile rules

schema: $(VENV)/installed
	PYTHONPATH=scripts $(BIN)/python -c 'from study.config.schema import json_schema; print(json_schema(), end="")' > config/schema.json
