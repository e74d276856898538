"""A server of one file, an address where nobody listens, and a store."""

import socket
import threading
from collections import Counter
from http.server import ThreadingHTTPServer

import pytest

from support.file_server import FileHandler


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


@pytest.fixture
def store(tmp_path):
    """A store whose work folder no other test has."""
    return tmp_path / "results" / "store"
