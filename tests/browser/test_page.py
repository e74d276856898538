"""The HTML report in a real browser: what is on it, what a click, a key and a narrow screen do, and accessibility."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from study.audit.files import read_audit, write_audit
from study.audit.results import audit
from study.audit.spec import AuditSpec
from study.evaluation.files import read_summary, write_summary
from study.evaluation.results import read_results
from study.evaluation.summary_spec import SummarySpec
from study.reporting.document import figure_paths, write_report
from study.reporting.figures.draw import draw_figures
from study.reporting.specs import ReportSpec
from support.study_results import make_study
from support.synthetic_arms import document_arms
from support.waiting import HANG

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (envs/development.txt)")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed (envs/development.txt)")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None and "BROWSER_REQUIRED" not in os.environ,
    reason="no Chromium on this machine (Debian: apt install chromium)",
)

FIGURES, TABLES = 6 + 4 * 3, 15
LABEL = 'Red <b>&</b> "ñ"'


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A report of a synthetic study per language."""
    folder = tmp_path_factory.mktemp("with space ñ")
    study = make_study(folder / "store", document_arms())
    spec = SummarySpec.model_validate(study.summary_job.spec)
    (folder / "files").mkdir()
    write_summary(folder / "files", spec, read_results(study.store, study.summary_job, spec), [])
    file = (folder / "files").joinpath
    summary = read_summary(file)
    judged = AuditSpec.model_validate(study.audit_job().spec)
    write_audit(folder / "files", audit(judged, summary.content, summary.epochs, study.right()))
    labels = {arm.name: f"{LABEL} {number}" for number, arm in enumerate(study.arms)}
    written = {}
    for language in ("es", "en"):
        (folder / language).mkdir()
        names = draw_figures(folder / language, summary, read_audit(file), labels, language)  # type: ignore[arg-type]
        settings = ReportSpec(language=language, format="html", study_name="p", labels=labels, template="0" * 64)  # type: ignore[arg-type]
        written[language] = folder / f"report.{language}.html"
        figures = figure_paths(folder / language, names)
        write_report(settings, summary, read_audit(file), figures, written[language])
    return written


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with playwright.sync_playwright() as started:
        launched = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(params=["es", "en"])
def page(request, browser, pages) -> Iterator[object]:
    context = browser.new_context(viewport={"width": 1300, "height": 900}, accept_downloads=True)
    context.requested, context.errors = [], []
    opened = context.new_page()
    opened.set_default_timeout(1000 * HANG)
    opened.on("request", lambda made: context.requested.append(made.url))
    opened.on("console", lambda said: context.errors.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: context.errors.append(str(error)))
    opened.goto(pages[request.param].as_uri())
    yield opened
    context.close()


def test_the_page_holds_all_figures_and_tables_and_fetches_nothing(page):
    assert page.locator("figure img").count() == FIGURES
    assert page.locator("main table").count() == TABLES
    widths = page.evaluate("[...document.images].map(image => image.complete && image.naturalWidth)")
    assert len(widths) == FIGURES
    assert all(width > 0 for width in widths)
    assert [url for url in page.context.requested if not url.startswith(("file:", "data:"))] == []
    assert page.context.errors == []


def test_names_stand_as_they_are(page):
    assert page.locator("main table").first.locator("tbody tr").first.inner_text().startswith(f"{LABEL} 0")
    assert page.locator("main b").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1300])
def test_axe_finds_no_serious_violation(page, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    found = axe.Axe().run(page).response["violations"]
    serious = [
        (item["id"], item["nodes"][0]["html"][:200]) for item in found if item["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_a_phone_scrolls_tables_and_never_the_page(page):
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def column(table, number):
    return [row.locator("td").nth(number).inner_text() for row in table.locator("tbody tr").all()]


def test_a_click_sorts_by_numbers_and_a_third_restores_the_order(page):
    table = page.locator("main table").first
    head = table.locator("th").nth(2)
    before = column(table, 2)
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    ascending = column(table, 2)
    assert [text[:2] for text in ascending] == ["62", "66", "79", "86"]
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert column(table, 2) == ascending[::-1]
    head.locator("button").click()
    assert head.get_attribute("aria-sort") is None
    assert column(table, 2) == before


def test_signed_numbers_and_powers_sort_by_value(page):
    table = page.locator("main table").first
    table.locator("th").nth(4).locator("button").click()
    assert [text[0] for text in column(table, 4)] == ["−", "−", "−", "+"]
    pairs = page.locator("main table", has=page.locator("sup")).first
    pairs.locator("th").last.locator("button").click()
    powers = [cell.inner_text().replace("−", "-") for cell in pairs.locator("tbody td:last-child sup").all()]
    assert [int(power) for power in powers] == sorted(int(power) for power in powers)


def test_a_table_is_copied_as_tab_separated_rows(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("button.copy").first.click()
    page.wait_for_function("document.querySelector('[role=status]').textContent !== ''")
    rows = [line.split("\t") for line in page.evaluate("navigator.clipboard.readText()").strip().split("\n")]
    assert [len(row) for row in rows] == [5] * 5
    assert rows[1][0] == f"{LABEL} 0"
    assert rows[3][4][0] == "-"
    assert not any("\u00a0" in cell for row in rows for cell in row)


def test_the_data_of_a_figure_are_one_click_away(page):
    links = page.locator("figure a.data")
    assert links.count() == FIGURES
    with page.expect_download() as waiting:
        page.locator('a[download="time.csv"]').click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert text.splitlines()[0] == "arm,seed,seconds,seconds_shared,test_accuracy,device"
    assert len(text.splitlines()) == 1 + 4 * 3


def test_a_keyboard_reaches_the_text_the_contents_and_the_tables(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#text"
    button = page.locator("main table").first.locator("th button").first
    button.focus()
    page.keyboard.press("Enter")
    assert page.locator("main table th").first.get_attribute("aria-sort") == "ascending"


def test_every_entry_of_the_contents_leads_somewhere(page):
    targets = page.evaluate("[...document.querySelectorAll('nav a')].map(a => a.getAttribute('href').slice(1))")
    assert len(targets) > 15
    assert all(page.evaluate("name => !!document.getElementById(name)", target) for target in targets)


def test_dark_mode_is_dark_and_print_is_on_white_without_buttons(page):
    page.emulate_media(color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(21, 25, 29)"
    page.emulate_media(color_scheme="dark", media="print")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    assert not page.locator("button.copy").first.is_visible()
    assert not page.locator("nav").is_visible()


def test_a_copied_page_looks_the_same_elsewhere(page, tmp_path):
    moved = tmp_path / "elsewhere & more"
    moved.mkdir()
    source = Path(page.evaluate("decodeURIComponent(location.pathname)"))
    before = page.screenshot(full_page=True)
    page.goto(shutil.copy(source, moved / "r.html").as_uri())
    assert page.screenshot(full_page=True) == before
