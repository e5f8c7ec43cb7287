"""Questions about papers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reserve.authority import Actor
from reserve.errors import NotFound
from reserve.papers import rules
from reserve.papers.models import ApprovalRule, ApprovalStep, Document, DocumentLine, DocumentState, Signature
from reserve.papers.terms import DocumentKind, LineContent, SignatureGiven, State, Step, StepRule


def get_document(session: Session, number: str) -> Document:
    document = session.scalar(select(Document).where(Document.number == number))
    if document is None:
        raise NotFound("document", number)
    return document


def documents_by_id(session: Session, ids: Iterable[int]) -> Mapping[int, Document]:
    statement = select(Document).where(Document.id.in_(sorted(set(ids))))
    return {document.id: document for document in session.scalars(statement)}


def list_documents(
    session: Session,
    *,
    kind: DocumentKind | None = None,
    incident_code: str | None = None,
    after_id: int = 0,
    limit: int = 100,
) -> Sequence[Document]:
    statement = select(Document).where(Document.id > after_id)
    if kind is not None:
        statement = statement.where(Document.kind == kind)
    if incident_code is not None:
        statement = statement.where(Document.incident_code == incident_code)
    return session.scalars(statement.order_by(Document.id).limit(limit)).all()


def referring_documents(session: Session, document_id: int, kind: DocumentKind) -> Sequence[Document]:
    """Papers of a kind that refer to a document, oldest first."""
    statement = select(Document).where(Document.refers_to_id == document_id, Document.kind == kind)
    return session.scalars(statement.order_by(Document.id)).all()


def lines_of(session: Session, document_id: int) -> Sequence[DocumentLine]:
    statement = select(DocumentLine).where(DocumentLine.document_id == document_id)
    return session.scalars(statement.order_by(DocumentLine.line_no)).all()


def line_contents(session: Session, document_id: int) -> list[LineContent]:
    return [content_of(line) for line in lines_of(session, document_id)]


def content_of(line: DocumentLine) -> LineContent:
    return LineContent(
        line_no=line.line_no,
        item_code=line.item_code,
        quantity=line.quantity,
        source_code=line.source_code,
        receiver_code=line.receiver_code,
        owner_code=line.owner_code,
        ground=line.ground,
        latest_arrival_at=line.latest_arrival_at,
        value_minor=line.value_minor,
        note=line.note,
    )


def state_of(session: Session, document_id: int) -> State:
    """The state a document is in now: its last state row."""
    statement = select(DocumentState.state).where(DocumentState.document_id == document_id)
    state = session.scalar(statement.order_by(DocumentState.position.desc()).limit(1))
    assert state is not None, f"document {document_id} has no state"
    return state


def states_of_many(session: Session, document_ids: Iterable[int]) -> Mapping[int, State]:
    ids = sorted(set(document_ids))
    last = (
        select(DocumentState.document_id, func.max(DocumentState.position).label("position"))
        .where(DocumentState.document_id.in_(ids))
        .group_by(DocumentState.document_id)
        .subquery()
    )
    statement = select(DocumentState.document_id, DocumentState.state).join(
        last, DocumentState.position == last.c.position
    )
    return {row.document_id: row.state for row in session.execute(statement)}


def history_of(session: Session, document_id: int) -> Sequence[DocumentState]:
    statement = select(DocumentState).where(DocumentState.document_id == document_id)
    return session.scalars(statement.order_by(DocumentState.position)).all()


def steps_of(session: Session, document_id: int) -> list[Step]:
    statement = select(ApprovalStep).where(ApprovalStep.document_id == document_id)
    rows = session.scalars(statement.order_by(ApprovalStep.step, ApprovalStep.role))
    return [Step(row.step, row.role, row.quorum, row.scope_path) for row in rows]


def signatures_of(session: Session, document_id: int) -> Sequence[Signature]:
    statement = select(Signature).where(Signature.document_id == document_id)
    return session.scalars(statement.order_by(Signature.position)).all()


def given_signatures(session: Session, document_id: int) -> list[SignatureGiven]:
    return [
        SignatureGiven(row.step, row.role, row.person_id, row.line_no, row.ceiling, row.content_hash, row.decision)
        for row in signatures_of(session, document_id)
    ]


def approved_quantities(session: Session, document: Document) -> dict[int, int]:
    """What the signatures approve, by line number; 0 while a step is open or where a line fell."""
    steps, given = steps_of(session, document.id), given_signatures(session, document.id)
    return {line.line_no: rules.approved_quantity(steps, given, line) for line in line_contents(session, document.id)}


def matrix_in_force(session: Session) -> list[StepRule]:
    """The newest version of the approval matrix."""
    newest = select(func.max(ApprovalRule.version)).scalar_subquery()
    rows = session.scalars(select(ApprovalRule).where(ApprovalRule.version == newest).order_by(ApprovalRule.row_no))
    return [
        StepRule(
            document_kind=row.document_kind,
            response_level=row.response_level,
            holder_relation=row.holder_relation,
            value_minor_from=row.value_minor_from,
            quantity_from=row.quantity_from,
            step=row.step,
            role=row.role,
            quorum=row.quorum,
        )
        for row in rows
    ]


def bases_of(session: Session, document: Document) -> list[str]:
    """What the rows of the matrix rest on that gave this document its steps."""
    opened_at = select(func.min(ApprovalStep.recorded_at)).where(ApprovalStep.document_id == document.id)
    version = select(func.max(ApprovalRule.version)).where(ApprovalRule.recorded_at <= opened_at.scalar_subquery())
    statement = select(ApprovalRule.basis).where(
        ApprovalRule.version == version.scalar_subquery(),
        ApprovalRule.document_kind == document.kind.value,
        ApprovalRule.response_level.in_(["any", document.response_level or "any"]),
        ApprovalRule.holder_relation.in_(["any", document.holder_relation or "any"]),
        ApprovalRule.basis != "",
    )
    return list(session.scalars(statement.distinct().order_by(ApprovalRule.basis)))


def number_of(session: Session, document_id: int | None) -> str | None:
    """Number of the paper that another refers to."""
    return None if document_id is None else session.get_one(Document, document_id).number


def waiting_for_signature(session: Session, actor: Actor) -> list[Document]:
    """Submitted documents of which a line waits for this person, oldest first."""
    roles = sorted({grant.role for grant in actor.grants})
    mine = session.scalars(select(ApprovalStep.document_id).where(ApprovalStep.role.in_(roles)).distinct())
    submitted = [each for each, state in states_of_many(session, mine).items() if state is State.SUBMITTED]
    documents = session.scalars(select(Document).where(Document.id.in_(submitted)).order_by(Document.id))
    return [document for document in documents if lines_open_for(session, document, actor)]


def lines_open_for(session: Session, document: Document, actor: Actor) -> list[int]:
    """Numbers of the lines of a submitted document that this person may decide now."""
    given = given_signatures(session, document.id)
    if actor.person_id in (document.drafted_by_person, document.requested_by_person):
        return []
    lines = [line.line_no for line in lines_of(session, document.id)]
    return rules.lines_open_for(actor, steps_of(session, document.id), given, lines)
