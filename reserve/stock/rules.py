"""Laws of stock: what a lot is, what may be used, what leaves first, what a fact does to holds."""

from __future__ import annotations

import calendar
import unicodedata
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime

from reserve.clock import local_day
from reserve.errors import Problem
from reserve.papers.terms import DocumentKind, State
from reserve.sites.terms import BinKind
from reserve.stock.terms import (
    Break,
    Deduction,
    FloorKind,
    HoldHere,
    LotOnHand,
    MovementKind,
    Pick,
    Rung,
    Step,
    StockLine,
)

_AT_ONCE = frozenset({State.POSTED})
_IN_FORCE = frozenset({State.ISSUED, State.IN_EXECUTION, State.CANCELLED})

MOVEMENT_GROUNDS: Mapping[DocumentKind, tuple[frozenset[MovementKind], frozenset[State]]] = {
    DocumentKind.OPENING_BALANCE: (frozenset({MovementKind.OPEN}), _AT_ONCE),
    DocumentKind.RECEIPT: (
        frozenset({MovementKind.RECEIVE, MovementKind.INSPECT, MovementKind.RETURN, MovementKind.COUNT}),
        _AT_ONCE,
    ),
    DocumentKind.ISSUE_NOTE: (frozenset({MovementKind.ISSUE, MovementKind.COUNT}), _AT_ONCE),
    DocumentKind.TRANSFER_NOTE: (frozenset({MovementKind.TRANSFER, MovementKind.COUNT}), _AT_ONCE),
    DocumentKind.ADJUSTMENT: (
        frozenset({MovementKind.ADJUST, MovementKind.LOSE, MovementKind.FIND, MovementKind.COUNT}),
        _AT_ONCE,
    ),
    DocumentKind.COUNT_SHEET: (frozenset({MovementKind.COUNT}), _AT_ONCE),
    DocumentKind.REVERSAL: (frozenset({MovementKind.REVERSE}), _AT_ONCE),
    DocumentKind.DISPOSAL: (frozenset({MovementKind.DISPOSE}), frozenset({State.APPROVED})),
    DocumentKind.PRODUCTION_ORDER: (frozenset({MovementKind.RECEIVE}), _IN_FORCE),
    DocumentKind.DISPATCH_ORDER: (
        frozenset(
            {
                MovementKind.DEPART,
                MovementKind.ACCEPT,
                MovementKind.RETURN,
                MovementKind.LOSE,
                MovementKind.FIND,
                MovementKind.COUNT,
            }
        ),
        _IN_FORCE,
    ),
}
"""Which movements a paper carries, and in which of its states (invariant A01).

A count among them: the opposite of a late movement, at the time of the closed count that did not know of it.
"""


def normalised_lot_code(code: str) -> str:
    """The code as it identifies: full-width letters, case, spaces and punctuation make no difference."""
    text = unicodedata.normalize("NFKC", code).upper()
    return "".join(character for character in text if character.isalnum())


def repeated_lines(keys: Sequence[Hashable], field: str) -> list[Problem]:
    """Lines that name the same goods as a line before them."""
    return [
        Problem("line_twice", f"lines.{place}.{field}", "each line and lot once", str(keys.index(key) + 1), place + 1)
        for place, key in enumerate(keys)
        if key in keys[:place]
    ]


def months_after(day: date, months: int) -> date:
    """The same day so many calendar months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def usable_until(expires_on: date | None, min_remaining_months: int) -> date | None:
    """The last day on which a lot may be handed over so that so many months of life remain. None: no expiry."""
    if expires_on is None:
        return None
    return months_after(expires_on, -min_remaining_months)


def unusable_because(line: StockLine, today: date) -> Deduction | None:
    """Why a piece of this line may not be used today; None when it may. The last usable day is included."""
    if line.blocked:
        return Deduction.BLOCKED
    if line.bin_kind in (BinKind.INSPECTION, BinKind.UNRECONCILED):
        return Deduction.UNINSPECTED
    if line.bin_kind is BinKind.REJECTED:
        return Deduction.REJECTED
    if not line.serviceable:
        return Deduction.NEEDS_SERVICE
    if line.must_calibrate and (line.calibrated_to is None or line.calibrated_to < today):
        return Deduction.UNCALIBRATED
    if line.needs_certificate and not line.certificate:
        return Deduction.UNCERTIFIED
    if line.expires_on is None:
        return Deduction.EXPIRY_MISSING if line.must_expire else None
    return Deduction.EXPIRED if line.expires_on < today else None


def outlives(line: StockLine, arrival: date) -> bool:
    """Whether enough life is left on the day of arrival, by the item's rule."""
    last_day = usable_until(line.expires_on, line.min_remaining_months)
    return last_day is None or last_day >= arrival


