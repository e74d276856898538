# `make demo` and `make test` do all the set-up that they need.
PYTHON ?= python3
VENV ?= .venv
CORES ?= 4
GPUS ?= 1
# Configuration files for the targets that inspect a study; config/config.yaml if empty.
CONFIG ?=

BIN := $(VENV)/bin
SNAKEMAKE := $(BIN)/python -m snakemake --cores $(CORES) --resources gpu=$(GPUS)
# Libraries keep their caches in this folder.
export XDG_CACHE_HOME := $(CURDIR)/.cache
export MPLCONFIGDIR := $(CURDIR)/.cache/matplotlib

CONFIGFILE := $(if $(CONFIG),--configfile $(CONFIG))

.PHONY: help environment picture demo study quick envs doctor why plan seeds verify queue clean-old partial-report test test-all test-fast test-unit test-report test-thorough test-cli test-pytorch test-tensorflow test-browser test-demo test-workflow test-slurm check format schema

help:
	@echo "make demo     the whole workflow on a small built-in data set, in minutes"
	@echo "make study    the document's study (downloads CIFAR-10 and pretrained weights)"
	@echo "make quick    a small run of it on the real data"
	@echo "make test     static checks, unit tests, reports, every program, both frameworks, the demo workflow"
	@echo "make test-fast       only the unit tests, which need no framework: a minute"
	@echo "make test-workflow   reruns and stops, with real Snakemake: about ten minutes more"
	@echo "make test-slurm      a one-node SLURM that it starts itself, as root; INSTALL=1 lets it install Debian's packages"
	@echo "make test-all        the demo and all of these, whatever fails (what .ci/run does)"
	@echo "make envs     one environment per framework, with CUDA libraries: for a machine with a GPU"
	@echo "make doctor   check whether this machine can run the study   (takes CONFIG=config/demo.yaml, like the next ones)"
	@echo "make why      what would run, and why"
	@echo "make plan     what would run, with time and disk"
	@echo "make queue    the study's jobs in SLURM's queue, by arm and seed"
	@echo "make seeds    which claims and effects are open, and what more seeds would decide and cost"
	@echo "make verify   check the hashes of all results"
	@echo "make partial-report   write a report of the runs that are complete"
	@echo "make clean-old        remove what no file in config/ and no command that ran here needs; asks first, unless YES=1"

# Where `make envs` has made environments for the frameworks, this one needs no framework.
environment: $(if $(wildcard .interpreters.yaml),$(VENV)/workflow,$(VENV)/installed)

$(VENV)/workflow: $(wildcard envs/*.txt)
	@'$(PYTHON)' -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v <= (3, 13) else f"error: Python {v[0]}.{v[1]} found, 3.11 to 3.13 needed; name another with make PYTHON=...")'
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

# Parts of `make test`, quickest first. The frameworks' tests run one at a time: each uses all cores.
PARTS := check test-unit test-report test-thorough test-cli test-pytorch test-tensorflow test-browser test-demo
SIDE_BY_SIDE := --numprocesses auto --maxprocesses 4 --dist worksteal

test:
	@tests/parts.sh $(PARTS:%='$(MAKE) --no-print-directory %')

# The demo comes first, since it must run without the packages that only the tests need.
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

# The report in headless Chromium; skipped, with a reason, if it is not installed.
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
