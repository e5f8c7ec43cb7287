"""Papers as lists show them: with their state and the body in whose name they stand."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from api.schemas.papers import DocumentRef, DocumentRow
from reserve.organisations import queries as organisation_queries
from reserve.papers import queries
from reserve.papers.models import Document


def document_rows(session: Session, documents: Sequence[Document]) -> list[DocumentRow]:
    states = queries.states_of_many(session, (document.id for document in documents))
    bodies = organisation_queries.organisations_by_id(session, (document.organisation_id for document in documents))
    return [
        DocumentRow(
            **DocumentRef.model_validate(document).model_dump(),
            state=states[document.id],
            organisation_code=bodies[document.organisation_id].code,
        )
        for document in documents
    ]