def walk_ladder(lines: Sequence[StockLine], *, today: date, arrival: date, floor: int) -> Rung:
    """Book, usable, free, drawable, deliverable for one item of one owner at one site; each deduction once.

    floor    what this asker must leave; it is kept on the lots that expire last
    arrival  the day on which the goods would reach this receiver
    """
    assert len({(line.item_code, line.owner_code, line.site_code) for line in lines}) == 1, "one item, owner and site"
    deducted: dict[Deduction, int] = {}
    free: list[tuple[StockLine, int]] = []
    for line in lines:
        because = unusable_because(line, today)
        if because is not None:
            deducted[because] = deducted.get(because, 0) + line.on_hand
            continue
        deducted[Deduction.HELD] = deducted.get(Deduction.HELD, 0) + line.held
        free.append((line, line.on_hand - line.held))
    usable = sum(line.on_hand for line, _ in free)
    drawable = _without_floor(free, floor)
    kept = sum(quantity for _, quantity in free) - sum(quantity for _, quantity in drawable)
    too_short = sum(quantity for line, quantity in drawable if not outlives(line, arrival))
    deducted |= {Deduction.FLOOR: kept, Deduction.TOO_SHORT_LIFE: too_short}
    drawn = sum(quantity for _, quantity in drawable)
    return Rung(
        item_code=lines[0].item_code,
        owner_code=lines[0].owner_code,
        site_code=lines[0].site_code,
        book=sum(line.on_hand for line in lines),
        usable=usable,
        free=usable - deducted.get(Deduction.HELD, 0),
        drawable=drawn,
        deliverable=drawn - too_short,
        deductions=tuple((reason, quantity) for reason, quantity in sorted(deducted.items()) if quantity),
    )


def _without_floor(free: Sequence[tuple[StockLine, int]], floor: int) -> list[tuple[StockLine, int]]:
    """What may be drawn when ``floor`` pieces stay on the lots that expire last."""
    remaining = floor
    drawable = []
    for line, quantity in sorted(free, key=lambda pair: (pair[0].expires_on or date.max, pair[0].lot_id), reverse=True):
        kept = min(quantity, remaining)
        remaining -= kept
        drawable.append((line, quantity - kept))
    return drawable


def pick_first_expiring(lots: Iterable[LotOnHand], wanted: int, *, usable_until: date) -> list[Pick]:
    """Choose lots so that what expires first leaves first.

    Lots that expire before ``usable_until`` are skipped; lots without an expiry date go last. Picks what there is:
    the sum falls short of ``wanted`` when stock does, and the caller decides what that means.
    """
    usable = [lot for lot in lots if lot.expires_on is None or lot.expires_on >= usable_until]
    picks: list[Pick] = []
    missing = wanted
    for lot in sorted(usable, key=lambda lot: (lot.expires_on or date.max, lot.lot_id, lot.account_id)):
        quantity = min(lot.available, missing)
        if quantity > 0:
            picks.append(Pick(lot.lot_id, quantity, lot.account_id))
            missing -= quantity
    return picks


def holds_to_break(holds: Iterable[HoldHere], excess: int) -> list[Break]:
    """Which holds give way when goods are found missing: lowest priority and latest first, the last one in part."""
    breaks = []
    missing = excess
    for hold in sorted(holds, key=lambda hold: (hold.priority, -hold.position)):
        if missing <= 0:
            break
        lost = min(hold.quantity, missing)
        breaks.append(Break(hold.hold_id, lost, hold.quantity - lost))
        missing -= lost
    return breaks


def first_negative_day(
    balance_now: int, later: Iterable[Step], *, taken: int, occurred_at: datetime
) -> tuple[date, int] | None:
    """The first day on which taking ``taken`` at ``occurred_at`` would have left less than nothing, and how much.

    balance_now  what stands in the account now, before the taking
    later        what happened to it after ``occurred_at``, in any order
    """
    steps = sorted(later, key=lambda step: step.occurred_at)
    running = balance_now - sum(step.quantity for step in steps) - taken
    if running < 0:
        return local_day(occurred_at), running
    for place, step in enumerate(steps):
        running += step.quantity
        together = place + 1 < len(steps) and steps[place + 1].occurred_at == step.occurred_at
        if running < 0 and not together:
            return local_day(step.occurred_at), running
    return None


RECOUNT_PIECES = 1_000
RECOUNT_VALUE_MINOR = 1_000_000
RECOUNT_SHARE_VALUE_MINOR = 100_000
"""10 thousand yuan, and 1 thousand yuan: illustrative, in step with the approval matrix (seed/data)."""


def needs_recount(difference: int, book: int, value_minor: int) -> bool:
    """Whether a second person counts again before anybody signs a difference.

    From 1,000 pieces or 10 thousand yuan on; or from a tenth of the book on when that is worth 1 thousand yuan.
    """
    found = abs(difference)
    is_large_share = found * 10 >= book and value_minor >= RECOUNT_SHARE_VALUE_MINOR
    return found >= RECOUNT_PIECES or value_minor >= RECOUNT_VALUE_MINOR or (found > 0 and is_large_share)


def floor_kept(quantities: Mapping[FloorKind, int], *, outward: bool) -> int:
    """What must stay. The operating quantity includes the strategic one (seed/data/floors.csv).

    Outward shipments leave readiness and the larger of operating and strategic; use in the holder's own incident
    leaves readiness and the strategic share.
    """
    readiness = quantities.get(FloorKind.READINESS, 0)
    strategic = quantities.get(FloorKind.STRATEGIC, 0)
    if not outward:
        return readiness + strategic
    return readiness + max(quantities.get(FloorKind.OPERATING, 0), strategic)
