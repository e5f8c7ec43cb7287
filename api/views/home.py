"""What a home page shows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from api.i18n import Language
from reserve.authority import Actor
from reserve.incidents import queries as incident_queries
from reserve.incidents.models import Incident
from reserve.organisations import queries as organisation_queries


def open_incidents(session: Session, now: datetime) -> list[Incident]:
    """Incidents that are not closed. They are announced, so everybody who may read incidents sees all of them."""
    return incident_queries.open_incidents(session, ["/"], now, now)


def roles_with_places(session: Session, actor: Actor, language: Language) -> list[tuple[str, str]]:
    """The reader's roles, each with the name of the organisation it reaches from, never its path."""
    codes = [grant.organisation_path.rstrip("/").rpartition("/")[2] for grant in actor.grants]
    found = organisation_queries.organisations_by_code(session, codes)
    names = [
        (found[code].name_en if language is Language.EN else "") or found[code].name_zh if code in found else code
        for code in codes
    ]
    return [(grant.role, name) for grant, name in zip(actor.grants, names, strict=True)]
