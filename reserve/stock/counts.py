"""Counting: what was found at a time, against what the book said at that time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require, require_scope
from reserve.catalogue.models import Item
from reserve.db import append, next_positions
from reserve.errors import Conflict, NotAllowed, Problem
from reserve.organisations import queries as organisation_queries
from reserve.organisations.models import Organisation
from reserve.papers import drafting
from reserve.papers import queries as paper_queries
from reserve.papers.models import Document
from reserve.papers.terms import DocumentKind, LineContent, State
from reserve.sites import queries as site_queries
from reserve.sites.models import Site
from reserve.stock import closed_counts, ledger, machines, queries, rules
from reserve.stock.drafts import CountDraft, CountSignOffDraft
from reserve.stock.models import Count, Lot, Movement, StockAccount
from reserve.stock.posting import Names, Posted, difference_account, draft_note, posted_answer
from reserve.stock.terms import Move, MovementKind


class CountOvertaken(Conflict):
    """What was entered since does not go with what was counted: one of the two is wrong. Count again."""

    code = "count_overtaken"


@dataclass(frozen=True, slots=True)
class Counted:
    """The answer to a count: its paper and, where figures differ, the paper to be signed before they are posted."""

    number: str
    state: State
    differences: int
    variance_number: str | None


def count(session: Session, actor: Actor, draft: CountDraft, *, now: datetime, today: date) -> Counted:
    """Hand in what was found. Lines without a difference close at once; differences wait for signatures."""
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
    counts = queries.counts_of(session, sheet.id)
    different = [each for each in counts if each.counted != each.book]
    if not different:
        drafting.enter_state(session, actor, sheet, State.POSTED, now=now)
        return Counted(sheet.number, State.POSTED, 0, None)
    drafting.enter_state(session, actor, sheet, State.SUBMITTED, now=now)
    variance = _ask_for_signatures(session, actor, site, sheet, different, names.items, now=now)
    return Counted(sheet.number, State.SUBMITTED, len(different), variance.number)


def post_count(session: Session, actor: Actor, draft: CountSignOffDraft, *, now: datetime, today: date) -> Posted:
    """Post the differences of a count whose variance is approved. The counter does not post (A07)."""
    require(actor, Permission.STOCK_ADJUST)
    sheet = drafting.lock_document(session, draft.count_number)
    organisation = session.get_one(Organisation, sheet.organisation_id)
    require_scope(actor, Permission.STOCK_ADJUST, organisation_path=organisation.path)
    drafting.require_kind(sheet, DocumentKind.COUNT_SHEET)
    drafting.require_state(session, sheet, State.SUBMITTED)
    (variance,) = paper_queries.referring_documents(session, sheet.id, DocumentKind.COUNT_VARIANCE)
    drafting.require_state(session, variance, State.APPROVED)
    drafting.require_no_signer(session, actor, variance)
    counts = queries.counts_of(session, sheet.id)
    if actor.person_id in {each.counted_by_person for each in counts}:
        raise NotAllowed(Permission.STOCK_ADJUST)
    drafting.enter_state(session, actor, sheet, State.POSTED, now=now)
    different = [each for each in counts if each.counted != each.book]
    outside = {each.id: difference_account(session, each.account_id) for each in different}
    both_ways = [Move(each.lot_id, each.account_id, outside[each.id], 1) for each in different]
    ledger.lock_accounts(session, both_ways, now=now)
    posted = (_post_difference(session, actor, sheet, each, outside[each.id], now=now) for each in different)
    movements = [movement for movement in posted if movement is not None]
    drafting.enter_state(session, actor, variance, State.CLOSED, now=now)
    return posted_answer(sheet, movements)


def _post_difference(
    session: Session, actor: Actor, sheet: Document, each: Count, outside: int, *, now: datetime
) -> Movement | None:
    """The difference at the time of counting, at that time, so that the counted figure stands. It breaks holds.

    Papers entered since the count may have explained part of it, or all; they never let more be posted than was signed.
    """
    signed = each.counted - each.book
    difference = each.counted - queries.book_at(session, each.account_id, each.lot_id, each.counted_at)
    if difference == 0:
        return None
    later = closed_counts.posted_counts_after(session, each.account_id, each.lot_id, each.counted_at)
    if difference * signed < 0 or abs(difference) > abs(signed) or any(one.id != each.id for one in later):
        raise CountOvertaken(f"{sheet.number}: found {difference}, signed {signed}", number=sheet.number)
    ends = (outside, each.account_id) if difference > 0 else (each.account_id, outside)
    move = Move(each.lot_id, *ends, abs(difference))
    try:
        return ledger.post(
            session,
            actor,
            sheet,
            MovementKind.COUNT,
            [move],
            now=now,
            occurred_at=each.counted_at,
            breaks_holds=True,
        )
    except (ledger.InsufficientStock, ledger.PastWouldBeNegative) as error:
        raise CountOvertaken(str(error), number=sheet.number) from error


def _ask_for_signatures(
    session: Session,
    actor: Actor,
    site: Site,
    sheet: Document,
    different: Sequence[Count],
    items: dict[str, Item],
    *,
    now: datetime,
) -> Document:
    lots = queries.lots_by_id(session, (each.lot_id for each in different))
    contents = []
    for number, each in enumerate(different, 1):
        lot: Lot = lots[each.lot_id]
        quantity = abs(each.counted - each.book)
        value = quantity * items[lot.item_code].unit_price_minor
        direction = "surplus" if each.counted > each.book else "shortage"
        contents.append(
            LineContent(number, lot.item_code, quantity, site.code, ground=direction, value_minor=value, note=lot.code)
        )
    organisation = session.get_one(Organisation, site.organisation_id)
    account = session.get_one(StockAccount, different[0].account_id)
    owner = organisation_queries.organisations_by_id(session, [account.owner_id])[account.owner_id]
    variance = drafting.draft_document(
        session,
        actor,
        DocumentKind.COUNT_VARIANCE,
        organisation,
        state=State.SUBMITTED,
        now=now,
        lines=contents,
        refers_to_id=sheet.id,
        holder_relation="own",
    )
    quantity = max(line.quantity for line in contents)
    drafting.open_case(session, variance, lead=organisation, holder=owner, quantity=quantity, now=now)
    return variance
