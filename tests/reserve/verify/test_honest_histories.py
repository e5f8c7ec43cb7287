"""Whatever honest people do, in whatever order, the books stay clean; no false alarm."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from reserve.clock import StoryClock
from reserve.commands import Runner
from reserve.db import Database
from reserve.errors import Refusal
from reserve.papers import service as papers
from reserve.papers.terms import Decision, SignatureDraft
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
    LotRef,
    ReversalDraft,
)
from reserve.stock.terms import BlockReason, CountCause, HoldMode
from reserve.verify import run as verify
from tests.conftest import NOW
from tests.ledger_text import FUND, OWNER, book
from tests.reserve.verify.rich_world import KEEPER, MEMBER, PLANNER, POSTER, ShipmentDraft, ship
from tests.reserve.verify.worlds import ENGINES, world
from tests.small_world import MASK, run

LOTS = st.sampled_from(["7", "8", "9/2026-03-04"])
SHELVES = st.sampled_from(["A1", "STAGE", "W2/A1"])
QUANTITIES = st.integers(1, 60)
DAYS_BACK = st.sampled_from([0, 0, 0, 1, 2, 5])
VERBS = ["receive", "receive", "issue", "issue", "transfer", "lose", "damage", "find", "hold", "release", "sweep"]
VERBS += ["block", "lift", "count", "count", "dispose", "reverse", "reverse", "ship", "ship", "wait"]
STEPS = st.tuples(st.sampled_from(VERBS), LOTS, SHELVES, SHELVES, QUANTITIES, DAYS_BACK)


class Store:
    """People at work: remembers the numbers of the papers they wrote."""

    def __init__(self, database: Database) -> None:
        self.clock = StoryClock(NOW)
        self.runner = Runner(database, self.clock)
        self.numbers: dict[str, list[str]] = {}
        self.done = 0

    def do(self, verb: str, lot: str, start: str, end: str, quantity: int, days_back: int) -> None:
        """Try one thing. A refusal is an honest answer too."""
        self.clock.move_to(self.clock.now() + timedelta(minutes=7))
        try:
            self._try(verb, lot, start, end, quantity, days_back)
        except Refusal:
            return
        self.done += 1

    def _try(self, verb: str, lot: str, start: str, end: str, quantity: int, days_back: int) -> None:
        ref = LotRef(item_code=MASK, code=lot.partition("/")[0])
        match verb:
            case "receive" | "issue" | "transfer" | "lose" | "damage" | "find":
                self._book(verb, lot, start, end, quantity, days_back)
            case "hold":
                self._hold(ref, quantity, days_back)
            case "release":
                run(self.runner, stock.release_hold, HoldReleaseDraft(document_number=self._last("hold"), reason="-"))
            case "sweep":
                run(self.runner, stock.sweep_expired_holds, ExpirySweepDraft())
            case "block":
                draft = BlockDraft(lot_ref=ref, reason_kind=BlockReason.RECALL, reason="recall", organisation_code="PB")
                self._keep("block", run(self.runner, stock.block, draft))
            case "lift":
                run(self.runner, stock.lift_block, BlockEndDraft(document_number=self._last("block"), reason="-"))
            case "count":
                self._count(ref, quantity)
            case "dispose":
                self._dispose(ref, quantity)
            case "reverse":
                number = self._last(["receive", "issue", "transfer", "lose", "count"][quantity % 5])
                run(self.runner, stock.reverse, ReversalDraft(document_number=number, reason="mistake"))
            case "ship":
                run(self.runner, ship, ShipmentDraft(lot=ref.code, ordered=quantity, first=1 + quantity // 2))
            case "wait":
                self.clock.move_to(self.clock.now() + timedelta(hours=quantity))

    def _book(self, verb: str, lot: str, start: str, end: str, quantity: int, days_back: int) -> None:
        places = {
            "receive": f"SUPPLIER -> {end}",
            "issue": f"{start} -> H1",
            "transfer": f"{start} -> {end}",
            "lose": f"{start} -> LOST",
            "damage": f"{start} -> REJECTED",
            "find": f"LOST -> {end}",
        }
        at = self.clock.now() + timedelta(hours=8) - timedelta(days=days_back)
        when = at.strftime("%Y-%m-%dT%H:%M") if days_back else "now"
        label = lot if verb == "receive" else lot.partition("/")[0]
        more: dict[str, Any] = {"follows_number": self._last("lose")} if verb == "find" else {}
        answer = book(self.runner, f"{when}  {verb}  {quantity}  lot {label}  {places[verb]}", **more)
        self._keep(verb, answer)

    def _hold(self, ref: LotRef, quantity: int, days: int) -> None:
        goods = HoldLineDraft(lot_ref=ref, owner_code=OWNER, fund=FUND, quantity=quantity)
        expires_at = self.clock.now() + timedelta(hours=days) if days else None
        mode = HoldMode.UP_TO if quantity % 2 else HoldMode.ALL_OR_NOTHING
        draft = HoldDraft(
            site_code="W1", lines=(goods,), mode=mode, priority=quantity % 4, expires_at=expires_at, reason="rotation"
        )
        self._keep("hold", run(self.runner, stock.hold, draft))

    def _count(self, ref: LotRef, counted: int) -> None:
        row = CountLineDraft(
            lot_ref=ref, owner_code=OWNER, fund=FUND, counted=counted, counted_at=self.clock.now() - timedelta(hours=1)
        )
        answer = run(self.runner, stock.count, CountDraft(site_code="W1", lines=(row,)), KEEPER)
        if answer.variance_number is None:
            return
        for signer in (PLANNER, MEMBER):
            decision = Decision.REJECT if counted == 13 else Decision.APPROVE
            run(
                self.runner,
                papers.sign,
                SignatureDraft(document_number=answer.variance_number, decision=decision, reason="seen"),
                signer,
            )
        reason = CountReasonLineDraft(line_no=1, cause=CountCause.UNKNOWN)
        run(self.runner, stock.give_reasons, CountReasonsDraft(count_number=answer.number, lines=(reason,)))
        self._keep("count", run(self.runner, stock.post_count, CountSignOffDraft(count_number=answer.number), POSTER))

    def _dispose(self, ref: LotRef, quantity: int) -> None:
        row = DisposalLineDraft(lot_ref=ref, owner_code=OWNER, fund=FUND, quantity=quantity)
        draft = DisposalDraft(site_code="W1", lines=(row,), appraisal="torn", reason="torn")
        number = run(self.runner, stock.request_disposal, draft, KEEPER).number
        for signer in (PLANNER, MEMBER):
            run(self.runner, papers.sign, SignatureDraft(document_number=number), signer)
        run(self.runner, stock.dispose, DisposeDraft(document_number=number), POSTER)

    def _keep(self, verb: str, answer: Any) -> None:
        self.numbers.setdefault(verb, []).append(answer.number)

    def _last(self, verb: str) -> str:
        return self.numbers.get(verb, ["none"])[-1]


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=5, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(steps=st.lists(STEPS, min_size=10, max_size=30))
def test_honest_histories_raise_no_alarm(engine: str, steps: list[tuple[str, str, str, str, int, int]]) -> None:
    """Not shrunk: each try replays a whole history, and the history that failed is printed."""
    with world(engine, "small") as database:
        store = Store(database)
        store.do("receive", "7", "A1", "A1", 500, 5)
        store.do("receive", "8", "A1", "A1", 400, 5)
        for step in steps:
            store.do(*step)

        assert store.done >= 2
        assert [(each.law, each.en) for each in verify(database, level="full").findings] == []


@pytest.mark.parametrize("engine", ENGINES)
def test_a_refused_step_leaves_the_books_as_they_were(engine: str) -> None:
    with world(engine, "small") as database:
        store = Store(database)
        before = verify(database).position
        store.do("issue", "7", "A1", "A1", 5, 0)

        assert store.done == 0
        assert verify(database, level="full").position == before
