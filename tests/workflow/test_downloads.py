"""What Snakemake's own output says about a download, and what is kept of one that was killed."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from support.paths import ROOT
from support.waiting import wait_until
from support.workflow import Workflow, new_workflow

CONTENT = bytes(range(256)) * 400
HALF = len(CONTENT) // 2


class _Handler(BaseHTTPRequestHandler):
    """Has nothing under /absent; of a whole file it sends half until the test says so."""

    server: "_Server"

    def log_message(self, format: str, *arguments: Any) -> None:
        pass

    def do_GET(self) -> None:
        if self.path == "/absent":
            self.send_error(404)
            return
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        self.server.starts.append(start)
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        self.wfile.write(CONTENT[start:HALF])
        self.server.go_on.wait()
        self.wfile.write(CONTENT[max(start, HALF) :])


class _Server(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.starts: list[int] = []
        self.go_on = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@pytest.fixture
def server() -> Iterator[_Server]:
    with _Server() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.go_on.set()
        server.shutdown()


def test_a_killed_download_goes_on_and_faults_are_told_where_snakemake_speaks(server: _Server, tmp_path: Path) -> None:
    workflow = new_workflow(tmp_path / "copy", ROOT / "config" / "config.yaml")
    workflow.configure(lambda config: config["study"].update(arms=["scratch_pytorch"]))
    archive = {
        "filename": "cifar.tar.gz",
        "checksum": f"sha256:{hashlib.sha256(CONTENT).hexdigest()}",
        "size": len(CONTENT),
        "urls": [f"{server.address}/absent", f"{server.address}/file"],
    }

    def small(config: dict[str, Any]) -> None:
        name = config["arms"]["scratch_pytorch"]["dataset"]
        config["datasets"][name]["archive"] = archive

    workflow.configure(small)
    until = ("--until", "download")
    with subprocess.Popen(
        [sys.executable, "-m", "snakemake", "--cores", "1", *until],
        cwd=workflow.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    ) as killed:
        parts = workflow.results / "work" / "downloads"
        wait_until(lambda: [path.stat().st_size for path in parts.glob("*/cifar.tar.gz")] == [HALF], "half", killed)
        os.killpg(killed.pid, signal.SIGKILL)
    assert killed.returncode == -signal.SIGKILL
    server.go_on.set()
    again = Workflow(workflow.root, "config/config.yaml").snakemake(*until)
    assert again.returncode == 0, again.stderr
    assert server.starts == [0, HALF]
    assert f"cifar.tar.gz: {server.address}/absent: HTTP 404\n" in again.stderr
    (log,) = workflow.results.glob("logs/download/*.log")
    assert f"cifar.tar.gz: {server.address}/absent: HTTP 404\n" in log.read_text(encoding="utf-8")
    assert not list(parts.glob("*"))
