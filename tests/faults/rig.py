"""A real server, many clients at once, and what they saw. Only processes started here are ever killed, by their id."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

CLIENTS = 64
READY_WITHIN_S = 60.0
PROGRAM = "from api.cli.main import app; app()"


@dataclass(frozen=True, slots=True)
class Size:
    """How much of a fault test is run; for each engine."""

    calls: int
    keys: int
    kills: int


SIZES = {"quick": Size(calls=1_280, keys=10, kills=4), "ci": Size(calls=5_000, keys=200, kills=50)}
"""Kills: two engines make 8 and 100."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a client was told. Status 0: the connection was cut, the outcome is unknown."""

    status: int
    body: bytes
    replayed: bool
    seconds: float

    @property
    def value(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class Client:
    """One person's connection to the server, kept alive."""

    port: int
    token: str
    connection: http.client.HTTPConnection | None = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def post(self, path: str, body: Mapping[str, Any], key: str | None = None) -> Reply:
        headers = {"Idempotency-Key": key or str(uuid4()), "Content-Type": "application/json"}
        return self._send("POST", path, json.dumps(body), headers)

    def get(self, path: str) -> Reply:
        return self._send("GET", path, None, {})

    def _send(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> Reply:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        started = time.perf_counter()
        try:
            self.connection.request(method, path, body, {**headers, "Authorization": f"Bearer {self.token}"})
            answer = self.connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            return Reply(0, b"", False, time.perf_counter() - started)
        replayed = answer.headers.get("Idempotent-Replayed") == "true"
        return Reply(answer.status, content, replayed, time.perf_counter() - started)


@dataclass(slots=True)
class Server:
    """``reserve serve`` on a free port of this machine, as its users start it."""

    environment: Mapping[str, str]
    log: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None)

    def run(self, *arguments: str) -> None:
        """Run another command of ``reserve`` to its end."""
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, *arguments],
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        """Start and wait until it is ready."""
        self.port = self.port or free_port()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, "serve", "--port", str(self.port)],
                env=self._environment(),
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + READY_WITHIN_S
        with Client(self.port, "") as client:
            while client.get("/ready").status != 200:
                assert self.process.poll() is None, self.log.read_text(errors="replace")[-4000:]
                assert time.monotonic() < deadline, "the server did not become ready"
                time.sleep(0.05)

    def kill(self) -> None:
        """As a power cut would end the process: no goodbye."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        self.process = None

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **self.environment}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def at_once(workers: int, work: Callable[[int], None]) -> None:
    """Run ``work(0) … work(workers - 1)`` in threads that start together; the first fault of ours comes out."""
    barrier, faults = threading.Barrier(workers), []

    def go(number: int) -> None:
        barrier.wait()
        try:
            work(number)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=go, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def statuses(replies: Sequence[Reply]) -> Counter[int]:
    return Counter(reply.status for reply in replies)


def no_trouble(replies: Sequence[Reply], server: Server | None = None) -> None:
    """No fault of the server and no word of locks was ever seen, and every call was answered."""
    said = b"" if server is None else server.log.read_bytes()[-3000:]
    bad = [reply for reply in replies if reply.status >= 500 or reply.status == 0 or b"is locked" in reply.body]
    assert bad == [], (statuses(replies), bad[0].body[:500], said)
