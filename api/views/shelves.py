"""Stock as people look at it: items with their ladder, an item's card, a lot with every line behind its figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy.orm import Session

from api.views.search import item_codes_found
from reserve.access import queries as access_queries
from reserve.catalogue import queries as catalogue_queries
from reserve.catalogue.models import Category, Item
from reserve.organisations import queries as organisation_queries
from reserve.sites import queries as site_queries
from reserve.stock import history, queries, rules
from reserve.stock.history import LedgerLine
from reserve.stock.models import Lot
from reserve.stock.terms import Rung, StockLine

PAGE = 40
SOON = timedelta(days=90)
MOST_SITES = 500
"""Sites in a list to choose from."""


@dataclass(frozen=True, slots=True)
class Moment:
    """As of which effective time, and as known at which recorded time; empty means now."""

    as_of: datetime | None = None
    known_at: datetime | None = None

    @property
    def is_now(self) -> bool:
        return self.as_of is None and self.known_at is None


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item with the sums of its ladder inside the reader's scopes. Base units."""

    item: Item
    book: int
    usable: int
    free: int
    held: int
    lots: int
    first_expiry: date | None
    expires_soon: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A rung with the names of its site and owner."""

    rung: Rung
    site: str
    owner: str


@dataclass(frozen=True, slots=True)
class ItemCard:
    item: Item
    category: Category
    row: ItemRow
    places: list[Place]
    lines: list[StockLine]
    site_names: dict[str, str]


@dataclass(frozen=True, slots=True)
class LotCard:
    """A lot, where it stands, and the ledger lines that made it so."""

    lot: Lot
    item: Item
    certificates: list[str]
    names: dict[str, str]
    """Of sites and owners, by code."""
    lines: list[StockLine]
    history: list[LedgerLine]
    next_after: int | None


def items_on_shelves(
    session: Session,
    scopes: tuple[str, ...],
    moment: Moment,
    *,
    text: str = "",
    site_code: str | None = None,
    after: str = "",
    today: date,
) -> tuple[list[ItemRow], str | None]:
    """Items that stand or once stood inside the scopes, and the key of the next page."""
    codes = item_codes_found(session, text) if text else None
    items = history.stocked_items(session, scopes, item_codes=codes, site_code=site_code, after=after, limit=PAGE)
    lines = _lines(session, scopes, moment, [item.code for item in items], site_code) if items else []
    by_item = {code: list(group) for code, group in groupby(lines, key=lambda line: line.item_code)}
    rows = [_row(item, by_item.get(item.code, []), today) for item in items]
    return rows, items[-1].code if len(items) == PAGE else None


def item_card(session: Session, scopes: tuple[str, ...], moment: Moment, code: str, *, today: date) -> ItemCard:
    """Everything about an item inside the scopes. Raises NotFound."""
    item = catalogue_queries.get_item(session, code)
    lines = _lines(session, scopes, moment, [code])
    names = {site: found.name_zh for site, found in site_queries.sites_by_code(session, _sites(lines)).items()}
    owners = organisation_queries.organisations_by_code(session, {line.owner_code for line in lines})
    places = [
        Place(rung, names.get(rung.site_code, rung.site_code), owners[rung.owner_code].name_zh)
        for rung in _rungs(lines, today)
    ]
    category = catalogue_queries.categories_by_code(session, [item.category_code])[item.category_code]
    by_expiry = sorted(lines, key=lambda line: (line.expires_on or date.max, line.lot_id, line.account_id))
    return ItemCard(item, category, _row(item, lines, today), places, by_expiry, names)


def lots_called(session: Session, scopes: tuple[str, ...], item_code: str, lot_code: str) -> list[Lot]:
    return history.lots_called(session, scopes, lot_code, item_code=item_code)


def lot_card(session: Session, scopes: tuple[str, ...], moment: Moment, lot: Lot, *, after: int = 0) -> LotCard:
    """Where a lot stands at a moment and how it came there, one keyset page of its lines."""
    item = catalogue_queries.get_item(session, lot.item_code)
    lines = queries.stock_lines(session, scopes=scopes, lot_ids=[lot.id], known_at=moment.known_at, as_of=moment.as_of)
    told = history.lines_of_lot(
        session, lot.id, scopes, as_of=moment.as_of, known_at=moment.known_at, after=after, limit=PAGE
    )
    certificates = [each for each in (lot.certificate, *(line.certificate for line in lines)) if each]
    next_after = told[-1].id if len(told) == PAGE else None
    return LotCard(lot, item, list(dict.fromkeys(certificates)), _names(session, lines), lines, told, next_after)


def _names(session: Session, lines: Sequence[StockLine]) -> dict[str, str]:
    owners = organisation_queries.organisations_by_code(session, {line.owner_code for line in lines})
    sites = site_queries.sites_by_code(session, _sites(lines))
    return {code: owner.name_zh for code, owner in owners.items()} | {
        code: site.name_zh for code, site in sites.items()
    }


def people_of(session: Session, lines: Iterable[LedgerLine]) -> dict[int, str]:
    """Names of those who recorded ledger lines."""
    return access_queries.names_of_persons(session, {line.person_id for line in lines})


def _lines(
    session: Session, scopes: tuple[str, ...], moment: Moment, item_codes: Sequence[str], site_code: str | None = None
) -> list[StockLine]:
    return queries.stock_lines(
        session,
        scopes=scopes,
        item_codes=item_codes,
        site_codes=[site_code] if site_code else None,
        known_at=moment.known_at,
        as_of=moment.as_of,
    )


def _sites(lines: Iterable[StockLine]) -> set[str]:
    return {line.site_code for line in lines}


def _rungs(lines: Sequence[StockLine], today: date) -> list[Rung]:
    return [
        rules.walk_ladder(list(group), today=today, arrival=today, floor=0)
        for _, group in groupby(lines, key=lambda line: (line.item_code, line.site_code, line.owner_code))
    ]


def _row(item: Item, lines: Sequence[StockLine], today: date) -> ItemRow:
    rungs = _rungs(lines, today)
    usable = [line for line in lines if rules.unusable_because(line, today) is None]
    expiries = [line.expires_on for line in usable if line.expires_on is not None]
    first = min(expiries, default=None)
    return ItemRow(
        item,
        book=sum(rung.book for rung in rungs),
        usable=sum(rung.usable for rung in rungs),
        free=sum(rung.free for rung in rungs),
        held=sum(rung.usable - rung.free for rung in rungs),
        lots=len({line.lot_id for line in lines}),
        first_expiry=first,
        expires_soon=first is not None and first <= today + SOON,
    )
