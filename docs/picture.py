"""Take a picture of the first page of a PDF report, for the README.

PYTHONPATH=scripts python docs/picture.py results/demo/report/report.en.pdf docs/first-page.png
"""

import argparse
from pathlib import Path

import pymupdf

from study.errors import StudyError, program
from study.store.files import atomic

WIDTH = 900
"""Pixels: sharp on a README's page, and small in a repository."""


@program
def main() -> None:
    """A report in, the picture of its first page out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("report", type=Path, help="a published report.LANGUAGE.pdf")
    parser.add_argument("picture", type=Path, help="the .png to write")
    arguments = parser.parse_args()
    if not arguments.report.is_file():
        raise StudyError(f"{arguments.report}: there is no such report; make demo writes one")
    with pymupdf.open(arguments.report) as pdf:
        page = pdf[0]
        scale = WIDTH / page.rect.width
        with atomic(arguments.picture) as temporary:
            page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), alpha=False).pil_save(temporary, "PNG", optimize=True)


if __name__ == "__main__":
    main()
