"""Holds outside dispatch, blocks, and the sweep of what has run out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require, require_scope
from reserve.db import append, next_positions
from reserve.errors import InvalidInput, Problem
from reserve.organisations import queries as organisation_queries
from reserve.organisations.models import Organisation
from reserve.papers import drafting
from reserve.papers.models import Document
from reserve.papers.terms import DocumentKind, LineContent, State
from reserve.sites import queries as site_queries
from reserve.sites.terms import OUTSIDE, BinKind
from reserve.stock import ledger, queries, tracing
from reserve.stock.drafts import BlockDraft, BlockEndDraft, ExpirySweepDraft, HoldDraft, HoldReleaseDraft
from reserve.stock.models import Block, BlockEnd, Lot
from reserve.stock.posting import Names, draft_note, line_ids
from reserve.stock.terms import HoldOutcome, HoldWish
from reserve.stock.tracing import Whereabouts


@dataclass(frozen=True, slots=True)
class HoldsPlaced:
    """What was held and what was not, line by line, in one reply."""

    number: str
    held: tuple[int, ...]
    short: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class HoldsEnded:
    ended: int
    number: str | None = None


def hold(session: Session, actor: Actor, draft: HoldDraft, *, now: datetime, today: date) -> HoldsPlaced:
    """Keep goods for a purpose. All or nothing, or up to what is free; short lines are said either way."""
    require(actor, Permission.STOCK_HOLD)
    site = site_queries.get_site(session, draft.site_code)
    require_scope(actor, Permission.STOCK_HOLD, organisation_path=site.organisation_path)
    names = Names(session, site)
    names.load(owners=(line.owner_code for line in draft.lines))
    lots = [names.goods(place, line.lot_ref, line.owner_code, line.bin_code) for place, line in enumerate(draft.lines)]
    goods = [(lot, line.bin_code) for lot, line in zip(lots, draft.lines, strict=True)]
    names.check_usable(goods, today=today)
    if draft.expires_at is not None and draft.expires_at <= now:
        expected, found = f"after {now.isoformat()}", draft.expires_at.isoformat()
        names.problems.append(Problem("in_the_past", "expires_at", expected, found))
    names.raise_problems()
    contents = [
        LineContent(
            number,
            line.lot_ref.item_code,
            line.quantity,
            source_code=site.code,
            owner_code=line.owner_code,
            ground="hold",
        )
        for number, line in enumerate(draft.lines, 1)
    ]
    document = draft_note(session, actor, DocumentKind.REQUEST, site, contents, now=now, reason=draft.reason)
    ids = line_ids(session, document)
    wishes = []
    for number, (line, lot) in enumerate(zip(draft.lines, lots, strict=True), 1):
        assert lot is not None
        owner = names.owners[line.owner_code]
        account = ledger.account_for(session, names.bins[line.bin_code].id, owner.id, line.fund)
        wishes.append(HoldWish(account, lot.id, line.quantity, ids[number], draft.priority))
    hold_ids = ledger.hold(session, actor, document, wishes, mode=draft.mode, now=now, expires_at=draft.expires_at)
    placed = queries.holds_by_id(session, hold_ids)
    by_line = {each.document_line_id: each.quantity for each in placed.values()}
    held = tuple(by_line.get(ids[number], 0) for number in range(1, len(draft.lines) + 1))
    short = tuple(line.quantity - got for line, got in zip(draft.lines, held, strict=True))
    return HoldsPlaced(document.number, held, short)


def release_hold(session: Session, actor: Actor, draft: HoldReleaseDraft, *, now: datetime, today: date) -> HoldsEnded:
    """Give back what a hold request keeps. Holds of orders end with their order."""
    require(actor, Permission.STOCK_HOLD)
    document = drafting.lock_document(session, draft.document_number)
    organisation = session.get_one(Organisation, document.organisation_id)
    require_scope(actor, Permission.STOCK_HOLD, organisation_path=organisation.path)
    drafting.require_kind(document, DocumentKind.REQUEST)
    holds = [each.id for each in queries.open_holds(session, document_id=document.id)]
    ended = ledger.end_holds(session, actor, holds, HoldOutcome.RELEASED, now=now, reason=draft.reason)
    return HoldsEnded(len(ended), document.number)


def sweep_expired_holds(
    session: Session, actor: Actor, draft: ExpirySweepDraft, *, now: datetime, today: date
) -> HoldsEnded:
    """End the holds whose time has passed. A hold counts until somebody ends it, whenever this runs."""
    require(actor, Permission.STOCK_HOLD)
    holds = [each.id for each in queries.open_holds(session, expired_at=now, limit=draft.limit)]
    ended = ledger.end_holds(session, actor, holds, HoldOutcome.EXPIRED, now=now)
    return HoldsEnded(len(ended))


def block(session: Session, actor: Actor, draft: BlockDraft, *, now: datetime, today: date) -> Document:
    """Stop the use of a lot everywhere at once, also on the road, or of what stands in one bin.

    Everywhere takes the right over every store where it stands. The notice names each place and owner on a line of
    its own, also who was handed some of it: so everybody concerned reads it.
    """
    require(actor, Permission.STOCK_BLOCK)
    organisation = organisation_queries.get_organisation(session, draft.organisation_code)
    require_scope(actor, Permission.STOCK_BLOCK, organisation_path=organisation.path)
    lot = queries.get_lot(session, draft.lot_ref)
    bin_id = _bin_named(session, actor, draft.site_code, draft.bin_code)
    lines: list[LineContent] = []
    if bin_id is None:
        found = tracing.whereabouts(session, lot.id)
        for each in found:
            if each.custodian_path is not None:
                require_scope(actor, Permission.STOCK_BLOCK, organisation_path=each.custodian_path)
        lines = _lines_of_notice(lot, found)
    document = drafting.draft_document(
        session,
        actor,
        DocumentKind.BLOCK_NOTICE,
        organisation,
        state=State.POSTED,
        now=now,
        lines=lines,
        content={"lot": lot.code, "item": lot.item_code, "kind": draft.reason_kind},
        reason=draft.reason,
    )
    (position,) = next_positions(session, 1)
    row = {
        "lot_id": lot.id,
        "bin_id": bin_id,
        "reason_kind": draft.reason_kind,
        "reason": draft.reason,
        "document_id": document.id,
        "user_id": actor.user_id,
        "occurred_at": now,
        "recorded_at": now,
        "position": position,
    }
    append(session, Block, [row])
    return document


def _lines_of_notice(lot: Lot, found: Sequence[Whereabouts]) -> list[LineContent]:
    """Where goods of the lot stand, travel, or were handed out to."""
    holding = [each for each in found if each.quantity > 0 and each.kind not in OUTSIDE - {BinKind.CONSUMED}]
    return [
        LineContent(
            number,
            lot.item_code,
            each.quantity,
            source_code="" if each.kind is BinKind.CONSUMED else each.place,
            receiver_code=each.place if each.kind is BinKind.CONSUMED else "",
            owner_code=each.owner_code,
            ground=each.kind,
            note=lot.code,
        )
        for number, each in enumerate(holding, 1)
    ]


def _bin_named(session: Session, actor: Actor, site_code: str | None, bin_code: str | None) -> int | None:
    """The bin that is meant. Both site and bin are named, or neither: a slip must not stop or free a province."""
    if site_code is None and bin_code is None:
        return None
    if site_code is None:
        raise InvalidInput([Problem("missing", "site_code", "a known site code", "")])
    site = site_queries.get_site(session, site_code)
    require_scope(actor, Permission.STOCK_BLOCK, organisation_path=site.organisation_path)
    names = Names(session, site)
    names.load()
    bin_row = names.bin(bin_code or "", "bin_code")
    names.raise_problems()
    assert bin_row is not None
    return bin_row.id


def lift_block(session: Session, actor: Actor, draft: BlockEndDraft, *, now: datetime, today: date) -> Document:
    """Lift a block; the goods may be used again. A lot stopped everywhere may be freed bin by bin."""
    require(actor, Permission.STOCK_BLOCK)
    document = drafting.lock_document(session, draft.document_number)
    organisation = session.get_one(Organisation, document.organisation_id)
    require_scope(actor, Permission.STOCK_BLOCK, organisation_path=organisation.path)
    drafting.require_kind(document, DocumentKind.BLOCK_NOTICE)
    drafting.require_state(session, document, State.POSTED)
    standing = queries.open_block(session, document.id)
    bin_id = _bin_named(session, actor, draft.site_code, draft.bin_code)
    if bin_id is not None:
        _require_still_blocked(session, standing, bin_id, draft)
    ends_it = bin_id is None or bin_id == standing.bin_id
    (position,) = next_positions(session, 1)
    row = {
        "block_id": standing.id,
        "bin_id": None if ends_it else bin_id,
        "document_id": document.id,
        "reason": draft.reason,
        "user_id": actor.user_id,
        "recorded_at": now,
        "position": position,
    }
    append(session, BlockEnd, [row])
    if ends_it:
        drafting.enter_state(session, actor, document, State.REVERSED, now=now, reason=draft.reason)
    return document


def _require_still_blocked(session: Session, standing: Block, bin_id: int, draft: BlockEndDraft) -> None:
    """Raises InvalidInput for a bin that the block does not reach, or that was freed already."""
    where = f"{draft.site_code}/{draft.bin_code}"
    is_freed = where in tracing.bins_lifted(session, [standing.id]).get(standing.id, ())
    if is_freed or standing.bin_id not in (None, bin_id):
        raise InvalidInput([Problem("bin_not_blocked", "bin_code", "a bin that is blocked", where)])
