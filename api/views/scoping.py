"""Codes that may stand on a line of a paper, inside a reader's scopes."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from reserve.organisations import queries as organisation_queries
from reserve.sites import queries as site_queries

ALL = 100_000


def parties_in(session: Session, scopes: Iterable[str]) -> set[str]:
    """Sites and organisations inside the scopes, by code. Whoever sees the whole tree reads by organisation anyway."""
    scopes = list(scopes)
    sites = site_queries.list_sites(session, scopes, limit=ALL)
    organisations = organisation_queries.list_organisations(session, scopes, limit=ALL)
    return {site.code for site in sites} | {organisation.code for organisation in organisations}
