"""Reading an unknown file in a process of its own, with limits on memory and time: what breaks there stays there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from api.sheets.reading import MAX_SECONDS
from reserve.errors import Refusal


class SheetRefused(Refusal):
    """The file as a whole is not read; nothing of it was kept."""

    kind = "unprocessable"
    code = "sheet_broken"

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code, **facts)
        self.code = code


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: rows as (row number as the program shows it, cells)."""

    name: str
    rows: list[tuple[int, list[Any]]]


def read_apart(name: str, content: bytes) -> list[Sheet]:
    """The sheets of a file. Raises SheetRefused."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "api.sheets.reading", os.path.basename(name.replace("\\", "/"))[-200:] or "?"],
            input=content,
            capture_output=True,
            timeout=MAX_SECONDS,
            env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(sys.path)},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SheetRefused("sheet_bomb") from None
    if done.returncode != 0:
        raise SheetRefused("sheet_broken")
    told = json.loads(done.stdout)
    if "refused" in told:
        raise SheetRefused(told["refused"], **told["facts"])
    return [Sheet(each["name"], [(number, cells) for number, cells in each["rows"]]) for each in told["sheets"]]
