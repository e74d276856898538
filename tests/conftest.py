"""What every part of the tests does."""

import gc


def pytest_collection_finish() -> None:
    # What was imported is never garbage; statsmodels collects at every adjustment of p, and would look through it all.
    gc.freeze()
