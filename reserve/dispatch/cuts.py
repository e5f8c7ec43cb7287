"""Verbs on cuts: taking quantity from an issued promise, signed by the level that gave it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require
from reserve.db import append
from reserve.dispatch import queries, rules
from reserve.dispatch.drafts import ApplyCutDraft, CutDraft
from reserve.dispatch.orders import give_back, locked_order
from reserve.errors import Conflict, InvalidInput
from reserve.papers import drafting
from reserve.papers import queries as paper_queries
from reserve.papers.models import ApprovalStep, Document
from reserve.papers.terms import DocumentKind, LineContent, State
from reserve.stock.rules import repeated_lines


class NothingToCut(Conflict):
    """Everything of the order has left or was given up."""

    code = "nothing_to_cut"


def request_cut(session: Session, actor: Actor, draft: CutDraft, *, now: datetime, today: date) -> Document:
    """Ask to take what has not left from an issued order. The steps that signed the order sign the cut.

    Two cuts of one line would add up unseen: a line of which a cut is open is refused.
    """
    require(actor, Permission.ORDER_DRAFT)
    order = locked_order(session, actor, draft.order_number, Permission.ORDER_DRAFT)
    drafting.require_state(session, order, State.ISSUED, State.IN_EXECUTION)
    progress = queries.progress_of(session, order.id)
    wanted = {line.line_no: line.quantity for line in draft.lines} or {
        number: line.departed for number, line in progress.items() if line.promised
    }
    if not wanted:
        raise NothingToCut(f"{order.number} promises nothing", number=order.number)
    problems = repeated_lines([line.line_no for line in draft.lines], "line_no")
    if problems := problems + rules.cut_problems(wanted, progress, queries.open_cuts(session, order)):
        raise InvalidInput(problems)
    lines = {line.line_no: line for line in paper_queries.line_contents(session, order.id)}
    contents = [
        LineContent(
            line_no=number,
            item_code=lines[line_no].item_code,
            quantity=progress[line_no].departed + progress[line_no].promised - wanted[line_no],
            source_code=lines[line_no].source_code,
            receiver_code=lines[line_no].receiver_code,
            owner_code=lines[line_no].owner_code,
            ground=f"{order.number}/{line_no}",
        )
        for number, line_no in enumerate(sorted(wanted), 1)
    ]
    cut = drafting.draft_document(
        session,
        actor,
        DocumentKind.CUT,
        queries.organisation_of(session, order),
        state=State.SUBMITTED,
        now=now,
        lines=contents,
        incident_code=order.incident_code,
        response_level=None,
        refers_to_id=order.id,
        reason=draft.reason,
    )
    steps = [
        {
            "document_id": cut.id,
            "step": step.step,
            "role": step.role,
            "quorum": step.quorum,
            "scope_path": step.scope_path,
            "recorded_at": now,
        }
        for step in paper_queries.steps_of(session, order.id)
    ]
    append(session, ApprovalStep, steps)
    return cut


def apply_cut(session: Session, actor: Actor, draft: ApplyCutDraft, *, now: datetime, today: date) -> Document:
    """Give back what an approved cut takes. An order that then promises nothing and sent nothing is cancelled."""
    require(actor, Permission.ORDER_DRAFT)
    cut = drafting.lock_document(session, draft.cut_number)
    drafting.require_kind(cut, DocumentKind.CUT)
    assert cut.refers_to_id is not None
    order = locked_order(session, actor, session.get_one(Document, cut.refers_to_id).number, Permission.ORDER_DRAFT)
    drafting.require_state(session, cut, State.APPROVED)
    approved = paper_queries.approved_quantities(session, cut)
    line_ids = {line.line_no: line.id for line in paper_queries.lines_of(session, order.id)}
    progress = queries.progress_of(session, order.id)
    taken = {}
    for line in paper_queries.line_contents(session, cut.id):
        line_no = int(line.ground.rpartition("/")[2])
        taken[line_ids[line_no]] = min(approved[line.line_no], progress[line_no].promised)  # what left stays shipped
    give_back(session, actor, order, taken, now=now, reason=cut.number)
    drafting.enter_state(session, actor, cut, State.CLOSED, now=now)
    after = queries.progress_of(session, order.id).values()
    is_void = not any(line.promised or line.departed for line in after)
    if is_void and paper_queries.state_of(session, order.id) is State.ISSUED:
        drafting.enter_state(session, actor, order, State.CANCELLED, now=now, reason=cut.number)
    return cut
