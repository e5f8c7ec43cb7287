"""Sheets of what is known about the world: catalogue, sites, declarations. A row names a thing and says what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.sheets.columns import Column, Form
from api.sheets.kinds import Kind, Row, Values
from api.sheets.stock_kinds import ITEM, ITEM_NAME, UNIT
from reserve.capacity import queries as capacity_queries
from reserve.capacity import service as capacity
from reserve.capacity.drafts import HoldingDraft, HoldingsDraft
from reserve.capacity.terms import DeclarationKind
from reserve.catalogue import queries as catalogue_queries
from reserve.catalogue import service as catalogue
from reserve.catalogue.models import Item
from reserve.catalogue.terms import CatalogueDraft, ItemDraft, LifeCycle, ReserveMode
from reserve.commands import canonical_json
from reserve.incidents.terms import Evidence
from reserve.organisations import queries as organisation_queries
from reserve.sheets.terms import SheetKind
from reserve.sites import queries as site_queries
from reserve.sites import service as sites
from reserve.sites.models import Site
from reserve.sites.terms import SiteDraft, SiteKind, SitesDraft

END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)
"""As of then the newest version of everything stands."""


class RecordKind(Kind):
    """A sheet whose rows are records known by a code; a row that says nothing new changes nothing."""

    model: ClassVar[type[BaseModel]]

    def told(self, row: Row) -> str:
        return _said(row.line)

    def identity_of(self, row: Row) -> str:
        return self.name_of(row.line)

    def name_of(self, line: BaseModel) -> str:
        """The code under which the books know a record."""
        return str(getattr(line, "code"))  # noqa: B009 - lines of all but one kind carry it

    def undone(self, after: BaseModel) -> BaseModel | None:
        """What takes back a record that was not there before; None where nothing can: it stays."""
        return None

    def standing(self, session: Session, scopes: tuple[str, ...], identities: Sequence[str]) -> Mapping[str, str]:
        return {identity: _said(draft) for identity, draft in self._known(session, identities).items()}

    def _known(self, session: Session, identities: Sequence[str]) -> Mapping[str, BaseModel]:
        raise NotImplementedError


def _said(draft: BaseModel) -> str:
    return canonical_json(draft.model_dump(mode="json"))


def _values(draft: BaseModel) -> dict[str, Any]:
    return {name: value for name, value in draft.model_dump().items() if value not in (None, "", ())}


class Catalogue(RecordKind):
    kind = SheetKind.CATALOGUE
    model = ItemDraft
    title = "Catalogue"
    verb = staticmethod(catalogue.record_catalogue)
    columns = (
        Column("code", "Item code", Form.CODE, required=True, example="H2010104"),
        Column("name_zh", "Chinese name", required=True, example="医用外科口罩"),
        Column("name_en", "English name", required=True, example="Surgical mask"),
        Column("unit", "Unit", required=True, example="piece"),
        Column("category", "Category", Form.CODE, required=True),
        Column("scenarios", "Scenarios", Form.CODES),
        Column("shelf_life_months", "Shelf life (months)", Form.WHOLE),
        Column("min_remaining_months", "Life left at issue (months)", Form.WHOLE),
        Column("weight_g", "Weight (g)", Form.WHOLE, required=True),
        Column("volume_cm3", "Volume (cm3)", Form.WHOLE, required=True),
        Column("quality_standard", "Quality standard"),
        Column("substitution_group", "Substitution group", Form.CODE),
        Column("equivalence_millis", "Equivalence (thousandths)", Form.WHOLE),
        Column("is_reusable", "Reusable", Form.YES_NO),
        Column("needs_cold_chain", "Cold chain", Form.YES_NO),
        Column("needs_certificate", "Needs a certificate", Form.YES_NO),
        Column("life_cycle", "Consumable or durable", Form.CHOICE, choices=tuple(LifeCycle)),
        Column("reserve_modes", "Forms of reserve", Form.CODES),
        Column("pack_size", "Pieces in a pack", Form.WHOLE),
        Column("unit_price_minor", "Unit price (fen)", Form.WHOLE, required=True),
        Column("service_life_days", "Service life (days)", Form.WHOLE),
        Column("gb_code", "GB code", Form.CODE),
    )

    def line_of(self, values: Values) -> tuple[tuple[Any, ...], ItemDraft]:
        return (), ItemDraft(**values)

    def draft_of(self, header: tuple[Any, ...], lines: Sequence[Any]) -> CatalogueDraft:
        return CatalogueDraft(items=tuple(lines))

    def listed(self, session: Session, scopes: tuple[str, ...], site_code: str) -> list[dict[str, Any]]:
        return [_values(_item(item)) for item in catalogue_queries.items_by_code(session).values()]

    def _known(self, session: Session, identities: Sequence[str]) -> Mapping[str, BaseModel]:
        return {code: _item(item) for code, item in catalogue_queries.items_by_code(session, identities).items()}


def _item(item: Item) -> ItemDraft:
    fields = {name: getattr(item, name) for name in ItemDraft.model_fields if hasattr(item, name)}
    return ItemDraft.model_validate(
        fields
        | {
            "category": item.category_code,
            "scenarios": tuple(part for part in item.scenarios.split(";") if part),
            "reserve_modes": tuple(ReserveMode(part) for part in item.reserve_modes.split(";") if part),
        }
    )


class Sites(RecordKind):
    kind = SheetKind.SITES
    model = SiteDraft
    title = "Sites"
    verb = staticmethod(sites.record_sites)
    columns = (
        Column("code", "Site code", Form.CODE, required=True, example="CK130100-01"),
        Column("name_zh", "Chinese name", required=True),
        Column("name_en", "English name"),
        Column("kind", "Kind of site", Form.CHOICE, required=True, choices=tuple(SiteKind), example="warehouse"),
        Column("organisation_code", "Custodian code", Form.CODE, required=True, codes_of="organisation"),
        Column("region_code", "Region code", Form.CODE, required=True, example="130109"),
        Column("latitude", "Latitude", Form.NUMBER, required=True, example="38.04"),
        Column("longitude", "Longitude", Form.NUMBER, required=True, example="114.51"),
        Column("floor_area_m2", "Floor area (m2)", Form.WHOLE),
        Column("loading_docks", "Loading docks", Form.WHOLE),
        Column("trucks_per_hour", "Trucks an hour", Form.WHOLE),
        Column("beds", "Beds", Form.WHOLE),
        Column("icu_beds", "ICU beds", Form.WHOLE),
        Column("health_workers", "Health workers", Form.WHOLE),
        Column("is_designated", "Designated hospital", Form.YES_NO),
        Column("is_illustrative", "Made up for an exercise", Form.YES_NO),
    )

    def line_of(self, values: Values) -> tuple[tuple[Any, ...], SiteDraft]:
        return (), SiteDraft(**values)

    def draft_of(self, header: tuple[Any, ...], lines: Sequence[Any]) -> SitesDraft:
        return SitesDraft(sites=tuple(lines))

    def listed(self, session: Session, scopes: tuple[str, ...], site_code: str) -> list[dict[str, Any]]:
        rows: list[Site] = []
        while page := site_queries.list_sites(session, scopes, after=rows[-1].code if rows else "", limit=1000):
            rows += page
        return [_values(draft) for draft in _sites(session, rows).values()]

    def _known(self, session: Session, identities: Sequence[str]) -> Mapping[str, BaseModel]:
        return _sites(session, site_queries.sites_by_code(session, identities).values())


def _sites(session: Session, rows: Any) -> dict[str, SiteDraft]:
    rows = list(rows)
    custodians = organisation_queries.organisations_by_id(session, {site.organisation_id for site in rows})
    names = [name for name in SiteDraft.model_fields if name != "organisation_code"]
    return {
        site.code: SiteDraft(
            **{name: getattr(site, name) for name in names}, organisation_code=custodians[site.organisation_id].code
        )
        for site in rows
    }


class Declarations(RecordKind):
    kind = SheetKind.DECLARATIONS
    model = HoldingDraft
    title = "Declarations"
    verb = staticmethod(capacity.declare_holdings)
    columns = (
        Column("holder_code", "Holder code", Form.CODE, required=True, codes_of="organisation"),
        Column("kind", "Kind of declaration", Form.CHOICE, required=True, choices=tuple(DeclarationKind)),
        *(ITEM, ITEM_NAME, UNIT),
        Column("quantity", "Quantity (pieces)", Form.WHOLE, required=True, example="1000"),
        Column("evidence", "Evidence", Form.CHOICE, choices=tuple(Evidence)),
        Column("confirmed_on", "Confirmed on", Form.DAY, required=True, example="2026-01-05"),
        Column("note", "Note"),
    )

    def line_of(self, values: Values) -> tuple[tuple[Any, ...], HoldingDraft]:
        return (), HoldingDraft(**{name: value for name, value in values.items() if name not in ("item_name", "unit")})

    def draft_of(self, header: tuple[Any, ...], lines: Sequence[Any]) -> HoldingsDraft:
        return HoldingsDraft(holdings=tuple(lines))

    def name_of(self, line: BaseModel) -> str:
        assert isinstance(line, HoldingDraft)
        return f"{line.holder_code} {line.kind} {line.item_code}"

    def undone(self, after: BaseModel) -> BaseModel | None:
        return after.model_copy(update={"quantity": 0})

    def listed(self, session: Session, scopes: tuple[str, ...], site_code: str) -> list[dict[str, Any]]:
        return [_values(draft) for path, draft in _holdings(session) if any(path.startswith(each) for each in scopes)]

    def _known(self, session: Session, identities: Sequence[str]) -> Mapping[str, BaseModel]:
        known = {self.name_of(draft): draft for _, draft in _holdings(session)}
        return {identity: known[identity] for identity in identities if identity in known}


def _holdings(session: Session) -> list[tuple[str, HoldingDraft]]:
    """What stands now, with the path of each holder."""
    rows = capacity_queries.holdings_at(session, END_OF_TIME, END_OF_TIME)
    holders = organisation_queries.organisations_by_id(session, {row.holder_id for row in rows})
    names = [name for name in HoldingDraft.model_fields if name != "holder_code"]
    return [
        (
            holders[row.holder_id].path,
            HoldingDraft(holder_code=holders[row.holder_id].code, **{name: getattr(row, name) for name in names}),
        )
        for row in rows
    ]
