"""The verb that estimates needs, and what it writes: one estimate, and a version of every need that changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require, require_scope
from reserve.catalogue import queries as catalogue_queries
from reserve.clock import local_day, local_time
from reserve.db import append
from reserve.errors import InvalidInput, Problem
from reserve.incidents import assembly, queries, rules
from reserve.incidents.estimation import estimate
from reserve.incidents.models import DemandEstimate, DemandRuleBook, Incident, Need, NeedVersion
from reserve.incidents.picture import HospitalReserve, NeedKind, NeedLine, Picture
from reserve.incidents.queries import NeedNow
from reserve.incidents.service import open_incident
from reserve.incidents.terms import EstimateDraft, NeedOrigin

DUE_HOUR = 8
"""A need is due at 08:00 local time of its day (drivers.csv)."""


def estimate_needs(
    session: Session, actor: Actor, draft: EstimateDraft, *, now: datetime, today: date
) -> DemandEstimate:
    """Estimate the needs of an incident from drivers and norms, low, base and high.

    Needs that changed get a new version, needs that are no longer there are withdrawn, all others stand. Flows due
    before the first day of the estimate are past and stay as they were.
    """
    require(actor, Permission.NEED_WRITE)
    incident = open_incident(session, draft.incident_code)
    require_scope(actor, Permission.NEED_WRITE, organisation_path=incident.organisation_path)
    if problems := _problems(session, draft, now=now):
        raise InvalidInput(problems)
    as_of, known_at = draft.as_of or now, draft.known_at or now
    book = assembly.rule_book_at(session, as_of, known_at)
    picture = assembly.picture_at(
        session,
        incident,
        book,
        as_of=as_of,
        known_at=known_at,
        days=draft.days,
        item_codes=draft.item_codes,
        hospital_reserves=[HospitalReserve(r.site_code, r.item_code, r.quantity) for r in draft.hospital_reserves],
    )
    lines = {_code(line): line for line in estimate(picture)}
    standing = {
        need.code: need
        for need in queries.needs_at(
            session, incident.id, as_of, now, item_codes=draft.item_codes, origin=NeedOrigin.ESTIMATE, with_zero=True
        )
    }
    changed = {code: line for code, line in lines.items() if _differs(standing.get(code), line)}
    gone = [need for code, need in standing.items() if code not in lines and _is_concerned(need, picture)]
    row = _estimate_row(session, actor, incident, book, picture, lines.values(), draft, now=now)
    row["changed_count"] = len(changed) + len(gone)
    (estimate_id,) = append(session, DemandEstimate, [row])
    _write(session, incident, standing, changed, gone, estimate_id=estimate_id, as_of=as_of, now=now)
    return session.get_one(DemandEstimate, estimate_id)


def _problems(session: Session, draft: EstimateDraft, *, now: datetime) -> list[Problem]:
    items = catalogue_queries.items_by_code(session, draft.item_codes)
    problems = [
        Problem("unknown_item", f"item_codes.{row}", "a known item", code, row + 1)
        for row, code in enumerate(draft.item_codes)
        if code not in items
    ]
    for name in ("as_of", "known_at"):
        value: datetime | None = getattr(draft, name)
        if value is not None and value > now:
            problems.append(Problem("in_the_future", name, f"at most {now.isoformat()}", value.isoformat()))
    return problems


def _code(line: NeedLine) -> str:
    return f"{line.place_code}/{line.item_code}/{line.norm_code}/{line.due_on:%Y%m%d}"


def _differs(need: NeedNow | None, line: NeedLine) -> bool:
    """Whether what stands is not what was found now; a need of nothing that never stood is not written down."""
    if need is None:
        return not line.gross.is_zero
    quantity = line.quantity
    return (
        (need.low, need.base, need.high, need.gross_base)
        != (quantity.low, quantity.base, quantity.high, line.gross.base)
        or (need.household_base, need.hospital_base) != (line.household_cover.base, line.hospital_cover.base)
        or need.basis != line.basis
    )


def _is_concerned(need: NeedNow, picture: Picture) -> bool:
    """Whether this estimate could have found the need: a standing lump, or a flow of its days."""
    due_on = local_day(need.due_at)
    in_days = picture.from_on <= due_on <= picture.ends_on
    return need.high > 0 and (in_days or (need.kind is NeedKind.LUMP and due_on < picture.from_on))


def _estimate_row(
    session: Session,
    actor: Actor,
    incident: Incident,
    book: DemandRuleBook,
    picture: Picture,
    lines: Iterable[NeedLine],
    draft: EstimateDraft,
    *,
    now: datetime,
) -> dict[str, Any]:
    found = list(lines)
    number = session.scalar(select(func.count()).where(DemandEstimate.incident_id == incident.id)) or 0
    return {
        "incident_id": incident.id,
        "code": f"EST-{incident.code}-{number + 1:04d}",
        "rule_book_id": book.id,
        "from_on": picture.from_on,
        "known_on": picture.known_on,
        "ends_on": picture.ends_on,
        "as_of": draft.as_of or now,
        "known_at": draft.known_at or now,
        "inputs_hash": rules.picture_hash(picture),
        "line_count": len(found),
        "totals": json.dumps(_totals(found), sort_keys=True),
        "recorded_at": now,
        "user_id": actor.user_id,
        "person_id": actor.person_id,
    }


def _totals(lines: Iterable[NeedLine]) -> dict[str, list[int]]:
    """Low, base and high per item, base units."""
    totals: dict[str, list[int]] = {}
    for line in lines:
        low, base, high = totals.get(line.item_code, [0, 0, 0])
        quantity = line.quantity
        totals[line.item_code] = [low + quantity.low, base + quantity.base, high + quantity.high]
    return totals


def _write(
    session: Session,
    incident: Incident,
    standing: Mapping[str, NeedNow],
    changed: Mapping[str, NeedLine],
    gone: Sequence[NeedNow],
    *,
    estimate_id: int,
    as_of: datetime,
    now: datetime,
) -> None:
    """Append the needs that are new, then a version for every need that is new, changed or gone."""
    ids = _existing_ids(session, incident, changed) | {code: need.need_id for code, need in standing.items()}
    new = [code for code in changed if code not in ids]
    rows = [_need_row(incident, code, changed[code], now=now) for code in new]
    ids |= dict(zip(new, append(session, Need, rows), strict=True))
    times = {"estimate_id": estimate_id, "document_id": None, "valid_from": as_of, "recorded_at": now}
    versions = [{"need_id": ids[code], **_version(line), **times} for code, line in changed.items()]
    versions += [{"need_id": need.need_id, **_withdrawn(need), **times} for need in gone]
    append(session, NeedVersion, versions)


def _existing_ids(session: Session, incident: Incident, changed: Mapping[str, NeedLine]) -> dict[str, int]:
    """Needs of a later ``as_of`` are not standing at an earlier one, and yet have their row already."""
    statement = select(Need.code, Need.id).where(Need.incident_id == incident.id)
    return {code: need_id for code, need_id in session.execute(statement) if code in changed}


def _need_row(incident: Incident, code: str, line: NeedLine, *, now: datetime) -> dict[str, Any]:
    return {
        "incident_id": incident.id,
        "code": code,
        "origin": NeedOrigin.ESTIMATE,
        "region_code": line.region_code,
        "site_code": line.place_code,
        "item_code": line.item_code,
        "due_at": local_time(line.due_on, DUE_HOUR),
        "need_class": int(line.need_class),
        "kind": line.kind,
        "driver": line.driver,
        "norm_code": line.norm_code,
        "recorded_at": now,
    }


def _version(line: NeedLine) -> dict[str, Any]:
    return {
        "low": line.quantity.low,
        "base": line.quantity.base,
        "high": line.quantity.high,
        "gross_base": line.gross.base,
        "household_base": line.household_cover.base,
        "hospital_base": line.hospital_cover.base,
        "driver_amount": str(line.driver_amount.base),
        "basis": line.basis,
        "confidence": line.confidence,
        "source": line.source,
    }


def _withdrawn(need: NeedNow) -> dict[str, Any]:
    return {
        **dict.fromkeys(("low", "base", "high", "gross_base", "household_base", "hospital_base"), 0),
        "driver_amount": "0",
        "basis": need.basis,
        "confidence": need.confidence,
        "source": need.source,
    }
