"""Machines: entered one by one with their serial number, looked at and calibrated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require, require_scope
from reserve.catalogue import queries as catalogue_queries
from reserve.catalogue.models import Item
from reserve.db import append
from reserve.errors import InvalidInput, NotFound, Problem
from reserve.papers.models import Document
from reserve.stock import machine_queries, queries, recognition, rules
from reserve.stock.drafts import LotDraft, LotRef, MachineCheckDraft
from reserve.stock.models import Machine, MachineCheck
from reserve.stock.terms import Condition


@dataclass(frozen=True, slots=True)
class Checked:
    """What holds of a machine from now on."""

    item_code: str
    serial: str
    condition: Condition
    calibrated_on: date | None
    calibrated_to: date | None


def check_machine(session: Session, actor: Actor, draft: MachineCheckDraft, *, now: datetime, today: date) -> Checked:
    """Write down what was found of a machine: its condition, and its calibration where one was done."""
    require(actor, Permission.STOCK_RECEIVE)
    lot = queries.get_lot(session, LotRef(item_code=draft.item_code, code=draft.serial, maker=draft.maker))
    machine_queries.get_machine(session, lot.id)
    site = machine_queries.site_of(session, lot.id)
    if site is None:
        raise NotFound("machine in a store", draft.serial)
    require_scope(actor, Permission.STOCK_RECEIVE, organisation_path=site.organisation_path)
    if draft.calibrated_on is not None and draft.calibrated_on > today:
        expected, found = f"not after {today.isoformat()}", draft.calibrated_on.isoformat()
        raise InvalidInput([Problem("in_the_future", "calibrated_on", expected, found)])
    before = next(iter(machine_queries.checks_of(session, lot.id)), None)
    calibrated_on, calibrated_to, certificate = draft.calibrated_on, None, draft.certificate
    if calibrated_on is not None:
        calibrated_to = _good_to(session, lot.item_code, calibrated_on, draft.calibration_days)
    elif before is not None:
        calibrated_on, calibrated_to = before.calibrated_on, before.calibrated_to
        certificate = certificate or before.certificate
    row = {"condition": draft.condition, "calibrated_on": calibrated_on, "calibrated_to": calibrated_to}
    _append_check(session, actor, lot.id, row | {"certificate": certificate, "note": draft.note}, now=now)
    return Checked(lot.item_code, lot.code, draft.condition, calibrated_on, calibrated_to)


def serial_problems(
    session: Session, labels: Sequence[tuple[LotDraft, int]], *, field: str, today: date
) -> list[Problem]:
    """What is wrong with machines at the door: several on one line, one twice, one that stands somewhere already.

    labels  each line's label and its pieces
    field   the name of the pieces in the draft
    """
    equipment = catalogue_queries.equipment_by_item(session, (label.item_code for label, _ in labels))
    seen: set[tuple[str, str]] = set()
    problems = []
    for place, (label, pieces) in enumerate(labels):
        if label.item_code not in equipment:
            continue
        row, key = place + 1, (label.item_code, rules.normalised_lot_code(label.code))
        if pieces > 1:
            expected = "one machine a line, with its serial number"
            problems.append(Problem("several_machines", f"lines.{place}.{field}", expected, str(pieces), row))
        if key in seen or _stands(session, label):
            expected = "a machine that stands nowhere yet"
            problems.append(Problem("machine_stands", f"lines.{place}.lot.code", expected, label.code, row))
        if label.calibrated_on is not None and label.calibrated_on > today:
            expected, found = f"not after {today.isoformat()}", label.calibrated_on.isoformat()
            problems.append(Problem("in_the_future", f"lines.{place}.lot.calibrated_on", expected, found, row))
        seen.add(key)
    return problems


def _stands(session: Session, label: LotDraft) -> bool:
    item = catalogue_queries.get_item(session, label.item_code)
    known = recognition.lots_with_code(session, label.code, item)
    return any(machine_queries.pieces_of(session, lot.id) for lot in known if lot.maker == label.maker)


def enter_machines(
    session: Session, actor: Actor, document: Document, labels: Sequence[tuple[Item, LotDraft, int]], *, now: datetime
) -> None:
    """Make machines of those lots that are equipment, and keep what their labels say about calibration.

    labels  each line's item, label and lot id
    """
    equipment = catalogue_queries.equipment_by_item(session, (item.code for item, _, _ in labels))
    known = machine_queries.machines_among(session, (lot_id for _, _, lot_id in labels))
    for item, label, lot_id in labels:
        if item.code not in equipment:
            continue
        if lot_id not in known:
            append(session, Machine, [{"lot_id": lot_id, "document_id": document.id, "recorded_at": now}])
        if lot_id not in known or label.calibrated_on is not None:
            good_to = _good_to(session, item.code, label.calibrated_on, None)
            row = {"condition": Condition.FIT, "calibrated_on": label.calibrated_on, "calibrated_to": good_to}
            _append_check(session, actor, lot_id, row | {"certificate": "", "note": ""}, now=now)


def count_problems(session: Session, counted: Sequence[tuple[int | None, int]]) -> list[Problem]:
    """Nobody counts two of one machine. ``counted``: lot id and pieces, line by line."""
    machines = machine_queries.machines_among(session, (lot_id for lot_id, _ in counted if lot_id is not None))
    return [
        Problem("several_machines", f"lines.{place}.counted", "0 or 1", str(pieces), place + 1)
        for place, (lot_id, pieces) in enumerate(counted)
        if lot_id in machines and pieces > 1
    ]


def _good_to(session: Session, item_code: str, calibrated_on: date | None, days: int | None) -> date | None:
    """The last day of a calibration: by its certificate, else by the catalogue; None where neither says."""
    kind = catalogue_queries.equipment_by_item(session, [item_code]).get(item_code)
    good_for = days or (kind.calibration_days if kind else None)
    return calibrated_on + timedelta(days=good_for - 1) if calibrated_on is not None and good_for else None


def _append_check(session: Session, actor: Actor, lot_id: int, row: dict[str, object], *, now: datetime) -> None:
    who = {"user_id": actor.user_id, "person_id": actor.person_id, "recorded_at": now}
    append(session, MachineCheck, [row | {"lot_id": lot_id} | who])
