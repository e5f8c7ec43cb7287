"""One search for items, lots, papers, sites and incidents: by code, by name in either language, by pinyin initials."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

from api.schemas.papers import DocumentRow
from api.views.document_rows import document_rows
from api.views.scoping import ALL, parties_in
from reserve.catalogue import queries as catalogue_queries
from reserve.catalogue.models import Item
from reserve.incidents import queries as incident_queries
from reserve.incidents.models import Incident
from reserve.papers import reading
from reserve.pinyin import found_by_initials
from reserve.sites import queries as site_queries
from reserve.sites.models import Site
from reserve.stock import history
from reserve.stock.models import Lot

SHOWN = 20
"""Hits of one kind; whoever sees so many types another letter."""


class Named(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def name_zh(self) -> str: ...
    @property
    def name_en(self) -> str: ...


N = TypeVar("N", bound=Named)


@dataclass(frozen=True, slots=True)
class Scopes:
    """Where the reader may look for each kind of thing; empty where not at all."""

    stock: tuple[str, ...]
    papers: tuple[str, ...]
    incidents: bool


@dataclass(frozen=True, slots=True)
class Found:
    items: list[Item]
    lots: list[Lot]
    papers: list[DocumentRow]
    sites: list[Site]
    incidents: list[Incident]

    @property
    def is_empty(self) -> bool:
        return not (self.items or self.lots or self.papers or self.sites or self.incidents)


def search(session: Session, text: str, scopes: Scopes) -> Found:
    """What a text may mean to this reader. An exact code stands alone."""
    items = found(catalogue_queries.items_by_code(session).values(), text)
    sites = found(site_queries.list_sites(session, scopes.stock, limit=ALL), text) if scopes.stock else []
    papers = []
    if scopes.papers:
        parties = parties_in(session, scopes.papers)
        papers = document_rows(session, reading.list_newest(session, scopes.papers, parties, number=text, limit=SHOWN))
    return Found(
        items=items[:SHOWN],
        lots=history.lots_beginning(session, scopes.stock, text, limit=SHOWN) if scopes.stock else [],
        papers=papers,
        sites=sites[:SHOWN],
        incidents=_incidents(session, text)[:SHOWN] if scopes.incidents else [],
    )


def item_codes_found(session: Session, text: str) -> list[str]:
    """Codes of the items that a text may mean."""
    return [item.code for item in found(catalogue_queries.items_by_code(session).values(), text)]


def found(things: Iterable[N], text: str) -> list[N]:
    """Those whose code begins with the text, whose name holds it, or whose Chinese name has these initials."""
    wanted = text.strip().lower()
    if not wanted:
        return []
    return [thing for thing in things if _fits(thing.code, (thing.name_zh, thing.name_en), wanted)]


def _incidents(session: Session, text: str) -> list[Incident]:
    wanted = text.strip().lower()
    return [
        incident
        for incident in incident_queries.list_incidents(session, ["/"], limit=ALL)
        if wanted and _fits(incident.code, (incident.title_zh, incident.title_en or ""), wanted)
    ]


def _fits(code: str, names: tuple[str, str], wanted: str) -> bool:
    return (
        code.lower().startswith(wanted)
        or any(wanted in name.lower() for name in names)
        or (wanted.isascii() and wanted.isalpha() and len(wanted) > 1 and found_by_initials(names[0], wanted))
    )
