"""Reading ``faults.sql``: each planted fault with the law that it breaks and the message that must name it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

HEADING = re.compile(r"-- (?P<law>[A-Z]\d\d) (?P<code>\w+): (?P<name>[^\[]+?)(?P<conditions>(?: \[[^\]]+\])*)$")


def _lot(code: str) -> str:
    return f"(SELECT id FROM stock_lot WHERE code = '{code}')"


def _movement(kind: str, lot: str) -> str:
    """The first movement of a kind that moves a lot."""
    return (
        f"(SELECT MIN(m.id) FROM stock_movement m JOIN stock_entry e ON e.movement_id = m.id "
        f"WHERE m.kind = '{kind}' AND e.lot_id = {_lot(lot)})"
    )


_ORDER = "(SELECT id FROM document WHERE kind = 'dispatch_order')"
ROWS = {
    "SEVEN": _lot("7"),
    "EIGHT": _lot("8"),
    "NINE": _lot("9"),
    "TEN": _lot("10"),
    "ELEVEN": _lot("11"),
    "RECEIPT": _movement("receive", "7"),
    "OTHER_RECEIPT": _movement("receive", "8"),
    "TRANSFER": _movement("transfer", "7"),
    "ISSUE": _movement("issue", "7"),
    "RETURNED": _movement("return", "7"),
    "DEPARTURE": _movement("depart", "7"),
    "REVERSED": _movement("receive", "11"),
    "REVERSAL": _movement("reverse", "11"),
    "RECEIPT_PAPER": f"(SELECT document_id FROM stock_movement WHERE id = {_movement('receive', '7')})",
    "ORDER": _ORDER,
    "ORDER_HOLD": f"(SELECT MIN(id) FROM stock_hold WHERE document_id = {_ORDER})",
    "RELEASED": "(SELECT MIN(hold_id) FROM stock_hold_end WHERE outcome = 'released')",
    "LAST": "(SELECT MAX(position) FROM document_state)",
    "SHELF": (
        "(SELECT a.id FROM stock_account a JOIN bin b ON b.id = a.bin_id "
        "JOIN stock_balance x ON x.account_id = a.id WHERE b.place = 'W1' AND b.code = 'A1' LIMIT 1)"
    ),
    "OUTSIDE": ("(SELECT a.id FROM stock_account a JOIN bin b ON b.id = a.bin_id WHERE b.kind = 'supplier' LIMIT 1)"),
}
"""Rows of the rich world by the words that faults.sql uses."""


@dataclass(frozen=True, slots=True)
class Plant:
    """A fault, and how it must be named."""

    law: str
    code: str
    name: str
    statements: tuple[str, ...]
    without_uniqueness: str = ""
    """Table whose unique constraints are taken away first."""
    engine: str = ""
    """Only on this engine; empty: on both."""

    def __str__(self) -> str:
        return f"{self.law} {self.name}"


def _read() -> list[Plant]:
    text = (Path(__file__).parent / "faults.sql").read_text(encoding="utf-8")
    return [_plant(block) for block in text.split("\n\n") if HEADING.match(block.splitlines()[0])]


def _plant(block: str) -> Plant:
    first, _, rest = block.strip().partition("\n")
    heading = HEADING.match(first)
    assert heading, first
    conditions = re.findall(r"\[([^\]]+)\]", heading["conditions"])
    uniqueness = [each.removeprefix("without uniqueness of ") for each in conditions if each.startswith("without")]
    engines = [each for each in conditions if each in ("sqlite", "postgresql")]
    for word, row in ROWS.items():
        rest = rest.replace(f"{{{word}}}", row)
    statements = tuple(each.strip() for each in rest.split(";") if each.strip())
    return Plant(heading["law"], heading["code"], heading["name"], statements, "".join(uniqueness), "".join(engines))


PLANTS = _read()
