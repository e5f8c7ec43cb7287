"""Setting the books right by adding to them: loss, damage and find; reversal; disposal."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require, require_scope
from reserve.errors import Conflict, InvalidInput, Problem
from reserve.organisations.models import Organisation
from reserve.papers import drafting
from reserve.papers import queries as paper_queries
from reserve.papers.models import Document
from reserve.papers.terms import DocumentKind, LineContent, State
from reserve.sites import queries as site_queries
from reserve.sites.terms import BinKind
from reserve.stock import ledger, queries
from reserve.stock.drafts import AdjustmentDraft, DisposalDraft, DisposeDraft, ReversalDraft
from reserve.stock.models import Movement
from reserve.stock.posting import Names, Posted, draft_note, line_ids, outside_account, post_fact, posted_answer
from reserve.stock.recovery import require_nothing_back
from reserve.stock.terms import Move, MovementKind

REVERSIBLE = frozenset(
    {
        DocumentKind.OPENING_BALANCE,
        DocumentKind.RECEIPT,
        DocumentKind.ISSUE_NOTE,
        DocumentKind.TRANSFER_NOTE,
        DocumentKind.ADJUSTMENT,
        DocumentKind.COUNT_SHEET,
    }
)
"""Dispatch is undone by its own verbs (return, loss, find), so that order and goods stay together."""


class NotReversible(Conflict):
    """This kind of paper is not undone by a reversal."""

    code = "not_reversible"


class FoundTooMuch(Conflict):
    """More is found than was lost: the rest is a surplus and belongs into a count."""

    code = "found_too_much"


def adjust(session: Session, actor: Actor, draft: AdjustmentDraft, *, now: datetime, today: date) -> Posted:
    """Book goods lost, damaged or found again. Loss and damage are facts and break holds.

    Goods found again name the paper of their loss; together the finds never exceed it.
    """
    require(actor, Permission.STOCK_ADJUST)
    site = site_queries.get_site(session, draft.site_code)
    require_scope(actor, Permission.STOCK_ADJUST, organisation_path=site.organisation_path)
    names = Names(session, site)
    names.load(items=[draft.lot_ref.item_code], owners=[draft.owner_code])
    owner, lot = names.owner(draft.owner_code, "owner_code"), names.lot(draft.lot_ref, "lot_ref")
    bin_row = names.bin(draft.bin_code, "bin_code")
    rejected_area = names.area(BinKind.REJECTED, "damaged") if draft.damaged else None
    if bin_row is not None and bin_row is rejected_area:
        names.problems.append(Problem("same_bin", "bin_code", f"another bin than {bin_row.code}", draft.bin_code))
    chosen = [name for name in ("lost", "damaged", "found") if getattr(draft, name)]
    if len(chosen) != 1:
        found = ", ".join(chosen) or "0"
        names.problems.append(Problem("one_kind_of_adjustment", "lost", "one of lost, damaged, found", found))
    if draft.found and not draft.follows_number:
        names.problems.append(Problem("loss_not_named", "follows_number", "number of the paper of the loss", ""))
    names.raise_problems()
    assert owner is not None
    assert lot is not None
    assert bin_row is not None
    quantity = draft.lost + draft.damaged + draft.found
    organisation = session.get_one(Organisation, site.organisation_id)
    shelf = ledger.account_for(session, bin_row.id, owner.id, draft.fund)
    lost = outside_account(session, BinKind.LOST, organisation, owner.id, draft.fund)
    follows = _loss_with_rest(session, draft.follows_number, lot.id, lost, quantity) if draft.found else None
    value = quantity * names.items[lot.item_code].unit_price_minor
    content = LineContent(1, lot.item_code, quantity, site.code, owner_code=owner.code, value_minor=value)
    document = draft_note(
        session,
        actor,
        DocumentKind.ADJUSTMENT,
        site,
        [content],
        now=now,
        occurred_at=draft.occurred_at,
        reason=draft.reason,
    )
    kind, ends = MovementKind.LOSE, (shelf, lost)
    if rejected_area is not None:
        rejected = ledger.account_for(session, rejected_area.id, owner.id, draft.fund)
        kind, ends = MovementKind.ADJUST, (shelf, rejected)
    elif draft.found:
        kind, ends = MovementKind.FIND, (lost, shelf)
    movements = post_fact(
        session,
        actor,
        document,
        kind,
        [Move(lot.id, *ends, quantity, line_ids(session, document)[1])],
        site=site,
        now=now,
        occurred_at=draft.occurred_at,
        reason=draft.reason,
        follows_id=follows.id if follows else None,
        breaks_holds=not draft.found,
    )
    return posted_answer(document, movements)


def _loss_with_rest(session: Session, number: str, lot_id: int, account_id: int, quantity: int) -> Movement:
    """The loss that found goods follow, if so much of it has not come back yet.

    account_id  the account of lost goods that they come back from: same body, owner and fund
    """
    document = drafting.lock_document(session, number)  # one find at a time
    most = None
    for movement in queries.movements_of(session, document.id):
        if movement.kind is not MovementKind.LOSE or queries.is_reversed(session, movement.id):
            continue
        entries = queries.entries_of(session, movement.id)
        lost = sum(each.quantity for each in entries if (each.lot_id, each.to_account_id) == (lot_id, account_id))
        if lost:
            rest = lost - queries.found_again(session, movement.id, lot_id)
            if quantity <= rest:
                return movement
            most = max(rest, most or 0)
    if most is None:
        raise InvalidInput([Problem("loss_not_named", "follows_number", "a paper that lost this lot", number)])
    raise FoundTooMuch(f"{most} are still lost", expected=f"at most {most}", found=quantity)


def _require_nothing_found(session: Session, original: Document) -> None:
    """A loss of which something was found again is not undone: the find would then come out of nothing."""
    for movement in queries.movements_of(session, original.id):
        if movement.kind is MovementKind.LOSE:
            entries = queries.entries_of(session, movement.id)
            found = sum(
                queries.found_again(session, movement.id, lot_id) for lot_id in {each.lot_id for each in entries}
            )
            if found:
                lost = sum(each.quantity for each in entries)
                raise FoundTooMuch(
                    f"{found} of {lost} were found again", expected=f"at most {lost - found}", found=lost
                )


def reverse(session: Session, actor: Actor, draft: ReversalDraft, *, now: datetime, today: date) -> Posted:
    """Undo a posted paper by the exact opposite of all its movements, at most once, linked both ways."""
    require(actor, Permission.STOCK_REVERSE)
    original = drafting.lock_document(session, draft.document_number)
    organisation = session.get_one(Organisation, original.organisation_id)
    require_scope(actor, Permission.STOCK_REVERSE, organisation_path=organisation.path)
    if original.kind not in REVERSIBLE:
        raise NotReversible(f"{original.kind} is not reversed", number=original.number, kind=original.kind)
    if paper_queries.state_of(session, original.id) is State.REVERSED:
        raise ledger.AlreadyReversed(f"{original.number} is reversed", number=original.number)
    drafting.require_state(session, original, State.POSTED)
    _require_nothing_found(session, original)
    require_nothing_back(session, original)
    reversal = drafting.draft_document(
        session,
        actor,
        DocumentKind.REVERSAL,
        organisation,
        state=State.POSTED,
        now=now,
        refers_to_id=original.id,
        reason=draft.reason,
    )
    movements = ledger.reverse(session, actor, original, reversal, now=now, reason=draft.reason)
    drafting.enter_state(session, actor, original, State.REVERSED, now=now, reason=draft.reason)
    return posted_answer(reversal, movements)


def request_disposal(session: Session, actor: Actor, draft: DisposalDraft, *, now: datetime, today: date) -> Document:
    """Ask for the disposal of goods after technical appraisal. Signed by the owner's level, posted by ``dispose``."""
    require(actor, Permission.STOCK_ADJUST)
    site = site_queries.get_site(session, draft.site_code)
    require_scope(actor, Permission.STOCK_ADJUST, organisation_path=site.organisation_path)
    names = Names(session, site)
    names.load(items=(line.lot_ref.item_code for line in draft.lines), owners=(line.owner_code for line in draft.lines))
    for place, line in enumerate(draft.lines):
        names.goods(place, line.lot_ref, line.owner_code, line.bin_code)
    owners = {line.owner_code for line in draft.lines}
    if len(owners) > 1:
        names.problems.append(Problem("several_owners", "lines", "goods of one owner", ", ".join(sorted(owners))))
    names.raise_problems()
    contents = [
        LineContent(
            number,
            line.lot_ref.item_code,
            line.quantity,
            source_code=site.code,
            owner_code=line.owner_code,
            ground="disposal",
            value_minor=line.quantity * names.items[line.lot_ref.item_code].unit_price_minor,
            note=line.lot_ref.code,
        )
        for number, line in enumerate(draft.lines, 1)
    ]
    organisation = session.get_one(Organisation, site.organisation_id)
    document = drafting.draft_document(
        session,
        actor,
        DocumentKind.DISPOSAL,
        organisation,
        state=State.SUBMITTED,
        now=now,
        lines=contents,
        content=draft.model_dump(mode="json"),
        holder_relation="own",
        reason=draft.reason,
    )
    holder = names.owners[draft.lines[0].owner_code]
    drafting.open_case(
        session, document, lead=organisation, holder=holder, quantity=max(c.quantity for c in contents), now=now
    )
    return document


