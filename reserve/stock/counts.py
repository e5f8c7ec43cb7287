"""Counting: what was found at a time, against what the book said at that time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require, require_scope
from reserve.catalogue import queries as catalogue_queries
from reserve.catalogue.models import Item
from reserve.db import append, next_positions
from reserve.errors import Conflict, InvalidInput, Problem
from reserve.organisations.models import Organisation
from reserve.papers import drafting
from reserve.papers.models import Document
from reserve.papers.terms import DocumentKind, State
from reserve.sites import queries as site_queries
from reserve.sites.models import Bin, Site
from reserve.stock import count_queries, ledger, machines, queries, rules
from reserve.stock.differences import ask_for_signatures
from reserve.stock.drafts import CountDraft, RecountDraft
from reserve.stock.models import Count, StockAccount
from reserve.stock.posting import Names, draft_note


class CounterDoesNotRecount(Conflict):
    """A large difference is counted again by somebody else than the first counter."""

    code = "counter_does_not_recount"


@dataclass(frozen=True, slots=True)
class Counted:
    """The answer to a count: its paper and, where figures differ, the paper to be signed before they are posted."""

    number: str
    state: State
    differences: int
    variance_number: str | None
    recounts: int = 0
    """Lines whose difference is so large that a second person counts them before anybody signs."""


def count(session: Session, actor: Actor, draft: CountDraft, *, now: datetime, today: date) -> Counted:
    """Hand in what was found. Lines without a difference close at once; differences wait for signatures.

    While a line differs so much that it must be counted again, the sheet stays open for the second counter.
    """
    require(actor, Permission.STOCK_COUNT)
    site = site_queries.get_site(session, draft.site_code)
    require_scope(actor, Permission.STOCK_COUNT, organisation_path=site.organisation_path)
    names = Names(session, site)
    item_codes = {line.lot_ref.item_code for line in draft.lines}
    names.load(items=item_codes, owners=(line.owner_code for line in draft.lines))
    lots = []
    for place, line in enumerate(draft.lines):
        lots.append(names.goods(place, line.lot_ref, line.owner_code, line.bin_code))
        if line.counted_at > now:
            expected, found = f"not after {now.isoformat()}", line.counted_at.isoformat()
            names.problems.append(Problem("in_the_future", f"lines.{place}.counted_at", expected, found, place + 1))
    names.problems += rules.repeated_lines(
        [
            (line.lot_ref.item_code, lot and lot.id, line.owner_code, line.fund, line.bin_code)
            for line, lot in zip(draft.lines, lots, strict=True)
        ],
        "lot_ref.code",
    )
    pieces = [(lot.id if lot is not None else None, line.counted) for line, lot in zip(draft.lines, lots, strict=True)]
    names.problems += machines.count_problems(session, pieces)
    names.raise_problems()
    rows = []
    for line, lot in zip(draft.lines, lots, strict=True):
        assert lot is not None
        account = ledger.account_for(session, names.bins[line.bin_code].id, names.owners[line.owner_code].id, line.fund)
        book = queries.book_at(session, account, lot.id, line.counted_at)
        rows.append(
            {
                "account_id": account,
                "lot_id": lot.id,
                "counted_at": line.counted_at,
                "counted": line.counted,
                "book": book,
                "counted_by_person": actor.person_id,
                "recounts_id": None,
                "recorded_at": now,
            }
        )
    sheet = draft_note(
        session, actor, DocumentKind.COUNT_SHEET, site, (), now=now, state=State.COUNTING, reason=draft.reason
    )
    positions = next_positions(session, len(rows))
    append(
        session,
        Count,
        [row | {"document_id": sheet.id, "position": position} for row, position in zip(rows, positions, strict=True)],
    )
    wanted = count_queries.wanted_again(session, sheet.id)
    if wanted:
        different = sum(each.counted != each.book for each in count_queries.counts_of(session, sheet.id))
        return Counted(sheet.number, State.COUNTING, different, None, len(wanted))
    return _closed(session, actor, site, sheet, names.items, now=now)


def recount(session: Session, actor: Actor, draft: RecountDraft, *, now: datetime, today: date) -> Counted:
    """Hand in what a second person found on the lines with a large difference; that figure stands.

    It is as blind as the first count, and names every line that is wanted.
    """
    require(actor, Permission.STOCK_COUNT)
    sheet = drafting.lock_document(session, draft.count_number)
    organisation = session.get_one(Organisation, sheet.organisation_id)
    require_scope(actor, Permission.STOCK_COUNT, organisation_path=organisation.path)
    drafting.require_kind(sheet, DocumentKind.COUNT_SHEET)
    drafting.require_state(session, sheet, State.COUNTING)
    if actor.person_id in count_queries.counters_of(session, sheet.id):
        raise CounterDoesNotRecount(f"you counted {sheet.number}", number=sheet.number)
    wanted = count_queries.wanted_again(session, sheet.id)
    problems = _recount_problems(draft, wanted, now)
    pieces = [(wanted[line.line_no].lot_id if line.line_no in wanted else None, line.counted) for line in draft.lines]
    problems += machines.count_problems(session, pieces)
    if problems:
        raise InvalidInput(problems)
    rows = [
        {
            "document_id": sheet.id,
            "account_id": wanted[line.line_no].account_id,
            "lot_id": wanted[line.line_no].lot_id,
            "counted_at": line.counted_at,
            "counted": line.counted,
            "book": queries.book_at(
                session, wanted[line.line_no].account_id, wanted[line.line_no].lot_id, line.counted_at
            ),
            "counted_by_person": actor.person_id,
            "recounts_id": wanted[line.line_no].id,
            "recorded_at": now,
        }
        for line in draft.lines
    ]
    positions = next_positions(session, len(rows))
    append(session, Count, [row | {"position": position} for row, position in zip(rows, positions, strict=True)])
    site = _site_of(session, next(iter(wanted.values())))
    lots = queries.lots_by_id(session, (each.lot_id for each in count_queries.counts_of(session, sheet.id)))
    items = catalogue_queries.items_by_code(session, (lot.item_code for lot in lots.values()))
    return _closed(session, actor, site, sheet, items, now=now)


def _closed(
    session: Session, actor: Actor, site: Site, sheet: Document, items: Mapping[str, Item], *, now: datetime
) -> Counted:
    """All is counted: without a difference the sheet is posted, otherwise its differences wait for signatures."""
    different = [each for each in count_queries.counts_of(session, sheet.id) if each.counted != each.book]
    if not different:
        drafting.enter_state(session, actor, sheet, State.POSTED, now=now)
        return Counted(sheet.number, State.POSTED, 0, None)
    drafting.enter_state(session, actor, sheet, State.SUBMITTED, now=now)
    variance = ask_for_signatures(session, actor, site, sheet, different, items, now=now)
    return Counted(sheet.number, State.SUBMITTED, len(different), variance.number)


def _site_of(session: Session, counted: Count) -> Site:
    account = session.get_one(StockAccount, counted.account_id)
    return session.get_one(Site, session.get_one(Bin, account.bin_id).site_id)


def _recount_problems(draft: RecountDraft, wanted: Mapping[int, Count], now: datetime) -> list[Problem]:
    numbers = ", ".join(map(str, wanted))
    problems = rules.repeated_lines([line.line_no for line in draft.lines], "line_no")
    for place, line in enumerate(draft.lines):
        if line.line_no not in wanted:
            expected, found = f"one of {numbers}", str(line.line_no)
            problems.append(Problem("line_not_recounted", f"lines.{place}.line_no", expected, found, place + 1))
        elif line.counted_at > now or line.counted_at < wanted[line.line_no].counted_at:
            expected = f"from {wanted[line.line_no].counted_at.isoformat()} to {now.isoformat()}"
            found = line.counted_at.isoformat()
            problems.append(Problem("not_after_first_count", f"lines.{place}.counted_at", expected, found, place + 1))
    given = {line.line_no for line in draft.lines}
    if missing := [number for number in wanted if number not in given]:
        expected, found = f"all of {numbers}", ", ".join(map(str, sorted(given)))
        problems += [Problem("recount_missing", f"lines.{number - 1}.counted", expected, found) for number in missing]
    return problems
