"""Opening balances of the reference world: the rule of ``opening.py`` on the reference tables, a draft per site."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from reserve.catalogue.terms import ItemDraft
from reserve.clock import local_time
from reserve.mandates.targets import targets_of
from reserve.mandates.terms import Holder
from reserve.organisations.terms import RegionDraft, Tier
from reserve.sites.terms import SiteKind
from reserve.stock.drafts import LotDraft, OpeningDraft, OpeningLineDraft
from reserve.stock.rules import months_after
from reserve.stock.terms import Fund
from seed.bodies import PROVINCE
from seed.duties import mandates, rule_book
from seed.goods import catalogue
from seed.holders import holders, keepers_on_behalf
from seed.load import BadCell, Row, read
from seed.opening import Fill, Goods, OpeningLine, Stockholder, Store, opening_lines
from seed.places import Warehouse, WarehouseTier, regions, sites, warehouses

FUND_OF_TIER = {
    Tier.PROVINCE: Fund.PROVINCIAL,
    Tier.CITY: Fund.CITY,
    Tier.COUNTY: Fund.COUNTY,
    Tier.CHARITY: Fund.DONATION,
    Tier.HOSPITAL: Fund.OWN,
    Tier.PRODUCER: Fund.PROVINCIAL,
}
"""Whose money. What producers keep on behalf was paid for by the province, which owns it."""

SHELF_OF_KIND = {SiteKind.WAREHOUSE: "A1", SiteKind.HOSPITAL: "RP", SiteKind.PLANT: "A1"}
"""Where goods stand in a site of each kind; a hospital has no shelf of its own beside its receiving point."""

TITLE = "示例期初库存:按规则推算,非实盘 (illustrative opening stock by rule, not counted)"
CERTIFICATE = "示例合格证"
DAYS_PER_MONTH = Fraction(365, 12)


@dataclass(frozen=True, slots=True)
class FillRow:
    """A row of opening_fill.csv; empty item: the whole category; empty incident: the default."""

    tier: Tier
    category: str
    item_code: str
    incident_code: str
    fill: Fill


def fills(tier: Tier, incident_code: str | None) -> Mapping[str, Fill]:
    """Fill by item for a tier: a row of the incident goes before the default, of the item before its category."""
    category_of = {item.code: item.category for item in catalogue().items}
    found: dict[str, Fill] = {}
    rows = [row for row in read("opening_fill.csv", _fill_row) if row.tier is tier]
    applying = [row for row in rows if row.incident_code in ("", incident_code)]
    for row in sorted(applying, key=lambda row: (row.incident_code != "", row.item_code != "")):
        codes = (
            [row.item_code] if row.item_code else [c for c, category in category_of.items() if category == row.category]
        )
        found.update(dict.fromkeys(codes, row.fill))
    return found


def _fill_row(row: Row) -> FillRow:
    lots = row.number_pairs("lots")
    if sum(share for share, _ in lots) != 1:
        raise BadCell("lots", "shares that add to 1", row.maybe("lots"))
    fill = Fill(row.number("fill_share"), lots, row.number("held_on_behalf_share"))
    return FillRow(
        row.one_of("tier", Tier), row.text("category"), row.maybe("item_code"), row.maybe("incident_id"), fill
    )


def stockholders() -> tuple[tuple[Holder, Stockholder], ...]:
    """Every holder with a place for goods, and its targets. Teams and townships declare; households are coverage."""
    book, duties, stores = rule_book(), mandates(), _stores_by_owner()
    found = []
    for holder in holders():
        targets: dict[str, int] = defaultdict(int)
        for target in targets_of(holder, duties, book)[0]:
            targets[target.item_code] += target.quantity
        owner = PROVINCE if holder.tier is Tier.PRODUCER else holder.code
        fund = FUND_OF_TIER[holder.tier]
        found.append((holder, Stockholder(owner, fund, _stores_of(holder, stores), dict(targets))))
    return tuple(found)


def _stores_by_owner() -> Mapping[str, tuple[Store, ...]]:
    stores: dict[str, list[Store]] = defaultdict(list)
    for warehouse in warehouses():
        stores[_owner_of(warehouse)].append(Store(warehouse.code, warehouse.floor_area_m2))
    return {owner: tuple(kept) for owner, kept in stores.items()}


def _owner_of(warehouse: Warehouse) -> str:
    """Goods belong to the government of the tier; a charity owns its own."""
    owners = {WarehouseTier.PROVINCE: PROVINCE, WarehouseTier.CHARITY: warehouse.code}
    return owners.get(warehouse.tier, warehouse.region_code)


def _stores_of(holder: Holder, stores: Mapping[str, tuple[Store, ...]]) -> tuple[Store, ...]:
    """Governments and charities have stores with a floor area; a hospital and a plant keep in their own house."""
    return stores.get(holder.code, (Store(holder.code),))


def opening_stock(incident_code: str | None = None) -> tuple[OpeningLine, ...]:
    """The whole opening stock, sorted by holder and site."""
    filled = {tier: fills(tier, incident_code) for tier in FUND_OF_TIER}
    places = {region.code: region for region in regions().regions}
    goods = {item.code: Goods(item.category, item.volume_cm3, item.pack_size) for item in catalogue().items}
    return tuple(
        line
        for holder, stock in stockholders()
        for line in opening_lines(stock, filled[holder.tier], goods, _keepers(holder, places[holder.region_code]))
    )


def _keepers(holder: Holder, region: RegionDraft) -> Mapping[str, str]:
    """Only governments have stock kept by others; a producer keeps its contract stock itself."""
    return keepers_on_behalf(region) if holder.tier in (Tier.PROVINCE, Tier.CITY) else {}


def opening_drafts(stock: Iterable[OpeningLine], opened_on: date) -> tuple[OpeningDraft, ...]:
    """One draft per site, in the order of codes."""
    items = {item.code: item for item in catalogue().items}
    kinds = {site.code: site.kind for site in sites().sites}
    by_site: dict[str, list[OpeningLineDraft]] = defaultdict(list)
    for line in stock:
        by_site[line.site_code].append(
            _line_draft(line, items[line.item_code], opened_on, SHELF_OF_KIND[kinds[line.site_code]])
        )
    opened_at = local_time(opened_on, 8)
    return tuple(
        OpeningDraft(site_code=site, lines=tuple(lines), occurred_at=opened_at, title=TITLE)
        for site, lines in sorted(by_site.items())
    )


def _line_draft(line: OpeningLine, item: ItemDraft, opened_on: date, bin_code: str) -> OpeningLineDraft:
    """A lot is named by item and age, the same in every store, so that a recall reaches them all."""
    expires_on = made_on = None
    if item.shelf_life_months is not None:
        expires_on = opened_on + timedelta(days=int(line.life_left * item.shelf_life_months * DAYS_PER_MONTH))
        made_on = months_after(expires_on, -item.shelf_life_months)
    lot = LotDraft(
        item_code=item.code,
        code=f"{item.code}-{line.lot_no + 1}",
        maker="示例厂家",
        expires_on=expires_on,
        made_on=made_on,
        pack_size=item.pack_size,
        certificate=CERTIFICATE if item.needs_certificate else None,
    )
    return OpeningLineDraft(
        lot=lot, owner_code=line.owner_code, fund=line.fund, quantity=line.quantity, bin_code=bin_code
    )
