"""Lines of a desk's form: one for each lot scanned, with packs and loose pieces; how a scan becomes one of them.

A line keeps the words of its scan. Where a device had no network it has nothing else, and is read when it comes in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from api.desk import PageDesk
from api.filling import row_count
from api.views import stores
from api.views.stores import Standing
from reserve.authority import Permission
from reserve.errors import InvalidInput, Problem
from reserve.stock import rules
from reserve.stock.recognition import Recognised
from reserve.stock.scans import Scan, Scheme, read_scan

UNKNOWN_GOODS = "scan_unknown_goods"


@dataclass(slots=True)
class Lines:
    """What was typed, changed by a scan: lines added or filled, what to tell, and what is wrong."""

    typed: dict[str, str]
    told: str = ""
    problems: list[Problem] = field(default_factory=list)

    @property
    def count(self) -> int:
        return row_count(self.typed, "lines")

    def get(self, place: int, name: str) -> str:
        return self.typed.get(f"lines.{place}.{name}", "").strip()

    def fill(self, place: int, values: Mapping[str, Any]) -> None:
        """Set what is known and leave what was typed."""
        for name, value in values.items():
            if value not in (None, "") and not self.get(place, name):
                self.typed[f"lines.{place}.{name}"] = str(value)

    def add(self, values: Mapping[str, Any]) -> int:
        place = self.count
        self.typed[f"lines.{place}.scan"] = str(values.get("scan", ""))
        self.fill(place, values)
        return place

    def number(self, place: int, name: str) -> int:
        """A count that was typed; what is no whole number is noted and counts as nothing."""
        text = self.get(place, name) or "0"
        if text.isdecimal():
            return int(text)
        self.problems.append(Problem("not_a_whole_number", f"lines.{place}.{name}", "a whole number", text, place + 1))
        return 0

    def pieces(self, place: int, pack_size: int, *, loose: str) -> int:
        """Whole packs and loose pieces together, base units."""
        return self.number(place, "packs") * pack_size + self.number(place, loose)

    def align(self, name: str, keys: Sequence[str]) -> None:
        """Put what was typed beside the goods it names, in their order; lines whose goods are gone are noted."""
        rows: dict[str, dict[str, str]] = {}
        for place in range(self.count):
            prefix = f"lines.{place}."
            row = {each.removeprefix(prefix): text for each, text in self.typed.items() if each.startswith(prefix)}
            if row.keys() - {name} and row.get(name) not in keys:
                self.problems.append(Problem("goods_gone", "scan", "goods that stand here", row.get(name, "")))
            rows[row.get(name, "")] = row
        kept = {each: text for each, text in self.typed.items() if not each.startswith("lines.")}
        for place, key in enumerate(keys):
            row = rows.get(key, {}) | {name: key}
            kept |= {f"lines.{place}.{each}": text for each, text in row.items()}
        self.typed = kept

    def raise_problems(self) -> None:
        if self.problems:
            raise InvalidInput(self.problems)


def in_line(refusal: InvalidInput, place: int) -> list[Problem]:
    """What was wrong with a scan, at the line whose words could not be read."""
    return [
        Problem(each.code, f"lines.{place}.lot.item_code", each.expected, each.found, place + 1)
        for each in refusal.problems
    ]


Known = Callable[[Lines, Recognised], None]


def take_scan(page: PageDesk, lines: Lines, add: Known, unknown: Callable[[Lines, Scan], None] | None = None) -> None:
    """Read what was scanned into the sheet. A fault is noted at the scan field; nothing else changes."""
    text = lines.typed.pop("scan", "").strip()
    if not text:
        return
    again = next((place for place in range(lines.count) if lines.get(place, "scan") == text), None)
    if again is not None:
        lines.told = page.text.say("Line {line} has this already. Nothing was added.", line=again + 1)
        return
    try:
        found = page.ask(stores.recognised, text)
    except InvalidInput as refusal:
        if unknown is not None and refusal.problems[0].code == UNKNOWN_GOODS:
            unknown(lines, read_scan(text))
            return
        lines.problems += refusal.problems
        return
    if found.scan.bin_code:
        lines.typed["bin_code"] = found.scan.bin_code
        lines.told = page.text.say("Bin {bin}.", bin=found.scan.bin_code)
        return
    add(lines, found)


# --- goods that stand in the store ---------------------------------------------------------------------------------


def find_standing(page: PageDesk, site_code: str, found: Recognised, *, bin_code: str = "") -> list[Standing]:
    """What of the scanned goods stands at the site: first in the bin just scanned, then what expires first."""
    lot_ids = {lot.id for lot in found.lots} if found.scan.lot_code or found.scan.scheme is Scheme.PLAIN else None
    if found.item is None and not lot_ids:
        return []
    standing = page.ask(
        stores.standing,
        page.scopes(Permission.STOCK_READ),
        site_code,
        page.today,
        item_codes=[found.item.code] if found.item else None,
        lot_ids=lot_ids if not found.item or found.scan.lot_code else None,
    )
    day = found.scan.expires_on
    fitting = [each for each in standing if day is None or each.line.expires_on == day]
    return sorted(fitting, key=lambda each: (each.line.bin_code != bin_code, each.because is not None))


def standing_of_places(page: PageDesk, site_code: str, places: Sequence[str]) -> dict[str, Standing]:
    """What stands at the places that a form names. A place that holds nothing any more is missing."""
    lot_ids = {int(place.partition(":")[2]) for place in places if place.replace(":", "").isdecimal()}
    if not lot_ids:
        return {}
    scopes = page.scopes(Permission.STOCK_READ)
    found = page.ask(stores.standing, scopes, site_code, page.today, lot_ids=lot_ids)
    return {each.place: each for each in found if each.place in places}


def earlier(page: PageDesk, site_code: str, chosen: Standing) -> Standing | None:
    """A lot of the same goods that should leave before the chosen one: usable, free, and expiring sooner."""
    scopes = page.scopes(Permission.STOCK_READ)
    others = page.ask(stores.standing, scopes, site_code, page.today, item_codes=[chosen.line.item_code])
    mine = chosen.line.expires_on or date.max
    return next(
        (
            each
            for each in others
            if each.free and each.line.lot_id != chosen.line.lot_id and (each.line.expires_on or date.max) < mine
        ),
        None,
    )


def lot_ref(each: Standing) -> dict[str, Any]:
    """How a draft names this lot."""
    line = each.line
    return {"item_code": line.item_code, "code": line.lot_code, "maker": line.maker, "expires_on": line.expires_on}


def same_lot(lines: Lines, place: int, item_code: str, lot_code: str, expires_on: str) -> bool:
    """Whether a line of a receipt is about this lot."""
    return (
        lines.get(place, "lot.item_code") == item_code
        and rules.normalised_lot_code(lines.get(place, "lot.code")) == rules.normalised_lot_code(lot_code)
        and lines.get(place, "lot.expires_on") == expires_on
    )
