import hashlib
import shutil
import socket
import ssl
import subprocess
import threading
from collections import Counter
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from study.data.downloads import download, make_download, part_of
from study.data.transfer import Expected, Fault, Meter, Patience
from study.errors import StudyError
from study.store.artefacts import open_artefact
from study.store.jobs import Job
from support.file_server import CONTENT, PAGE, FileHandler

EXPECTED = Expected("data.bin", "sha256:" + hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))
QUICK = Patience(timeout=60.0, attempts=2, pause=0.0)
IMPATIENT = Patience(timeout=0.3, attempts=2, pause=0.0)
"""For a server that never answers: any other may need longer on a busy machine."""


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), FileHandler) as server:
        server.requests = Counter()
        server.starts = []
        server.address = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def refused():
    """An address where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{free.getsockname()[1]}/good"


def job(**changes):
    spec = {"filename": EXPECTED.filename, "checksum": EXPECTED.checksum, "size": EXPECTED.size}
    return Job("downloads", "data", {**spec, **changes}, "0" * 16)


@pytest.fixture
def store(tmp_path):
    """A store whose work folder no other test has."""
    return tmp_path / "results" / "store"


def all_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def refusal(store: Path, urls=(), local=None, patience=QUICK, **changes) -> str:
    """The message with which a download is refused; nothing may be left of it."""
    with pytest.raises(StudyError) as caught:
        make_download(store, job(**changes), urls, local, patience)
    assert all_files(store) == []
    return str(caught.value)


def test_a_good_file_becomes_a_complete_artefact(server, tmp_path):
    make_download(tmp_path, job(), [f"{server.address}/good"], None, QUICK)
    artefact = open_artefact(tmp_path, job().ref)
    assert artefact.file("data.bin").read_bytes() == CONTENT
    assert sorted(path.name for path in all_files(tmp_path)) == ["data.bin", "sidecar.json"]


def test_md5_and_an_unknown_size_do_too(server, tmp_path):
    md5 = job(checksum="md5:" + hashlib.md5(CONTENT).hexdigest(), size=None)
    make_download(tmp_path, md5, [f"{server.address}/good"], None, QUICK)
    assert open_artefact(tmp_path, md5.ref).file("data.bin").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("path", "fault", "attempts"),
    [
        ("/cut", "received 130 of 170 bytes", 2),
        ("/short", "received 130 of 170 bytes", 1),
        ("/busy", "HTTP 503", 2),
        ("/absent", "HTTP 404", 1),
        ("/page", f"an HTML page of {len(PAGE)} bytes, not the file", 1),
        ("/other", f"received 170 bytes with sha256:{hashlib.sha256(CONTENT[::-1]).hexdigest()}", 1),
        ("/stalled", "no answer within 0.3 seconds", 2),
    ],
)
def test_faults_are_told_and_leave_no_file(server, tmp_path, path, fault, attempts):
    patience = IMPATIENT if path == "/stalled" else QUICK
    message = refusal(tmp_path / "results" / "store", [server.address + path], patience=patience)
    assert f"{server.address}{path}: {fault}; " in message
    assert f"expected 170 bytes with {EXPECTED.checksum}" in message
    assert "to place it by hand, download it elsewhere and set 'file'" in message
    assert "\n" not in message
    assert server.requests[path] == attempts


def test_a_refused_connection_is_told(refused, tmp_path):
    assert f"{refused}: no transfer (Connection refused)" in refusal(tmp_path / "results" / "store", [refused])


def test_without_an_address_the_way_by_hand_is_told(tmp_path):
    assert "no address is given; to place it by hand" in refusal(tmp_path / "results" / "store")


def test_a_page_is_known_as_one_where_the_size_is_not(server, tmp_path):
    assert "an HTML page" in refusal(tmp_path / "results" / "store", [f"{server.address}/page"], size=None)


def test_the_next_address_is_tried(server, refused, tmp_path):
    urls = [refused, f"{server.address}/page", f"{server.address}/good", f"{server.address}/other"]
    make_download(tmp_path, job(), urls, None, QUICK)
    assert open_artefact(tmp_path, job().ref).file("data.bin").read_bytes() == CONTENT
    assert server.requests == {"/page": 1, "/good": 1}


def test_a_transfer_that_is_cut_once_is_repeated_from_the_start(server, tmp_path):
    download(EXPECTED, [f"{server.address}/cut-once"], tmp_path / "data.bin", QUICK)
    assert (tmp_path / "data.bin").read_bytes() == CONTENT


def test_a_certificate_that_nobody_signed_is_refused(server, tmp_path):
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    )
    subprocess.run([*command.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    url = server.address.replace("http:", "https:") + "/good"
    assert f"{url}: the server's certificate is not trusted (" in refusal(tmp_path / "store", [url])
    assert not server.requests


def test_a_local_file_is_used_instead_of_the_network(server, tmp_path):
    (tmp_path / "copy").write_bytes(CONTENT)
    make_download(tmp_path / "store", job(), [f"{server.address}/good"], tmp_path / "copy", QUICK)
    assert open_artefact(tmp_path / "store", job().ref).file("data.bin").read_bytes() == CONTENT
    assert not server.requests


def test_a_wrong_or_cut_local_file_is_refused(tmp_path):
    copy = tmp_path / "copy"
    copy.write_bytes(CONTENT[::-1])
    assert f"{copy}: is not data.bin: expected 170 bytes" in refusal(tmp_path / "store", local=copy)
    copy.write_bytes(CONTENT[:75])
    assert "received 75 of 170 bytes" in refusal(tmp_path / "store", local=copy)
    copy.write_bytes(b"")
    assert "received 0 of 170 bytes" in refusal(tmp_path / "store", local=copy)


def test_a_missing_local_file_is_named(tmp_path):
    message = refusal(tmp_path / "store", local=tmp_path / "absent")
    assert f"{tmp_path / 'absent'}: cannot be copied (No such file or directory); 'file' must name" in message


def test_a_failed_download_leaves_an_older_artefact_as_it_is(server, tmp_path):
    make_download(tmp_path, job(), [f"{server.address}/good"], None, QUICK)
    with pytest.raises(StudyError):
        make_download(tmp_path, job(), [f"{server.address}/cut"], None, QUICK)
    assert open_artefact(tmp_path, job().ref).file("data.bin").read_bytes() == CONTENT


def test_a_store_that_cannot_be_written_is_named(server, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StudyError, match=r"data.bin cannot be written there \(Not a directory\)"):
        make_download(tmp_path / "file" / "store", job(), [f"{server.address}/good"], None, QUICK)
    assert not server.requests


def begin(store: Path, content: bytes) -> Path:
    """Let a part of the file be there, as a killed download leaves it."""
    part = part_of(store, job())
    part.parent.mkdir(parents=True)
    part.write_bytes(content)
    return part


def made(store: Path) -> bytes:
    return open_artefact(store, job().ref).file("data.bin").read_bytes()


def test_a_transfer_goes_on_where_it_was_cut(server, store):
    make_download(store, job(), [f"{server.address}/ranges-cut-once"], None, QUICK)
    assert made(store) == CONTENT
    assert server.starts == [0, 130]
    assert not (store.parent / "work" / "downloads").exists() or not all_files(store.parent / "work")


def test_the_next_command_goes_on_from_what_a_failed_one_kept(server, store):
    with pytest.raises(StudyError, match="received 130 of 170 bytes"):
        make_download(store, job(), [f"{server.address}/cut"], None, QUICK)
    make_download(store, job(), [f"{server.address}/ranges"], None, QUICK)
    assert made(store) == CONTENT
    assert server.starts[-1] == 130


@pytest.mark.parametrize(
    ("part", "path", "starts"),
    [
        pytest.param(CONTENT[:99], "/good", [99], id="the server knows no ranges"),
        pytest.param(b"x" * 99, "/ranges", [99, 0], id="the part is of another file"),
        pytest.param(CONTENT + b"x", "/ranges", [171, 0], id="the part is too long"),
        pytest.param(CONTENT[:99], "/ranges", [99], id="the part is good"),
        pytest.param(CONTENT, "/absent", [], id="the part is the whole"),
        pytest.param(b"", "/ranges", [0], id="the part is empty"),
    ],
)
def test_a_part_of_any_kind_leads_to_the_right_file(server, store, part, path, starts):
    begin(store, part)
    make_download(store, job(), [server.address + path], None, QUICK)
    assert made(store) == CONTENT
    assert server.starts == starts
    assert all_files(store.parent / "work") == []


def test_a_server_without_as_many_bytes_is_asked_from_the_start(server, store):
    begin(store, CONTENT[:99])
    message = refusal(store, [f"{server.address}/too-short"])
    assert "HTTP 416" in message
    assert server.starts == [99, 0]


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/page", f"an HTML page of {len(PAGE)} bytes, not the file"),
        ("/wrong-range", "sends a different part"),
        ("/busy", "503"),
    ],
)
def test_an_answer_that_is_not_the_rest_costs_nothing_of_what_is_here(server, store, path, fault):
    part = begin(store, CONTENT[:99])
    with pytest.raises(StudyError, match=fault):
        make_download(store, job(), [server.address + path], None, QUICK)
    assert part.read_bytes() == CONTENT[:99]
    make_download(store, job(), [server.address + path, f"{server.address}/ranges"], None, QUICK)
    assert made(store) == CONTENT


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


def test_results_over_two_file_systems_are_no_obstacle(server, store, monkeypatch):
    def crosses(source, target):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr("shutil.os.rename", crosses)
    make_download(store, job(), [f"{server.address}/good"], None, QUICK)
    assert made(store) == CONTENT
