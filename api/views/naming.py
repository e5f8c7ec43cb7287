"""Names of items, places and counties in the reader's language, looked up once for a whole answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from api.i18n import Language, Text
from reserve.catalogue import queries as catalogue_queries
from reserve.organisations import queries as organisation_queries
from reserve.sites import queries as site_queries


@dataclass(frozen=True, slots=True)
class Names:
    """Names by code; a code without a name, or without one in this language, stands for itself or in Chinese."""

    items: Mapping[str, str]
    sites: Mapping[str, str]
    regions: Mapping[str, str]
    region_of_site: Mapping[str, str]

    def item(self, code: str) -> str:
        return self.items.get(code, code)

    def site(self, code: str) -> str:
        return self.sites.get(code, code)

    def region(self, code: str) -> str:
        return self.regions.get(code, code)


def names_in(session: Session, text: Text) -> Names:
    """All names of the world in one language."""
    sites = site_queries.sites_by_code(session)
    return Names(
        items=_named(catalogue_queries.items_by_code(session), text.language),
        sites=_named(sites, text.language),
        regions=_named(organisation_queries.regions_by_code(session), text.language),
        region_of_site={code: site.region_code for code, site in sites.items()},
    )


def _named(rows: Mapping[str, Any], language: Language) -> dict[str, str]:
    if language is Language.ZH:
        return {code: row.name_zh for code, row in rows.items()}
    return {code: row.name_en or row.name_zh for code, row in rows.items()}
