"""What can be made and who says so: producers, lines, materials, and what holders outside government declare."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from reserve.capacity.drafts import (
    AgreementDraft,
    AgreementsDraft,
    BomLineDraft,
    CapacityBaseDraft,
    CapacityDeclarationDraft,
    CapacityDeclarationsDraft,
    HoldingDraft,
    HoldingsDraft,
    LineDraft,
    LinesDraft,
    MaterialDraft,
    MaterialsDraft,
    MaterialSupplyDraft,
    ProducerDraft,
    ProducersDraft,
)
from reserve.capacity.terms import DeclarationKind, Ownership, ProducerRole, ProductKind, QualityStatus
from reserve.incidents.terms import Evidence
from seed.duties import team_equipment
from seed.load import Row, read
from seed.opening import OpeningLine
from seed.places import WarehouseTier, warehouses

DECLARED_FOR = timedelta(days=365)
"""Capacity records expire; the demo's are good for a year from the opening of the books."""
CALL_NOTICE_HOURS = 24
HOLDING_FEE_PERCENT = 5
"""Fee of a holding agreement, per cent of the goods' value a year; illustrative."""


def producers() -> ProducersDraft:
    return ProducersDraft(
        capacity_bases=read("capacity_bases.csv", _base),
        producers=read("producers.csv", _producer),
    )


def _base(row: Row) -> CapacityBaseDraft:
    return CapacityBaseDraft(
        code=row.text("capacity_base_code"),
        name_zh=row.text("name_zh"),
        lead_region_code=row.text("lead_region_code"),
        cluster_zh=row.maybe("cluster_zh"),
        focus=row.maybe("focus"),
    )


def _producer(row: Row) -> ProducerDraft:
    code = row.text("producer_code")
    return ProducerDraft(
        code=code,
        organisation_code=code,
        site_code=code,
        role=row.one_of("role", ProducerRole),
        ownership=row.one_of("ownership", Ownership),
        quality_status=row.one_of("quality_status", QualityStatus),
        cluster_zh=row.maybe("cluster_zh"),
        capacity_base_code=row.maybe("capacity_base_code") or None,
        material_days_on_hand=row.whole("material_days_on_hand"),
        holds_stock_on_behalf=row.flag("holds_stock_on_behalf"),
    )


def lines(valid_from: datetime) -> LinesDraft:
    return LinesDraft(lines=read("production_lines.csv", _line), valid_from=valid_from)


def _line(row: Row) -> LineDraft:
    product = row.text("product_code")
    return LineDraft(
        code=row.text("line_code"),
        producer_code=row.text("producer_code"),
        product_code=product,
        product_kind=ProductKind.MATERIAL if product.startswith("M") else ProductKind.ITEM,
        line_count=row.whole("line_count"),
        normal_daily=row.whole("normal_daily_output"),
        max_daily=row.whole("max_daily_output"),
        changeover_hours=row.whole("changeover_hours"),
        ramp_up_days=row.whole("ramp_up_days"),
        release_lag_days=row.whole("release_lag_days"),
        previous_product=row.maybe("previous_product"),
        min_batch=row.whole("min_batch"),
    )


def materials(valid_from: datetime) -> MaterialsDraft:
    """Materials, what goes into what, and the normal daily supply of the province."""
    return MaterialsDraft(
        materials=read("materials.csv", _material),
        bom=read("bom.csv", _bom_line),
        supplies=read("materials.csv", _supply),
        valid_from=valid_from,
    )


def _material(row: Row) -> MaterialDraft:
    return MaterialDraft(
        code=row.text("material_code"),
        name_zh=row.text("name_zh"),
        name_en=row.text("name_en"),
        unit=row.text("unit"),
        group=row.maybe("group"),
    )


def _supply(row: Row) -> MaterialSupplyDraft:
    return MaterialSupplyDraft(
        material_code=row.text("material_code"),
        daily_quantity=row.whole("province_daily_supply_normal"),
        in_province_permille=row.whole("in_province_share", per_unit=1000),
    )


