"""Writing papers: the named writer that other slices use inside their own verbs. Nothing here asks for permission."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reserve.authority import Actor
from reserve.clock import local_day
from reserve.db import append, claim, lock_row, next_positions
from reserve.errors import Conflict
from reserve.identifiers import document_number
from reserve.organisations import queries as organisation_queries
from reserve.organisations.models import Organisation
from reserve.papers import queries, rules
from reserve.papers.models import ApprovalStep, Document, DocumentLine, DocumentState, NumberSeries
from reserve.papers.terms import NUMBER_CODE, DocumentKind, LineContent, ResponseLevel, State

_FALLEN = frozenset({State.REJECTED, State.WITHDRAWN})


class NoLawfulApprover(Conflict):
    """The approval matrix has no row for this paper: nobody may lawfully sign it."""

    code = "no_lawful_approver"


class WrongState(Conflict):
    """The paper is not in a state that allows this."""

    code = "wrong_state"


class SignerDoesNotHandle(Conflict):
    """Who signed a paper neither lets its goods go nor accepts them, nor books them out."""

    code = "signer_does_not_handle"


def draft_document(
    session: Session,
    actor: Actor,
    kind: DocumentKind,
    organisation: Organisation,
    *,
    state: State,
    now: datetime,
    title: str = "",
    lines: Sequence[LineContent] = (),
    content: Mapping[str, Any] | None = None,
    incident_code: str | None = None,
    response_level: ResponseLevel | None = None,
    holder_relation: str | None = None,
    requested_by_person: int | None = None,
    refers_to_id: int | None = None,
    occurred_at: datetime | None = None,
    reason: str = "",
) -> Document:
    """Write a numbered document with its lines and its first state."""
    number = _next_number(session, kind, organisation, now)
    row = {
        "number": number,
        "kind": kind,
        "organisation_id": organisation.id,
        "incident_code": incident_code,
        "title": title,
        "content": json.dumps(content or {}, sort_keys=True, ensure_ascii=False, default=str),
        "response_level": response_level.value if response_level else None,
        "holder_relation": holder_relation,
        "value_minor": sum(line.value_minor for line in lines),
        "drafted_by_user": actor.user_id,
        "drafted_by_person": actor.person_id,
        "requested_by_person": requested_by_person,
        "recorded_at": now,
        "refers_to_id": refers_to_id,
    }
    (document_id,) = append(session, Document, [row])
    append(session, DocumentLine, [_line_row(document_id, line) for line in lines])
    document = session.get_one(Document, document_id)
    _append_state(session, actor, document, None, state, now=now, occurred_at=occurred_at, reason=reason)
    return document


def enter_state(
    session: Session,
    actor: Actor,
    document: Document,
    state: State,
    *,
    now: datetime,
    occurred_at: datetime | None = None,
    reason: str = "",
) -> None:
    """Move a document along one of its arrows. Raises WrongState."""
    previous = queries.state_of(session, document.id)
    if not rules.may_follow(document.kind, previous, state):
        raise WrongState(f"{document.number} is {previous}", number=document.number, found=previous, wanted=state)
    _append_state(session, actor, document, previous, state, now=now, occurred_at=occurred_at, reason=reason)
    if document.kind is DocumentKind.COUNT_VARIANCE and state in _FALLEN:  # the count falls with its variance
        assert document.refers_to_id is not None
        sheet = session.get_one(Document, document.refers_to_id)
        enter_state(session, actor, sheet, State.REJECTED, now=now, occurred_at=occurred_at, reason=reason)


def require_kind(document: Document, kind: DocumentKind) -> None:
    """Raises WrongState when a number names a paper of another kind than the verb is about."""
    if document.kind is not kind:
        raise WrongState(
            f"{document.number} is a {document.kind}",
            number=document.number,
            found=document.kind,
            expected=kind.value,
        )


def require_state(session: Session, document: Document, *states: State) -> State:
    """The document's state, if it is one of these. Raises WrongState."""
    found = queries.state_of(session, document.id)
    if found not in states:
        expected = " / ".join(states)
        raise WrongState(f"{document.number} is {found}", number=document.number, found=found, expected=expected)
    return found


