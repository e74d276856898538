# Configuration files mean what they say: Snakemake's own reader keeps the last of two equal keys and takes 010 for 8.
import sys
from pathlib import Path

# This workflow's own folder; if it is another workflow's module, not the folder of the Snakefile that was called.
ROOT = Path(workflow.current_basedir.get_path_or_uri(secret_free=False)).parent
sys.path.insert(0, str(ROOT / "scripts"))

from study.machine.unicode import use_utf8

use_utf8()

from study.errors import StudyError
from study.config.load import DEFAULT_CONFIG, check_files
from study.config.strict_yaml import check_entries, entries_of

IS_MODULE = not workflow.modifier.is_main_snakefile()
OWN_CONFIG = str(ROOT / DEFAULT_CONFIG) if IS_MODULE else DEFAULT_CONFIG

try:
    # Jobs are given what was checked, in another form.
    if workflow.is_main_process:
        check_entries(entries_of(sys.argv[1:]))
    check_files(
        [
            *map(Path, workflow.configfiles),
            *([] if "arms" in config else [Path(OWN_CONFIG)]),
        ]
    )
except StudyError as error:
    sys.exit(f"error: {error}")
