"""Goods come in: opening balances, receipt with inspection at the door, inspection afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require, require_scope
from reserve.catalogue.models import Item
from reserve.clock import local_day
from reserve.errors import InvalidInput, Problem
from reserve.organisations import queries as organisation_queries
from reserve.papers.terms import DocumentKind, LineContent
from reserve.sites import queries as site_queries
from reserve.sites.models import Bin
from reserve.sites.terms import USABLE_BINS, BinKind
from reserve.stock import booked, ledger, machines, rules
from reserve.stock.drafts import (
    InspectionDraft,
    InspectionLineDraft,
    LotDraft,
    OpeningDraft,
    ReceiptDraft,
    ReceiptLineDraft,
)
from reserve.stock.posting import Names, Posted, draft_note, line_ids, outside_account, post_fact, posted_answer
from reserve.stock.terms import Fund, Move, MovementKind


def open_balance(session: Session, actor: Actor, draft: OpeningDraft, *, now: datetime, today: date) -> Posted:
    """Enter what stands on the shelves of a site when its books begin.

    Hall by hall if it must be, but no lot twice in one place: what was entered wrong is reversed and entered anew.
    """
    require(actor, Permission.STOCK_OPENING)
    site = site_queries.get_site(session, draft.site_code)
    require_scope(actor, Permission.STOCK_OPENING, organisation_path=site.organisation_path)
    names = Names(session, site)
    names.load(items=(line.lot.item_code for line in draft.lines), owners=(line.owner_code for line in draft.lines))
    for place, line in enumerate(draft.lines):
        item = names.item(line.lot.item_code, f"lines.{place}.lot.item_code", place + 1)
        if item is not None:  # what stood there may have expired
            names.problems += label_problems(item, line.lot, accepted=0, place=place, arrived_on=today)
        names.owner(line.owner_code, f"lines.{place}.owner_code", place + 1)
        names.bin(line.bin_code, f"lines.{place}.bin_code", place + 1)
    names.raise_problems()
    pieces = [(line.lot, line.quantity) for line in draft.lines]
    names.problems += machines.serial_problems(session, pieces, field="quantity", today=today)
    names.raise_problems()
    organisation = organisation_queries.organisations_by_id(session, [site.organisation_id])[site.organisation_id]
    contents = [
        LineContent(
            number,
            line.lot.item_code,
            line.quantity,
            receiver_code=site.code,
            owner_code=line.owner_code,
            value_minor=line.quantity * names.items[line.lot.item_code].unit_price_minor,
        )
        for number, line in enumerate(draft.lines, 1)
    ]
    document = draft_note(
        session,
        actor,
        DocumentKind.OPENING_BALANCE,
        site,
        contents,
        now=now,
        occurred_at=draft.occurred_at,
        title=draft.title,
    )
    ids = line_ids(session, document)
    accounts: dict[tuple[str, Fund, str], tuple[int, int]] = {}  # a site's lines share a few owners and shelves
    lots = ledger.lots_for(session, [(names.items[line.lot.item_code], line.lot) for line in draft.lines], now=now)
    moves = []
    for number, (line, lot_id) in enumerate(zip(draft.lines, lots, strict=True), 1):
        key = (line.owner_code, line.fund, line.bin_code)
        if key not in accounts:
            owner = names.owners[line.owner_code]
            outside = outside_account(session, BinKind.SUPPLIER, organisation, owner.id, line.fund)
            shelf = ledger.account_for(session, names.bins[line.bin_code].id, owner.id, line.fund)
            accounts[key] = outside, shelf
        moves.append(Move(lot_id, *accounts[key], line.quantity, ids[number]))
    _require_unopened(session, draft, moves, now=now)
    labels = _machines_on(names, [line.lot for line in draft.lines], lots)
    machines.enter_machines(session, actor, document, labels, now=now)
    movement = ledger.post(session, actor, document, MovementKind.OPEN, moves, now=now, occurred_at=draft.occurred_at)
    return posted_answer(document, [movement])


def _require_unopened(session: Session, draft: OpeningDraft, moves: Sequence[Move], *, now: datetime) -> None:
    """Refuse every line whose lot an earlier opening balance brought to the same shelf, owner and fund."""
    ledger.lock_accounts(session, moves, now=now)  # nobody opens the same books while we look
    opened = booked.opened_by(session, {(move.to_account, move.lot_id) for move in moves})
    problems = []
    for place, (move, line) in enumerate(zip(moves, draft.lines, strict=True)):
        if number := opened.get((move.to_account, move.lot_id)):
            expected = f"not opened by {number}"
            problems.append(Problem("opened_already", f"lines.{place}.lot", expected, line.lot.code, place + 1))
    if problems:
        raise InvalidInput(problems)


def receive(session: Session, actor: Actor, draft: ReceiptDraft, *, now: datetime, today: date) -> Posted:
    """Book goods that have physically arrived at one of our sites, split by what the inspection says.

    Accepted goods go to their bin, rejected ones to the rejected area, the rest waits in the inspection area.
    """
    require(actor, Permission.STOCK_RECEIVE)
    site = site_queries.get_site(session, draft.site_code)
    require_scope(actor, Permission.STOCK_RECEIVE, organisation_path=site.organisation_path)
    names = Names(session, site)
    names.load(items=(line.lot.item_code for line in draft.lines), owners=(draft.owner_code, draft.supplier_code))
    owner = names.owner(draft.owner_code, "owner_code")
    names.owner(draft.supplier_code, "supplier_code")
    bins: list[list[tuple[Bin | None, int]]] = []
    arrived_on = local_day(draft.occurred_at or now)
    for place, line in enumerate(draft.lines):
        item = names.item(line.lot.item_code, f"lines.{place}.lot.item_code", place + 1)
        bins.append(_bins_by_result(names, line, place))
        if line.accepted + line.rejected + line.uninspected == 0:
            field = f"lines.{place}.accepted"
            names.problems.append(Problem("quantity_missing", field, "at least 1 piece", "0", place + 1))
        if item is not None:
            names.problems += label_problems(item, line.lot, accepted=line.accepted, place=place, arrived_on=arrived_on)
    names.raise_problems()
    pieces = [(line.lot, line.accepted + line.rejected + line.uninspected) for line in draft.lines]
    names.problems += machines.serial_problems(session, pieces, field="accepted", today=today)
    names.raise_problems()
    assert owner is not None
    contents = [
        LineContent(
            number,
            line.lot.item_code,
            line.accepted + line.rejected + line.uninspected,
            source_code=draft.supplier_code,
            receiver_code=site.code,
            owner_code=draft.owner_code,
            ground=draft.ground_document,
            value_minor=line.accepted * names.items[line.lot.item_code].unit_price_minor,
            note=line.rejection_reason,
        )
        for number, line in enumerate(draft.lines, 1)
    ]
    document = draft_note(
        session,
        actor,
        DocumentKind.RECEIPT,
        site,
        contents,
        now=now,
        occurred_at=draft.occurred_at,
        title=draft.reference,
    )
    ids = line_ids(session, document)
    outside = outside_account(session, BinKind.SUPPLIER, names.owners[draft.supplier_code], owner.id, draft.fund)
    moves = []
    lots = ledger.lots_for(session, [(names.items[line.lot.item_code], line.lot) for line in draft.lines], now=now)
    accounts: dict[int, int] = {}  # a delivery's lines share a few shelves
    for number, (lot_id, parts) in enumerate(zip(lots, bins, strict=True), 1):
        for bin_row, quantity in parts:
            assert bin_row is not None
            if bin_row.id not in accounts:
                accounts[bin_row.id] = ledger.account_for(session, bin_row.id, owner.id, draft.fund)
            moves.append(Move(lot_id, outside, accounts[bin_row.id], quantity, ids[number]))
    labels = _machines_on(names, [line.lot for line in draft.lines], lots)
    machines.enter_machines(session, actor, document, labels, now=now)
    came = {lot_id: line.lot.certificate or "" for lot_id, line in zip(lots, draft.lines, strict=True)}
    ledger.certify(session, actor, document.id, came, now=now)
    movements = post_fact(
        session, actor, document, MovementKind.RECEIVE, moves, site=site, now=now, occurred_at=draft.occurred_at
    )
    return posted_answer(document, movements)


def _machines_on(names: Names, labels: Sequence[LotDraft], lots: Sequence[int]) -> list[tuple[Item, LotDraft, int]]:
    return [(names.items[label.item_code], label, lot) for label, lot in zip(labels, lots, strict=True)]


def _bins_by_result(
    names: Names, line: ReceiptLineDraft | InspectionLineDraft, place: int
) -> list[tuple[Bin | None, int]]:
    """Where the parts of a line go, as far as they are not empty; what the site lacks is noted as a problem."""
    parts: list[tuple[Bin | None, int]] = []
    row = place + 1
    if line.accepted:
        shelf = names.bin(line.bin_code, f"lines.{place}.bin_code", row, kinds=USABLE_BINS)
        parts.append((shelf, line.accepted))
    if line.rejected:
        parts.append((names.area(BinKind.REJECTED, f"lines.{place}.rejected", row), line.rejected))
    if isinstance(line, ReceiptLineDraft) and line.uninspected:
        parts.append((names.area(BinKind.INSPECTION, f"lines.{place}.uninspected", row), line.uninspected))
    return parts


def inspect(session: Session, actor: Actor, draft: InspectionDraft, *, now: datetime, today: date) -> Posted:
    """Move goods out of the inspection area by the result: to a shelf, or to the rejected area.

    Goods of the rejected area are inspected anew after repair or cleaning, and may only come back to a shelf.

    The certificate that the inspection found is from now on that of every lot of which something was accepted.
    """
    require(actor, Permission.STOCK_RECEIVE)
    site = site_queries.get_site(session, draft.site_code)
    require_scope(actor, Permission.STOCK_RECEIVE, organisation_path=site.organisation_path)
    names = Names(session, site)
    names.load(owners=(line.owner_code for line in draft.lines))
    areas = {kind: names.area(kind, "site_code") for kind in {line.area for line in draft.lines}}
    bins, lots = [], []
    for place, line in enumerate(draft.lines):
        lots.append(names.lot(line.lot_ref, f"lines.{place}.lot_ref", place + 1))
        names.owner(line.owner_code, f"lines.{place}.owner_code", place + 1)
        bins.append(_bins_by_result(names, line, place))
        if line.accepted + line.rejected == 0:
            field = f"lines.{place}.accepted"
            names.problems.append(Problem("quantity_missing", field, "at least 1 piece", "0", place + 1))
        if line.rejected and line.area is BinKind.REJECTED:
            expected, found = "goods that wait for inspection", str(line.rejected)
            names.problems.append(Problem("rejected_already", f"lines.{place}.rejected", expected, found, place + 1))
    names.raise_problems()
    contents = [
        LineContent(number, line.lot_ref.item_code, line.accepted + line.rejected, receiver_code=site.code)
        for number, line in enumerate(draft.lines, 1)
    ]
    document = draft_note(
        session,
        actor,
        DocumentKind.RECEIPT,
        site,
        contents,
        now=now,
        occurred_at=draft.occurred_at,
        title=draft.certificate_no,
    )
    ids = line_ids(session, document)
    moves = []
    for number, (line, lot, parts) in enumerate(zip(draft.lines, lots, bins, strict=True), 1):
        assert lot is not None
        owner = names.owners[line.owner_code]
        area = areas[line.area]
        assert area is not None
        waiting = ledger.account_for(session, area.id, owner.id, line.fund)
        for bin_row, quantity in parts:
            assert bin_row is not None
            account = ledger.account_for(session, bin_row.id, owner.id, line.fund)
            moves.append(Move(lot.id, waiting, account, quantity, ids[number]))
    passed = [lot.id for lot, line in zip(lots, draft.lines, strict=True) if lot is not None and line.accepted]
    ledger.certify(session, actor, document.id, dict.fromkeys(passed, draft.certificate_no), now=now)
    movements = post_fact(
        session, actor, document, MovementKind.INSPECT, moves, site=site, now=now, occurred_at=draft.occurred_at
    )
    return posted_answer(document, movements)


def label_problems(item: Item, lot: LotDraft, *, accepted: int, place: int, arrived_on: date) -> Sequence[Problem]:
    """What is wrong with a label at the door; rejected and waiting goods may carry a bad one."""
    problems = []
    field, row = f"lines.{place}.lot", place + 1
    if accepted and item.shelf_life_months is not None and lot.expires_on is None:
        problems.append(Problem("expiry_missing", f"{field}.expires_on", "an expiry date", "", row))
    if accepted and lot.expires_on is not None and lot.expires_on < arrived_on:
        expected = f"{arrived_on.isoformat()} or later"
        problems.append(Problem("expired_on_arrival", f"{field}.expires_on", expected, lot.expires_on.isoformat(), row))
    if lot.made_on is not None and lot.expires_on is not None and lot.made_on > lot.expires_on:
        expected = f"not after {lot.expires_on.isoformat()}"
        problems.append(Problem("made_after_expiry", f"{field}.made_on", expected, lot.made_on.isoformat(), row))
    if not rules.normalised_lot_code(lot.code):
        problems.append(Problem("lot_code_empty", f"{field}.code", "letters or digits", lot.code, row))
    return problems
