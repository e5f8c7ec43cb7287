"""kill -9 of the server while it writes: what was acknowledged is there, what was not is decided by its key."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tests.faults.conftest import House, goods, issue
from tests.faults.rig import Reply, Size, at_once, no_trouble

WRITERS = 8
ENOUGH = 12
"""Acknowledgements before the process is killed."""


def write_until_killed(house: House) -> dict[str, Reply]:
    """Writers at work, then the kill; every key that was sent, with what its sender was told."""
    sent: dict[str, Reply] = {}
    answered, gone = threading.Semaphore(0), threading.Event()

    def write(number: int) -> None:
        if number == WRITERS:
            for _ in range(ENOUGH):
                answered.acquire(timeout=60)
            house.server.kill()
            gone.set()
            return
        with house.client() as client:
            while not gone.is_set():
                key = str(uuid4())
                sent[key] = client.post("/api/v1/issues", issue(goods("kill")), key)
                answered.release()
                if sent[key].status == 0:
                    return

    at_once(WRITERS + 1, write)
    return sent


def test_nothing_acknowledged_is_lost_and_nothing_is_done_twice(house: House, size: Size) -> None:
    supply = 100_000
    house.receive("kill", supply)
    keys: set[str] = set()
    cut = 0
    for _ in range(size.kills):
        sent = write_until_killed(house)
        house.server.start()
        with house.client() as client:
            again = {key: client.post("/api/v1/issues", issue(goods("kill")), key) for key in sent}

        no_trouble(list(again.values()), house.server)
        acknowledged = {key: reply for key, reply in sent.items() if reply.status == 201}
        assert len(acknowledged) >= ENOUGH - 1
        assert all(again[key].replayed for key in acknowledged), "an acknowledged request was lost"
        assert all(again[key].body == reply.body for key, reply in acknowledged.items())
        assert {reply.status for reply in again.values()} == {201}
        keys |= sent.keys()
        cut += len(sent) - len(acknowledged)

    on_hand, held = house.stand("kill")
    assert (supply - on_hand, held) == (len(keys), 0), "each key had exactly one effect"
    assert cut > 0, "no kill met a request under way: the rig is too gentle"
    assert house.proved().findings == []


EARLY = """
import sys, sqlalchemy as sa
engine = sa.create_engine(sys.argv[1])
with engine.connect() as connection:
    for number in range(100000):
        connection.execute(sa.text("INSERT INTO work VALUES (:n)"), {"n": number})
        print(number, flush=True)  # acknowledged
        if number % 50 == 49:
            connection.commit()
"""


def test_control_a_server_that_answers_before_it_commits_loses_work(scratch: Engine) -> None:
    with scratch.begin() as connection:
        connection.execute(sa.text("CREATE TABLE work (n bigint)"))
    url = scratch.url.render_as_string(hide_password=False)
    with subprocess.Popen([sys.executable, "-c", EARLY, url], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        acknowledged = [int(process.stdout.readline()) for _ in range(130)]
        process.kill()
    with scratch.connect() as connection:
        present = set(connection.execute(sa.text("SELECT n FROM work")).scalars())

    assert [number for number in acknowledged if number not in present], "nothing lost"


def test_control_two_writing_processes_on_one_file_are_refused(tmp_path: Path, house: House) -> None:
    """SQLite: the second server says so and ends, whoever was killed before; the first goes on."""
    if house.name:
        pytest.skip("PostgreSQL takes several servers")
    second = subprocess.run(
        [sys.executable, "-c", "from api.cli.main import app; app()", "serve", "--port", "1"],
        env={**house.server._environment()},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert second.returncode != 0
    assert "writes to" in second.stdout + second.stderr
    with house.client() as client:
        assert client.get("/ready").status == 200
