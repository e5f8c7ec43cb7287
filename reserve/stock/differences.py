"""The differences of a count: who signs them, why they arose, and posting them at the time of counting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require, require_scope
from reserve.catalogue.models import Item
from reserve.db import append
from reserve.errors import Conflict, InvalidInput, NotAllowed, Problem
from reserve.organisations import queries as organisation_queries
from reserve.organisations.models import Organisation
from reserve.papers import drafting
from reserve.papers import queries as paper_queries
from reserve.papers.models import Document
from reserve.papers.terms import DocumentKind, LineContent, State
from reserve.sites.models import Site
from reserve.stock import closed_counts, count_queries, ledger, queries
from reserve.stock.drafts import CountReasonsDraft, CountSignOffDraft
from reserve.stock.models import Count, CountReason, Lot, Movement, StockAccount
from reserve.stock.posting import Posted, difference_account, posted_answer
from reserve.stock.terms import Move, MovementKind


class CountOvertaken(Conflict):
    """What was entered since does not go with what was counted: one of the two is wrong. Count again."""

    code = "count_overtaken"


@dataclass(frozen=True, slots=True)
class Reasoned:
    """The answer to reasons given: how many lines have one, and how many still want one."""

    number: str
    given: int
    missing: int


def give_reasons(session: Session, actor: Actor, draft: CountReasonsDraft, *, now: datetime, today: date) -> Reasoned:
    """Say why shelf and book differ, line by line. A line may be given another reason until it is posted."""
    require(actor, Permission.STOCK_COUNT)
    sheet = drafting.lock_document(session, draft.count_number)
    organisation = session.get_one(Organisation, sheet.organisation_id)
    require_scope(actor, Permission.STOCK_COUNT, organisation_path=organisation.path)
    drafting.require_kind(sheet, DocumentKind.COUNT_SHEET)
    drafting.require_state(session, sheet, State.SUBMITTED)
    counts = count_queries.counts_of(session, sheet.id)
    different = {number: each for number, each in enumerate(counts, 1) if each.counted != each.book}
    problems = []
    for place, line in enumerate(draft.lines):
        if line.line_no not in different:
            expected = f"one of {', '.join(map(str, different))}"
            problem = Problem(
                "line_without_difference", f"lines.{place}.line_no", expected, str(line.line_no), place + 1
            )
            problems.append(problem)
    if problems:
        raise InvalidInput(problems)
    rows = [
        {
            "count_id": different[line.line_no].id,
            "cause": line.cause,
            "note": line.note,
            "user_id": actor.user_id,
            "person_id": actor.person_id,
            "recorded_at": now,
        }
        for line in draft.lines
    ]
    append(session, CountReason, rows)
    given = count_queries.count_reasons(session, (each.id for each in different.values()))
    return Reasoned(sheet.number, len(given), len(different) - len(given))


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
    counts = count_queries.counts_of(session, sheet.id)
    if actor.person_id in count_queries.counters_of(session, sheet.id):
        raise NotAllowed(Permission.STOCK_ADJUST)
    different = [each for each in counts if each.counted != each.book]
    _require_reasons(session, counts)
    drafting.enter_state(session, actor, sheet, State.POSTED, now=now)
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


def _require_reasons(session: Session, counts: Sequence[Count]) -> None:
    """Every line that differs says why, before it is posted."""
    given = count_queries.count_reasons(session, (each.id for each in counts))
    problems = [
        Problem("reason_missing", f"lines.{number - 1}.cause", "a reason for each difference", "", number)
        for number, each in enumerate(counts, 1)
        if each.counted != each.book and each.id not in given
    ]
    if problems:
        raise InvalidInput(problems)


def ask_for_signatures(
    session: Session,
    actor: Actor,
    site: Site,
    sheet: Document,
    different: Sequence[Count],
    items: Mapping[str, Item],
    *,
    now: datetime,
) -> Document:
    """The paper of the differences, with the signatures that the matrix asks for. A named writer, not a verb."""
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
