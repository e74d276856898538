import re

from support.paths import ROOT


def test_every_test_that_the_page_names_exists() -> None:
    named = re.findall(r"`(tests/\S+\.py)::(test_\w+)`", (ROOT / "docs" / "claims.md").read_text(encoding="utf-8"))
    assert len(named) > 15
    for file, name in named:
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), (file, name)
