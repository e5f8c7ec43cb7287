"""What was probably meant by an unknown code: the code that carries this name, or the nearest one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

from sqlalchemy.orm import Session

from api.sheets.understanding import Finding
from reserve.catalogue import queries as catalogue_queries
from reserve.organisations import queries as organisation_queries
from reserve.sites import queries as site_queries

UNKNOWN = {"unknown_item": "item", "unknown_organisation": "organisation", "unknown_category": "category"}
NEAR = 0.75
MOST = 200
"""Findings that get a suggestion: nobody reads more of them before correcting the first."""


def with_suggestions(session: Session, findings: Sequence[Finding]) -> list[Finding]:
    """The findings, those about unknown codes with what was probably meant."""
    known: dict[str, Mapping[str, str]] = {}
    told = []
    for place, finding in enumerate(findings):
        what = UNKNOWN.get(finding.problem.code) or ("site" if finding.problem.field.endswith("site_code") else "")
        if what and place < MOST and not finding.suggestion:
            if what not in known:
                known[what] = _names(session, what)
            finding = replace(finding, suggestion=_nearest(known[what], finding.problem.found))
        told.append(finding)
    return told


def _names(session: Session, what: str) -> Mapping[str, str]:
    """Chinese name by code."""
    if what == "item":
        return {code: item.name_zh for code, item in catalogue_queries.items_by_code(session).items()}
    if what == "category":
        return {code: each.name_zh for code, each in catalogue_queries.categories_by_code(session).items()}
    if what == "site":
        return {code: site.name_zh for code, site in site_queries.sites_by_code(session).items()}
    organisations = organisation_queries.organisations_by_code(session)
    return {code: organisation.name_zh for code, organisation in organisations.items()}


def _nearest(names: Mapping[str, str], found: str) -> str:
    by_name = [code for code, name in names.items() if name == found]
    if len(by_name) == 1:
        return by_name[0]
    near = get_close_matches(found.upper(), names, n=1, cutoff=NEAR)
    return near[0] if near else ""
