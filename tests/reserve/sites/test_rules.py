"""Laws of places and roads."""

import pytest
from pydantic import ValidationError

from reserve.sites.rules import (
    bin_problems,
    estimated_road,
    fleet_problems,
    minutes_at,
    route_problems,
    site_problems,
)
from reserve.sites.terms import (
    DEFAULT_BINS,
    BinDraft,
    BinKind,
    FleetDraft,
    FleetsDraft,
    RoadEvidence,
    RoutesDraft,
    SiteKind,
    SitesDraft,
    VehicleTypeDraft,
)
from tests.reserve.incidents.hebei import rows
from tests.reserve.sites.places import make_route, make_site


def test_the_estimate_is_the_rule_of_the_reference_data() -> None:
    centres = {row["code"]: (float(row["latitude"]), float(row["longitude"])) for row in rows("regions")}
    pairs = [row for row in rows("road_km") if {row["from_code"], row["to_code"]} <= centres.keys()]

    far_off = [
        row
        for row in pairs
        if abs(
            estimated_road(*centres[row["from_code"]], *centres[row["to_code"]]).metres - float(row["road_km"]) * 1000
        )
        > 130  # the file rounds the great circle to 0.1 km before it takes 1.3 times that
    ]

    assert len(pairs) == 14 * 13
    assert far_off == []


def test_two_sites_on_one_spot_are_some_streets_apart() -> None:
    road = estimated_road(38.0, 114.5, 38.0, 114.5)

    assert (road.metres, road.minutes, road.evidence) == (3_000, 3, RoadEvidence.ESTIMATED)


def test_a_degree_of_latitude_is_144_road_kilometres() -> None:
    road = estimated_road(38.0, 114.5, 39.0, 114.5)

    assert (road.metres, road.minutes, road.closed) == (144_553, 124, False)


def test_minutes_are_rounded_up() -> None:
    assert [minutes_at(60, metres) for metres in (0, 1, 1_000, 1_001)] == [0, 1, 1, 2]


def test_every_kind_of_site_has_its_bins() -> None:
    assert DEFAULT_BINS[SiteKind.WAREHOUSE] == {
        "A1": BinKind.SHELF,
        "STAGE": BinKind.STAGING,
        "INSP": BinKind.INSPECTION,
        "REJ": BinKind.REJECTED,
        "RET": BinKind.RETURNED,
    }
    assert DEFAULT_BINS[SiteKind.PLANT] == {"PROD": BinKind.PRODUCTION, "A1": BinKind.SHELF}
    assert DEFAULT_BINS[SiteKind.HOSPITAL] == DEFAULT_BINS[SiteKind.RECEIVING_POINT]
    assert DEFAULT_BINS.keys() == set(SiteKind)


def test_every_fault_of_a_site_is_named_at_once() -> None:
    sites = SitesDraft(sites=(make_site(), make_site(organisation_code="NOBODY", region_code="999999")))

    problems = site_problems(sites, organisations={"BUREAU"}, regions={"130100"}, kinds={"WH-P01": SiteKind.HOSPITAL})

    assert [(problem.code, problem.field, problem.expected, problem.found) for problem in problems] == [
        ("kind_is_fixed", "sites.0.kind", "hospital", "warehouse"),
        ("repeated", "sites.1.code", "each once", "WH-P01"),
        ("unknown_organisation", "sites.1.organisation_code", "a known organisation", "NOBODY"),
        ("unknown_region", "sites.1.region_code", "a known region code", "999999"),
        ("kind_is_fixed", "sites.1.kind", "hospital", "warehouse"),
    ]


@pytest.mark.parametrize("kind", [BinKind.IN_TRANSIT, BinKind.CONSUMED])
def test_a_site_has_no_bin_that_lies_outside_it(kind: BinKind) -> None:
    (problem,) = bin_problems(BinDraft(site_code="WH-P01", code="B1", kind=kind), known=None)

    assert (problem.code, problem.field, problem.found) == ("not_a_place", "kind", kind)


def test_a_bin_keeps_its_kind() -> None:
    (problem,) = bin_problems(BinDraft(site_code="WH-P01", code="A1", kind=BinKind.REJECTED), known=BinKind.SHELF)

    assert (problem.code, problem.expected, problem.found) == ("kind_is_fixed", "shelf", "rejected")


def test_every_fault_of_a_route_is_named_at_once() -> None:
    routes = RoutesDraft(routes=(make_route(), make_route(), make_route("MOON", "MOON")))

    problems = route_problems(routes, sites={"WH-P01", "RP-130109"})

    assert [(problem.code, problem.field) for problem in problems] == [
        ("repeated", "routes.1.valid_from"),
        ("unknown_site", "routes.2.from_site"),
        ("unknown_site", "routes.2.to_site"),
        ("same_site", "routes.2.to_site"),
    ]


def test_a_route_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValidationError):
        make_route(valid_from="2026-03-01T10:00:00")


def test_every_fault_of_a_fleet_is_named_at_once() -> None:
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
    draft = FleetsDraft(
        vehicle_types=(lorry, lorry),
        fleets=(fleet, fleet, fleet.model_copy(update={"region_code": "x", "vehicle_type": "balloon"})),
    )

    problems = fleet_problems(draft, regions={"130100"}, vehicle_types=set())

    assert [(problem.code, problem.field) for problem in problems] == [
        ("repeated", "vehicle_types.1.code"),
        ("repeated", "fleets.1.vehicle_type"),
        ("unknown_region", "fleets.2.region_code"),
        ("unknown_vehicle_type", "fleets.2.vehicle_type"),
    ]
