"""A list of 5,000 rows checked and imported: ``python -m benchmarks.sheets``; one JSON object a line, code 1 on a miss.

The floor is the least that any import must do in the same run: read the same file with the same reader, and put as
many rows into a table of SQLite in one transaction. Seconds are wall clock, CPU seconds those of this process and its
children.
"""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from uuid import uuid4

from api.i18n import Language, text_in
from api.sheets.apart import read_apart
from api.sheets.desk import SheetDesk
from reserve.clock import StoryClock
from reserve.commands import Runner
from reserve.db import Database
from tests.api.sheets.files import RECEIPT_HEAD, RECEIVED, book_of
from tests.databases import new_sqlite
from tests.small_world import actor, build

ROWS = 5_000
GOAL_S = 10.0
NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
VERSIONS = {"python": platform.python_version(), "jibei": version("jibei")}


def a_list() -> bytes:
    """Receipts of 5,000 lots in two stores."""
    rows = []
    for number in range(ROWS):
        cells = dict(zip(RECEIPT_HEAD, RECEIVED, strict=True))
        rows.append(tuple((cells | {"库点编码": f"W{number % 2 + 1}", "批号": f"L{number}"}).values()))
    return book_of(*rows, head=RECEIPT_HEAD, title="入库")


def cpu_s() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds and CPU seconds of a piece of work."""
    begun, begun_cpu = time.perf_counter(), cpu_s()
    work()
    return time.perf_counter() - begun, cpu_s() - begun_cpu


def floor(content: bytes, folder: Path) -> None:
    (sheet,) = read_apart("a.xlsx", content)
    with sqlite3.connect(folder / "floor.sqlite") as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        columns = ", ".join(f"c{place}" for place in range(len(RECEIPT_HEAD)))
        connection.execute(f"CREATE TABLE row ({columns})")
        marks = ", ".join("?" * len(RECEIPT_HEAD))
        connection.executemany(f"INSERT INTO row VALUES ({marks})", [cells for _, cells in sheet.rows[1:]])
    connection.close()


def tell(id_: str, what: str, value: float, goal: float | None, cpu: float) -> bool:
    """Print one measurement; whether its goal, an upper bound, holds."""
    holds = goal is None or value <= goal
    row = {"id": id_, "what": what, "value": round(value, 3), "goal": goal, "holds": holds, "versions": VERSIONS}
    sys.stdout.write(json.dumps(row | {"cpu_s": round(cpu, 3)}, ensure_ascii=False) + "\n")
    return holds


def main() -> int:
    content = a_list()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = Database(new_sqlite(folder))
        runner = Runner(database, StoryClock(NOW))
        build(runner)
        desk = SheetDesk(runner, actor(), text_in(Language.ZH))
        digests = []
        checking = measured(lambda: digests.append(desk.take_in("receipts", "a.xlsx", content, str(uuid4())).digest))
        importing = measured(lambda: desk.bring_in("receipts", digests[0], False, str(uuid4())))
        least = measured(lambda: floor(content, folder))
        database.dispose()
    both, both_cpu = checking[0] + importing[0], checking[1] + importing[1]
    held = [
        tell("SH1", f"{ROWS} rows checked, s", checking[0], None, checking[1]),
        tell("SH2", f"{ROWS} rows imported, s", importing[0], None, importing[1]),
        tell("SH3", f"{ROWS} rows checked and imported, s", both, GOAL_S, both_cpu),
        tell("SH4", f"{ROWS} rows checked and imported / floor, CPU", both_cpu / least[1], None, least[1]),
    ]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
