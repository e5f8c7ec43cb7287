"""The reference world as it stands in the books."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest
import sqlalchemy as sa

from reserve.access import queries as access_queries
from reserve.access.terms import Role
from reserve.authority import Permission, may
from reserve.commands import Runner
from reserve.errors import RequestKeyReused
from reserve.models import metadata
from reserve.organisations import queries as organisation_queries
from reserve.organisations.terms import Body, RegionLevel, Tier
from reserve.papers import queries as paper_queries
from reserve.papers.terms import DocumentKind
from reserve.sites import queries as site_queries
from reserve.stock import queries as stock_queries
from seed.hebei import load, steps_of
from seed.opening_book import opening_stock
from tests.reference_world import WORLD

pytestmark = pytest.mark.xdist_group("reference_world")


def rows(runner: Runner) -> dict[str, int]:
    """Rows per table."""
    return runner.ask(
        lambda session: {
            name: session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }
    )


def test_the_province_has_fourteen_city_units_and_167_leaves(loaded: Runner) -> None:
    regions = loaded.ask(organisation_queries.regions_by_code)

    assert sum(region.level is RegionLevel.CITY for region in regions.values()) == 14
    assert sum(region.county_equivalent for region in regions.values()) == 167
    assert {code for code, region in regions.items() if region.parent_code == "133100"} == {
        "130629",
        "130632",
        "130638",
    }


def test_bodies_stand_under_their_government(loaded: Runner) -> None:
    bodies = loaded.ask(organisation_queries.organisations_by_code)

    assert bodies["ED-130109"].path == "/130000/130100/130109/ED-130109/"
    assert bodies["WH-C01"].path == "/130000/130100/RB-130100/WH-C01/"
    assert bodies["ED-130682"].path == "/130000/130682/ED-130682/"
    assert bodies["RT001"].path == "/130000/RT001/"
    assert bodies["RT003"].path == "/130000/130100/RT003/"
    assert sum(body.tier is Tier.CITY for body in bodies.values()) == 14
    assert {body.tier for body in bodies.values() if body.body is Body.STORE} == {None}


def test_a_keeper_works_in_his_store_and_nowhere_else(loaded: Runner) -> None:
    def actor_of(session, login):
        return access_queries.load_actor(session, access_queries.get_user(session, login).id, loaded.clock.now())

    keeper = loaded.ask(actor_of, "keeper.wh-p01")
    sites = loaded.ask(site_queries.sites_by_code, ["WH-P01", "WH-P02"])

    assert [grant.role for grant in keeper.grants] == [Role.KEEPER]
    assert may(keeper, Permission.STOCK_RECEIVE, sites["WH-P01"].organisation_path)
    assert not may(keeper, Permission.STOCK_RECEIVE, sites["WH-P02"].organisation_path)


def test_the_books_say_what_the_opening_rule_says(loaded: Runner) -> None:
    wanted: dict[tuple[str, str, str], int] = {}
    for line in opening_stock(WORLD.incident_code):
        key = (line.site_code, line.owner_code, line.item_code)
        wanted[key] = wanted.get(key, 0) + line.quantity
    booked: dict[tuple[str, str, str], int] = {}
    for line in loaded.ask(stock_queries.stock_lines):
        key = (line.site_code, line.owner_code, line.item_code)
        booked[key] = booked.get(key, 0) + line.on_hand

    assert booked == wanted


def test_opening_papers_say_that_they_are_no_count(loaded: Runner) -> None:
    papers = loaded.ask(paper_queries.list_documents, kind=DocumentKind.OPENING_BALANCE, limit=1000)

    assert len(papers) == sum(step.stage == "opening" for step in steps_of(WORLD))
    assert all("非实盘" in paper.title for paper in papers)


def test_loading_twice_changes_nothing(loaded: Runner) -> None:
    before = rows(loaded)

    load(loaded, WORLD)

    assert rows(loaded) == before


def test_another_world_under_the_same_keys_is_refused(loaded: Runner) -> None:
    before = rows(loaded)

    with pytest.raises(RequestKeyReused):
        load(loaded, dataclasses.replace(WORLD, opened_on=date(2021, 1, 2)))

    assert rows(loaded) == before
