"""What a home page shows."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from api.i18n import Language
from api.views.scoping import parties_in
from reserve.authority import Actor
from reserve.incidents import queries as incident_queries
from reserve.incidents.models import Incident
from reserve.organisations import queries as organisation_queries
from reserve.papers import queries as paper_queries
from reserve.papers import reading
from reserve.papers.models import Document
from reserve.papers.terms import DocumentKind, State
from reserve.stock import count_queries
from reserve.stock.count_queries import BrokenHold

TOLD_FOR = timedelta(days=7)


def open_incidents(session: Session, now: datetime) -> list[Incident]:
    """Incidents that are not closed. They are announced, so everybody who may read incidents sees all of them."""
    return incident_queries.open_incidents(session, ["/"], now, now)


def broken_promises(session: Session, scopes: tuple[str, ...], now: datetime) -> list[BrokenHold]:
    """Goods that papers of the scopes held and that were found missing in the last days: somebody must plan again."""
    return count_queries.broken_holds(session, scopes, since=now - TOLD_FOR, limit=50)


def block_notices(session: Session, scopes: tuple[str, ...]) -> list[Document]:
    """Notices in force that stop goods standing at, owned by or handed to bodies of the scopes, the newest first."""
    parties = parties_in(session, scopes)
    rows = reading.list_newest(session, scopes, parties, kind=DocumentKind.BLOCK_NOTICE, limit=50)
    states = paper_queries.states_of_many(session, {row.id for row in rows})
    return [row for row in rows if states[row.id] is State.POSTED]


def roles_with_places(session: Session, actor: Actor, language: Language) -> list[tuple[str, str]]:
    """The reader's roles, each with the name of the organisation it reaches from, never its path."""
    codes = [grant.organisation_path.rstrip("/").rpartition("/")[2] for grant in actor.grants]
    found = organisation_queries.organisations_by_code(session, codes)
    names = [
        (found[code].name_en if language is Language.EN else "") or found[code].name_zh if code in found else code
        for code in codes
    ]
    return [(grant.role, name) for grant, name in zip(actor.grants, names, strict=True)]
