"""Goods go: transfer between bins and sites, issue for use."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require, require_scope
from reserve.clock import local_day
from reserve.errors import Problem
from reserve.papers.terms import DocumentKind, LineContent
from reserve.sites import queries as site_queries
from reserve.sites.terms import USABLE_BINS, BinKind
from reserve.stock import ledger
from reserve.stock.drafts import IssueDraft, TransferDraft
from reserve.stock.posting import Names, Posted, draft_note, line_ids, outside_account, post_fact, posted_answer
from reserve.stock.terms import Move, MovementKind, Purpose


def transfer(session: Session, actor: Actor, draft: TransferDraft, *, now: datetime, today: date) -> Posted:
    """Move goods from bin to bin, within a site or between two sites of one custodian.

    Goods go to another custodian by a dispatch order, and leave the inspection and rejected areas by their own papers.
    """
    require(actor, Permission.STOCK_TRANSFER)
    source = site_queries.get_site(session, draft.from_site)
    target = site_queries.get_site(session, draft.to_site)
    for site in (source, target):
        require_scope(actor, Permission.STOCK_TRANSFER, organisation_path=site.organisation_path)
    names, there = Names(session, source), Names(session, target)
    names.load(owners=(line.owner_code for line in draft.lines))
    there.load()
    if target.organisation_id != source.organisation_id:
        names.problems.append(Problem("wrong_holder", "to_site", "a site of the same custodian", target.code))
    lots = []
    for place, line in enumerate(draft.lines):
        lots.append(
            names.goods(place, line.lot_ref, line.owner_code, line.from_bin, bin_field="from_bin", kinds=USABLE_BINS)
        )
        there.bin(line.to_bin, f"lines.{place}.to_bin", place + 1)
        if source.id == target.id and line.from_bin == line.to_bin:
            expected = f"another bin than {line.from_bin}"
            names.problems.append(Problem("same_bin", f"lines.{place}.to_bin", expected, line.to_bin, place + 1))
    names.problems += there.problems
    names.raise_problems()
    contents = [
        LineContent(
            number,
            line.lot_ref.item_code,
            line.quantity,
            source_code=source.code,
            receiver_code=target.code,
            owner_code=line.owner_code,
        )
        for number, line in enumerate(draft.lines, 1)
    ]
    document = draft_note(
        session,
        actor,
        DocumentKind.TRANSFER_NOTE,
        source,
        contents,
        now=now,
        occurred_at=draft.occurred_at,
        reason=draft.reason,
    )
    ids = line_ids(session, document)
    moves = []
    for number, (line, lot) in enumerate(zip(draft.lines, lots, strict=True), 1):
        assert lot is not None
        owner = names.owners[line.owner_code]
        origin = ledger.account_for(session, names.bins[line.from_bin].id, owner.id, line.fund)
        goal = ledger.account_for(session, there.bins[line.to_bin].id, owner.id, line.fund)
        moves.append(Move(lot.id, origin, goal, line.quantity, ids[number]))
    movements = post_fact(
        session,
        actor,
        document,
        MovementKind.TRANSFER,
        moves,
        site=source,
        now=now,
        occurred_at=draft.occurred_at,
        reason=draft.reason,
    )
    return posted_answer(document, movements)


def issue(session: Session, actor: Actor, draft: IssueDraft, *, now: datetime, today: date) -> Posted:
    """Hand goods out for use or training, or back to a supplier.

    What may not be used (blocked, uninspected, expired …) is refused with its reason; it may still go back.
    """
    require(actor, Permission.STOCK_ISSUE)
    site = site_queries.get_site(session, draft.site_code)
    require_scope(actor, Permission.STOCK_ISSUE, organisation_path=site.organisation_path)
    names = Names(session, site)
    names.load(owners=[draft.receiver_code, *(line.owner_code for line in draft.lines)])
    receiver = names.owner(draft.receiver_code, "receiver_code")
    lots = [
        names.goods(place, line.lot_ref, line.owner_code, line.from_bin, bin_field="from_bin")
        for place, line in enumerate(draft.lines)
    ]
    if draft.purpose is not Purpose.RETURN:
        goods = [(lot, line.from_bin) for lot, line in zip(lots, draft.lines, strict=True)]
        names.check_usable(goods, today=local_day(draft.occurred_at or now))
    names.raise_problems()
    assert receiver is not None
    contents = [
        LineContent(
            number,
            line.lot_ref.item_code,
            line.quantity,
            source_code=site.code,
            receiver_code=receiver.code,
            owner_code=line.owner_code,
            ground=draft.purpose,
        )
        for number, line in enumerate(draft.lines, 1)
    ]
    document = draft_note(
        session,
        actor,
        DocumentKind.ISSUE_NOTE,
        site,
        contents,
        now=now,
        occurred_at=draft.occurred_at,
        reason=draft.reason,
    )
    ids = line_ids(session, document)
    moves = []
    for number, (line, lot) in enumerate(zip(draft.lines, lots, strict=True), 1):
        assert lot is not None
        owner = names.owners[line.owner_code]
        origin = ledger.account_for(session, names.bins[line.from_bin].id, owner.id, line.fund)
        used = outside_account(session, BinKind.CONSUMED, receiver, owner.id, line.fund)
        moves.append(Move(lot.id, origin, used, line.quantity, ids[number]))
    movements = post_fact(
        session,
        actor,
        document,
        MovementKind.ISSUE,
        moves,
        site=site,
        now=now,
        occurred_at=draft.occurred_at,
        reason=draft.reason,
    )
    return posted_answer(document, movements)
