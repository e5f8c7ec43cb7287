"""Bodies and people: the organisation tree whose path is every scope, the approval matrix, and the posts of the demo.

The emergency side (commission, emergency department) needs and orders; the reserve side (bureau, store) holds and
moves. Only holders of the tiered scheme carry a tier: governments, hospitals, producers, charities, rescue teams.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reserve.access.terms import Role
from reserve.organisations.terms import Body, OrganisationDraft, OrganisationsDraft, RegionDraft, RegionLevel, Tier
from reserve.papers.terms import HolderRelation, MatrixDraft, MatrixRowDraft
from seed.load import Row, read
from seed.places import Warehouse, WarehouseTier, hospitals, regions, warehouses

PROVINCE = "130000"
XIONGAN = "133100"
TIER_OF_LEVEL = {
    RegionLevel.PROVINCE: Tier.PROVINCE,
    RegionLevel.CITY: Tier.CITY,
    RegionLevel.COUNTY: Tier.COUNTY,
}


@dataclass(frozen=True, slots=True)
class Post:
    """A person of the demo, by post: where employed and over what the role reaches."""

    login: str
    display_name_zh: str
    organisation_code: str
    scope_code: str
    role: Role


def organisations() -> OrganisationsDraft:
    """Every organisation, parents before children."""
    places = {region.code: region for region in regions().regions}
    levels = list(RegionLevel)
    ordered = sorted(places.values(), key=lambda region: (levels.index(region.level), region.code))
    governments = [_government(region) for region in ordered]
    bodies = [body for region in ordered for body in _bodies(region)]
    return OrganisationsDraft(
        organisations=(*governments, *bodies, *_stores(), *_hospitals(), *_producers(), *_teams(places))
    )


def _government(region: RegionDraft) -> OrganisationDraft:
    suffix = "管理委员会" if region.code == XIONGAN else "人民政府"
    return OrganisationDraft(
        code=region.code,
        name_zh=f"{region.name_zh}{suffix}",
        name_en=f"{region.name_en} government",
        body=Body.GOVERNMENT,
        tier=TIER_OF_LEVEL[region.level],
        region_code=region.code,
        parent_code=region.parent_code,
    )


def _bodies(region: RegionDraft) -> Iterator[OrganisationDraft]:
    """Emergency department everywhere; commission and reserve bureau for province and cities; one audit body."""
    is_province = region.level is RegionLevel.PROVINCE
    department = "应急管理厅" if is_province else "应急管理局"
    yield _body("ED", region, department, "emergency department", Body.EMERGENCY_DEPARTMENT)
    if region.level is RegionLevel.COUNTY:
        return
    yield _body("EC", region, "应急委员会", "emergency commission", Body.COMMISSION)
    yield _body("RB", region, "粮食和物资储备局", "reserve bureau", Body.RESERVE_BUREAU)
    if is_province:
        yield _body("AU", region, "审计厅", "audit office", Body.AUDIT)


def _body(prefix: str, region: RegionDraft, name_zh: str, name_en: str, body: Body) -> OrganisationDraft:
    return OrganisationDraft(
        code=f"{prefix}-{region.code}",
        name_zh=f"{region.name_zh}{name_zh}",
        name_en=f"{region.name_en} {name_en}",
        body=body,
        region_code=region.code,
        parent_code=region.code,
    )


def _stores() -> Iterator[OrganisationDraft]:
    """Each store is an organisation of its own, so that a keeper's scope is his store; a charity keeps its own."""
    for store in warehouses():
        is_charity = store.tier is WarehouseTier.CHARITY
        yield OrganisationDraft(
            code=store.code,
            name_zh=store.name_zh,
            body=Body.CHARITY if is_charity else Body.STORE,
            tier=Tier.CHARITY if is_charity else None,
            region_code=store.region_code,
            parent_code=_parent_of(store),
            is_illustrative=True,
        )


def _parent_of(store: Warehouse) -> str:
    parents = {
        WarehouseTier.PROVINCE: f"RB-{PROVINCE}",
        WarehouseTier.CITY: f"RB-{store.region_code}",
        WarehouseTier.COUNTY: store.region_code,
        WarehouseTier.CHARITY: PROVINCE,
    }
    return parents[store.tier]


def _hospitals() -> Iterator[OrganisationDraft]:
    for hospital in hospitals():
        yield _holder(hospital.code, hospital.name_zh, Body.HOSPITAL, Tier.HOSPITAL, hospital.region_code)


def _producers() -> tuple[OrganisationDraft, ...]:
    return read(
        "producers.csv",
        lambda row: _holder(
            row.text("producer_code"), row.text("name_zh"), Body.PRODUCER, Tier.PRODUCER, row.text("region_code")
        ),
    )


def _teams(places: Mapping[str, RegionDraft]) -> tuple[OrganisationDraft, ...]:
    """A team stands under the government that owns it; the base is where it waits."""

    def team(row: Row) -> OrganisationDraft:
        base = row.text("base_region_code")
        owner = row.one_of("owner_level", RegionLevel)
        code = row.text("team_id")
        draft = _holder(code, row.text("name_zh"), Body.RESCUE_TEAM, Tier.RESCUE_BODY, base)
        return draft.model_copy(update={"parent_code": _above(places, base, owner)})

    return read("rescue_teams.csv", team)


def _above(places: Mapping[str, RegionDraft], code: str, level: RegionLevel) -> str:
    """The region of this level that manages ``code``, itself included."""
    while places[code].level is not level and places[code].parent_code:
        code = places[code].parent_code or code
    return code


def _holder(code: str, name_zh: str, body: Body, tier: Tier, region_code: str) -> OrganisationDraft:
    return OrganisationDraft(
        code=code,
        name_zh=name_zh,
        body=body,
        tier=tier,
        region_code=region_code,
        parent_code=region_code,
        is_illustrative=True,
    )


def approval_matrix() -> MatrixDraft:
    return MatrixDraft(rows=read("approval_matrix.csv", _matrix_row))


def _matrix_row(row: Row) -> MatrixRowDraft:
    return MatrixRowDraft(
        document_kind=row.text("document_kind"),
        response_level=row.text("response_level"),
        holder_relation=row.one_of("holder_relation", HolderRelation),
        value_minor_from=row.whole("value_minor_from"),
        quantity_from=row.whole_or_none("quantity_from"),
        step=row.whole("step"),
        role=row.text("role"),
        quorum=row.whole("quorum"),
        basis=row.maybe("basis"),
    )


def posts() -> tuple[Post, ...]:
    """The people of the demo (people.csv)."""
    return read("people.csv", _post)


def _post(row: Row) -> Post:
    return Post(
        login=row.text("login"),
        display_name_zh=row.text("display_name_zh"),
        organisation_code=row.text("organisation_code"),
        scope_code=row.text("scope_code"),
        role=row.one_of("role", Role),
    )
