"""Verbs on requests (应急物资请调申请): raise, amend, withdraw, and take up as needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require, require_scope
from reserve.catalogue import queries as catalogue_queries
from reserve.db import append
from reserve.errors import Conflict, InvalidInput, NotFound, Problem
from reserve.incidents import assembly, queries, rules
from reserve.incidents.models import Incident, Need, NeedVersion, RequestDecision, RequestLine
from reserve.incidents.picture import Basis, Confidence, NeedKind
from reserve.incidents.service import open_incident
from reserve.incidents.terms import (
    NeedOrigin,
    RequestDecisionDraft,
    RequestDraft,
    RequestLineDecision,
    RequestLineDraft,
    RequestWithdrawalDraft,
)
from reserve.organisations import queries as organisation_queries
from reserve.organisations.models import Organisation
from reserve.papers import drafting
from reserve.papers import queries as paper_queries
from reserve.papers.models import Document
from reserve.papers.terms import DocumentKind, LineContent, State
from reserve.sites import queries as site_queries
from reserve.sites.models import Site

DRIVER = "request"
"""Driver of a need that rests on a request and not on a norm."""


class OwnRequest(Conflict):
    """Who asks does not decide on what is asked."""

    code = "own_request"


class NotARequest(Conflict):
    """The document is not a request, or not one of this asker."""

    code = "not_a_request"


def raise_request(session: Session, actor: Actor, draft: RequestDraft, *, now: datetime, today: date) -> Document:
    """Ask for goods in writing; with ``replaces`` it takes the place of an earlier request of the same asker.

    A line for the same place and item within a day of an open one is marked as a possible duplicate, never refused.
    """
    require(actor, Permission.NEED_REQUEST)
    incident = open_incident(session, draft.incident_code)
    organisation = organisation_queries.get_organisation(session, draft.organisation_code)
    require_scope(actor, Permission.NEED_REQUEST, organisation_path=organisation.path)
    sites = site_queries.sites_by_code(session, [line.site_code for line in draft.lines])
    items = catalogue_queries.items_by_code(session, [line.item_code for line in draft.lines])
    within_area = _within_area(session, organisation, sites)
    if problems := rules.request_problems(draft.lines, items=items.keys(), sites=within_area, now=now):
        raise InvalidInput(problems)
    replaced = _take_back(session, actor, draft.replaces, organisation, now=now) if draft.replaces else None
    document = drafting.draft_document(
        session,
        actor,
        DocumentKind.REQUEST,
        organisation,
        state=State.POSTED,
        now=now,
        title=incident.title_zh,
        lines=[_content(number, line) for number, line in enumerate(draft.lines, 1)],
        content=draft.model_dump(mode="json"),
        incident_code=incident.code,
        response_level=queries.level_at(session, incident.id, now, now),
        requested_by_person=actor.person_id,
        refers_to_id=replaced.id if replaced else None,
        reason=draft.justification,
    )
    _append_lines(session, document, incident, organisation, draft.lines, sites, now=now)
    return document


def withdraw_request(
    session: Session, actor: Actor, draft: RequestWithdrawalDraft, *, now: datetime, today: date
) -> Document:
    """Take a request back; needs that were taken up from it are withdrawn with it."""
    require(actor, Permission.NEED_REQUEST)
    document = _standing_request(session, draft.document_number)
    organisation = organisation_queries.organisations_by_id(session, [document.organisation_id])[
        document.organisation_id
    ]
    require_scope(actor, Permission.NEED_REQUEST, organisation_path=organisation.path)
    return _end(session, actor, document, reason=draft.reason, now=now)


def decide_request(
    session: Session, actor: Actor, draft: RequestDecisionDraft, *, now: datetime, today: date
) -> Document:
    """Take lines of a request up as needs, in full or in part, or decline them with a reason. The last decision holds.

    Raises OwnRequest when the asker decides.
    """
    require(actor, Permission.NEED_WRITE)
    incident_code = paper_queries.get_document(session, draft.document_number).incident_code
    if incident_code is None:
        raise NotARequest(f"{draft.document_number} belongs to no incident")
    incident = open_incident(session, incident_code)
    document = _standing_request(session, draft.document_number)
    require_scope(actor, Permission.NEED_WRITE, organisation_path=incident.organisation_path)
    if actor.person_id == document.requested_by_person:
        raise OwnRequest(f"{document.number} was raised by the same person", number=document.number)
    lines = {line.line_no: line for line in queries.request_lines(session, document.id)}
    if problems := _decision_problems(draft.lines, lines):
        raise InvalidInput(problems)
    earlier = queries.decisions_of(session, [line.id for line in lines.values()])
    for decision in draft.lines:
        line = lines[decision.line_no]
        before = earlier.get(line.id)
        need_id = before.need_id if before else None
        if need_id is None and decision.accepted:
            (need_id,) = append(session, Need, [_need_row(incident, document, line, now=now)])
        if need_id is not None:
            append(session, NeedVersion, [_version_row(need_id, document, decision.accepted, now=now)])
        append(session, RequestDecision, [_decision_row(actor, line, decision, need_id, now=now)])
    return document


def _within_area(session: Session, organisation: Organisation, sites: dict[str, Site]) -> dict[str, bool]:
    """Known places, and whether each lies in the region of the organisation or is run by it."""
    regions = organisation_queries.regions_by_code(session)
    return {
        code: organisation.region_code in assembly.ancestors(regions, site.region_code)
        or site.organisation_path.startswith(organisation.path)
        for code, site in sites.items()
    }


def _content(number: int, line: RequestLineDraft) -> LineContent:
    return LineContent(
        line_no=number,
        item_code=line.item_code,
        quantity=line.quantity,
        receiver_code=line.site_code,
        ground=DRIVER,
        latest_arrival_at=line.needed_by,
    )


def _append_lines(
    session: Session,
    document: Document,
    incident: Incident,
    organisation: Organisation,
    lines: Sequence[RequestLineDraft],
    sites: dict[str, Site],
    *,
    now: datetime,
) -> None:
    standing = queries.open_request_lines(session, incident.id)
    rows = [
        {
            "document_id": document.id,
            "line_no": number,
            "incident_id": incident.id,
            "organisation_id": organisation.id,
            "region_code": sites[line.site_code].region_code,
            "duplicate_of_id": rules.duplicate_of(line.site_code, line.item_code, standing, now=now),
            "recorded_at": now,
            **line.model_dump(),
        }
        for number, line in enumerate(lines, 1)
    ]
    append(session, RequestLine, rows)


def _standing_request(session: Session, number: str) -> Document:
    document = drafting.lock_document(session, number)
    if document.kind is not DocumentKind.REQUEST:
        raise NotARequest(f"{number} is a {document.kind}", found=document.kind)
    drafting.require_state(session, document, State.POSTED)
    return document


def _take_back(session: Session, actor: Actor, number: str, organisation: Organisation, *, now: datetime) -> Document:
    document = _standing_request(session, number)
    if document.organisation_id != organisation.id:
        raise NotFound("request of this organisation", number)
    return _end(session, actor, document, reason="amended", now=now)


def _end(session: Session, actor: Actor, document: Document, *, reason: str, now: datetime) -> Document:
    drafting.enter_state(session, actor, document, State.REVERSED, now=now, reason=reason)
    lines = queries.request_lines(session, document.id)
    decisions = queries.decisions_of(session, [line.id for line in lines]).values()
    needs = [decision.need_id for decision in decisions if decision.need_id is not None and decision.accepted]
    append(session, NeedVersion, [_version_row(need_id, document, 0, now=now) for need_id in needs])
    return document


def _decision_problems(decisions: Sequence[RequestLineDecision], lines: dict[int, RequestLine]) -> list[Problem]:
    problems = []
    for row, decision in enumerate(decisions):
        field = f"lines.{row}"
        line = lines.get(decision.line_no)
        if line is None:
            known = f"1 to {len(lines)}"
            problems.append(Problem("unknown_line", f"{field}.line_no", known, str(decision.line_no), row + 1))
        elif decision.accepted > line.quantity:
            most = f"at most {line.quantity}"
            problems.append(Problem("more_than_asked", f"{field}.accepted", most, str(decision.accepted), row + 1))
        elif decision.accepted < line.quantity and not decision.reason:
            problems.append(Problem("reason_missing", f"{field}.reason", "why less is taken up", "", row + 1))
    return problems


def _need_row(incident: Incident, document: Document, line: RequestLine, *, now: datetime) -> dict[str, Any]:
    return {
        "incident_id": incident.id,
        "code": f"{document.number}/{line.line_no}",
        "origin": NeedOrigin.REQUEST,
        "region_code": line.region_code,
        "site_code": line.site_code,
        "item_code": line.item_code,
        "due_at": line.needed_by,
        "need_class": line.need_class,
        "kind": NeedKind.LUMP,
        "driver": DRIVER,
        "norm_code": "",
        "recorded_at": now,
    }


def _version_row(need_id: int, document: Document, quantity: int, *, now: datetime) -> dict[str, Any]:
    return {
        "need_id": need_id,
        **dict.fromkeys(("low", "base", "high", "gross_base"), quantity),
        "household_base": 0,
        "hospital_base": 0,
        "driver_amount": str(quantity),
        "basis": Basis.OBSERVED,
        "confidence": Confidence.MEDIUM,
        "source": document.number,
        "estimate_id": None,
        "document_id": document.id,
        "valid_from": now,
        "recorded_at": now,
    }


def _decision_row(
    actor: Actor, line: RequestLine, decision: RequestLineDecision, need_id: int | None, *, now: datetime
) -> dict[str, Any]:
    return {
        "request_line_id": line.id,
        "accepted": decision.accepted,
        "need_id": need_id,
        "reason": decision.reason,
        "recorded_at": now,
        "user_id": actor.user_id,
        "person_id": actor.person_id,
    }
