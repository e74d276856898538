"""Conversion from Markdown to a single HTML file or to Typst, by pandoc."""

import json
from pathlib import Path
from typing import Literal

import pypandoc

from study.config.languages import Language
from study.reporting.phrases import phrases_of
from study.reporting.templates import FOLDER, SHARED

READER = "markdown-smart"
"""Pandoc's Markdown without smart quotes and dashes."""

OPTIONS = {
    "html5": ("--template=template.html", "--embed-resources", "--toc", "--toc-depth=3", "--shift-heading-level-by=1"),
    "typst": ("--template=template.typ",),
}


def convert(text: str, folder: Path, language: Language, target: Literal["html5", "typst"], output: Path) -> None:
    """Have pandoc write ``output`` from Markdown whose figures are in ``folder``.

    Raises RuntimeError for whatever it finds wrong, such as a missing figure.
    """
    for file in SHARED:
        (folder / file).write_bytes((FOLDER / file).read_bytes())
    phrases = phrases_of(language)
    signs = {"point": phrases.numbers.point, "group": phrases.numbers.group_sign}
    words = {**phrases.tables["page"], **signs}
    (folder / "words.json").write_text(json.dumps({"words": words}, ensure_ascii=False), encoding="utf-8")
    pypandoc.convert_text(
        text,
        target,
        format=READER,
        outputfile=str(output.resolve()),
        cworkdir=str(folder),
        extra_args=[
            "--standalone",
            *OPTIONS[target],
            "--lua-filter=filter.lua",
            "--metadata-file=words.json",
            f"--metadata=lang:{language}",
            f"--metadata=toc-title:{phrases.text('page.contents')}",
            "--columns=10000",
            "--fail-if-warnings",
        ],
    )
