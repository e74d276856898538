import hashlib
import os
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from study.data.downloads import part_of
from study.store.artefacts import open_artefact
from study.store.jobs import Job
from study.store.lineage import code_digest
from support.waiting import wait_until

PROGRAM = Path("scripts/download.py")
CONTENT = bytes(range(256)) * 400
JOB = Job(
    "downloads",
    "data",
    {"filename": "data.bin", "checksum": "sha256:" + hashlib.sha256(CONTENT).hexdigest(), "size": len(CONTENT)},
    code_digest(PROGRAM),
)


def start(store: Path, *arguments: str, pass_fds: tuple[int, ...] = ()) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, PROGRAM, "--job", "-", "--store", store, *arguments],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        pass_fds=pass_fds,
    )
    process.stdin.write(JOB.to_json())
    process.stdin.close()
    process.stdin = None
    return process


class _HalfHandler(BaseHTTPRequestHandler):
    """Sends what is asked for; of a whole file only half until the test says so."""

    def log_message(self, format, *args):
        pass

    def do_GET(self):
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        self.server.starts.append(start)
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        half = len(CONTENT) // 2
        self.wfile.write(CONTENT[start:half])
        self.server.go_on.wait()
        self.wfile.write(CONTENT[max(start, half) :])


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), _HalfHandler) as server:
        server.go_on = threading.Event()
        server.starts = []
        server.url = f"http://127.0.0.1:{server.server_address[1]}/data.bin"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.go_on.set()
        server.shutdown()


@pytest.fixture
def store(tmp_path):
    return tmp_path / "results" / "store"


def files(store):
    """Names of all files of a store but the notes on what code made them."""
    found = [path for path in store.rglob("*") if path.is_file()]
    return sorted(path.name for path in found if path.relative_to(store).parts[0] != "code")


def test_several_processes_can_download_the_same_file_at_once(server, store):
    processes = [start(store, "--url", server.url) for _ in range(4)]
    # The one that came first is the only one that says nothing.
    waiting = []
    for process in processes:
        threading.Thread(target=lambda p=process: waiting.append(p.stderr.readline()), daemon=True).start()
    wait_until(lambda: len(waiting) == 3, "three that wait")
    server.go_on.set()
    for process in processes:
        assert process.wait() == 0
    assert set(waiting) - {""} == {"waiting for another process that is downloading the same file\n"}
    assert server.starts == [0]
    assert open_artefact(store, JOB.ref).file("data.bin").read_bytes() == CONTENT
    assert files(store) == ["data.bin", "sidecar.json"]
    assert not list((store.parent / "work").rglob("*.*"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_stopped_download_says_so_and_the_next_one_goes_on(server, store, number):
    process = start(store, "--url", server.url)
    part = part_of(store, JOB)
    half = len(CONTENT) // 2
    wait_until(lambda: part.exists() and part.stat().st_size == half, "half of the file", process)
    process.send_signal(number)
    _, errors = process.communicate()
    if number == signal.SIGKILL:
        assert process.returncode == -number
    else:
        assert process.returncode == 128 + number
        assert errors == (
            f"stopped: {number.name} during the download of data.bin; "
            "0.1 MB are kept; the next command continues from there\n"
        )
    assert files(store) == []
    server.go_on.set()
    again = start(store, "--url", server.url)
    _, errors = again.communicate()
    assert (again.returncode, errors) == (0, "")
    assert server.starts == [0, half]
    assert open_artefact(store, JOB.ref).file("data.bin").read_bytes() == CONTENT
    assert not list((store.parent / "work").rglob("*.*"))


def test_what_is_said_goes_to_the_log_and_to_the_terminal(store):
    reader, writer = os.pipe()
    process = start(store, "--url", "http://127.0.0.1:1/data.bin", "--announce-to", str(writer), pass_fds=(writer,))
    os.close(writer)
    _, errors = process.communicate()
    with open(reader, encoding="utf-8") as terminal:
        said = terminal.read()
    assert said == "data.bin: http://127.0.0.1:1/data.bin: no transfer (Connection refused)\n"
    assert errors.startswith(said)
    assert errors.removeprefix(said).startswith("error: data.bin: could not be downloaded")


def test_a_local_copy_needs_no_address(tmp_path):
    (tmp_path / "copy").write_bytes(CONTENT)
    process = start(tmp_path / "store", "--file", str(tmp_path / "copy"))
    _, errors = process.communicate()
    assert (process.returncode, errors) == (0, "")
    assert open_artefact(tmp_path / "store", JOB.ref).file("data.bin").read_bytes() == CONTENT


def test_a_wrong_copy_ends_the_program_with_one_sentence(tmp_path):
    (tmp_path / "copy").write_bytes(CONTENT[:-1])
    process = start(tmp_path / "store", "--file", str(tmp_path / "copy"))
    _, errors = process.communicate()
    assert process.returncode == 1
    assert errors.startswith("error: ")
    assert errors.count("\n") == 1
    assert f"received {len(CONTENT) - 1} of {len(CONTENT)} bytes" in errors
    assert files(tmp_path / "store") == []
