"""Docks and vehicles of the books in a plan: what the instance says of them, and what they keep from leaving."""

from __future__ import annotations

import pytest

from optimizer.dispatch.check import check
from optimizer.dispatch.instance import Dock, Instance
from optimizer.dispatch.plan import Plan
from optimizer.dispatch.transport import Fleet
from reserve.dispatch import queries
from reserve.sites import service as sites
from reserve.sites.terms import FleetDraft, FleetsDraft, SitesDraft, VehicleTypeDraft
from tests.conftest import NOW
from tests.reserve.dispatch.orders_world import Office
from tests.reserve.sites.places import INSTALLER, TODAY, make_site


def instance(office: Office, code: str) -> Instance:
    return queries.instance_of(office.ask(queries.get_plan, code))


def made(office: Office, code: str) -> Plan:
    result = office.ask(queries.find_result, office.ask(queries.get_plan, code).id)
    assert result is not None
    return queries.plan_of(result)


@pytest.fixture
def hauling(office: Office) -> Office:
    """Two vans of ten litres and a lorry of forty, one hour apart; the city's store loads two vehicles an hour."""
    types = (
        VehicleTypeDraft(code="van", name_zh="车", payload_kg=1, volume_dm3=10, speed_kmh_normal=60,
                         speed_kmh_disaster=30, load_minutes=30),
        VehicleTypeDraft(code="lorry", name_zh="车", payload_kg=9, volume_dm3=40, speed_kmh_normal=50,
                         speed_kmh_disaster=30, load_minutes=60),
    )  # fmt: skip
    fleets = (
        FleetDraft(region_code="130100", vehicle_type="van", vehicles=2, available_from_hour=1, price_per_km_minor=1),
        FleetDraft(region_code="130100", vehicle_type="lorry", vehicles=1, available_from_hour=5, price_per_km_minor=1),
    )
    store = make_site("WH-C01", organisation_code="130100", trucks_per_hour=2)
    with office.runner.database.writing() as session:
        sites.record_fleets(session, INSTALLER, FleetsDraft(vehicle_types=types, fleets=fleets), now=NOW, today=TODAY)
        sites.record_sites(session, INSTALLER, SitesDraft(sites=(store,)), now=NOW, today=TODAY)
        session.commit()
    return office


def test_a_plan_knows_the_docks_and_the_vehicles_of_the_books(hauling: Office) -> None:
    found = instance(hauling, hauling.asked())

    # the mean vehicle holds (10 + 10 + 40) / 3 = 20 litres; the store loads two of them an hour, others do not say
    assert found.docks == (Dock("WH-C01", 40_000),)
    # called at once and made ready in two hours: vans load in the first hour, the lorry in the third; half way empty
    vans, lorry = 2 * 10_000 * 60 // 2, 40_000 * 50 // 2
    assert found.fleets == (Fleet("130100", ("PR001", "WH-C01", "WH-P01"), ((0, vans), (3, vans + lorry))),)


def test_a_planner_may_ask_without_limits_of_transport(hauling: Office) -> None:
    found = instance(hauling, hauling.asked(transport_limits=False))

    assert (found.docks, found.fleets) == ((), ())


def test_nothing_leaves_before_there_are_vehicles(hauling: Office) -> None:
    late = tuple(
        FleetDraft(region_code="130100", vehicle_type=kind, vehicles=2, available_from_hour=20, price_per_km_minor=1)
        for kind in ("van", "lorry")
    )
    before = made(hauling, hauling.plan())
    with hauling.runner.database.writing() as session:
        sites.record_fleets(session, INSTALLER, FleetsDraft(fleets=late), now=NOW, today=TODAY)
        session.commit()

    code = hauling.plan()

    assert min(row.leave_hour for row in before.shipments) == 0
    assert min(row.leave_hour for row in made(hauling, code).shipments) == 18
    assert not check(instance(hauling, code), made(hauling, code))
    assert sum(row.unmet for row in made(hauling, code).needs) == sum(row.unmet for row in before.needs) == 0