def _bom_line(row: Row) -> BomLineDraft:
    per_unit = row.number("qty_per_unit")
    return BomLineDraft(
        product_code=row.text("product_code"),
        material_code=row.text("material_code"),
        numerator=per_unit.numerator,
        denominator=per_unit.denominator,
    )


def declarations(opened_on: date) -> CapacityDeclarationsDraft:
    """Every line declares its maximum daily capacity for a year; nothing is drilled yet."""

    def declared(row: Row) -> CapacityDeclarationDraft:
        return CapacityDeclarationDraft(
            line_code=row.text("line_code"),
            daily_quantity=row.whole("max_daily_output"),
            valid_from=opened_on,
            valid_until=opened_on + DECLARED_FOR,
            note="示例申报",
        )

    return CapacityDeclarationsDraft(declarations=read("production_lines.csv", declared))


def agreements(stock: Iterable[OpeningLine], price_minor: dict[str, int], opened_on: date) -> AgreementsDraft:
    """A holding agreement for what each producer keeps of each item for each owner."""
    plants = set(read("producers.csv", lambda row: row.text("producer_code")))
    kept: dict[tuple[str, str, str], int] = defaultdict(int)
    for line in stock:
        if line.site_code in plants:
            kept[(line.site_code, line.owner_code, line.item_code)] += line.quantity
    return AgreementsDraft(
        agreements=tuple(
            AgreementDraft(
                code=f"AG-{producer}-{owner}-{item}",
                producer_code=producer,
                beneficiary_code=owner,
                item_code=item,
                quantity=quantity,
                fee_minor=quantity * price_minor[item] * HOLDING_FEE_PERCENT // 100,
                call_notice_hours=CALL_NOTICE_HOURS,
                valid_from=opened_on,
                valid_until=opened_on + DECLARED_FOR,
            )
            for (producer, owner, item), quantity in sorted(kept.items())
        )
    )


def holdings(stock: Iterable[OpeningLine], confirmed_on: date) -> HoldingsDraft:
    """Teams declare their kit by standard and fill rate; charities pledge what stands in their stores."""
    return HoldingsDraft(holdings=(*_team_kits(confirmed_on), *_pledges(stock, confirmed_on)))


def _team_kits(confirmed_on: date) -> list[HoldingDraft]:
    standard = team_equipment()
    kits: list[HoldingDraft] = []
    teams = read(
        "rescue_teams.csv",
        lambda row: (row.text("team_id"), row.text("team_type"), row.number("equipment_fill_rate")),
    )
    for team, team_type, fill_rate in teams:
        per_item: dict[str, int] = defaultdict(int)
        for each in standard:
            if each.team_type == team_type:
                per_item[each.item_code] += each.quantity
        kits.extend(
            HoldingDraft(
                holder_code=team,
                kind=DeclarationKind.TEAM_KIT,
                item_code=item,
                quantity=int(quantity * fill_rate),
                evidence=Evidence.DECLARED,
                confirmed_on=confirmed_on,
                note="示例申报",
            )
            for item, quantity in sorted(per_item.items())
        )
    return kits


def _pledges(stock: Iterable[OpeningLine], confirmed_on: date) -> list[HoldingDraft]:
    charities = {store.code for store in warehouses() if store.tier is WarehouseTier.CHARITY}
    pledged: dict[tuple[str, str], int] = defaultdict(int)
    for line in stock:
        if line.owner_code in charities:
            pledged[(line.owner_code, line.item_code)] += line.quantity
    return [
        HoldingDraft(
            holder_code=charity,
            kind=DeclarationKind.PLEDGE,
            item_code=item,
            quantity=quantity,
            evidence=Evidence.VERIFIED,
            confirmed_on=confirmed_on,
            note="示例认捐",
        )
        for (charity, item), quantity in sorted(pledged.items())
    ]
