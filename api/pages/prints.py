"""Papers of a place to print: as of any hour, as known at any hour."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import needs
from api.desk import Page
from api.filling import local_instant
from api.views import sheets as views
from reserve.authority import Permission
from reserve.sites import queries as site_queries

router = APIRouter(dependencies=[needs(Permission.STOCK_READ)])


@router.get("/prints")
def prints(page: Page, site: str = "", as_of: str = "", known_at: str = "", item: str = "") -> Response:
    """Links to the papers of one site; the hours go along."""
    sites = page.ask(views.sites_of, page.scopes(Permission.STOCK_READ))
    chosen = next((each for each in sites if each.code == site), None)
    times = {"as_of": local_instant(as_of, "as_of"), "known_at": local_instant(known_at, "known_at")}
    hours = {name: instant.isoformat() for name, instant in times.items() if instant is not None}
    bins = page.ask(site_queries.bins_of_site, chosen) if chosen else {}
    context = {
        "sites": sites,
        "site": chosen,
        "bins": list(bins),
        "as_of": as_of,
        "known_at": known_at,
        "item": item.strip(),
        "balance_query": urlencode(hours),
        "ledger_query": urlencode(hours | ({"item": item.strip()} if item.strip() else {})),
    }
    return page.show("prints.html", context)
