"""Regions and organisations, entered by code."""

from __future__ import annotations

import pytest

from reserve.authority import Actor
from reserve.commands import Runner
from reserve.errors import InvalidInput, NotAllowed, NotFound
from reserve.organisations import queries, service
from reserve.organisations.terms import (
    Body,
    HolderKind,
    OrganisationDraft,
    OrganisationsDraft,
    RegionDraft,
    RegionLevel,
    RegionsDraft,
    Tier,
)
from tests.small_world import Anything, build, run


def region(code: str, parent: str | None, level: RegionLevel = RegionLevel.COUNTY, **more: object) -> RegionDraft:
    values: dict[str, object] = {
        "code": code,
        "name_zh": code,
        "name_en": code,
        "level": level,
        "county_equivalent": False,
        "parent_code": parent,
        "latitude": 38.0,
        "longitude": 114.5,
        "population": 10,
        "households": 3,
    }
    return RegionDraft(**values | more)


def organisation(code: str, parent: str | None, region_code: str = "130000") -> OrganisationDraft:
    return OrganisationDraft(
        code=code, name_zh=code, body=Body.STORE, tier=Tier.CITY, region_code=region_code, parent_code=parent
    )


@pytest.fixture
def world(runner: Runner) -> Runner:
    build(runner)
    return runner


def test_a_path_lists_the_ancestors(world: Runner) -> None:
    found = world.ask(queries.get_organisation, "H1")

    assert (found.path, found.holder_kind) == ("/HB/SJZ/GC/H1/", HolderKind.INSTITUTION)


def test_an_organisation_that_stands_is_left_as_it_is(world: Runner) -> None:
    draft = OrganisationDraft(code="PB", name_zh="another", body=Body.STORE, region_code="130000", parent_code="SJZ")
    run(world, service.record_organisations, OrganisationsDraft(organisations=(draft,)))

    found = world.ask(queries.get_organisation, "PB")
    assert (found.name_zh, found.path) == ("PB", "/HB/PB/")


def test_every_unknown_parent_and_region_is_named_and_nothing_is_entered(world: Runner) -> None:
    drafts = (organisation("S1", "HB"), organisation("S2", "NOBODY"), organisation("S3", "S2", "999999"))

    with pytest.raises(InvalidInput) as refusal:
        run(world, service.record_organisations, OrganisationsDraft(organisations=drafts))

    found = [(each.code, each.field, each.row, each.found) for each in refusal.value.problems]
    assert found == [
        ("unknown_organisation", "organisations.1.parent_code", 2, "NOBODY"),
        ("unknown_region", "organisations.2.region_code", 3, "999999"),
    ]
    assert world.ask(queries.find_organisation, "S1") is None


def test_a_region_is_updated_under_its_code(world: Runner) -> None:
    changed = region("130109", "130100", name_zh="藁城区", population=775_000)
    run(world, service.record_regions, RegionsDraft(regions=(changed,)))

    found = world.ask(queries.get_region, "130109")
    assert (found.name_zh, found.population) == ("藁城区", 775_000)
    assert len(world.ask(queries.list_regions)) == 3


def test_a_region_of_an_unknown_parent_is_refused(world: Runner) -> None:
    with pytest.raises(InvalidInput) as refusal:
        run(world, service.record_regions, RegionsDraft(regions=(region("130199", "139900"),)))

    (problem,) = refusal.value.problems
    assert (problem.code, problem.field, problem.found) == ("unknown_region", "regions.0.parent_code", "139900")
    with pytest.raises(NotFound):
        world.ask(queries.get_region, "130199")


def test_who_has_no_right_enters_nothing(world: Runner) -> None:
    with pytest.raises(NotAllowed):
        world.run(
            service.record_regions,
            RegionsDraft(regions=(region("130199", "130100"),)),
            actor=Actor(5, 5, "guest"),
            answer=Anything,
        )


def test_lists_keep_to_the_scope_and_turn_pages_by_code(world: Runner) -> None:
    def codes(scopes: list[str], after: str = "", limit: int = 100) -> list[str]:
        found = world.ask(queries.list_organisations, scopes, after, limit)
        return [each.code for each in found]

    assert codes(["/HB/SJZ/"]) == ["GC", "H1", "MAKER", "SJZ"]
    assert codes(["/HB/SJZ/"], after="GC", limit=2) == ["H1", "MAKER"]
    assert codes([]) == []


def test_a_scope_is_not_a_pattern(world: Runner) -> None:
    """A wildcard of the query language in a scope matches nothing but itself."""
    assert list(world.ask(queries.list_organisations, ["/%/"])) == []
    assert list(world.ask(queries.list_organisations, ["/H_/"])) == []


def test_the_city_unit_of_a_county_is_the_city_that_manages_it(world: Runner) -> None:
    regions = world.ask(queries.regions_by_code)

    assert queries.city_unit_of(regions, "130109") == "130100"
    assert queries.city_unit_of(regions, "130100") == "130100"


def test_the_government_that_answers_is_the_nearest_above(world: Runner) -> None:
    def answers(code: str, tier: Tier | None) -> tuple[Tier, str]:
        return world.ask(
            lambda session: (
                queries.governing_tier(session, queries.get_organisation(session, code)),
                queries.governing_path(session, queries.get_organisation(session, code), tier),
            )
        )

    assert answers("H1", Tier.CITY) == (Tier.COUNTY, "/HB/SJZ/")
    assert answers("PB", Tier.COUNTY) == (Tier.PROVINCE, "/HB/")
    assert answers("MAKER", None) == (Tier.CITY, "/HB/SJZ/MAKER/")
