"""What figures are drawn from, inside the reader's scopes: plain rows, which the tables beside them show as well."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from api.i18n import Language
from api.views import home
from reserve.catalogue import queries as catalogue_queries
from reserve.incidents import queries as incident_queries
from reserve.incidents.picture import NeedKind
from reserve.mandates import queries as mandate_queries
from reserve.organisations import queries as organisation_queries
from reserve.organisations.terms import HOLDER_KIND_OF_TIER, HolderKind, Tier
from reserve.sites import queries as site_queries
from reserve.stock import queries, rules
from reserve.stock.terms import StockLine

TIERS = (Tier.PROVINCE, Tier.CITY, Tier.COUNTY)
AHEAD_DAYS = 7
"""Days of need that days of supply are measured against."""
APART = 0.16
"""Degrees between the rings of two tiers in one city."""


@dataclass(frozen=True, slots=True)
class CityTier:
    """Usable stock of an item in one city, of owners of one tier. Base units."""

    code: str
    name: str
    tier: Tier | None
    usable: int
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class Rung:
    """What stays usable from one day until another, if nothing comes or goes. Base units."""

    start: date
    until: date
    left: int


@dataclass(frozen=True, slots=True)
class Covered:
    """How far the targets of a kind of holder are covered by usable stock: mean of the targets, whole percent."""

    holder: HolderKind
    percent: int
    targets: int
    full: int


@dataclass(frozen=True, slots=True)
class Lasting:
    """For how many days usable stock lasts at the base need of the coming week."""

    item_code: str
    name: str
    usable: int
    daily: int
    tenths: int

    @property
    def days(self) -> float:
        return self.tenths / 10


def by_city_and_tier(
    session: Session, scopes: tuple[str, ...], code: str, language: Language, *, today: date
) -> list[CityTier]:
    """Usable stock of an item by the city where it stands and the tier of its owner."""
    lines = _usable(session, scopes, [code], today)
    sites = site_queries.sites_by_code(session, {line.site_code for line in lines})
    owners = organisation_queries.organisations_by_code(session, {line.owner_code for line in lines})
    regions = organisation_queries.regions_by_code(session)
    sums: dict[tuple[str, Tier | None], int] = defaultdict(int)
    for line in lines:
        tier = owners[line.owner_code].tier
        city = organisation_queries.city_unit_of(regions, sites[line.site_code].region_code)
        sums[city, tier if tier in TIERS else None] += line.on_hand
    rows = []
    for (city, tier), usable in sorted(sums.items(), key=lambda each: (each[0][0], str(each[0][1]))):
        region = regions[city]
        place = TIERS.index(tier) if tier in TIERS else len(TIERS)
        name = (region.name_en if language is Language.EN else "") or region.name_zh
        rows.append(CityTier(city, name, tier, usable, region.longitude + APART * (place - 1), region.latitude))
    return rows


def expiry_ladder(session: Session, scopes: tuple[str, ...], code: str, *, today: date) -> list[Rung]:
    """What of an item stays usable, from today on, as lots expire one after the other."""
    lines = _usable(session, scopes, [code], today)
    ends: dict[date, int] = defaultdict(int)
    for line in lines:
        if line.expires_on is not None:
            ends[line.expires_on] += line.on_hand
    left, start, rungs = sum(line.on_hand for line in lines), today, []
    for until, quantity in sorted(ends.items()):
        rungs.append(Rung(start, until, left))
        left, start = left - quantity, until + timedelta(days=1)
    return rungs


def coverage_by_holder(session: Session, scopes: tuple[str, ...], now: datetime, *, today: date) -> list[Covered]:
    """Coverage of the mandates in scope, by kind of holder, in the order of the closed list."""
    shares: dict[HolderKind, list[int]] = defaultdict(list)
    for line in mandate_queries.coverage_report(session, now, now, today=today, scopes=scopes):
        if line.target.quantity and not line.target.is_coverage:
            shares[HOLDER_KIND_OF_TIER[line.target.tier]].append(line.covered * 100 // line.target.quantity)
    return [
        Covered(holder, sum(each) // len(each), len(each), sum(share >= 100 for share in each))
        for holder in HolderKind
        if (each := shares.get(holder))
    ]


def days_of_supply(
    session: Session, scopes: tuple[str, ...], now: datetime, language: Language, *, today: date
) -> list[Lasting]:
    """Usable stock in scope against the flow needs of all open incidents in the coming week; the shortest first."""
    needed = _needed(session, now)
    items = catalogue_queries.items_by_code(session, needed)
    usable: dict[str, int] = defaultdict(int)
    for line in _usable(session, scopes, sorted(needed), today) if needed else []:
        usable[line.item_code] += line.on_hand
    rows = [
        Lasting(
            code,
            (items[code].name_en if language is Language.EN else "") or items[code].name_zh,
            usable[code],
            daily=-(-total // AHEAD_DAYS),
            tenths=usable[code] * AHEAD_DAYS * 10 // total,
        )
        for code, total in needed.items()
    ]
    return sorted(rows, key=lambda row: (row.tenths, row.item_code))


def _needed(session: Session, now: datetime) -> dict[str, int]:
    totals: dict[str, int] = defaultdict(int)
    for incident in home.open_incidents(session, now):
        needs = incident_queries.needs_at(
            session, incident.id, now, now, due_from=now, due_until=now + timedelta(days=AHEAD_DAYS)
        )
        for need in needs:
            if need.kind is NeedKind.FLOW:
                totals[need.item_code] += need.base
    return {code: total for code, total in sorted(totals.items()) if total}


def _usable(
    session: Session, scopes: tuple[str, ...], item_codes: Sequence[str] | Iterable[str], today: date
) -> list[StockLine]:
    lines = queries.stock_lines(session, scopes=scopes, item_codes=item_codes)
    return [line for line in lines if rules.unusable_because(line, today) is None]
