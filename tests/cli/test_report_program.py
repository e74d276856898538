import os
import re
from html.parser import HTMLParser

import pymupdf
import pytest

from study.reporting.templates import template_digest
from study.store.artefacts import open_artefact
from study_results import digits_arms, make_study, run_program, summarise_study

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


def report_of(study, file_format):
    labels = {arm.name: LABEL for arm in study.arms}
    job = study.report_job(file_format, template_digest("es"), labels)
    finished = run_program("report", study.store, job, environment=bare_environment())
    assert finished.returncode == 0, finished.stderr
    return open_artefact(study.store, job.ref).file(f"report.es.{file_format}")


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


def test_html_is_one_file_with_everything_in_it(study):
    page = Page()
    page.feed(report_of(study, "html").read_text(encoding="utf-8"))
    assert page.language == "es"
    assert [address for tag, address in page.addresses if not address.get("href", "").startswith("data:")] == []
    assert len(page.images) == 8
    assert all(image["src"].startswith("data:image/svg+xml") and LABEL in image["alt"] for image in page.images)
    assert f"1.1 {LABEL}" in page.text
    assert "61,59\u00a0%" in page.text
    assert page.text.index("Ejecución reducida") < page.text.index("Contenido") < page.text.index("Introducción")


def test_pdf_holds_text_figures_and_bookmarks(study):
    with pymupdf.open(report_of(study, "pdf")) as pdf:
        text = re.sub(r"\s+", " ", "".join(page.get_text() for page in pdf))
        assert pdf.metadata["title"] == "AlexNet challenge"
        assert [entry[1] for entry in pdf.get_toc() if entry[0] == 1][:2] == ["Introducción", "1 AlexNet desde cero"]
        assert pdf.get_page_fonts(0) != []
    assert "±" in text
    assert LABEL in text
    assert "61,59 %" in text
    assert len(re.findall(r"Figura \d", text)) == 8
    assert text.index("Ejecución reducida") < text.index("Introducción")


def test_matplotlib_keeps_its_cache_in_the_results_folder(study):
    report_of(study, "html")
    assert list((study.store.parent / "work" / "cache" / "matplotlib").glob("fontlist-*.json"))


def test_templates_other_than_the_planned_ones_are_refused(study):
    job = study.report_job("html", "0" * 64)
    finished = run_program("report", study.store, job)
    assert finished.returncode == 1
    assert "the templates changed after this job was planned" in finished.stderr
    assert not (study.store / job.ref.folder).exists()
