"""Signing a paper: the named writer behind the verbs that sign. Nothing here asks for the permission to sign."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from reserve.authority import Actor
from reserve.db import append, next_positions
from reserve.errors import Conflict, InvalidInput, NotFound, Problem
from reserve.papers import drafting, queries, rules
from reserve.papers.models import Document, Signature
from reserve.papers.terms import Decision, LineContent, SignatureDraft, SignatureGiven, State, Step


class NotYourSignature(Conflict):
    """This person may not sign this paper now; ``reason`` says why."""

    code = "not_your_signature"


def decide_lines(session: Session, actor: Actor, draft: SignatureDraft, *, now: datetime) -> Document:
    """Decide lines of a submitted document in the step that is open for them.

    The last signature makes the document approved, or rejected when every line fell. Raises NotYourSignature for
    the drafter, the requester, a person who signed already, a missing role or scope.
    """
    document = drafting.lock_document(session, draft.document_number)
    drafting.require_state(session, document, State.SUBMITTED)
    lines = queries.line_contents(session, document.id)
    steps = queries.steps_of(session, document.id)
    given = queries.given_signatures(session, document.id)
    _require_four_eyes(actor, document, given)
    chosen = _chosen_ceilings(draft, lines)
    step, scope_path = _step_for(actor, steps, given, sorted(chosen))
    positions = next_positions(session, len(chosen))
    by_number = {line.line_no: line for line in lines}
    rows = [
        {
            "document_id": document.id,
            "line_no": line_no,
            "step": step.step,
            "role": step.role,
            "scope_path": scope_path,
            "user_id": actor.user_id,
            "person_id": actor.person_id,
            "decision": draft.decision,
            "ceiling": chosen[line_no] if draft.decision is Decision.APPROVE else 0,
            "content_hash": rules.line_hash(by_number[line_no]),
            "position": position,
            "recorded_at": now,
            "reason": draft.reason,
        }
        for line_no, position in zip(sorted(chosen), positions, strict=True)
    ]
    append(session, Signature, rows)
    decided = rules.decided_state(steps, queries.given_signatures(session, document.id), lines)
    if decided is not State.SUBMITTED:
        drafting.enter_state(session, actor, document, decided, now=now, reason=draft.reason)
    return document


def _require_four_eyes(actor: Actor, document: Document, given: Sequence[SignatureGiven]) -> None:
    if actor.person_id in (document.drafted_by_person, document.requested_by_person):
        raise NotYourSignature("who drafts or asks does not sign", reason="own_paper", number=document.number)
    if any(each.person_id == actor.person_id for each in given):
        raise NotYourSignature("one person signs a paper once", reason="signed_already", number=document.number)


def _chosen_ceilings(draft: SignatureDraft, lines: Sequence[LineContent]) -> dict[int, int]:
    """Ceiling per line; all lines in full unless the draft names lines. Lists every bad line."""
    quantities = {line.line_no: line.quantity for line in lines}
    problems = []
    if draft.decision is Decision.REJECT and not draft.reason.strip():
        problems.append(Problem("reason_missing", "reason", "why it is rejected", ""))
    for place, decision in enumerate(draft.lines):
        field = f"lines.{place}"
        if decision.line_no not in quantities:
            known = f"1 to {len(quantities)}"
            problems.append(Problem("unknown_line", f"{field}.line_no", known, str(decision.line_no), place + 1))
        elif decision.ceiling > quantities[decision.line_no]:
            most = f"at most {quantities[decision.line_no]}"
            problems.append(Problem("ceiling_too_high", f"{field}.ceiling", most, str(decision.ceiling), place + 1))
    if problems:
        raise InvalidInput(problems)
    return {decision.line_no: decision.ceiling for decision in draft.lines} or quantities


def _step_for(
    actor: Actor, steps: Sequence[Step], given: Sequence[SignatureGiven], line_nos: Sequence[int]
) -> tuple[Step, str]:
    """The step open on all chosen lines, and the organisation path over which the actor holds its role."""
    open_steps = {rules.open_step(steps, given, line_no) for line_no in line_nos}
    if len(open_steps) != 1 or None in open_steps:
        raise NotYourSignature("the chosen lines do not wait for the same step", reason="different_steps")
    step = open_steps.pop()
    assert step is not None
    for grant in actor.grants:
        if grant.role == step.role and grant.covers(step.scope_path):
            return step, grant.organisation_path
    if not any(grant.covers(step.scope_path) for grant in actor.grants):
        raise NotFound("document", "")
    raise NotYourSignature(
        f"step {step.step} waits for {step.role}", reason="other_role", step=step.step, role=step.role
    )
