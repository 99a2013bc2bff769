import base64
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import numpy as np
import pytest
import soundfile

from embed.switches.server import MAX_BODY_BYTES, open_server
from pipeline.parameters import ROOT

HEAD = "POST /sound HTTP/1.1\r\nHost: localhost:{}\r\nContent-Length: {}\r\n\r\n"
CALL = {"run": "net", "setting": {}, "iterations": "quick", "loop": False}


def ask(server, method="POST", path="/sound", body=b"", **headers):
    """Status and text of an answer; a header that is None is not sent."""
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.putrequest(method, path, skip_host=True)
    for name, value in {"Host": server.hosts[0], "Content-Length": len(body), **headers}.items():
        if value is not None:
            connection.putheader(name.replace("_", "-"), str(value))
    connection.endheaders(body)
    response = connection.getresponse()
    return response.status, response.read().decode()


def hear(server, **changes):
    """The strongest frequency of what a call is answered, and its number of samples."""
    status, text = ask(server, body=json.dumps(CALL | changes).encode())
    assert status == 200, text
    samples, rate_hz = soundfile.read(io.BytesIO(base64.b64decode(json.loads(text)["sound"])))
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 2**16))
    return round(np.argmax(spectrum) * rate_hz / 2**16), len(samples)


def test_the_page_is_served_and_calls_only_its_server(server):
    for host in server.hosts:
        status, page = ask(server, "GET", "/", Host=host)
        assert (status, "default-src 'none'" in page, "connect-src 'self'" in page) == (200, True, True)


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "line"),
    [
        ("GET", "/", {"Host": "evil.example"}, 403, "Host='evil.example': must be 127.0.0.1:"),
        ("POST", "/sound", {"Origin": "http://evil.example"}, 403, "Origin='http://evil.example': must be the page"),
        ("GET", "/../x", {}, 404, "/../x: there is only"),
        ("POST", "/", {}, 404, "/: there is only"),
        ("PUT", "/", {}, 501, "Unsupported method"),
        ("POST", "/sound", {"Content_Length": None}, 413, "Content-Length='': must be at most"),
        ("POST", "/sound", {"Content_Length": MAX_BODY_BYTES + 1}, 413, f"Content-Length='{MAX_BODY_BYTES + 1}': must"),
        ("POST", "/sound", {"Content_Length": "0" * 9 + "9" * 9}, 413, "Content-Length='000000000999999999': must"),
    ],
)
def test_what_is_refused(server, method, path, headers, status, line):
    answered, text = ask(server, method, path, **{"Content-Length": None} | headers)
    assert (answered, text.count("\n")) == (status, 1)
    assert text.startswith(line)


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (b"[" * 10_000, "not played: tables or lists lie too deep in each other"),
        ({"run": "other"}, "run='other': must be one of net, table"),
        ({"setting": {"slider": {}}}, "not played: setting.slider: unknown key; did you mean sliders?"),
        ({"setting": {"switches": {"5": 1}}}, "not played: setting.switches.5: there are 4 switches"),
        ({"setting": {"switches": {"1": -1}}}, "not played: setting.switches.1=-1: must be greater than or equal"),
        ({"setting": {"switches": {"1": float("nan")}}}, "not played: setting.switches.1=nan: must be a finite number"),
        ({"setting": {"sliders": {"1": 101}}}, "not played: setting.sliders.1=101: must be less than or equal to 100"),
    ],
)
def test_what_is_no_call_is_refused_in_one_line(server, tones, call, line):
    body = call if isinstance(call, bytes) else json.dumps(CALL | call).encode()
    status, text = ask(server, body=body)
    assert (status, text.count("\n"), len(text) <= 301) == (400, 1, True)
    assert text.startswith(line)
    assert tones["net"].calls == []


def test_clients_at_once_each_hear_their_own_setting(server, tones):
    tones["net"].delay_s = 0.02
    heard = {
        (1000, 8192): {},
        (860, 8192): {"setting": {"sliders": {"1": -1.5, "2": 1}}},
        (1080, 8192): {"setting": {"switches": {"2": 0.5, "4": 0.5}}},
        (2250, 7168): {"setting": {"switches": {"2": 7}, "sliders": {"1": 1}}, "run": "table", "loop": True},
    }
    with ThreadPoolExecutor(8) as clients:
        assert [*clients.map(lambda changes: hear(server, **changes), [*heard.values()] * 2)] == [*heard] * 2


def test_what_nobody_waits_for_any_more_is_not_made(server, tones):
    tones["net"].delay_s = 0.5
    with ThreadPoolExecutor(1) as first:
        first.submit(hear, server)
        while not tones["net"].calls:
            time.sleep(0.01)
        body = json.dumps(CALL | {"iterations": "full"})
        with socket.create_connection(("127.0.0.1", server.server_port)) as gone:
            gone.sendall(f"{HEAD.format(server.server_port, len(body))}{body}".encode())
            time.sleep(0.1)  # it waits for the first
        assert hear(server, setting={"sliders": {"1": 1}})[0] == 1100
    assert [(hz, kind) for hz, kind, _ in tones["net"].calls] == [(1000, "quick"), (1100, "quick")]


def test_a_port_that_is_taken_is_named_and_a_free_one_is_used(server, capsys):
    with open_server(server.server_port, "", lambda *_: None) as other:
        assert other.server_address not in (server.server_address, ("0.0.0.0", other.server_port))
    assert capsys.readouterr().out == f"page.port={server.server_port}: Address already in use; a free port is used\n"


STOPPED = """
import signal, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell does not give what runs in its background
from embed.switches.server import open_server
from pipeline import command_line
def run(name):
    with open_server(0, "", lambda *_: time.sleep(60)) as server:
        print(server.server_port, flush=True)
        server.serve_forever()
command_line.main(run)
"""


def test_ctrl_c_stops_at_once_also_during_a_call(tmp_path):
    program = tmp_path / "stopped.py"
    program.write_text(STOPPED)
    words, outputs = [sys.executable, program, "demo_switches"], {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(words, env=os.environ | {"PYTHONPATH": str(ROOT)}, text=True, **outputs) as process:
        port = int(process.stdout.readline())
        with socket.create_connection(("127.0.0.1", port)) as waiting:
            waiting.sendall(HEAD.format(port, 0).encode())
            time.sleep(0.2)
            process.send_signal(signal.SIGINT)
            assert process.wait(5) == 130
        assert process.stderr.read().startswith("\nstopped; ")
