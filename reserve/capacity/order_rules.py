"""Laws of production orders: what may be ordered, reported and released."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from reserve.capacity import rules
from reserve.capacity.drafts import OutputReportDraft, ProductionOrderDraft, ReleaseDraft
from reserve.capacity.terms import Commitment, DayReport, Line, ProductKind, QualityStatus, Supply
from reserve.errors import Problem

LONGEST_DAYS = 366
"""An order that runs longer than a year is a slip of the keyboard."""
SLIP_FACTOR = 2
"""Output above so many times the line's maximum is a slip; somewhat above it has happened (105 % in February 2020)."""


def order_problems(
    draft: ProductionOrderDraft, line: Line | None, quality: QualityStatus | None, *, today: date
) -> list[Problem]:
    """What is wrong with an order by itself. ``line``, ``quality``: None where the line is not known."""
    problems = []
    if draft.from_on < today:
        expected, found = f"{today.isoformat()} or later", draft.from_on.isoformat()
        problems.append(Problem("in_the_past", "from_on", expected, found))
    days = (draft.to_on - draft.from_on).days + 1
    if not 1 <= days <= LONGEST_DAYS:
        expected = f"1 to {LONGEST_DAYS} days from {draft.from_on.isoformat()}"
        problems.append(Problem("wrong_span", "to_on", expected, draft.to_on.isoformat()))
    if line is None:
        return [*problems, Problem("unknown_line", "line_code", "a known line", draft.line_code)]
    if line.product_kind is not ProductKind.ITEM or line.product_code != draft.item_code:
        problems.append(Problem("other_product", "item_code", line.product_code, draft.item_code))
    if quality is not QualityStatus.CERTIFIED:
        problems.append(Problem("not_certified", "line_code", "a line of a certified producer", str(quality)))
    if 0 < draft.quantity_per_day * days < line.min_batch:
        expected = f"at least {line.min_batch} in all"
        problems.append(Problem("below_batch", "quantity_per_day", expected, str(draft.quantity_per_day * days)))
    return problems


def commitment_of_draft(draft: ProductionOrderDraft) -> Commitment:
    return Commitment("", draft.line_code, draft.incident_code, draft.quantity_per_day, draft.from_on, draft.to_on)


def report_problems(
    draft: OutputReportDraft,
    *,
    order_from: date,
    order_to: date,
    max_daily: int,
    reports: Mapping[date, DayReport],
    released: int,
    today: date,
) -> list[Problem]:
    """What is wrong with a day's report. ``released``: pieces of that day that were tested already."""
    problems = []
    if not order_from <= draft.day <= order_to:
        expected = f"{order_from.isoformat()} to {order_to.isoformat()}"
        problems.append(Problem("outside_order", "day", expected, draft.day.isoformat()))
    if draft.day > today:
        problems.append(Problem("in_the_future", "day", f"not after {today.isoformat()}", draft.day.isoformat()))
    if draft.day in reports and not draft.correction_reason:
        found = f"{reports[draft.day].good} reported"
        problems.append(Problem("reported_already", "correction_reason", "why the day is corrected", found))
    if draft.good > SLIP_FACTOR * max_daily:
        expected = f"at most {SLIP_FACTOR * max_daily}, twice the line's maximum"
        problems.append(Problem("beyond_capacity", "good", expected, str(draft.good)))
    total = rules.cumulative_good(reports, draft.day, draft.good)
    if draft.cumulative_good != total:
        problems.append(Problem("cumulative_differs", "cumulative_good", str(total), str(draft.cumulative_good)))
    if draft.good < released:
        problems.append(Problem("released_already", "good", f"at least {released}", str(draft.good)))
    return problems


def release_problems(
    draft: ReleaseDraft, supply: Supply, *, must_expire: bool, bins: Mapping[str, bool], now: datetime, today: date
) -> list[Problem]:
    """What is wrong with a release. ``bins``: whether each bin of the plant is for accepted goods."""
    problems = []
    tested = draft.accepted + draft.rejected
    if tested == 0:
        problems.append(Problem("quantity_missing", "accepted", "at least 1 piece", "0"))
    if tested > supply.quantity:
        expected = f"at most the {supply.quantity} still waiting"
        problems.append(Problem("beyond_report", "accepted", expected, str(tested)))
    if now < supply.available_from:
        expected = f"{supply.available_from.isoformat()} or later"
        problems.append(Problem("before_release_lag", "made_on", expected, now.isoformat()))
    if draft.accepted and must_expire and draft.expires_on is None:
        problems.append(Problem("expiry_missing", "expires_on", "an expiry date", ""))
    if draft.accepted and draft.expires_on is not None and draft.expires_on < today:
        expected, found = f"{today.isoformat()} or later", draft.expires_on.isoformat()
        problems.append(Problem("expired_on_arrival", "expires_on", expected, found))
    if not bins.get(draft.bin_code, False):
        expected = " / ".join(sorted(code for code, fits in bins.items() if fits))
        problems.append(Problem("unknown_bin", "bin_code", expected, draft.bin_code))
    return problems
