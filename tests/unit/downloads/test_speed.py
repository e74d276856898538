"""Downloads that are too slow, and what is said of how far one is."""

import pytest

from study.data.downloads import download
from study.data.transfer import Expected, Fault, Meter, Patience
from support.downloading import EXPECTED
from support.file_server import CONTENT


def test_after_an_address_that_is_too_slow_the_next_one_goes_on(server, tmp_path):
    target = tmp_path / "data.bin"
    said = []
    # Each look at the clock is a minute after the one before: 65 bytes are too few for it, 105 are enough.
    patience = Patience(timeout=60, window=60, least_speed=1.5, report=600)
    urls = [f"{server.address}/slow", f"{server.address}/ranges"]
    download(EXPECTED, urls, target, patience, said.append, clock=iter(range(0, 10_000, 60)).__next__)
    assert target.read_bytes() == CONTENT
    assert said == [f"data.bin: {urls[0]}: slower than 0.0015 kB/s: 65 bytes within 60 seconds"]
    assert server.starts == [0, 65]
    assert server.requests["/slow"] == 1


def test_the_usual_patience_gives_news_every_half_minute_and_gives_up_a_trickle():
    said = []
    patience = Patience()
    expected = Expected("data.bin", "sha256:0", 170_498_071)
    # A read waits no longer than the timeout, so this is the longest time between two lines.
    assert patience.timeout + patience.report <= 30
    meter = Meter(expected, patience, 1_000_000, said.append, 100.0)
    for second in range(1, 121):
        meter.update(100.0 + second, 1_000_000 + second * 80_000)
    assert said[0] == "data.bin: 2.2 of 170.5 MB, 80.0 kB/s"
    assert len(said) == 8
    trickle = Meter(expected, patience, 0, said.append, 0.0)
    for byte in range(1, 12):
        trickle.update(5.0 * byte, byte)
    with pytest.raises(Fault, match=r"slower than 10 kB/s: 12 bytes within 60 seconds"):
        trickle.update(60.0, 12)


def test_speed_counts_anew_in_every_window():
    meter = Meter(Expected("data.bin", "sha256:0", None), Patience(), 0, lambda line: None, 0.0)
    meter.update(60.0, 100_000_000)
    meter.update(90.0, 100_000_100)
    with pytest.raises(Fault, match="200 bytes within 60 seconds"):
        meter.update(120.0, 100_000_200)
