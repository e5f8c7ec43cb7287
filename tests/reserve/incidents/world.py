"""A province, a city with three counties and their hospitals, for tests of incidents and mandates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from reserve.authority import Actor, Grant, Permission
from reserve.catalogue.models import Category, Item
from reserve.catalogue.terms import LifeCycle
from reserve.incidents import reporting, service
from reserve.incidents.models import Incident
from reserve.incidents.picture import Confidence, Measure, NormKind, Scenario
from reserve.incidents.terms import (
    AreaDraft,
    DriverRuleDraft,
    IncidentClass,
    IncidentDraft,
    NormDraft,
    ObservationDraft,
    ObservationsDraft,
    RangeDraft,
    RuleBookDraft,
    SeverityProfileDraft,
)
from reserve.organisations.models import Organisation, Region
from reserve.organisations.terms import HOLDER_KIND_OF_TIER, Body, RegionLevel, Tier
from reserve.papers import service as papers
from reserve.papers.terms import MatrixDraft, MatrixRowDraft
from reserve.sites.models import Bin, Site
from reserve.sites.terms import BinKind, SiteKind

NOW = datetime(2021, 1, 5, 0, 0, tzinfo=UTC)
"""5 January 2021, 08:00 in Hebei."""
TODAY = date(2021, 1, 5)
CODE = "INC-1"
SUIT, MASK, VENTILATOR = "H2010201", "H2010103", "H2020101"


def actor(person: int, role: str, path: str = "/130000/", *permissions: Permission) -> Actor:
    return Actor(person, person, f"user{person}", (Grant(role, path, frozenset(permissions)),))


PLANNER = actor(1, "planner", "/", *Permission)
REQUESTER = actor(2, "requester", "/130000/130100/130109/", Permission.NEED_REQUEST)
MEMBER = actor(3, "provincial_commission_member", "/130000/", Permission.DOCUMENT_SIGN)
DIRECTOR = actor(4, "provincial_commission_director", "/130000/", Permission.DOCUMENT_SIGN)
STRANGER = actor(9, "keeper", "/130000/", Permission.STOCK_READ)

REGIONS = (
    ("130000", RegionLevel.PROVINCE, None, 3000),
    ("130100", RegionLevel.CITY, "130000", 3000),
    ("130102", RegionLevel.COUNTY, "130100", 1000),
    ("130104", RegionLevel.COUNTY, "130100", 1000),
    ("130109", RegionLevel.COUNTY, "130100", 1000),
)
ITEMS = ((SUIT, "medical_protection"), (MASK, "medical_protection"), (VENTILATOR, "medical_rescue"))


def build_world(session: Session) -> None:
    """Regions, governments, hospitals, receiving points, items, and an approval matrix for responses."""
    for code, level, parent, population in REGIONS:
        session.add(_region(code, level, parent, population))
    session.flush()
    for code, level, parent, _ in REGIONS:
        session.add(_government(session, code, level, parent))
        session.flush()
    for code, level, _, _ in REGIONS:
        if level is RegionLevel.COUNTY:
            session.add_all([_site(session, f"HS-{code}", code), _site(session, f"RP-{code}", code)])
    for category in sorted({category for _, category in ITEMS}):
        session.add(Category(code=category, name_zh=category, name_en=category, gb_class="2"))
    session.flush()
    session.add_all([_item(code, category) for code, category in ITEMS])
    session.flush()
    rows = [_step("I", 1, "provincial_commission_member"), _step("I", 2, "provincial_commission_director")]
    papers.set_approval_matrix(session, PLANNER, MatrixDraft(rows=tuple(rows)), now=NOW, today=TODAY)


def _step(level: str, step: int, role: str) -> MatrixRowDraft:
    return MatrixRowDraft.model_validate(
        {
            "document_kind": "response_activation",
            "response_level": level,
            "holder_relation": "any",
            "value_minor_from": 0,
            "step": step,
            "role": role,
            "quorum": 1,
        }
    )


def _region(code: str, level: RegionLevel, parent: str | None, population: int) -> Region:
    return Region(
        code=code,
        name_zh=code,
        name_en=code,
        level=level,
        county_equivalent=level is RegionLevel.COUNTY,
        parent_code=parent,
        gb_parent_code=parent,
        latitude=38.0,
        longitude=114.5,
        population=population,
        households=population // 4,
        hazard_tags="flash_flood",
    )


def _government(session: Session, code: str, level: RegionLevel, parent: str | None) -> Organisation:
    tier = Tier(level.value)
    above = session.query(Organisation).filter_by(code=parent).one() if parent else None
    return Organisation(
        code=code,
        name_zh=code,
        name_en=code,
        body=Body.GOVERNMENT,
        tier=tier,
        holder_kind=HOLDER_KIND_OF_TIER[tier],
        region_code=code,
        parent_id=above.id if above else None,
        path=f"{above.path if above else '/'}{code}/",
        is_illustrative=True,
    )


def _site(session: Session, code: str, region: str) -> Site:
    organisation = session.query(Organisation).filter_by(code=region).one()
    is_hospital = code.startswith("HS")
    return Site(
        code=code,
        name_zh=code,
        name_en=code,
        kind=SiteKind.HOSPITAL if is_hospital else SiteKind.RECEIVING_POINT,
        organisation_id=organisation.id,
        organisation_path=organisation.path,
        region_code=region,
        latitude=38.0,
        longitude=114.5,
        floor_area_m2=0,
        loading_docks=0,
        trucks_per_hour=0,
        beds=110 if is_hospital else 0,
        icu_beds=10 if is_hospital else 0,
        health_workers=40 if is_hospital else 0,
        is_designated=is_hospital,
        is_illustrative=True,
    )


def place_shelf(session: Session, site_code: str) -> None:
    """A shelf A1 in a site, once."""
    if session.query(Bin).filter_by(place=site_code).first() is None:
        site = session.query(Site).filter_by(code=site_code).one()
        session.add(Bin(place=site_code, code="A1", kind=BinKind.SHELF, site_id=site.id))
        session.flush()


def _item(code: str, category: str) -> Item:
    return Item(
        code=code,
        name_zh=code,
        name_en=code,
        unit="piece",
        category_code=category,
        scenarios="public_health",
        shelf_life_months=36,
        min_remaining_months=0,
        weight_g=100,
        volume_cm3=100,
        quality_standard="",
        substitution_group="",
        equivalence_millis=1000,
        is_reusable=False,
        needs_cold_chain=False,
        needs_certificate=False,
        life_cycle=LifeCycle.CONSUMABLE,
        reserve_modes="physical",
        pack_size=1,
        unit_price_minor=100,
        service_life_days=None,
        recorded_at=NOW,
    )


def span(base: str) -> RangeDraft:
    return RangeDraft.model_validate({"low": base, "base": base, "high": base})


def norm(code: str, item: str, driver: str, quantity: str, kind: NormKind = NormKind.PER_DAY) -> NormDraft:
    return NormDraft(
        code=code,
        item_code=item,
        scenario=Scenario.PUBLIC_HEALTH,
        driver=driver,
        quantity=span(quantity),
        kind=kind,
        confidence=Confidence.LOW,
        source="a book",
    )


NORMS = (
    norm("N001", SUIT, "critical_bed_day", "12"),
    norm("N016", MASK, "resident_day", "1"),
    norm("N021", VENTILATOR, "critical_patient", "1", NormKind.ONE_OFF),
)
PROFILE = SeverityProfileDraft.model_validate(
    {
        "profile": "tenths",
        "share_mild": "0.7",
        "share_severe": "0.2",
        "share_critical": "0.1",
        "bed_days_mild": 14,
        "bed_days_severe": 14,
        "bed_days_critical": 20,
    }
)


def rule_book(**changes: Any) -> RuleBookDraft:
    drivers = ("critical_bed_day", "critical_patient", "resident_day")
    values: dict[str, Any] = {
        "norms": NORMS,
        "drivers": tuple(
            DriverRuleDraft(driver=driver, amount=span("1"), confidence=Confidence.MEDIUM) for driver in drivers
        ),
        "profiles": (PROFILE,),
        "basis": "test",
    }
    return RuleBookDraft.model_validate(values | changes)


def incident_draft(**changes: Any) -> IncidentDraft:
    values: dict[str, Any] = {
        "code": CODE,
        "title_zh": "演练",
        "scenario": Scenario.PUBLIC_HEALTH,
        "incident_class": IncidentClass.MAJOR,
        "organisation_code": "130000",
        "begins_on": TODAY,
        "areas": (
            AreaDraft(region_code="130109", affected_population=1000, confirmed_cases=8),
            AreaDraft(region_code="130102", affected_population=1000, confirmed_cases=2),
        ),
        "reported": (Measure.NEW_CONFIRMED_CASES,),
        "severity_profile": "tenths",
    }
    return IncidentDraft.model_validate(values | changes)


def declared(session: Session, **changes: Any) -> Incident:
    """The world with one declared incident."""
    build_world(session)
    reporting.set_rule_book(session, PLANNER, rule_book(), now=NOW - timedelta(days=1), today=TODAY)
    return service.declare_incident(session, PLANNER, incident_draft(**changes), now=NOW, today=TODAY)


def report(session: Session, measure: Measure, on: date, value: int, region: str = "130000", *, now: datetime) -> None:
    values = (ObservationDraft(measure=measure, region_code=region, on=on, value=value),)
    draft = ObservationsDraft(incident_code=CODE, observations=values, source="通报")
    reporting.record_observations(session, PLANNER, draft, now=now, today=(now + timedelta(hours=8)).date())