def dispose(session: Session, actor: Actor, draft: DisposeDraft, *, now: datetime, today: date) -> Posted:
    """Book out goods whose disposal is approved; also expired, blocked and rejected ones."""
    require(actor, Permission.STOCK_ADJUST)
    document = drafting.lock_document(session, draft.document_number)
    organisation = session.get_one(Organisation, document.organisation_id)
    require_scope(actor, Permission.STOCK_ADJUST, organisation_path=organisation.path)
    drafting.require_kind(document, DocumentKind.DISPOSAL)
    drafting.require_state(session, document, State.APPROVED)
    drafting.require_no_signer(session, actor, document)
    request = DisposalDraft.model_validate_json(document.content)
    site = site_queries.get_site(session, request.site_code)
    names = Names(session, site)
    names.load(owners=(line.owner_code for line in request.lines))
    approved, ids = paper_queries.approved_quantities(session, document), line_ids(session, document)
    moves = []
    for number, line in enumerate(request.lines, 1):
        if approved[number]:
            owner = names.owners[line.owner_code]
            lot = queries.get_lot(session, line.lot_ref)
            origin = ledger.account_for(session, names.bins[line.bin_code].id, owner.id, line.fund)
            waste = outside_account(session, BinKind.WASTE, organisation, owner.id, line.fund)
            moves.append(Move(lot.id, origin, waste, approved[number], ids[number]))
    movement = ledger.post(
        session, actor, document, MovementKind.DISPOSE, moves, now=now, reason=request.reason, breaks_holds=True
    )
    drafting.enter_state(session, actor, document, State.CLOSED, now=now)
    return posted_answer(document, [movement], state=State.CLOSED)
