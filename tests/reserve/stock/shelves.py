"""A store at work: the small world on both engines, what stands on its shelves, and refusals that leave no trace."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, TypeVar

import pytest
from pydantic import BaseModel

from reserve.authority import Actor
from reserve.clock import LOCAL, StoryClock
from reserve.commands import Runner
from reserve.errors import Refusal
from reserve.papers import service as papers
from reserve.papers.terms import SignatureDraft
from reserve.stock import queries
from reserve.stock import service as stock
from reserve.stock.drafts import (
    BlockDraft,
    CountDraft,
    CountLineDraft,
    CountReasonLineDraft,
    CountReasonsDraft,
    CountSignOffDraft,
    HoldDraft,
    HoldLineDraft,
    IssueDraft,
    IssueLineDraft,
    LotDraft,
    LotRef,
    MoveLineDraft,
    ReceiptDraft,
    ReceiptLineDraft,
    TransferDraft,
)
from reserve.stock.terms import BlockReason, CountCause
from tests.books import refused
from tests.ledger_text import FUND, OWNER, book
from tests.small_world import MASK, actor, run

R = TypeVar("R", bound=Refusal)
KEEPER, PLANNER, MEMBER, POSTER = actor(1), actor(2, "planner"), actor(3, "provincial_commission_member"), actor(4)


def at(day: str) -> datetime:
    """A local time: ``2026-02-20`` is 08:00, ``2026-02-20T14:30`` what it says."""
    on, _, clock = day.partition("T")
    return datetime.combine(date.fromisoformat(on), time.fromisoformat(clock or "08:00"), tzinfo=LOCAL)


@dataclass(slots=True)
class Shelves:
    """The small world with its runner and clock."""

    runner: Runner
    clock: StoryClock

    def book(self, text: str, **more: Any) -> Any:
        return book(self.runner, text, **more)

    def run(self, verb: Any, draft: BaseModel, by: Actor = KEEPER) -> Any:
        return run(self.runner, verb, draft, by)

    def ask(self, question: Any, *arguments: Any, **more: Any) -> Any:
        return self.runner.ask(question, *arguments, **more)

    def stand(self, place: str = "A1", lot: str = "7", **more: Any) -> tuple[int, int]:
        """(on hand, held) of a lot in a bin of W1, or of another site with the site before it."""
        site, _, bin_code = place.rpartition("/")
        lines = self.ask(queries.stock_lines, site_codes=[site or "W1"], **more)
        mine = [each for each in lines if (each.bin_code, each.lot_code) == (bin_code, lot)]
        return sum(each.on_hand for each in mine), sum(each.held for each in mine)

    def hold(self, quantity: int, lot: str = "7", by: Actor = KEEPER, **more: Any) -> Any:
        goods = HoldLineDraft(lot_ref=ref(lot), owner_code=OWNER, fund=FUND, quantity=quantity)
        return self.run(stock.hold, HoldDraft(site_code="W1", lines=(goods,), reason="rotation", **more), by)

    def block(self, lot: str = "7", **more: Any) -> str:
        values = {"reason_kind": BlockReason.RECALL, "reason": "recall", "organisation_code": "PB"}
        number: str = self.run(stock.block, BlockDraft(lot_ref=ref(lot), **(values | more))).number
        return number

    def count(self, counted: int, when: str, lot: str = "7", by: Actor = KEEPER) -> Any:
        line = CountLineDraft(lot_ref=ref(lot), owner_code=OWNER, fund=FUND, counted=counted, counted_at=at(when))
        return self.run(stock.count, CountDraft(site_code="W1", lines=(line,)), by)

    def explain(self, number: str) -> None:
        """Give a reason for the one difference of a count."""
        line = CountReasonLineDraft(line_no=1, cause=CountCause.UNKNOWN)
        self.run(stock.give_reasons, CountReasonsDraft(count_number=number, lines=(line,)))

    def sign(self, number: str) -> None:
        for signer in (PLANNER, MEMBER):
            self.run(papers.sign, SignatureDraft(document_number=number), signer)

    def counted(self, counted: int, when: str, lot: str = "7") -> str:
        """A count with its differences signed and posted; the number of its sheet."""
        answer = self.count(counted, when, lot)
        if answer.variance_number is not None:
            self.sign(answer.variance_number)
            self.explain(answer.number)
            self.run(stock.post_count, CountSignOffDraft(count_number=answer.number), POSTER)
        number: str = answer.number
        return number

    def refused(self, error: type[R]) -> AbstractContextManager[pytest.ExceptionInfo[R]]:
        return refused(self.runner.database, error)


def ref(lot: str = "7", **more: Any) -> LotRef:
    return LotRef(item_code=MASK, code=lot, **more)


def label(lot: str = "7", expires: str | None = "2028-12-31", **more: Any) -> LotDraft:
    values = {"item_code": MASK, "code": lot, "expires_on": date.fromisoformat(expires) if expires else None}
    return LotDraft(**(values | more))


def receipt(*lines: ReceiptLineDraft, **more: Any) -> ReceiptDraft:
    values: dict[str, Any] = {"site_code": "W1", "owner_code": OWNER, "fund": FUND, "supplier_code": "MAKER"}
    return ReceiptDraft(lines=lines, **(values | more))


def issue(quantity: int, lot: str = "7", bin_code: str = "A1", **more: Any) -> IssueDraft:
    line = IssueLineDraft(lot_ref=ref(lot), owner_code=OWNER, fund=FUND, quantity=quantity, from_bin=bin_code)
    values: dict[str, Any] = {"site_code": "W1", "receiver_code": "H1", "reason": "ward"}
    return IssueDraft(lines=(line,), **(values | more))


def transfer(
    quantity: int, to_site: str = "W2", from_bin: str = "A1", to_bin: str = "A1", **more: Any
) -> TransferDraft:
    line = MoveLineDraft(
        lot_ref=ref(), owner_code=OWNER, fund=FUND, quantity=quantity, from_bin=from_bin, to_bin=to_bin
    )
    return TransferDraft(from_site="W1", to_site=to_site, lines=(line,), **more)
