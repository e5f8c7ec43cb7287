"""Stock histories as lines of text: ``book(runner, "2026-03-01  receive  500  lot 7  SUPPLIER -> A1")``.

date      day in Hebei, with a time where it matters: ``2026-03-01T14:30``; ``now`` for the clock's time
verb      receive, issue, transfer, lose, damage, find
quantity  base units
lot       its code; the expiry after a slash where it has one: ``lot 7/2027-06-30``
place     a bin of W1, or of another site with the site before it: ``W2/A1``; outside: SUPPLIER, LOST, a receiver
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session

from reserve.authority import Actor
from reserve.clock import LOCAL, local_day
from reserve.commands import Runner
from reserve.stock import service as stock
from reserve.stock.drafts import (
    AdjustmentDraft,
    IssueDraft,
    IssueLineDraft,
    LotDraft,
    LotRef,
    MoveLineDraft,
    ReceiptDraft,
    ReceiptLineDraft,
    TransferDraft,
)
from reserve.stock.terms import Fund
from tests.small_world import MASK, Anything, actor

LINE = re.compile(
    r"^(?P<when>\S+)\s+(?P<verb>\w+)\s+(?P<quantity>\d+)\s+lot (?P<lot>[\w-]+?)(?:/(?P<expiry>[\d-]+))?\s+"
    r"(?P<start>\S+) -> (?P<end>\S+)$"
)
OWNER, FUND = "PB", Fund.PROVINCIAL


def book(
    where: Runner | Session, text: str, *, now: datetime | None = None, by: Actor | None = None, **more: Any
) -> Any:
    """Book one line through its verb; the answer of the verb.

    where  a runner commits; a session leaves the change in its transaction and needs ``now``
    more   further fields of the draft
    """
    found = LINE.match(text.strip())
    assert found, f"not a line of the ledger: {text}"
    verb, draft = _command(found.groupdict(), more)
    if isinstance(where, Runner):
        return where.run(verb, draft, actor=by or actor(), answer=Anything).value
    assert now is not None, "a session needs its time"
    return verb(where, by or actor(), draft, now=now, today=local_day(now))


def history(where: Runner, text: str) -> list[Any]:
    """Book several lines in order."""
    return [book(where, line) for line in text.strip().splitlines()]


def _command(line: dict[str, str], more: dict[str, Any]) -> tuple[Any, BaseModel]:
    quantity, occurred_at = int(line["quantity"]), _instant(line["when"])
    ref = LotRef(item_code=more.pop("item", MASK), code=line["lot"])
    goods: dict[str, Any] = {"lot_ref": ref, "owner_code": OWNER, "fund": FUND, "quantity": quantity}
    common: dict[str, Any] = {"occurred_at": occurred_at} | more
    (start_site, start), (end_site, end) = _place(line["start"]), _place(line["end"])
    match line["verb"]:
        case "receive":
            expires_on = date.fromisoformat(line["expiry"]) if line["expiry"] else date(2028, 12, 31)
            label = LotDraft(item_code=ref.item_code, code=ref.code, expires_on=expires_on)
            row = ReceiptLineDraft(lot=label, accepted=quantity, bin_code=end)
            return stock.receive, ReceiptDraft(
                site_code=end_site, owner_code=OWNER, fund=FUND, supplier_code="MAKER", lines=(row,), **common
            )
        case "issue":
            issued = IssueLineDraft(from_bin=start, **goods)
            return stock.issue, IssueDraft(
                site_code=start_site, lines=(issued,), receiver_code=line["end"], **{"reason": "use", **common}
            )
        case "transfer":
            moved = MoveLineDraft(from_bin=start, to_bin=end, **goods)
            return stock.transfer, TransferDraft(from_site=start_site, to_site=end_site, lines=(moved,), **common)
        case "lose" | "damage" | "find" as verb:
            site, bin_code = (end_site, end) if verb == "find" else (start_site, start)
            field = {"lose": "lost", "damage": "damaged", "find": "found"}[verb]
            values = {"reason": verb, field: quantity, **common}
            return stock.adjust, AdjustmentDraft(
                site_code=site, lot_ref=ref, owner_code=OWNER, fund=FUND, bin_code=bin_code, **values
            )
        case other:
            raise AssertionError(f"no such verb: {other}")


def _place(text: str) -> tuple[str, str]:
    site, slash, bin_code = text.partition("/")
    return (site, bin_code) if slash else ("W1", site)


def _instant(text: str) -> datetime | None:
    if text == "now":
        return None
    day, _, clock = text.partition("T")
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock or "08:00"), tzinfo=LOCAL)
