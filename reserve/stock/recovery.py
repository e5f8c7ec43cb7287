"""Goods come back from use: against the paper on which they left, into the inspection area, never more than left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require, require_scope
from reserve.errors import Conflict, NotFound, Problem
from reserve.organisations.models import Organisation
from reserve.papers import drafting
from reserve.papers.models import Document
from reserve.papers.terms import DocumentKind, LineContent, State
from reserve.sites import queries as site_queries
from reserve.sites.models import Bin
from reserve.sites.terms import BinKind
from reserve.stock import ledger, queries, rules
from reserve.stock.drafts import ReturnDraft
from reserve.stock.models import Lot, Movement
from reserve.stock.posting import Names, Posted, draft_note, line_ids, post_fact, posted_answer
from reserve.stock.terms import Move, MovementKind


class CameBack(Conflict):
    """Of what this paper issued, something has come back: undo the return first."""

    code = "came_back"


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What of one lot an issue handed out and has not come back. Base units."""

    movement: Movement
    lot: Lot
    account_id: int
    """The user's account, of its owner and fund."""
    issued: int
    left: int


def outstanding_of(session: Session, document: Document) -> list[Outstanding]:
    """What an issue note handed out, lot by lot, and how much of it is still with its user."""
    found = []
    for movement in queries.movements_of(session, document.id):
        if movement.kind is not MovementKind.ISSUE or queries.is_reversed(session, movement.id):
            continue
        issued: dict[tuple[int, int], int] = {}
        for entry in queries.entries_of(session, movement.id):
            key = entry.lot_id, entry.to_account_id
            issued[key] = issued.get(key, 0) + entry.quantity
        lots = queries.lots_by_id(session, {lot_id for lot_id, _ in issued})
        for (lot_id, account_id), quantity in issued.items():
            back = queries.returned_from(session, movement.id, lot_id, account_id)
            found.append(Outstanding(movement, lots[lot_id], account_id, quantity, quantity - back))
    return found


def take_back(session: Session, actor: Actor, draft: ReturnDraft, *, now: datetime, today: date) -> Posted:
    """Book goods that come back from use into the inspection area, each against the paper on which it left."""
    require(actor, Permission.STOCK_RECEIVE)
    site = site_queries.get_site(session, draft.site_code)
    require_scope(actor, Permission.STOCK_RECEIVE, organisation_path=site.organisation_path)
    issued = drafting.lock_document(session, draft.issue_number)  # one return at a time
    issuer = session.get_one(Organisation, issued.organisation_id)
    if issuer.id != site.organisation_id:
        raise NotFound("issue note of this store's keeper", draft.issue_number)
    drafting.require_kind(issued, DocumentKind.ISSUE_NOTE)
    drafting.require_state(session, issued, State.POSTED)
    names = Names(session, site)
    names.load()
    area = names.area(BinKind.INSPECTION, "site_code")
    taken = _taken(session, names, draft, issued)
    names.raise_problems()
    assert area is not None
    contents = [
        LineContent(number, line.lot_ref.item_code, line.quantity, receiver_code=site.code)
        for number, line in enumerate(draft.lines, 1)
        if line.quantity
    ]
    document = draft_note(
        session,
        actor,
        DocumentKind.RECEIPT,
        site,
        contents,
        now=now,
        occurred_at=draft.occurred_at,
        reason=draft.reason,
        refers_to_id=issued.id,
    )
    moves = _moves(session, area, taken, line_ids(session, document))
    movements = post_fact(
        session,
        actor,
        document,
        MovementKind.RETURN,
        moves,
        site=site,
        now=now,
        occurred_at=draft.occurred_at,
        reason=draft.reason,
        follows_id=taken[0][1].movement.id,
    )
    return posted_answer(document, movements)


def _taken(session: Session, names: Names, draft: ReturnDraft, issued: Document) -> list[tuple[int, Outstanding, int]]:
    """Line number, what it comes back from, and how much; every line that asks for more is noted."""
    outstanding = outstanding_of(session, issued)
    taken: list[tuple[int, Outstanding, int]] = []
    codes = [(line.lot_ref.item_code, rules.normalised_lot_code(line.lot_ref.code)) for line in draft.lines]
    names.problems += rules.repeated_lines(codes, "lot_ref.code")
    if not any(line.quantity for line in draft.lines):
        names.problems.append(Problem("quantity_missing", "lines.0.quantity", "at least 1 piece", "0"))
    for number, (line, (item_code, code)) in enumerate(zip(draft.lines, codes, strict=True), 1):
        parts = [each for each in outstanding if (each.lot.item_code, each.lot.code_normalised) == (item_code, code)]
        left = sum(each.left for each in parts)
        if line.quantity > left:
            field = f"lines.{number - 1}.quantity"
            names.problems.append(Problem("more_than_issued", field, f"at most {left}", str(line.quantity), number))
        missing = line.quantity
        for each in parts:
            part = min(each.left, missing)
            if part:
                taken.append((number, each, part))
            missing -= part
    return taken


def _moves(session: Session, area: Bin, taken: list[tuple[int, Outstanding, int]], ids: dict[int, int]) -> list[Move]:
    accounts = queries.accounts_by_id(session, {each.account_id for _, each, _ in taken})
    moves = []
    for number, each, quantity in taken:
        account = accounts[each.account_id]
        waiting = ledger.account_for(session, area.id, account.owner_id, account.fund)
        moves.append(Move(each.lot.id, each.account_id, waiting, quantity, ids[number]))
    return moves


def require_nothing_back(session: Session, original: Document) -> None:
    """An issue of which something came back is not undone: it would then come twice. Raises CameBack."""
    back = sum(each.issued - each.left for each in outstanding_of(session, original))
    if back:
        raise CameBack(f"{back} of {original.number} came back", number=original.number, found=back)
