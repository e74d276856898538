"""What a server answers of one file: well, or badly, by the address that is asked."""

from collections import Counter
from http.server import BaseHTTPRequestHandler

CONTENT = bytes(range(170))
PAGE = b"\n<!DOCTYPE html><html><body>We are down for maintenance.</body></html>" + b" " * 200


class FileHandler(BaseHTTPRequestHandler):
    def log_message(self, format, *args):
        pass

    def answer(self, body, status=200, length=None):
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def answer_range(self, start, content, end=None):
        if start:
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start:end])

    def do_GET(self):
        requests: Counter[str] = self.server.requests
        requests[self.path] += 1
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        self.server.starts.append(start)
        match self.path:
            case "/good":
                self.answer(CONTENT, length=len(CONTENT))
            case "/cut":
                self.answer(CONTENT[:130], length=len(CONTENT))
            case "/cut-once":
                self.answer(CONTENT[: 130 if requests[self.path] == 1 else None], length=len(CONTENT))
            case "/short":
                self.answer(CONTENT[:130])
            case "/busy":
                self.answer(PAGE, status=503, length=len(PAGE))
            case "/page":
                self.answer(PAGE, length=len(PAGE))
            case "/other":
                self.answer(CONTENT[::-1], length=len(CONTENT))
            case "/stalled":
                self.answer(CONTENT[:130], length=len(CONTENT))
                self.rfile.read()  # until the client hangs up
            case "/slow":
                self.answer(CONTENT[:65], length=len(CONTENT))
                self.rfile.read()
            case "/ranges":
                self.answer_range(start, CONTENT)
            case "/ranges-cut-once":
                self.answer_range(start, CONTENT, end=130 if requests[self.path] == 1 else len(CONTENT))
            case "/wrong-range":
                self.answer_range(start and start - 1, CONTENT)
            case "/too-short":
                self.answer(b"", status=416, length=0)
            case _:
                self.answer(b"", status=404, length=0)
