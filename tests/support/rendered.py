"""Templates filled in for tests, as text on one line."""

import copy
import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from study.audit.files import Audit
from study.config.languages import Language, languages
from study.evaluation.files import Summary
from study.reporting.document import MissingRun, report_context
from study.reporting.rendering import templates_in
from study.reporting.specs import BridgeNames, ReportSpec
from study.reporting.templates import ENDING

Study = tuple[Summary, Audit]
LANGUAGES: tuple[Language, ...] = languages()
TEMPLATES = {language: templates_in(language) for language in LANGUAGES}
"""Compiled once for many tests."""

WRONG = {
    "en": r"\b1 (epochs|images|layers|seeds|units|runs|filters)\b|\ban? \d+ epoch\b|None|\bof of\b",
    "es": r"\b1 (épocas|imágenes|capas|semillas|unidades|ejecuciones|filtros)\b|\b(a|de) el\b|None",
}
"""What no sentence may have, in some languages more than in others; the seldom "de él" has an accent."""


def context_of(
    study: Study, language: Language, missing: tuple[MissingRun, ...] = (), bridges: tuple[BridgeNames, ...] = ()
) -> Any:
    spec = ReportSpec(language=language, format="html", study_name="p", labels={}, bridges=bridges, template="0" * 64)
    summary = dataclasses.replace(study[0], content=copy.deepcopy(study[0].content))
    return report_context(spec, summary, study[1], [], missing)


def written(template: str, context: Mapping[str, Any], language: Language) -> str:
    """A template's text on one line, without Markdown's escapes."""
    text = TEMPLATES[language].get_template(f"{template}{ENDING}").render(context)
    text = " ".join(re.sub(r"\\(.)", r"\1", text).split())
    assert text
    assert [
        text[max(0, found.start() - 60) : found.end() + 20] for found in re.finditer(WRONG.get(language, "None"), text)
    ] == []
    return text


def of_arm(study: Study, language: Language, **changes: Any) -> str:
    """The section of a study's first arm, some of whose summary is changed."""
    summary = dataclasses.replace(study[0], content=copy.deepcopy(study[0].content))
    arm = summary.content["arms"][0]
    arm |= changes
    summary.content["arms"] = [arm]
    context = context_of((summary, study[1]), language)
    return written("arm", context | {"arm": arm}, language)
