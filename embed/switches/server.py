"""A server of one page and of the one call that it makes, for this machine only.

It listens on 127.0.0.1. A request must name this machine as its host, so that no site reaches it under a name of its
own (DNS rebinding), and must come from the page itself. Nothing is kept from one call to the next.
"""

import select
import socket
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MACHINE = "127.0.0.1"
CALL = "/sound"
MAX_BODY_BYTES = 2**18


class PageServer(ThreadingHTTPServer):
    """Answers GET / with a page, and POST /sound with the JSON that `answer` makes of a body, or with its ValueError.

    `answer` also gets a function that says whether the caller still waits, and returns None if not.
    """

    daemon_threads = True  # who stops it does not wait for calls

    def __init__(self, port: int, page: str, answer: Callable[[bytes, Callable[[], bool]], bytes | None]):
        super().__init__((MACHINE, port), _Handler)
        self.page, self.answer = page.encode(), answer
        self.hosts = [f"{name}:{self.server_port}" for name in (MACHINE, "localhost")]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print faults of ours; that a browser has gone is none."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def open_server(port: int, page: str, answer: Callable[..., bytes | None]) -> PageServer:
    """Return a server that listens on a port or, where it is taken, on a free one; a line says so."""
    try:
        return PageServer(port, page, answer)
    except OSError as error:
        print(f"page.port={port}: {error.strerror}; a free port is used")
        return PageServer(0, page, answer)


class _Handler(BaseHTTPRequestHandler):
    server: PageServer
    timeout = 30  # seconds without a byte

    def do_GET(self) -> None:
        if self._is_allowed("/"):
            self._send(200, "text/html", self.server.page)

    def do_POST(self) -> None:
        if not self._is_allowed(CALL):
            return
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdecimal() and len(length) < 10 and int(length) <= MAX_BODY_BYTES):
            self.send_error(413, f"Content-Length={length!r}: must be at most {MAX_BODY_BYTES} bytes")
            return
        try:
            content = self.server.answer(self.rfile.read(int(length)), self._is_awaited)
            if content is not None:
                self._send(200, "application/json", content)
        except ValueError as error:
            self.send_error(400, str(error))

    def _is_allowed(self, path: str) -> bool:
        host = self.headers.get("Host", "").lower()
        origin = self.headers.get("Origin", f"http://{host}")
        if host not in self.server.hosts:
            self.send_error(403, f"Host={host!r}: must be {' or '.join(self.server.hosts)}")
        elif origin != f"http://{host}":
            self.send_error(403, f"Origin={origin!r}: must be the page itself")
        elif self.path != path:
            self.send_error(404, f"{self.path}: there is only GET / and POST {CALL}")
        else:
            return True
        return False

    def _is_awaited(self) -> bool:
        has_ended_or_sent = select.select([self.connection], [], [], 0)[0]
        return not has_ended_or_sent or bool(self.connection.recv(1, socket.MSG_PEEK))

    def _send(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", "frame-ancestors 'none'")  # the rest of it is in the page
        self.end_headers()
        self.wfile.write(content)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        self._send(code, "text/plain", f"{' '.join((message or '').split())[:300]}\n".encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass  # nothing is printed about requests
