"""Verbs and questions on places, on both engines."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from reserve.authority import Permission
from reserve.commands import Done, Runner
from reserve.errors import InvalidInput, NotAllowed, NotFound
from reserve.organisations import queries as organisation_queries
from reserve.sites import queries, service
from reserve.sites.terms import (
    BinDraft,
    BinKind,
    FleetDraft,
    FleetsDraft,
    Recorded,
    Road,
    RoadChangeDraft,
    RoadEvidence,
    RoutesDraft,
    SiteKind,
    SitesDraft,
    VehicleTypeDraft,
)
from tests.conftest import NOW
from tests.reserve.catalogue.goods import make_actor
from tests.reserve.sites.places import INSTALLER, TODAY, lay_out, lay_out_sites, make_route, make_site

HOUR = timedelta(hours=1)
PAIR = ("WH-P01", "RP-130109")
COUNTY_OFFICER = make_actor(Permission.SITE_WRITE, Permission.ROUTE_WRITE, path="/130000/130100/130109/")


def record_routes(session: Session, *routes: object, at: timedelta = timedelta()) -> None:
    service.record_routes(session, INSTALLER, RoutesDraft.model_validate({"routes": routes}), now=NOW + at, today=TODAY)


def closure(**changes: object) -> RoadChangeDraft:
    return RoadChangeDraft.model_validate({"from_site": PAIR[0], "to_site": PAIR[1], "reason": "bridge gone"} | changes)


def test_a_new_site_has_the_bins_of_its_kind(session: Session) -> None:
    lay_out_sites(session)

    plant = queries.bins_of_site(session, queries.get_site(session, "PR001"))
    store = queries.bins_of_site(session, queries.get_site(session, "WH-P01"))

    assert {code: each.kind for code, each in plant.items()} == {"A1": BinKind.SHELF, "PROD": BinKind.PRODUCTION}
    assert list(store) == ["A1", "INSP", "REJ", "RET", "STAGE"]


def test_recording_a_site_again_changes_it_and_adds_no_bin(session: Session) -> None:
    lay_out_sites(session)

    sites = SitesDraft(sites=(make_site(floor_area_m2=900),))
    service.record_sites(session, INSTALLER, sites, now=NOW, today=TODAY)

    site = queries.get_site(session, "WH-P01")
    assert site.floor_area_m2 == 900
    assert len(queries.bins_of_site(session, site)) == 5
    assert len(queries.sites_by_code(session)) == 3


def test_refused_sites_leave_no_trace(runner: Runner) -> None:
    sites = SitesDraft(sites=(make_site(),))

    with pytest.raises(InvalidInput) as refusal:
        runner.run(service.record_sites, sites, actor=INSTALLER, answer=Done)

    assert [(problem.field, problem.found) for problem in refusal.value.problems] == [
        ("sites.0.organisation_code", "BUREAU"),
        ("sites.0.region_code", "130100"),
    ]
    assert runner.ask(queries.sites_by_code) == {}


def test_a_county_does_not_write_the_sites_of_the_province(session: Session) -> None:
    lay_out(session)

    with pytest.raises(NotAllowed):
        service.record_sites(session, COUNTY_OFFICER, SitesDraft(sites=(make_site(),)), now=NOW, today=TODAY)

    assert queries.sites_by_code(session) == {}


def test_a_site_cannot_be_taken_over_from_outside_its_scope(session: Session) -> None:
    lay_out_sites(session)
    taken = SitesDraft(sites=(make_site(organisation_code="130109"),))

    with pytest.raises(NotAllowed):
        service.record_sites(session, COUNTY_OFFICER, taken, now=NOW, today=TODAY)

    assert queries.get_site(session, "WH-P01").organisation_path == "/130000/BUREAU/"


def test_sites_are_listed_inside_the_scope_only(session: Session) -> None:
    lay_out_sites(session)

    def listed(*scopes: str, **filters: object) -> list[str]:
        return [site.code for site in queries.list_sites(session, scopes, **filters)]  # type: ignore[arg-type]

    assert listed("/130000/") == ["PR001", "RP-130109", "WH-P01"]
    assert listed("/130000/130100/") == ["PR001", "RP-130109"]
    assert listed() == []
    assert listed("/130000/", kind=SiteKind.WAREHOUSE) == ["WH-P01"]
    assert listed("/130000/", after="PR001", limit=1) == ["RP-130109"]


def test_a_bin_is_added_once(session: Session) -> None:
    lay_out_sites(session)
    draft = BinDraft(site_code="WH-P01", code="B7")

    first = service.record_bin(session, INSTALLER, draft, now=NOW, today=TODAY)
    again = service.record_bin(session, INSTALLER, draft, now=NOW, today=TODAY)

    assert first.id == again.id
    with pytest.raises(InvalidInput):
        service.record_bin(
            session, INSTALLER, draft.model_copy(update={"kind": BinKind.REJECTED}), now=NOW, today=TODAY
        )
    with pytest.raises(NotFound):
        queries.get_bin(session, queries.get_site(session, "WH-P01"), "B8")


def test_a_bin_of_another_body_is_not_added(session: Session) -> None:
    lay_out_sites(session)
    draft = BinDraft(site_code="WH-P01", code="B7")

    with pytest.raises(NotAllowed):
        service.record_bin(session, COUNTY_OFFICER, draft, now=NOW, today=TODAY)

    assert "B7" not in queries.bins_of_site(session, queries.get_site(session, "WH-P01"))


def test_virtual_bins_come_into_being_once(session: Session) -> None:
    lay_out(session)
    organisation = organisation_queries.get_organisation(session, "PR001")

    transit = queries.transit_bin(session, "DSP-1")
    supplier = queries.outside_bin(session, BinKind.SUPPLIER, organisation)

    assert queries.transit_bin(session, "DSP-1").id == transit.id
    assert queries.outside_bin(session, BinKind.SUPPLIER, organisation).id == supplier.id
    assert queries.outside_bin(session, BinKind.LOST, organisation).id != supplier.id
    assert (transit.kind, transit.site_id) == (BinKind.IN_TRANSIT, None)
    assert (supplier.place, supplier.code) == ("PR001", "supplier")


def test_the_latest_version_of_a_road_holds(session: Session) -> None:
    lay_out_sites(session)
    record_routes(session, make_route(), make_route(minutes=90, valid_from=NOW + 5 * HOUR))

    now = NOW + 9 * HOUR
    assert queries.routes_at(session, NOW - HOUR, now) == {}
    assert queries.routes_at(session, NOW + HOUR, now) == {PAIR: Road(40, 35_000)}
    assert queries.routes_at(session, NOW + 5 * HOUR, now) == {PAIR: Road(90, 35_000)}


def test_what_was_known_then_does_not_change(session: Session) -> None:
    lay_out_sites(session)
    record_routes(session, make_route())
    record_routes(session, make_route(minutes=55), at=2 * HOUR)

    assert queries.routes_at(session, NOW, NOW + HOUR)[PAIR].minutes == 40
    assert queries.routes_at(session, NOW, NOW + 2 * HOUR)[PAIR].minutes == 55
    assert queries.routes_at(session, NOW, NOW + HOUR, to_sites=["WH-P01"]) == {}


def test_recorded_roads_win_over_estimates(session: Session) -> None:
    lay_out_sites(session)
    record_routes(session, make_route())
    sites = queries.sites_by_code(session).values()

    roads = queries.roads_between(session, sites, sites, NOW, NOW)

    assert len(roads) == 6
    assert roads[PAIR] == Road(40, 35_000)
    assert roads["PR001", "WH-P01"] == Road(21, 24_405, evidence=RoadEvidence.ESTIMATED)


def test_a_closed_road_is_closed_both_ways_until_it_is_opened(session: Session) -> None:
    lay_out_sites(session)
    record_routes(session, make_route())

    closed = service.close_road(session, INSTALLER, closure(), now=NOW + HOUR, today=TODAY)
    service.open_road(session, INSTALLER, closure(reason="pontoon"), now=NOW + 3 * HOUR, today=TODAY)

    later = NOW + 4 * HOUR
    back = PAIR[::-1]
    assert closed == Recorded(2)
    assert queries.routes_at(session, NOW + HOUR, later)[PAIR] == Road(40, 35_000, closed=True)
    assert queries.routes_at(session, NOW + HOUR, later)[back].closed is True
    assert queries.routes_at(session, NOW + 3 * HOUR, later)[PAIR].closed is False
    start, end = (queries.get_site(session, code) for code in PAIR)
    assert [version.reason for version in queries.history_of_road(session, start, end)] == [
        "",
        "bridge gone",
        "pontoon",
    ]


def test_closing_a_closed_road_is_refused(session: Session) -> None:
    lay_out_sites(session)
    service.close_road(session, INSTALLER, closure(both_ways=False), now=NOW, today=TODAY)

    with pytest.raises(service.RoadUnchanged):
        service.close_road(session, INSTALLER, closure(both_ways=False), now=NOW + HOUR, today=TODAY)

    assert len(queries.routes_at(session, NOW + HOUR, NOW + HOUR)) == 1


def test_a_road_is_written_from_one_of_its_ends(session: Session) -> None:
    lay_out_sites(session)
    far = RoutesDraft(routes=(make_route(end="PR001"),))

    service.close_road(session, COUNTY_OFFICER, closure(), now=NOW, today=TODAY)
    with pytest.raises(NotAllowed):
        service.record_routes(session, COUNTY_OFFICER, far, now=NOW, today=TODAY)

    assert ("WH-P01", "PR001") not in queries.routes_at(session, NOW, NOW)


def test_bad_routes_leave_no_trace(session: Session) -> None:
    lay_out_sites(session)

    with pytest.raises(InvalidInput) as refusal:
        record_routes(session, make_route(), make_route(end="MOON"))

    assert [problem.field for problem in refusal.value.problems] == ["routes.1.to_site"]
    assert queries.routes_at(session, NOW, NOW) == {}


def test_fleets_are_entered_and_changed_by_region_and_type(session: Session) -> None:
    lay_out(session)
    lorry = VehicleTypeDraft(
        code="lorry",
        name_zh="货车",
        payload_kg=9000,
        volume_dm3=55_000,
        speed_kmh_normal=65,
        speed_kmh_disaster=40,
        load_minutes=90,
    )
    fleet = FleetDraft(
        region_code="130100", vehicle_type="lorry", vehicles=4, available_from_hour=2, price_per_km_minor=800
    )
    service.record_fleets(
        session, INSTALLER, FleetsDraft(vehicle_types=(lorry,), fleets=(fleet,)), now=NOW, today=TODAY
    )

    more = FleetsDraft(fleets=(fleet.model_copy(update={"vehicles": 9}),))
    service.record_fleets(session, INSTALLER, more, now=NOW, today=TODAY)
    unknown = FleetsDraft(fleets=(fleet.model_copy(update={"vehicle_type": "balloon"}),))
    with pytest.raises(InvalidInput):
        service.record_fleets(session, INSTALLER, unknown, now=NOW, today=TODAY)

    assert [each.vehicles for each in queries.list_fleets(session, ["130100"])] == [9]
    assert list(queries.vehicle_types_by_code(session)) == ["lorry"]
