"""Goods come back from use: against the paper on which they left, checked, and back on the shelf or not."""

from __future__ import annotations

from typing import Any

from reserve.errors import InvalidInput
from reserve.sites.terms import BinKind
from reserve.stock import service as stock
from reserve.stock.drafts import InspectionDraft, InspectionLineDraft, ReturnDraft, ReturnLineDraft, ReversalDraft
from reserve.stock.recovery import CameBack
from reserve.verify.running import run as verify
from tests.books import problems
from tests.ledger_text import FUND, OWNER
from tests.reserve.stock.shelves import Shelves, issue, ref


def back(number: str, *quantities: int, **more: Any) -> ReturnDraft:
    lines = tuple(ReturnLineDraft(lot_ref=ref(), quantity=quantity) for quantity in quantities)
    return ReturnDraft(
        **({"site_code": "W1", "issue_number": number, "reason": "incident over", "lines": lines} | more)
    )


def inspected(accepted: int = 0, rejected: int = 0, area: Any = BinKind.INSPECTION) -> InspectionDraft:
    line = InspectionLineDraft(
        lot_ref=ref(), owner_code=OWNER, fund=FUND, accepted=accepted, rejected=rejected, area=area
    )
    return InspectionDraft(site_code="W1", lines=(line,))


def test_what_came_back_is_checked_repaired_and_usable_again(shelves: Shelves) -> None:
    shelves.book("2026-02-20  receive  100  lot 7  SUPPLIER -> A1")
    issued = shelves.run(stock.issue, issue(40)).number

    shelves.run(stock.take_back, back(issued, 30))
    assert (shelves.stand("A1"), shelves.stand("INSP")) == ((60, 0), (30, 0))
    shelves.run(stock.inspect, inspected(accepted=20, rejected=10))
    assert (shelves.stand("A1"), shelves.stand("REJ")) == ((80, 0), (10, 0))
    shelves.run(stock.inspect, inspected(accepted=4, area=BinKind.REJECTED))

    assert [shelves.stand(place)[0] for place in ("A1", "INSP", "REJ")] == [84, 0, 6]
    assert verify(shelves.runner.database, level="full").clean


def test_no_more_comes_back_than_left(shelves: Shelves) -> None:
    shelves.book("2026-02-20  receive  100  lot 7  SUPPLIER -> A1")
    issued = shelves.run(stock.issue, issue(40)).number
    returned = shelves.run(stock.take_back, back(issued, 30)).number

    with shelves.refused(InvalidInput) as refusal:
        shelves.run(stock.take_back, back(issued, 11))
    assert problems(refusal) == [("more_than_issued", "lines.0.quantity", "11")]
    with shelves.refused(InvalidInput) as refusal:
        shelves.run(stock.take_back, back(issued, 0))
    assert problems(refusal) == [("quantity_missing", "lines.0.quantity", "0")]
    with shelves.refused(InvalidInput) as refusal:
        shelves.run(stock.inspect, inspected(rejected=1, area=BinKind.REJECTED))
    assert problems(refusal) == [("rejected_already", "lines.0.rejected", "1")]

    shelves.run(stock.reverse, ReversalDraft(document_number=returned, reason="another store's"))
    shelves.run(stock.take_back, back(issued, 40))
    assert shelves.stand("INSP") == (40, 0)


def test_an_issue_is_not_undone_once_something_came_back(shelves: Shelves) -> None:
    shelves.book("2026-02-20  receive  100  lot 7  SUPPLIER -> A1")
    issued = shelves.run(stock.issue, issue(40)).number
    shelves.run(stock.take_back, back(issued, 30))

    with shelves.refused(CameBack):
        shelves.run(stock.reverse, ReversalDraft(document_number=issued, reason="a mistake"))
