"""What pages show of sheets."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from api.views.scoping import ALL
from reserve.sheets import queries
from reserve.sheets.terms import Batched
from reserve.sites import queries as site_queries
from reserve.sites.models import Site


def sites_of(session: Session, scopes: tuple[str, ...]) -> Sequence[Site]:
    return site_queries.list_sites(session, scopes, limit=ALL) if scopes else ()


def batch(session: Session, batch_id: int, person_id: int) -> Batched:
    """One import of one's own."""
    return queries.batched(session, queries.get_batch(session, batch_id, person_id))
