"""What has come counts once, and for lumps wherever an estimate has moved them."""

from __future__ import annotations

from datetime import date, timedelta

from reserve.clock import local_time
from reserve.dispatch.arrivals import Arrivals, key_of
from reserve.incidents.picture import Basis, Confidence, NeedKind
from reserve.incidents.queries import NeedNow
from reserve.incidents.terms import NeedOrigin

DAY = local_time(date(2021, 1, 10), 8)


def need(base: int, *, day: int = 0, kind: NeedKind = NeedKind.LUMP, site: str = "HS008") -> NeedNow:
    return NeedNow(
        need_id=day,
        code=f"{site}/{day}",
        origin=NeedOrigin.ESTIMATE,
        region_code="130109",
        site_code=site,
        item_code="H2020101",
        due_at=DAY + timedelta(days=day),
        need_class=1,
        kind=kind,
        driver="critical_patient",
        norm_code="N021",
        low=base,
        base=base,
        high=base,
        gross_base=base,
        household_base=0,
        hospital_base=0,
        driver_amount=str(base),
        basis=Basis.FORECAST,
        confidence=Confidence.LOW,
        source="",
        recorded_at=DAY,
    )


def test_a_lump_moved_to_another_day_is_not_sent_twice() -> None:
    withdrawn, moved = need(0, day=4), need(1, day=5)
    arrivals = Arrivals("INC-1", [withdrawn, moved], {key_of("INC-1", withdrawn): (1, 0)})

    assert arrivals.take(moved, 1) == (1, 0)


def test_the_earlier_lump_is_served_first_and_nothing_counts_twice() -> None:
    first, second = need(2, day=1), need(3, day=2)
    arrivals = Arrivals("INC-1", [first, second], {key_of("INC-1", first): (3, 1)})

    assert arrivals.take(first, 2) == (2, 0)
    assert arrivals.take(second, 3) == (1, 1)


def test_places_share_nothing() -> None:
    here, there = need(1), need(1, site="HS009")
    arrivals = Arrivals("INC-1", [here, there], {key_of("INC-1", here): (5, 0)})

    assert arrivals.take(there, 1) == (0, 0)


def test_a_flow_keeps_to_its_own_hour() -> None:
    yesterday, today = need(10, day=0, kind=NeedKind.FLOW), need(10, day=1, kind=NeedKind.FLOW)
    arrivals = Arrivals("INC-1", [yesterday, today], {key_of("INC-1", yesterday): (20, 0)})

    assert arrivals.take(today, 10) == (0, 0)
