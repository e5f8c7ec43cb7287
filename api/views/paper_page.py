"""A paper as people read it: lines, signatures and states with names, the ledger lines it made, who did what to it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from api.schemas.papers import DocumentOut, DocumentRow, LineOut
from api.views import papers
from api.views.document_rows import document_rows
from api.views.scoping import parties_in
from reserve.access import queries as access_queries
from reserve.audit import queries as audit_queries
from reserve.audit.models import AuditEntry
from reserve.authority import Actor, Permission
from reserve.catalogue import queries as catalogue_queries
from reserve.catalogue.models import Item
from reserve.organisations import queries as organisation_queries
from reserve.organisations.models import Organisation
from reserve.papers import queries, reading
from reserve.papers.terms import DocumentKind, State
from reserve.sites import queries as site_queries
from reserve.stock import history
from reserve.stock.history import LedgerLine

PAGE = 50


@dataclass(frozen=True, slots=True)
class PaperPage:
    paper: DocumentOut
    organisation: Organisation
    refers_to: str | None
    people: dict[int, str]
    items: dict[str, Item]
    places: dict[str, str]
    """Names of the sites and organisations that stand on lines, by code."""
    ledger: list[LedgerLine]
    audit: list[AuditEntry]
    mine: list[LineOut]
    """Lines that wait for the reader's signature."""


def newest(
    session: Session, scopes: tuple[str, ...], kind: DocumentKind | None, number: str, before: int | None
) -> tuple[list[DocumentRow], int | None]:
    """Papers, the newest first, and the key of the next page."""
    rows = reading.list_newest(
        session, scopes, parties_in(session, scopes), kind=kind, number=number, before_id=before, limit=PAGE
    )
    return document_rows(session, rows), rows[-1].id if len(rows) == PAGE else None


def paper_page(
    session: Session,
    number: str,
    actor: Actor,
    scopes: tuple[str, ...],
    stock_scopes: tuple[str, ...],
    *,
    with_audit: bool,
) -> PaperPage:
    """Everything on and behind a paper that this reader may see. Raises NotFound."""
    paper = papers.whole(session, number, scopes)
    document = queries.get_document(session, number)
    ledger = history.lines_of_paper(session, document.id, stock_scopes) if stock_scopes else []
    audit = list(audit_queries.list_entries(session, subject=number)) if with_audit else []
    people = {state.person_id for state in paper.history} | {each.person_id for each in paper.signatures}
    people |= {line.person_id for line in ledger} | {entry.person_id for entry in audit}
    return PaperPage(
        paper=paper,
        organisation=organisation_queries.get_organisation(session, paper.organisation_code),
        refers_to=queries.number_of(session, document.refers_to_id),
        people=access_queries.names_of_persons(session, people),
        items=catalogue_queries.items_by_code(session, {line.item_code for line in paper.lines}),
        places=_places(session, paper),
        ledger=ledger,
        audit=audit,
        mine=lines_waiting(session, paper, actor),
    )


def lines_waiting(session: Session, paper: DocumentOut, actor: Actor) -> list[LineOut]:
    """Lines of a paper that this reader may sign now."""
    if paper.state is not State.SUBMITTED or not actor.has(Permission.DOCUMENT_SIGN):
        return []
    open_for_me = queries.lines_open_for(session, queries.get_document(session, paper.number), actor)
    return [line for line in paper.lines if line.line_no in open_for_me]


def _places(session: Session, paper: DocumentOut) -> dict[str, str]:
    codes = {code for line in paper.lines for code in (line.source_code, line.receiver_code, line.owner_code) if code}
    organisations = organisation_queries.organisations_by_code(session, codes)
    sites = site_queries.sites_by_code(session, codes)
    names = {code: organisation.name_zh for code, organisation in organisations.items()}
    return names | {code: site.name_zh for code, site in sites.items()}
