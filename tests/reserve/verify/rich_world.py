"""A small world in which everything has happened once: what planted faults are planted in.

lot 7   received, transferred, issued and in part taken back, lost, found, damaged, counted short, dispatched in parts
lot 8   held, held and released, held and run out, disposed of
lot 9   blocked and free again      lot 10  blocked
lot 11  received by mistake and reversed
lot 12  held, then counted so short that the hold broke in part
SN-1    a machine by its serial number
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from reserve.authority import Actor
from reserve.catalogue import service as catalogue
from reserve.catalogue.terms import EquipmentDraft, EquipmentKindDraft
from reserve.clock import StoryClock
from reserve.commands import Runner
from reserve.drafts import Draft
from reserve.errors import Conflict
from reserve.organisations import queries as organisation_queries
from reserve.papers import drafting
from reserve.papers import queries as paper_queries
from reserve.papers import service as papers
from reserve.papers.terms import DocumentKind, LineContent, SignatureDraft, State
from reserve.sites import queries as site_queries
from reserve.stock import ledger
from reserve.stock import queries as stock_queries
from reserve.stock import service as stock
from reserve.stock.drafts import (
    BlockDraft,
    BlockEndDraft,
    CountDraft,
    CountLineDraft,
    CountReasonLineDraft,
    CountReasonsDraft,
    CountSignOffDraft,
    DisposalDraft,
    DisposalLineDraft,
    DisposeDraft,
    ExpirySweepDraft,
    HoldDraft,
    HoldLineDraft,
    HoldReleaseDraft,
    LotDraft,
    LotRef,
    ReceiptDraft,
    ReceiptLineDraft,
    ReturnDraft,
    ReturnLineDraft,
    ReversalDraft,
)
from reserve.stock.rules import unusable_because
from reserve.stock.terms import BlockReason, CountCause, HoldMode, HoldWish, Move, MovementKind
from tests.ledger_text import FUND, OWNER, book, history
from tests.small_world import MASK, TENT, actor, build, run

KEEPER, PLANNER, MEMBER, POSTER = actor(1), actor(2, "planner"), actor(3, "provincial_commission_member"), actor(4)


class ShipmentDraft(Draft):
    """So much of a lot from W1 to H1."""

    lot: str
    ordered: int
    first: int
    """What leaves with the first lorry."""


def ship(session: Session, by: Actor, draft: ShipmentDraft, *, now: datetime, today: date) -> Any:
    """Draft, sign, issue and hold an order; let a first part of it depart and arrive. Dispatch in one verb."""
    pb = organisation_queries.get_organisation(session, "PB")
    line = LineContent(1, MASK, draft.ordered, source_code="W1", receiver_code="H1", owner_code="PB", ground="own")
    order = drafting.draft_document(
        session,
        by,
        DocumentKind.DISPATCH_ORDER,
        pb,
        state=State.SUBMITTED,
        now=now,
        lines=[line],
        holder_relation="own",
    )
    drafting.open_case(session, order, lead=pb, holder=pb, quantity=draft.ordered, now=now)
    for signer in (PLANNER, MEMBER):
        papers.sign(session, signer, SignatureDraft(document_number=order.number), now=now, today=today)
    drafting.enter_state(session, by, order, State.ISSUED, now=now)
    (line_row,) = paper_queries.lines_of(session, order.id)
    source, target = site_queries.get_site(session, "W1"), site_queries.get_site(session, "H1")
    shelf = ledger.account_for(session, site_queries.get_bin(session, source, "A1").id, pb.id, FUND)
    point = ledger.account_for(session, site_queries.get_bin(session, target, "RP").id, pb.id, FUND)
    road = ledger.account_for(session, site_queries.transit_bin(session, order.number).id, pb.id, FUND)
    lot = stock_queries.get_lot(session, LotRef(item_code=MASK, code=draft.lot))
    for stands in stock_queries.stock_lines(session, site_codes=["W1"], item_codes=[MASK]):
        if (stands.lot_id, stands.bin_code) == (lot.id, "A1") and unusable_because(stands, today) is not None:
            raise Conflict(f"{draft.lot} may not leave")
    wish = HoldWish(shelf, lot.id, draft.ordered, line_row.id)
    (hold_id,) = ledger.hold(session, by, order, [wish], mode=HoldMode.ALL_OR_NOTHING, now=now)
    leaving = Move(lot.id, shelf, road, draft.first, line_row.id, hold_id)
    ledger.post(session, by, order, MovementKind.DEPART, [leaving], now=now)
    drafting.enter_state(session, by, order, State.IN_EXECUTION, now=now)
    arriving = Move(lot.id, road, point, draft.first, line_row.id)
    ledger.post(session, by, order, MovementKind.ACCEPT, [arriving], now=now)
    return order


def build_rich_world(runner: Runner, clock: StoryClock) -> None:
    """Everything once, through the verbs."""
    build(runner)
    booked = history(
        runner,
        """
        2026-02-20  receive   500  lot 7   SUPPLIER -> A1
        2026-02-20  receive   300  lot 8   SUPPLIER -> A1
        2026-02-20  receive    90  lot 9   SUPPLIER -> A1
        2026-02-20  receive    80  lot 10  SUPPLIER -> A1
        2026-02-20  receive    70  lot 12  SUPPLIER -> A1
        2026-02-21  transfer  100  lot 7   A1 -> W2/A1
        2026-02-22  issue      20  lot 7   A1 -> H1
        2026-02-23  damage      7  lot 7   A1 -> REJECTED
        2026-02-24  lose        5  lot 7   A1 -> LOST
        """,
    )
    issued, first_loss = booked[-3], booked[-1]
    line = ReturnLineDraft(lot_ref=LotRef(item_code=MASK, code="7"), quantity=3)
    back = ReturnDraft(site_code="W1", issue_number=issued.number, lines=(line,), reason="not used")
    run(runner, stock.take_back, back)
    book(runner, "2026-02-25  find  2  lot 7  LOST -> A1", follows_number=first_loss.number)
    mistake = book(runner, "2026-02-26  receive  50  lot 11  SUPPLIER -> A1")
    run(runner, stock.reverse, ReversalDraft(document_number=mistake.number, reason="wrong store"))
    _holds(runner, clock)
    _blocks(runner)
    _count(runner, clock, "7", 340)
    _count(runner, clock, "12", 30)
    _disposal(runner)
    _machine(runner)
    run(runner, ship, ShipmentDraft(lot="7", ordered=60, first=25))


def _hold(runner: Runner, lot: str, quantity: int, expires_at: datetime | None = None) -> str:
    goods = HoldLineDraft(lot_ref=LotRef(item_code=MASK, code=lot), owner_code=OWNER, fund=FUND, quantity=quantity)
    draft = HoldDraft(site_code="W1", lines=(goods,), expires_at=expires_at, reason="rotation")
    number: str = run(runner, stock.hold, draft).number
    return number


def _holds(runner: Runner, clock: StoryClock) -> None:
    _hold(runner, "8", 40)
    released = _hold(runner, "8", 30)
    run(runner, stock.release_hold, HoldReleaseDraft(document_number=released, reason="not needed"))
    _hold(runner, "8", 20, clock.now() + timedelta(hours=1))
    _hold(runner, "12", 50)
    clock.move_to(clock.now() + timedelta(hours=2))
    run(runner, stock.sweep_expired_holds, ExpirySweepDraft())


def _blocks(runner: Runner) -> None:
    for lot in ("9", "10"):
        draft = BlockDraft(
            lot_ref=LotRef(item_code=MASK, code=lot),
            reason_kind=BlockReason.SUSPICION,
            reason="complaint",
            organisation_code="PB",
        )
        number = run(runner, stock.block, draft).number
        if lot == "9":
            run(runner, stock.lift_block, BlockEndDraft(document_number=number, reason="cleared"))


def _count(runner: Runner, clock: StoryClock, lot: str, counted: int) -> None:
    row = CountLineDraft(
        lot_ref=LotRef(item_code=MASK, code=lot),
        owner_code=OWNER,
        fund=FUND,
        counted=counted,
        counted_at=clock.now(),
    )
    answer = run(runner, stock.count, CountDraft(site_code="W1", lines=(row,)), KEEPER)
    for signer in (PLANNER, MEMBER):
        run(runner, papers.sign, SignatureDraft(document_number=answer.variance_number), signer)
    reason = CountReasonLineDraft(line_no=1, cause=CountCause.UNKNOWN)
    run(runner, stock.give_reasons, CountReasonsDraft(count_number=answer.number, lines=(reason,)))
    run(runner, stock.post_count, CountSignOffDraft(count_number=answer.number), POSTER)


def _disposal(runner: Runner) -> None:
    row = DisposalLineDraft(lot_ref=LotRef(item_code=MASK, code="8"), owner_code=OWNER, fund=FUND, quantity=10)
    draft = DisposalDraft(site_code="W1", lines=(row,), appraisal="torn", reason="torn")
    number = run(runner, stock.request_disposal, draft, KEEPER).number
    for signer in (PLANNER, MEMBER):
        run(runner, papers.sign, SignatureDraft(document_number=number), signer)
    run(runner, stock.dispose, DisposeDraft(document_number=number), POSTER)


def _machine(runner: Runner) -> None:
    kinds = (EquipmentKindDraft(item_code=TENT, calibration_days=90),)
    run(runner, catalogue.record_equipment, EquipmentDraft(kinds=kinds))
    row = ReceiptLineDraft(lot=LotDraft(item_code=TENT, code="SN-1"), accepted=1)
    draft = ReceiptDraft(site_code="W1", owner_code=OWNER, fund=FUND, supplier_code="MAKER", lines=(row,))
    run(runner, stock.receive, draft)
