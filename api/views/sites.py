"""What stands at a site."""

from __future__ import annotations

from sqlalchemy.orm import Session

from api.deps import found_in
from reserve.sites import queries
from reserve.sites.models import Bin


def bins(session: Session, code: str, scopes: tuple[str, ...]) -> list[Bin]:
    site = queries.get_site(session, code)
    found_in(scopes, site.organisation_path, "site", code)
    return list(queries.bins_of_site(session, site).values())
