"""What a signer needs to know about an order on one page, as the books knew it at a time.

Asked with the time of a signature, it says what that signature could see.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from reserve.clock import local_day
from reserve.dispatch import queries, rules
from reserve.dispatch.models import DispatchPlan, OrderLine
from reserve.dispatch.terms import LineProgress
from reserve.incidents import queries as incident_queries
from reserve.incidents.queries import NeedNow
from reserve.organisations import queries as organisation_queries
from reserve.papers import queries as paper_queries
from reserve.papers.models import Document, DocumentLine
from reserve.stock import queries as stock_queries
from reserve.stock import rules as stock_rules
from reserve.stock.terms import StockLine

MOST_LISTED = 5
"""So many other places and sources are named for a line; the plan has all of them."""


class Caution(StrEnum):
    """What a signer should not overlook on a line."""

    FLOOR_TOUCHED = "floor_touched"
    """After all promises the owner keeps less than its floor."""
    TOO_LATE = "too_late"
    """The latest arrival has passed."""
    BEYOND_NEED = "beyond_need"
    """With everything that came and comes, the place gets more than the need in force."""
    ONLY_EXPECTED = "only_expected"
    """Part of it is still to be made or to come."""
    PROMISE_BROKEN = "promise_broken"
    """Less stands by than is ordered: a hold was broken since."""
    PLAN_REPLACED = "plan_replaced"
    """A newer plan has taken the place of the one behind the order."""


@dataclass(frozen=True, slots=True)
class Left:
    """What stands of an item of one owner, base units: at the source, and of the owner everywhere."""

    book: int
    usable: int
    held: int
    owner_usable: int
    owner_held: int
    floor: int

    @property
    def free(self) -> int:
        """Left at the source after this order and every other promise."""
        return self.usable - self.held

    @property
    def owner_free(self) -> int:
        return self.owner_usable - self.owner_held


@dataclass(frozen=True, slots=True)
class Short:
    """A place that goes short of the same item in the plan behind the order. Units of the need."""

    place: str
    priority_class: int
    unmet: int


@dataclass(frozen=True, slots=True)
class OtherSource:
    """Where else the item stands above the floor of its owner, base units."""

    site_code: str
    owner_code: str
    drawable: int


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One line of an order with everything that speaks for and against it."""

    line: DocumentLine
    ground: OrderLine
    progress: LineProgress
    needs: Sequence[NeedNow]
    received: int
    coming: int
    """Of the need, this order included; units of the need."""
    left: Left
    short: Sequence[Short]
    others: Sequence[OtherSource]
    cautions: Sequence[Caution]

    @property
    def base(self) -> int:
        return sum(need.base for need in self.needs)

    @property
    def low(self) -> int:
        return sum(need.low for need in self.needs)

    @property
    def high(self) -> int:
        return sum(need.high for need in self.needs)


def order_facts(session: Session, order: Document, scopes: Iterable[str], *, known_at: datetime) -> list[LineFacts]:
    """The facts of every line, as known at a time. Other sources are named inside the reader's scopes only."""
    lines = paper_queries.lines_of(session, order.id)
    grounds = queries.order_lines(session, order.id)
    progress = queries.progress_by_line(session, [line.id for line in lines], known_at)
    codes = {line.item_code for line in lines}
    stock = _usable_stock(stock_queries.stock_lines(session, item_codes=codes, known_at=known_at), known_at)
    visible = _sites_in(stock_queries.stock_lines(session, item_codes=codes, scopes=scopes, known_at=known_at))
    floors = _floors(session, order, codes, known_at)
    needs = _needs_by_key(session, order, known_at)
    coming = queries.progress_by_need(session, [order.incident_code or ""], known_at)
    plan = session.get_one(DispatchPlan, next(iter(grounds.values())).plan_id)
    short = _short(session, plan)
    follow_up = queries.follow_up_of(session, plan.id)
    is_replaced = follow_up is not None and follow_up.recorded_at <= known_at
    facts = []
    for line in lines:
        ground = grounds[line.id]
        received, still = coming.get(ground.need_key, (0, 0))
        left = stock.left(line, floors)
        wanted = needs.get(ground.need_key, [])
        cautions = _cautions(line, progress[line.id], left, received + still, wanted, is_replaced, known_at)
        needed_item = rules.item_of_key(ground.need_key)
        facts.append(
            LineFacts(
                line=line,
                ground=ground,
                progress=progress[line.id],
                needs=wanted,
                received=received,
                coming=still,
                left=left,
                short=[each for each in short.get(needed_item, ()) if each.place != line.receiver_code][:MOST_LISTED],
                others=stock.others(line, floors, visible)[:MOST_LISTED],
                cautions=cautions,
            )
        )
    return facts


