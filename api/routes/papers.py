"""Papers: reading them, signing them, taking them back, and the matrix that says who must sign."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from pydantic import RootModel
from starlette.responses import Response

from api.auth import read_proven_caller
from api.deps import AfterId, Command, Limit, Page, Question, needs
from api.schemas.papers import (
    DocumentOut,
    DocumentRef,
    DocumentRow,
    MatrixRowOut,
)
from api.views import papers as views
from reserve.authority import Permission
from reserve.dispatch import service as dispatch_service
from reserve.papers import queries, service
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


@router.post(
    "/signatures",
    response_model=DocumentRef,
    dependencies=[needs(Permission.DOCUMENT_SIGN), Depends(read_proven_caller)],
)
def sign(draft: SignatureDraft, command: Command) -> Response:
    """Decide lines of a paper in the step that is open for them. A rejected order gives its goods back at once.

    Wants the password given a short while ago: at sign-in, or by ``POST /sessions/proof``.
    """
    return command.run(dispatch_service.sign, draft, answer=DocumentRef)


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
    return question.ask(views.page, scopes, kind, incident, after, limit)


@router.get("/documents/waiting", response_model=list[DocumentRef], dependencies=[needs(Permission.DOCUMENT_SIGN)])
def list_waiting(question: Question) -> list[DocumentRef]:
    """Papers with a step that waits for one of my roles."""
    return [DocumentRef.model_validate(row) for row in question.ask(queries.waiting_for_signature, question.actor)]


@router.get("/documents/{number}", response_model=DocumentOut, dependencies=[needs(Permission.DOCUMENT_READ)])
def get_document(number: str, question: Question) -> DocumentOut:
    return question.ask(views.whole, number, question.scopes(Permission.DOCUMENT_READ))
