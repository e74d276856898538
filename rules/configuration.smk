# Configuration files mean what stands in them: Snakemake's own reader keeps the last of two equal keys, takes 010 for 8.
import sys
from pathlib import Path

ROOT = Path(workflow.basedir)
sys.path.insert(0, str(ROOT / "scripts"))

from study.machine.unicode import use_utf8

use_utf8()

from study.errors import StudyError
from study.config.load import DEFAULT_CONFIG, check_files

try:
    check_files(
        [
            *map(Path, workflow.configfiles),
            *([] if "arms" in config else [Path(DEFAULT_CONFIG)]),
        ]
    )
except StudyError as error:
    sys.exit(f"error: {error}")