def _cautions(
    line: DocumentLine,
    progress: LineProgress,
    left: Left,
    at_the_place: int,
    needs: Sequence[NeedNow],
    is_replaced: bool,
    known_at: datetime,
) -> list[Caution]:
    """In the order in which they matter."""
    is_waited_for = progress.coming > 0 or progress.given_up == progress.ordered
    found = {
        Caution.FLOOR_TOUCHED: left.owner_free < left.floor,
        Caution.PROMISE_BROKEN: progress.promised + progress.departed < progress.ordered,
        Caution.TOO_LATE: is_waited_for and line.latest_arrival_at is not None and line.latest_arrival_at < known_at,
        Caution.BEYOND_NEED: at_the_place > sum(need.base for need in needs),
        Caution.ONLY_EXPECTED: progress.expected > 0,
        Caution.PLAN_REPLACED: is_replaced,
    }
    return [caution for caution, holds in found.items() if holds]


Floors = Mapping[tuple[str, str], int]
"""What an owner keeps of an item, all kinds of floor together, by owner and item code."""


@dataclass(frozen=True, slots=True)
class _Stock:
    """Book, usable and held by item, site and owner, base units."""

    amounts: Mapping[tuple[str, str, str], tuple[int, int, int]]

    def left(self, line: DocumentLine, floors: Floors) -> Left:
        book, usable, held = self.amounts.get((line.item_code, line.source_code, line.owner_code), (0, 0, 0))
        mine = [
            row for (item, _, owner), row in self.amounts.items() if (item, owner) == (line.item_code, line.owner_code)
        ]
        return Left(
            book=book,
            usable=usable,
            held=held,
            owner_usable=sum(row[1] for row in mine),
            owner_held=sum(row[2] for row in mine),
            floor=floors.get((line.owner_code, line.item_code), 0),
        )

    def others(self, line: DocumentLine, floors: Floors, sites: Collection[str]) -> list[OtherSource]:
        """Other sites where the item may be drawn, the fullest first."""
        free: dict[str, int] = defaultdict(int)
        here = {
            (site, owner): usable - held
            for (item, site, owner), (_, usable, held) in self.amounts.items()
            if item == line.item_code
        }
        for (_, owner), some in here.items():
            free[owner] += some
        found = [
            OtherSource(site, owner, min(some, free[owner] - floors.get((owner, line.item_code), 0)))
            for (site, owner), some in here.items()
            if site in sites and (site, owner) != (line.source_code, line.owner_code)
        ]
        return sorted((each for each in found if each.drawable > 0), key=lambda each: (-each.drawable, each.site_code))


def _usable_stock(lines: Iterable[StockLine], known_at: datetime) -> _Stock:
    """Held counts on usable lots only: what is held of a blocked lot is no longer a promise that can be kept."""
    today = local_day(known_at)
    amounts: dict[tuple[str, str, str], tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    for line in lines:
        key = (line.item_code, line.site_code, line.owner_code)
        book, usable, held = amounts[key]
        is_usable = stock_rules.unusable_because(line, today) is None
        amounts[key] = (book + line.on_hand, usable + is_usable * line.on_hand, held + is_usable * line.held)
    return _Stock(dict(amounts))


def _sites_in(lines: Iterable[StockLine]) -> set[str]:
    return {line.site_code for line in lines}


def _floors(session: Session, order: Document, item_codes: Collection[str], known_at: datetime) -> Floors:
    """Floors at the response level of the order."""
    level = order.response_level or "none"
    found = stock_queries.floors_at(session, level=level, as_of=known_at, known_at=known_at, item_codes=item_codes)
    owners = organisation_queries.organisations_by_id(session, [owner for owner, _ in found])
    return {(owners[owner].code, item): sum(kinds.values()) for (owner, item), kinds in found.items()}


def _needs_by_key(session: Session, order: Document, known_at: datetime) -> dict[str, list[NeedNow]]:
    if order.incident_code is None:
        return {}
    incident = incident_queries.get_incident(session, order.incident_code)
    grouped: dict[str, list[NeedNow]] = defaultdict(list)
    for need in incident_queries.needs_at(session, incident.id, known_at, known_at):
        key = rules.need_key(incident.code, need.site_code, need.item_code, need.need_class, need.due_at)
        grouped[key].append(need)
    return grouped


def _short(session: Session, plan: DispatchPlan) -> dict[str, list[Short]]:
    """By item, the places that the plan leaves short: the highest class and the largest gap first."""
    result = queries.find_result(session, plan.id)
    if result is None or result.error:
        return {}
    unmet = {need.need_code: need.unmet for need in queries.plan_of(result).needs}
    sums: dict[tuple[str, str, int], int] = defaultdict(int)
    for need in queries.instance_of(plan).needs:
        sums[need.item_code, need.place_code, need.priority_class] += unmet.get(need.code, 0)
    short: dict[str, list[Short]] = defaultdict(list)
    for (item, place, priority), quantity in sums.items():
        if quantity:
            short[item].append(Short(place, priority, quantity))
    return {
        item: sorted(rows, key=lambda each: (each.priority_class, -each.unmet, each.place))
        for item, rows in short.items()
    }
