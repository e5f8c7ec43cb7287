"""What the catalogue remembers of a substitution."""

from __future__ import annotations

from sqlalchemy.orm import Session

from reserve.catalogue import queries
from reserve.catalogue.models import SubstitutionDecision


def decisions(session: Session, needed_item: str, substitute_item: str) -> list[SubstitutionDecision]:
    return list(queries.decisions_on(session, queries.get_substitution(session, needed_item, substitute_item).id))
