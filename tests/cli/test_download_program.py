import hashlib
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from study.jobs import Job
from study.lineage import code_digest
from study.store.artefacts import open_artefact

PROGRAM = Path("scripts/download.py")
CONTENT = bytes(range(256)) * 400
JOB = Job(
    "downloads",
    "data",
    {"filename": "data.bin", "checksum": "sha256:" + hashlib.sha256(CONTENT).hexdigest(), "size": len(CONTENT)},
    code_digest(PROGRAM),
)


def start(store: Path, *arguments: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, PROGRAM, "--job", "-", "--store", store, *arguments],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdin.write(JOB.to_json())
    process.stdin.close()
    process.stdin = None
    return process


class _SlowHandler(BaseHTTPRequestHandler):
    """Sends the file in two halves, so that downloads that start together overlap."""

    def log_message(self, format, *args):
        pass

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        half = len(CONTENT) // 2
        self.wfile.write(CONTENT[:half])
        time.sleep(0.5)
        self.wfile.write(CONTENT[half:])


@pytest.fixture
def url():
    with ThreadingHTTPServer(("127.0.0.1", 0), _SlowHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/data.bin"
        server.shutdown()


def files(store):
    """Names of all files of a store but the notes on what code made them."""
    found = [path for path in store.rglob("*") if path.is_file()]
    return sorted(path.name for path in found if path.relative_to(store).parts[0] != "code")


def test_several_processes_can_download_the_same_file_at_once(url, tmp_path):
    processes = [start(tmp_path, "--url", url) for _ in range(4)]
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    assert open_artefact(tmp_path, JOB.ref).file("data.bin").read_bytes() == CONTENT
    assert files(tmp_path) == ["data.bin", "sidecar.json"]


def test_a_terminated_download_leaves_nothing(url, tmp_path):
    process = start(tmp_path, "--url", url)
    deadline = time.monotonic() + 30
    while not list(tmp_path.glob(".tmp-*/**/data.bin")):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM
    assert files(tmp_path) == []


def test_a_local_copy_needs_no_address(tmp_path):
    (tmp_path / "copy").write_bytes(CONTENT)
    process = start(tmp_path / "store", "--file", str(tmp_path / "copy"))
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert open_artefact(tmp_path / "store", JOB.ref).file("data.bin").read_bytes() == CONTENT


def test_a_wrong_copy_ends_the_program_with_one_sentence(tmp_path):
    (tmp_path / "copy").write_bytes(CONTENT[:-1])
    process = start(tmp_path / "store", "--file", str(tmp_path / "copy"))
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert errors.startswith("error: ")
    assert errors.count("\n") == 1
    assert f"received {len(CONTENT) - 1} of {len(CONTENT)} bytes" in errors
    assert files(tmp_path / "store") == []
