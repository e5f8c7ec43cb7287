"""Work without network comes back: each command in the order of its arrival, posted or kept to be reconciled."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, may, require, require_scope
from reserve.db import append
from reserve.dispatch import device_queries, rules
from reserve.dispatch.deliveries import deliver
from reserve.dispatch.departures import depart
from reserve.dispatch.drafts import DeliveryDraft, DepartureDraft, DeviceCommandDraft, SettlementDraft
from reserve.dispatch.models import DeviceCommand, DeviceSettlement
from reserve.dispatch.terms import DeviceCommandKind, DeviceOutcome
from reserve.errors import Conflict, InvalidInput, Problem, Refusal, Unavailable
from reserve.organisations.models import Organisation
from reserve.papers import queries as paper_queries
from reserve.papers.terms import State
from reserve.sites import queries as site_queries
from reserve.sites.models import Site
from reserve.stock import service as stock
from reserve.stock.drafts import CountDraft, InspectionDraft, IssueDraft, ReceiptDraft, TransferDraft

KINDS: Mapping[DeviceCommandKind, tuple[type[BaseModel], Callable[..., Any]]] = {
    DeviceCommandKind.RECEIVE: (ReceiptDraft, stock.receive),
    DeviceCommandKind.INSPECT: (InspectionDraft, stock.inspect),
    DeviceCommandKind.TRANSFER: (TransferDraft, stock.transfer),
    DeviceCommandKind.ISSUE: (IssueDraft, stock.issue),
    DeviceCommandKind.COUNT: (CountDraft, stock.count),
    DeviceCommandKind.DEPART: (DepartureDraft, depart),
    DeviceCommandKind.DELIVER: (DeliveryDraft, deliver),
}
"""The verb behind each kind, which asks for its own rights (decision "a device's command wraps a verb")."""


class AlreadySettled(Conflict):
    """Somebody has settled this one."""

    code = "already_settled"


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """What became of a device's command. ``number`` is the paper it was posted on."""

    key: str
    kind: DeviceCommandKind
    outcome: DeviceOutcome
    occurred_at: datetime
    recorded_at: datetime
    refusal: str = ""
    problems: tuple[dict[str, Any], ...] = ()
    number: str | None = None


def bring_in(session: Session, actor: Actor, draft: DeviceCommandDraft, *, now: datetime, today: date) -> BroughtIn:
    """Post what happened without network, at the time when it happened; what cannot be posted waits to be reconciled.

    Never refused for what it says: goods that have left the gate have left it. Raises only where the site is not
    the actor's, or when the database cannot write now.
    """
    require(actor, Permission.STOCK_READ)
    site = site_queries.get_site(session, draft.site_code)
    require_scope(actor, Permission.STOCK_READ, organisation_path=site.organisation_path)
    occurred_at = rules.by_our_clock(draft.device_at, draft.clock_ahead_s, now)
    outcome, refusal, number = DeviceOutcome.POSTED, "", None
    problems: list[dict[str, Any]] = []
    try:
        with session.begin_nested():  # what a refused verb has written so far goes away, and only that
            number = _post(session, actor, draft, now=now, today=today)
    except Unavailable:
        raise
    except Refusal as error:
        outcome, refusal = DeviceOutcome.TO_RECONCILE, error.code
        problems = [_told(problem) for problem in error.problems] or [{"code": error.code, **error.details()}]
    row = {
        "user_id": actor.user_id,
        "person_id": actor.person_id,
        "key": draft.key,
        "kind": draft.kind,
        "site_id": site.id,
        "content": json.dumps(draft.words, sort_keys=True, ensure_ascii=False),
        "device_at": draft.device_at,
        "occurred_at": occurred_at,
        "outcome": outcome,
        "refusal": refusal,
        "problems": json.dumps(problems, ensure_ascii=False, default=str),
        "document_number": number,
        "recorded_at": now,
    }
    append(session, DeviceCommand, [row])
    return BroughtIn(draft.key, draft.kind, outcome, occurred_at, now, refusal, tuple(problems), number)


def _post(session: Session, actor: Actor, draft: DeviceCommandDraft, *, now: datetime, today: date) -> str:
    """Run the verb that the command means, as of its time. Returns the number of its paper."""
    if draft.content is None:
        raise InvalidInput(
            Problem(each.code, each.field, each.expected, each.found, each.row) for each in draft.problems
        )
    model, verb = KINDS[draft.kind]
    content = rules.device_content(draft, now)
    try:
        parsed = model.model_validate(content)
    except ValidationError as error:
        raise InvalidInput(
            Problem("invalid_value", ".".join(map(str, fault["loc"])), "a valid value", str(fault["input"])[:80])
            for fault in error.errors()
        ) from error
    answer = verb(session, actor, parsed, now=now, today=today)
    number = getattr(answer, "number", None) or getattr(answer, "order_number", None)
    return str(number or draft.content["shipment_number"])


def _told(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code,
        "field": problem.field,
        "expected": problem.expected,
        "found": problem.found,
        "row": problem.row,
        **problem.facts,
    }


def settle_device_command(
    session: Session, actor: Actor, draft: SettlementDraft, *, now: datetime, today: date
) -> DeviceSettlement:
    """Close a fact that could not be posted: name the paper that set it right; a supervisor may give a reason instead.

    The fact stays in the list of what devices brought in, with who settled it.
    """
    require(actor, Permission.STOCK_READ)
    command = device_queries.get_waiting(session, draft.command_key)
    site = session.get_one(Site, command.site_id)
    require_scope(actor, Permission.STOCK_READ, organisation_path=site.organisation_path)
    if device_queries.find_settlement(session, command.id) is not None:
        raise AlreadySettled(f"{command.key} is settled", number=command.key)
    document_id = None
    if draft.document_number:
        document = paper_queries.get_document(session, draft.document_number)
        owner = session.get_one(Organisation, document.organisation_id)
        require_scope(actor, Permission.STOCK_READ, organisation_path=owner.path)
        document_id = document.id
        if paper_queries.state_of(session, document.id) is State.REVERSED:
            raise InvalidInput([Problem("paper_reversed", "document_number", "a paper that stands", document.number)])
    elif not may(actor, Permission.STOCK_ADJUST, site.organisation_path):
        raise InvalidInput([Problem("paper_missing", "document_number", "the paper that set it right", "")])
    elif not draft.reason:
        raise InvalidInput([Problem("reason_missing", "reason", "a reason, or the paper that set it right", "")])
    row = {
        "command_id": command.id,
        "document_id": document_id,
        "reason": draft.reason,
        "user_id": actor.user_id,
        "person_id": actor.person_id,
        "recorded_at": now,
    }
    (settlement_id,) = append(session, DeviceSettlement, [row])
    return session.get_one(DeviceSettlement, settlement_id)
