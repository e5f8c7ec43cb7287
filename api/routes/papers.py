"""Papers: reading them, signing them, taking them back, and the matrix that says who must sign."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import RootModel
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.deps import AfterId, Command, Limit, Page, Question, needs
from api.document_view import document_rows
from api.schemas.papers import (
    DocumentOut,
    DocumentRef,
    DocumentRow,
    LineOut,
    MatrixRowOut,
    SignatureOut,
    StateOut,
    StepOut,
)
from api.scoping import parties_in
from reserve.authority import Permission
from reserve.papers import queries, reading, rules, service
from reserve.papers.models import Document
from reserve.papers.terms import DocumentKind, MatrixDraft, SignatureDraft, WithdrawalDraft

router = APIRouter(tags=["papers"])

Matrix = RootModel[list[MatrixRowOut]]


@router.post(
    "/approval-matrix", status_code=201, response_model=Matrix, dependencies=[needs(Permission.ORGANISATION_WRITE)]
)
def set_approval_matrix(draft: MatrixDraft, command: Command) -> Response:
    """Put a whole new matrix in force. Papers already submitted keep the steps they were given."""
    return command.run(service.set_approval_matrix, draft, answer=Matrix)


@router.get("/approval-matrix", response_model=Matrix, dependencies=[needs()])
def get_approval_matrix(question: Question) -> Matrix:
    return Matrix([MatrixRowOut.model_validate(row) for row in question.ask(queries.matrix_in_force)])


@router.post("/signatures", response_model=DocumentRef, dependencies=[needs(Permission.DOCUMENT_SIGN)])
def sign(draft: SignatureDraft, command: Command) -> Response:
    """Decide lines of a paper in the step that is open for them."""
    return command.run(service.sign, draft, answer=DocumentRef)


@router.post("/withdrawals", response_model=DocumentRef, dependencies=[needs(Permission.ORDER_DRAFT)])
def withdraw(draft: WithdrawalDraft, command: Command) -> Response:
    return command.run(service.withdraw, draft, answer=DocumentRef)


@router.get("/documents", response_model=Page[DocumentRow], dependencies=[needs(Permission.DOCUMENT_READ)])
def list_documents(
    question: Question,
    kind: DocumentKind | None = None,
    incident: str | None = None,
    after: AfterId = 0,
    limit: Limit = 100,
) -> Page[DocumentRow]:
    scopes = question.scopes(Permission.DOCUMENT_READ)
    return question.ask(_page, scopes, kind, incident, after, limit)


@router.get("/documents/waiting", response_model=list[DocumentRef], dependencies=[needs(Permission.DOCUMENT_SIGN)])
def list_waiting(question: Question) -> list[DocumentRef]:
    """Papers with a step that waits for one of my roles."""
    roles = [(grant.role, grant.organisation_path) for grant in question.actor.grants]
    return [DocumentRef.model_validate(row) for row in question.ask(queries.waiting_for_signature, roles)]


@router.get("/documents/{number}", response_model=DocumentOut, dependencies=[needs(Permission.DOCUMENT_READ)])
def get_document(number: str, question: Question) -> DocumentOut:
    return question.ask(_whole, number, question.scopes(Permission.DOCUMENT_READ))


def _page(
    session: Session, scopes: tuple[str, ...], kind: DocumentKind | None, incident: str | None, after: int, limit: int
) -> Page[DocumentRow]:
    rows = reading.list_readable(
        session, scopes, parties_in(session, scopes), kind=kind, incident_code=incident, after_id=after, limit=limit
    )
    return Page(items=document_rows(session, rows), next=rows[-1].id if len(rows) == limit else None)


def _whole(session: Session, number: str, scopes: tuple[str, ...]) -> DocumentOut:
    document = reading.get_readable(session, number, scopes, parties_in(session, scopes))
    (row,) = document_rows(session, [document])
    return DocumentOut(
        **row.model_dump(),
        content=document.content,
        response_level=document.response_level,
        holder_relation=document.holder_relation,
        lines=_lines(session, document),
        steps=[StepOut.model_validate(step) for step in queries.steps_of(session, document.id)],
        signatures=[SignatureOut.model_validate(row) for row in queries.signatures_of(session, document.id)],
        history=[StateOut.model_validate(row) for row in queries.history_of(session, document.id)],
    )


def _lines(session: Session, document: Document) -> list[LineOut]:
    steps = queries.steps_of(session, document.id)
    given = queries.given_signatures(session, document.id)
    contents = {line.line_no: line for line in queries.line_contents(session, document.id)}
    return [
        LineOut(
            line_no=line.line_no,
            item_code=line.item_code,
            quantity=line.quantity,
            approved_quantity=rules.approved_quantity(steps, given, contents[line.line_no]),
            source_code=line.source_code,
            receiver_code=line.receiver_code,
            owner_code=line.owner_code,
            ground=line.ground,
            latest_arrival_at=line.latest_arrival_at,
            value_minor=line.value_minor,
            note=line.note,
        )
        for line in contents.values()
    ]
