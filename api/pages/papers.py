"""Papers: the list, and one paper with what it rests on and what rests on it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import needs
from api.desk import Page
from api.views import paper_page as views
from reserve.authority import Permission
from reserve.papers.terms import DocumentKind

router = APIRouter(dependencies=[needs(Permission.DOCUMENT_READ)])


@router.get("/papers")
def papers(page: Page, kind: str = "", number: str = "", before: int | None = None) -> Response:
    """The newest first, keyset by age."""
    chosen = next((each for each in DocumentKind if each == kind), None)
    rows, next_key = page.ask(views.newest, page.scopes(Permission.DOCUMENT_READ), chosen, number.strip(), before)
    context = {
        "rows": rows,
        "next": next_key,
        "before": before,
        "kind": kind,
        "number": number,
        "kinds": list(DocumentKind),
    }
    return page.show("papers.html", context)


@router.get("/papers/{number}")
def paper(page: Page, number: str) -> Response:
    """The audit trail is for those who may read it, and reading it is written down."""
    with_audit = page.may(Permission.AUDIT_READ)
    if with_audit:
        page.question.note_reading(f"/papers/{number}", Permission.AUDIT_READ)
    found = page.ask(
        views.paper_page,
        number,
        page.scopes(Permission.DOCUMENT_READ),
        page.scopes(Permission.STOCK_READ),
        with_audit=with_audit,
    )
    return page.show("paper.html", {"found": found, "paper": found.paper, "with_audit": with_audit})
