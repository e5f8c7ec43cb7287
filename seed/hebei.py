"""The reference world of Hebei, loaded through the verbs: nothing here inserts a row.

Every stage has a request key of its own, so that loading twice changes nothing, and loading other data under the same
keys is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel, SecretStr, model_validator

from reserve.access import service as access_service
from reserve.access.rules import INSTALLER
from reserve.access.terms import GrantDraft, Role, UserDraft
from reserve.capacity import service as capacity_service
from reserve.catalogue import service as catalogue_service
from reserve.clock import local_time
from reserve.commands import Runner, Verb
from reserve.drafts import Draft
from reserve.incidents import reporting
from reserve.mandates import service as mandate_service
from reserve.organisations import service as organisation_service
from reserve.papers import service as papers_service
from reserve.sites import service as site_service
from reserve.sites.terms import SiteDraft, SiteKind
from reserve.stock.receipts import open_balance
from seed import makers
from seed.bodies import Post, approval_matrix, organisations, posts
from seed.demand_rules import household_coverage, rule_book
from seed.duty_drafts import cascade_draft, floor_rules_draft, floors_draft, mandates_draft, targets_draft
from seed.goods import catalogue
from seed.incidents import areas
from seed.opening import OpeningLine
from seed.opening_book import opening_drafts, opening_stock
from seed.places import city_routes, fleets, regions, sites

Progress = Callable[[str, int, int], None]
"""Told the name of the stage, how many of its steps are done, and how many there are."""


class Loaded(BaseModel):
    """How many rows a verb answered with; verbs that answer otherwise count as none."""

    rows: int = 0

    @model_validator(mode="before")
    @classmethod
    def _count(cls, value: Any) -> Any:
        return {"rows": len(value)} if isinstance(value, (list, tuple)) else value


@dataclass(frozen=True, slots=True)
class World:
    """What to load: books that begin on a day, the opening fill of an incident, and who may sign in.

    password_hashes  by login, made outside (hashing is slow by design); a post without one cannot sign in
    """

    opened_on: date
    incident_code: str | None = None
    password_hashes: dict[str, SecretStr] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One verb call of the loading."""

    stage: str
    key: str
    verb: Verb[Any]
    draft: Draft


def load(runner: Runner, world: World, *, progress: Progress = lambda stage, done, total: None) -> int:
    """Load the reference world; the number of verb calls made. The runner's clock says when it is recorded."""
    steps = list(steps_of(world))
    for done, step in enumerate(steps, 1):
        runner.run(step.verb, step.draft, actor=INSTALLER, answer=Loaded, key=f"seed:{step.key}")
        progress(step.stage, done, len(steps))
    return len(steps)


def steps_of(world: World) -> Iterator[Step]:
    """Every call in order: bodies before people, places before goods."""
    begins_at = local_time(world.opened_on)
    yield Step("bodies", "regions", organisation_service.record_regions, regions())
    yield Step("bodies", "organisations", organisation_service.record_organisations, organisations())
    yield Step("bodies", "matrix", papers_service.set_approval_matrix, approval_matrix())
    yield Step("catalogue", "catalogue", catalogue_service.record_catalogue, catalogue())
    yield Step("places", "sites", site_service.record_sites, sites())
    yield Step("places", "routes", site_service.record_routes, city_routes(begins_at))
    yield Step("places", "fleets", site_service.record_fleets, fleets())
    yield Step("rules", "demand", reporting.set_rule_book, rule_book(begins_at))
    yield Step("rules", "coverage", reporting.record_coverage, household_coverage(begins_at))
    yield Step("rules", "mandates", mandate_service.set_mandates, mandates_draft(begins_at))
    yield Step("rules", "floor_rules", mandate_service.set_floor_rules, floor_rules_draft(begins_at))
    yield Step("rules", "cascade", mandate_service.set_cascade, cascade_draft(begins_at))
    yield Step("rules", "targets", mandate_service.compute_targets, targets_draft(begins_at))
    for post in (*posts(), *duty_posts(world.incident_code)):
        yield from _people_steps(post, world)
    stock = opening_stock(world.incident_code)
    for draft in opening_drafts(stock, world.opened_on):
        yield Step("opening", f"opening:{draft.site_code}", open_balance, draft)
    yield Step("rules", "floors", mandate_service.set_floors, floors_draft(begins_at))
    yield from _makers_steps(world, stock)


def _makers_steps(world: World, stock: Sequence[OpeningLine]) -> Iterator[Step]:
    """Producers and what they and other holders declare; agreements cover what producers keep for others."""
    begins_at, opened_on = local_time(world.opened_on), world.opened_on
    prices = {item.code: item.unit_price_minor for item in catalogue().items}
    yield Step("makers", "producers", capacity_service.record_producers, makers.producers())
    yield Step("makers", "materials", capacity_service.record_materials, makers.materials(begins_at))
    yield Step("makers", "lines", capacity_service.record_lines, makers.lines(begins_at))
    yield Step("makers", "declarations", capacity_service.record_capacity, makers.declarations(opened_on))
    yield Step("makers", "agreements", capacity_service.record_agreements, makers.agreements(stock, prices, opened_on))
    yield Step("makers", "holdings", capacity_service.declare_holdings, makers.holdings(stock, opened_on))


def _people_steps(post: Post, world: World) -> Iterator[Step]:
    """An account and its role. What the installer grants holds at once: the first officers have nobody above them."""
    user = UserDraft(
        login=post.login,
        display_name_zh=post.display_name_zh,
        organisation_code=post.organisation_code,
        password_hash=(world.password_hashes or {}).get(post.login),
        is_one_time=False,
    )
    grant = GrantDraft(login=post.login, role=post.role, organisation_code=post.scope_code)
    yield Step("people", f"user:{post.login}", access_service.add_user, user)
    yield Step("people", f"grant:{post.login}", access_service.grant_role, grant)


def duty_posts(incident_code: str | None) -> tuple[Post, ...]:
    """A keeper for every store and plant, and in the affected counties for hospitals and receiving points too; there
    a duty officer besides, who asks. Posts like those of people.csv, but without password: nobody signs in as them.
    """
    affected = sorted({area.region_code for area in areas(incident_code)}) if incident_code else []
    known = {post.login for post in posts()}
    kept = (s for s in sites().sites if s.kind in (SiteKind.WAREHOUSE, SiteKind.PLANT) or s.region_code in affected)
    found = (*map(_keeper, kept), *map(_duty_officer, affected), *map(_reporter, _plants()))
    return tuple(post for post in found if post.login not in known)


def _duty_officer(region_code: str) -> Post:
    return Post(
        login=f"requester.{region_code}",
        display_name_zh=f"{region_code}应急值班员(示例)",
        organisation_code=f"ED-{region_code}",
        scope_code=region_code,
        role=Role.REQUESTER,
    )


def _plants() -> list[str]:
    return [site.code for site in sites().sites if site.kind is SiteKind.PLANT]


def _reporter(producer_code: str) -> Post:
    return Post(
        login=f"producer.{producer_code.lower()}",
        display_name_zh=f"{producer_code}报送员(示例)",
        organisation_code=producer_code,
        scope_code=producer_code,
        role=Role.PRODUCER,
    )


def _keeper(site: SiteDraft) -> Post:
    return Post(
        login=f"keeper.{site.code.lower()}",
        display_name_zh=f"{site.name_zh.removesuffix('(示例)')}保管员(示例)",
        organisation_code=site.organisation_code,
        scope_code=site.organisation_code,
        role=Role.KEEPER,
    )
