"""The search in the head of every page."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.desk import Page
from api.views import search as views
from reserve.authority import Permission

router = APIRouter()


@router.get("/search")
def search(page: Page, q: str = "") -> Response:
    """Hits by kind, inside the reader's scopes. The whole number of a paper leads straight to it."""
    text = q.strip()[:80]
    scopes = views.Scopes(
        stock=page.scopes(Permission.STOCK_READ),
        papers=page.scopes(Permission.DOCUMENT_READ),
        incidents=page.may(Permission.INCIDENT_READ),
    )
    found = page.ask(views.search, text, scopes) if text else None
    if found is not None and len(found.papers) == 1 and found.papers[0].number == text.upper():
        return RedirectResponse(f"/papers/{found.papers[0].number}", status_code=303)
    return page.show("search.html", {"found": found, "q": text})
