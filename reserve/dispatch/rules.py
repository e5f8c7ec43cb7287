"""Laws of dispatch: how needs are keyed, how a plan becomes letters, who must sign, what is stale."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from reserve.dispatch.drafts import DeviceCommandDraft
from reserve.dispatch.terms import DeviceCommandKind, LineProgress, OrderGroup, PlannedLine
from reserve.errors import Problem
from reserve.hashing import microseconds
from reserve.organisations.terms import Tier
from reserve.papers.terms import HolderRelation

_GOVERNMENT = (Tier.COUNTY, Tier.CITY, Tier.PROVINCE)


def need_key(incident_code: str, site_code: str, item_code: str, need_class: int, due_at: datetime) -> str:
    """One name for what a place wants of an item by an hour in a class, whatever norms it adds up from."""
    return f"{incident_code}|{site_code}|{item_code}|{need_class}|{microseconds(due_at) // 60_000_000}"


def incident_of_key(key: str) -> str:
    return key.split("|", 1)[0]


def item_of_key(key: str) -> str:
    """What is needed; what is sent for it may be a substitute."""
    return key.split("|")[2]


def class_of_key(key: str) -> int:
    return int(key.split("|")[3])


def in_needed_units(units: Mapping[tuple[str, int, int], tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Received and coming by need key, in units of the need, from units by key, numerator and denominator.

    Rounded down over all that came and comes: 3 units at 2 for 1 make up 1.
    """
    found: dict[str, tuple[int, int]] = {}
    for (key, numerator, denominator), (received, coming) in units.items():
        made_up = received * denominator // numerator
        still = (received + coming) * denominator // numerator - made_up
        before = found.get(key, (0, 0))
        found[key] = before[0] + made_up, before[1] + still
    return found


def hours_between(start: datetime, end: datetime) -> int:
    """Whole hours from start to end, rounded down: a deadline is never moved in the receiver's favour."""
    return (end - start) // timedelta(hours=1)


def hours_of_travel(minutes: int, loading_minutes: int) -> int:
    """Whole hours from the decision at the gate to arrival, rounded up."""
    return -(-(minutes + loading_minutes) // 60)


def letters(lines: Iterable[PlannedLine]) -> list[OrderGroup]:
    """One order letter for each owner, site and cascade step, in the order of their codes."""
    groups: dict[tuple[str, str, int, str], list[PlannedLine]] = {}
    for line in lines:
        groups.setdefault((line.owner_code, line.source_site, line.step, line.source_kind), []).append(line)
    return [OrderGroup(*key, tuple(groups[key])) for key in sorted(groups)]


def holder_relation(
    *, lead_path: str, lead_tier: Tier, owner_path: str, owner_tier: Tier | None, owner_government: Tier
) -> HolderRelation:
    """How the owner stands to the body that leads, as the approval matrix asks it.

    own        the leading government's goods or those of a tier below it in its area
    above      owned by a government of a higher tier
    neighbour  a government of the same tier, or below one, elsewhere
    other      charity, enterprise, producer, rescue body
    """
    if owner_tier not in (*_GOVERNMENT, Tier.TOWNSHIP):
        return HolderRelation.OTHER
    if owner_path.startswith(lead_path):
        return HolderRelation.OWN
    if _GOVERNMENT.index(owner_government) > _GOVERNMENT.index(lead_tier):
        return HolderRelation.ABOVE
    return HolderRelation.NEIGHBOUR


def smallest_problems(wanted: Sequence[str], known: Collection[str]) -> list[Problem]:
    """Items named for their smallest shipment that the plan does not look at, or that are named twice."""
    problems = []
    for place, code in enumerate(wanted):
        field = f"smallest.{place}.item_code"
        if code not in known:
            problems.append(Problem("unknown_item", field, "an item of this plan", code, place + 1))
        elif code in wanted[:place]:
            problems.append(Problem("repeated", field, "each once", code, place + 1))
    return problems


def spread_floor(floor: int, books: Sequence[int]) -> list[int]:
    """An owner's floor over its sites, filled where most stands first; ties go to the earlier site.

    A floor above the book takes everything.
    """
    remaining = floor
    kept = [0] * len(books)
    for place in sorted(range(len(books)), key=lambda each: (-books[each], each)):
        kept[place] = min(books[place], remaining)
        remaining -= kept[place]
    return kept


def delivery_problems(
    wanted: Mapping[tuple[int, str], tuple[int, int, str]], on_the_road: Mapping[tuple[int, str], int]
) -> list[Problem]:
    """What is wrong with a delivery: lots that are not on this shipment, more than is on it, damage without a reason.

    wanted       accepted, damaged and reason by (line, lot)
    on_the_road  what the shipment still carries by (line, lot)
    """
    problems = []
    for row, (key, (accepted, damaged, reason)) in enumerate(wanted.items()):
        field = f"lines.{row}"
        carried = on_the_road.get(key, 0)
        if key not in on_the_road:
            known = ", ".join(f"{line}/{lot}" for line, lot in sorted(on_the_road)) or "-"
            problems.append(Problem("lot_not_on_shipment", f"{field}.lot_code", known, f"{key[0]}/{key[1]}", row + 1))
        elif accepted + damaged > carried:
            expected, found = f"at most {carried}", str(accepted + damaged)
            problems.append(Problem("more_than_shipped", f"{field}.accepted", expected, found, row + 1))
        if accepted + damaged == 0:
            problems.append(Problem("quantity_missing", f"{field}.accepted", "at least 1 piece", "0", row + 1))
        if damaged and not reason:
            problems.append(Problem("reason_missing", f"{field}.reason", "a reason for the damage", "", row + 1))
    return problems


def cut_problems(
    wanted: Mapping[int, int], progress: Mapping[int, LineProgress], open_cuts: Mapping[int, str]
) -> list[Problem]:
    """A cut takes what has not left; it neither raises a promise nor calls goods back from the road.

    open_cuts  numbers of cuts that wait for signatures or to be applied, by line of the order
    """
    problems = []
    for row, (line_no, quantity) in enumerate(wanted.items()):
        field = f"lines.{row}"
        line = progress.get(line_no)
        if line is None:
            known = f"1 to {max(progress, default=0)}"
            problems.append(Problem("unknown_line", f"{field}.line_no", known, str(line_no), row + 1))
        elif not line.departed <= quantity < line.departed + line.promised:
            expected = f"{line.departed} to {line.departed + line.promised - 1}"
            problems.append(Problem("cut_out_of_range", f"{field}.quantity", expected, str(quantity), row + 1))
        elif line_no in open_cuts:
            first = f"{open_cuts[line_no]} applied or withdrawn first"
            problems.append(Problem("cut_still_open", f"{field}.line_no", first, str(line_no), row + 1))
    return problems


def by_our_clock(device_at: datetime, ahead_s: float, now: datetime) -> datetime:
    """When something happened, corrected by how far the device's clock was ahead; never later than now."""
    return min(now, device_at - timedelta(seconds=ahead_s))


def device_content(draft: DeviceCommandDraft, now: datetime) -> dict[str, Any]:
    """The draft that a device wrote, with its times by our clock. Count lines carry a time each."""
    assert draft.content is not None
    occurred_at = by_our_clock(draft.device_at, draft.clock_ahead_s, now).isoformat()
    if draft.kind is not DeviceCommandKind.COUNT:
        return {**draft.content, "occurred_at": occurred_at}
    lines: Any = draft.content.get("lines")
    if not isinstance(lines, list):
        return dict(draft.content)
    return {**draft.content, "lines": [{**line, "counted_at": occurred_at} for line in lines]}
