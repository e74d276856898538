import os
import re
from dataclasses import replace
from html.parser import HTMLParser

import pymupdf
import pytest

from study.reporting.templates import template_digest
from study.store.artefacts import is_complete, open_artefact
from support.programs import run_program, summarise_study
from support.study_results import make_study
from support.synthetic_arms import digits_arms

LABEL = 'café ± <b> & | *x* _y_ $z$ "q"'


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    made = make_study(tmp_path_factory.mktemp("with space") / "results" / "store", digits_arms())
    summarise_study(made)
    return made


def bare_environment():
    """A machine without a home, a display or a locale."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "MPLBACKEND": "TkAgg",
    }


def report_of(study, file_format, language="es"):
    labels = {arm.name: LABEL for arm in study.arms}
    figures = study.figures_job(labels, language)
    job = study.report_job(file_format, template_digest(language), labels, language)
    for name, wanted in (("figures", figures), ("report", job)):
        if not is_complete(study.store, wanted.ref):
            finished = run_program(name, study.store, wanted, environment=bare_environment())
            assert finished.returncode == 0, finished.stderr
    return open_artefact(study.store, job.ref).file(f"report.{language}.{file_format}")


class Page(HTMLParser):
    """The texts, images and outside addresses of a page."""

    def __init__(self):
        super().__init__()
        self.text, self.images, self.addresses, self.language = "", [], [], None

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "html":
            self.language = attributes["lang"]
        if tag == "img":
            self.images.append(attributes)
        if tag in ("link", "script") or attributes.get("href", "#")[0] != "#":
            self.addresses.append((tag, attributes))

    def handle_data(self, data):
        self.text += data


FIGURES = 6 + 4 * 3


@pytest.mark.parametrize("language", ["es", "en"])
def test_html_is_one_file_with_everything_in_it(study, language):
    page = Page()
    page.feed(report_of(study, "html", language).read_text(encoding="utf-8"))
    assert page.language == language
    outside = [address for _, address in page.addresses if not address.get("href", "#").startswith(("data:", "#"))]
    assert [address for address in outside if "href" in address or "src" in address] == []
    assert len(page.images) == FIGURES
    assert all(image["src"].startswith("data:image/svg+xml") for image in page.images)
    assert sum(LABEL in image["alt"] for image in page.images) == 4 * 3 + 3
    assert f"1.1 {LABEL}" in page.text
    assert {"es": "61,59\u00a0%", "en": "61.59%"}[language] in page.text
    order = {
        "es": ("Ejecución reducida", "La pregunta.", "La respuesta.", "Contenido", "Introducción"),
        "en": ("Reduced run", "The question.", "The answer.", "Contents", "Introduction"),
    }
    places = [page.text.index(word) for word in order[language]]
    assert places == sorted(places)


WORDS = {
    "es": ("Introducción", "1 AlexNet desde cero", "Figura", "La pregunta.", "61,59 %"),
    "en": ("Introduction", "1 AlexNet from scratch", "Figure", "The question.", "61.59%"),
}


@pytest.mark.parametrize("language", ["es", "en"])
def test_pdf_is_set_well(study, language):
    first, second, figure, question, number = WORDS[language]
    with pymupdf.open(report_of(study, "pdf", language)) as pdf:
        pages = [re.sub(r"\s+", " ", page.get_text()) for page in pdf]
        text = " ".join(pages)
        assert pdf.metadata["title"] == "AlexNet challenge"
        assert pdf.xref_get_key(pdf.pdf_catalog(), "Lang")[1] == language
        assert [entry[1] for entry in pdf.get_toc() if entry[0] == 1][:2] == [first, second]
        fonts = {font[:4] for page in pdf for font in page.get_fonts()}
        assert fonts
        assert all(extension != "n/a" for _, extension, *_ in fonts), "every font is embedded"
        assert all(page.rstrip().endswith(str(number)) for number, page in enumerate(pages, start=1))
        assert sum(len(page.get_drawings()) for page in pdf) > 500, "charts are vectors"
        # Photographs and filters are made of pixels; charts hold none.
        assert {image[0] for page in pdf for image in page.get_images()} != set()
    assert question in pages[0]
    assert number in pages[0]
    assert "±" in text
    assert LABEL in text
    assert {int(number) for number in re.findall(rf"{figure} (\d+):", text)} == set(range(1, FIGURES + 1))


def test_matplotlib_keeps_its_cache_in_the_results_folder(study):
    report_of(study, "html")
    assert list((study.store.parent / "work" / "cache" / "matplotlib").glob("fontlist-*.json"))


def test_templates_other_than_the_planned_ones_are_refused(study):
    job = study.report_job("html", "0" * 64)
    finished = run_program("report", study.store, job)
    assert finished.returncode == 1
    assert "the templates changed after this job was planned" in finished.stderr
    assert not (study.store / job.ref.folder).exists()


def test_phrases_other_than_the_planned_ones_are_refused(study):
    planned = study.figures_job()
    job = replace(planned, spec={**planned.spec, "words": "0" * 16})
    finished = run_program("figures", study.store, job)
    assert finished.returncode == 1
    assert "phrases changed after this job was planned" in finished.stderr
    assert not (study.store / job.ref.folder).exists()