def require_no_signer(session: Session, actor: Actor, document: Document) -> None:
    """Signers and those who carry a paper out are different people, counted in persons. Raises SignerDoesNotHandle."""
    if actor.person_id in {signature.person_id for signature in queries.signatures_of(session, document.id)}:
        raise SignerDoesNotHandle(f"you signed {document.number}", number=document.number)


def open_case(
    session: Session,
    document: Document,
    *,
    lead: Organisation,
    holder: Organisation | None = None,
    quantity: int,
    now: datetime,
) -> None:
    """Fix the steps that this document must pass, from the matrix in force.

    lead    the body that leads: its chain of governments gives the scopes of the signing roles
    holder  owner of the goods; the matrix's ``holder_…`` roles are relative to it
    Raises NoLawfulApprover when the matrix has no row for it.
    """
    level = ResponseLevel(document.response_level) if document.response_level else None
    steps = rules.required_steps(
        queries.matrix_in_force(session),
        document.kind,
        level=level,
        relation=document.holder_relation or "any",
        value_minor=document.value_minor,
        quantity=quantity,
    )
    if not steps:
        raise NoLawfulApprover(
            f"no rule for {document.kind} at {document.response_level}, {document.holder_relation}",
            kind=document.kind,
            level=document.response_level,
            relation=document.holder_relation,
        )
    holder = holder or lead
    holder_tier = organisation_queries.governing_tier(session, holder)
    rows = []
    for step in steps:
        role = rules.concrete_role(step.role, holder_tier, both_asked=len(steps) > 1 and step.step > 1)
        relative = holder if step.role.startswith("holder_") or step.role == "planner" else lead
        rows.append(
            {
                "document_id": document.id,
                "step": step.step,
                "role": role,
                "quorum": step.quorum,
                "scope_path": organisation_queries.governing_path(session, relative, rules.tier_of_role(role)),
                "recorded_at": now,
            }
        )
    append(session, ApprovalStep, rows)


def lock_document(session: Session, number: str) -> Document:
    """The document, locked against other commands on it. First in the lock order."""
    document = queries.get_document(session, number)
    lock_row(session, Document, document.id)
    return document


def _append_state(
    session: Session,
    actor: Actor,
    document: Document,
    previous: State | None,
    state: State,
    *,
    now: datetime,
    occurred_at: datetime | None,
    reason: str,
) -> None:
    assert rules.may_follow(document.kind, previous, state), (document.kind, previous, state)
    (position,) = next_positions(session, 1)
    row = {
        "document_id": document.id,
        "state": state,
        "previous": previous,
        "position": position,
        "occurred_at": occurred_at or now,
        "recorded_at": now,
        "user_id": actor.user_id,
        "person_id": actor.person_id,
        "reason": reason,
    }
    append(session, DocumentState, [row])


def _line_row(document_id: int, line: LineContent) -> dict[str, Any]:
    return {
        "document_id": document_id,
        "line_no": line.line_no,
        "item_code": line.item_code,
        "quantity": line.quantity,
        "source_code": line.source_code,
        "receiver_code": line.receiver_code,
        "owner_code": line.owner_code,
        "ground": line.ground,
        "latest_arrival_at": line.latest_arrival_at,
        "value_minor": line.value_minor,
        "note": line.note,
        "content_hash": rules.line_hash(line),
    }


def _next_number(session: Session, kind: DocumentKind, organisation: Organisation, now: datetime) -> str:
    year = local_day(now).year
    key = {"kind": kind, "organisation_code": organisation.code, "year": year}
    claim(session, NumberSeries, key | {"last": 0}, unique=("kind", "organisation_code", "year"))
    statement = select(NumberSeries).filter_by(**key).with_for_update().execution_options(populate_existing=True)
    series = session.scalars(statement).one()
    series.last += 1
    session.flush()
    return document_number(NUMBER_CODE[kind], organisation.code, year, series.last)
