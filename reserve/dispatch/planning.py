"""Tables to instance: one function of (as_of, known_at), so that a past plan can be made again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from optimizer.dispatch import instance as model
from optimizer.dispatch.substitutes import Use
from optimizer.grid import TimeGrid
from reserve.capacity import pegs
from reserve.capacity import queries as capacity_queries
from reserve.capacity.terms import Supply, SupplyKind
from reserve.catalogue import queries as catalogue_queries
from reserve.catalogue.models import Item
from reserve.clock import end_of_day, local_day
from reserve.dispatch import exchange, making, queries, roads, rules, transport
from reserve.dispatch.arrivals import Arrivals, key_of
from reserve.dispatch.drafts import PinDraft
from reserve.errors import InvalidInput, Problem
from reserve.incidents import queries as incident_queries
from reserve.incidents.models import Incident
from reserve.incidents.picture import NeedKind
from reserve.incidents.queries import NeedNow
from reserve.mandates import queries as mandate_queries
from reserve.mandates.terms import CascadeStep
from reserve.organisations import queries as organisation_queries
from reserve.organisations.models import Organisation, Region
from reserve.organisations.terms import Tier
from reserve.papers.terms import ResponseLevel
from reserve.sites import queries as site_queries
from reserve.sites.models import Site
from reserve.sites.terms import SiteKind
from reserve.stock import queries as stock_queries
from reserve.stock import rules as stock_rules
from reserve.stock.terms import FloorKind, StockLine

GIVING_TIERS = frozenset({Tier.PROVINCE, Tier.CITY, Tier.COUNTY, Tier.RESCUE_BODY, Tier.CHARITY, Tier.PRODUCER})
"""Whose goods a plan may look at. Hospitals and institutions keep theirs for themselves (floors.csv, readiness)."""
PLANNABLE = frozenset({SupplyKind.PRE_ADVISED, SupplyKind.PRODUCTION})
"""Expected goods that a plan may promise. Goods on the road are promised already."""
ACTIVATION_STEP = "capacity_activation"
PAPER_STEPS = {"requisition": model.Level.I, "strategic_floor": model.Level.I, ACTIVATION_STEP: model.Level.I}
"""Steps that need a signed paper of their own at every level."""
WRITTEN_REQUEST_STEP = "province_stock_above_floor"
"""At III only on written request of the city, from II without (cascade.csv)."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a plan is asked about."""

    incidents: tuple[Incident, ...]
    as_of: datetime
    known_at: datetime
    horizon_hours: int
    loading_minutes: int
    item_codes: tuple[str, ...] = ()
    cover_hours: int | None = None
    transport_limits: bool = True
    propose_activations: bool = False


@dataclass(slots=True)
class World:
    """What the builders below share, loaded once."""

    regions: Mapping[str, Region]
    organisations: Mapping[str, Organisation]
    sites: Mapping[str, Site]
    levels: Mapping[str, ResponseLevel | None]
    """In force, by incident code."""
    cascade: Sequence[CascadeStep]
    expected: Sequence[Supply]
    items: Mapping[str, Item] = field(default_factory=dict)


def build_instance(session: Session, question: Question) -> model.Instance:
    """Freeze supply, need, roads and law as of one time and as known at another."""
    world = World(
        organisation_queries.regions_by_code(session),
        organisation_queries.organisations_by_code(session),
        site_queries.sites_by_code(session),
        levels={
            each.code: incident_queries.level_at(session, each.id, question.as_of, question.known_at)
            for each in question.incidents
        },
        cascade=mandate_queries.cascade_at(session, question.as_of, question.known_at),
        expected=capacity_queries.expected_supply(session, question.as_of, question.known_at),
    )
    needs, uses = _needs(session, question, world)
    wanted = {need.item_code for need in needs}
    pairs = exchange.pairs_known(session, wanted, question.known_at)
    codes = sorted(wanted | {pair.substitute_item for pair in pairs})
    world.items = catalogue_queries.items_by_code(session, codes)
    stock = [
        line
        for line in stock_queries.stock_lines(session, item_codes=codes, known_at=question.known_at)
        if world.organisations[line.owner_code].tier in GIVING_TIERS
    ]
    lots = _stock_lots(stock, question, world) + _expected_lots(session, question, world, codes)
    made = making.Makings()
    if question.propose_activations:
        when = question.as_of, question.known_at, question.horizon_hours
        made = making.makings(session, *when, codes, world.organisations)
    givers = sorted({lot.source_code for lot in lots} | {line.source_code for line in made.lines})
    places = sorted({need.place_code for need in needs})
    hours = [need.due_hour for need in needs]
    until = question.as_of + timedelta(hours=question.horizon_hours)
    loading_sites = [world.sites[code] for code in sorted({code.split("@")[1] for code in givers})]
    routes, changes = roads.roads_of(
        session,
        roads.Span(question.as_of, until, question.known_at, question.loading_minutes),
        loading_sites,
        [world.sites[code] for code in places],
    )
    haulage = transport.Haulage((), ())
    if question.transport_limits:
        minutes = question.loading_minutes
        haulage = transport.haulage(session, loading_sites, world.regions, question.incidents, minutes)
    replaceable = {pair.needed_item for pair in pairs}
    spoken_of = {need.code for need in needs if need.item_code in replaceable}
    return model.Instance(
        t0=question.as_of.isoformat(),
        boundaries=TimeGrid.covering(question.horizon_hours, hours).boundaries,
        items=tuple(
            model.Item(item.code, item.weight_g, item.volume_cm3, item.unit_price_minor)
            for item in world.items.values()
        ),
        sources=tuple(_source(code, world) for code in givers),
        lots=tuple(lots),
        floors=tuple(_floors(session, question, world, stock)),
        incidents=tuple(_incident(session, question, world, incident) for incident in question.incidents),
        steps=tuple(_steps(world)),
        needs=tuple(needs),
        routes=tuple(routes),
        lines=made.lines,
        materials=made.materials,
        parts=made.parts,
        day0_hour=made.day0_hour,
        docks=haulage.docks,
        fleets=haulage.fleets,
        substitutions=tuple(pairs),
        road_changes=tuple(changes),
        uses=tuple(use for use in uses if use.need_code in spoken_of),
        labels={"as_of": question.as_of.isoformat(), "known_at": question.known_at.isoformat()},
    )


def source_code(owner_code: str, site_code: str) -> str:
    """Two owners at one site are two sources."""
    return f"{owner_code}@{site_code}"


# --- need ---------------------------------------------------------------------------------------------------------


def _needs(session: Session, question: Question, world: World) -> tuple[list[model.Need], list[Use]]:
    """Needs that are still to come, added up over the norms that make them, and what those are for; covered ones count
    what has come."""
    progress = queries.progress_by_need(session, [incident.code for incident in question.incidents], question.known_at)
    until = question.as_of + timedelta(hours=question.horizon_hours)
    found: list[model.Need] = []
    uses: list[Use] = []
    for incident in question.incidents:
        rows = incident_queries.needs_at(
            session,
            incident.id,
            question.as_of,
            question.known_at,
            item_codes=question.item_codes,
            due_until=until,
            with_zero=True,
        )
        grouped: dict[str, list[NeedNow]] = defaultdict(list)
        for row in rows:
            if row.kind is NeedKind.LUMP or row.due_at >= question.as_of:
                grouped[f"{key_of(incident.code, row)}|{row.kind}"].append(row)
        arrivals = Arrivals(incident.code, rows, progress)
        for rows_of_one in grouped.values():  # in the order of their due times
            quantity, first = sum(row.base for row in rows_of_one), rows_of_one[0]
            came = arrivals.take(first, quantity)
            if quantity:
                found.append(_need(incident, first, quantity, question, world, came))
                uses += exchange.uses_of(found[-1].code, rows_of_one, incident.occurred_at)
    return found, uses


def _need(
    incident: Incident, first: NeedNow, quantity: int, question: Question, world: World, came: tuple[int, int]
) -> model.Need:
    lump = first.kind is NeedKind.LUMP
    received, coming = came
    due = rules.hours_between(question.as_of, first.due_at)
    return model.Need(
        code=f"{key_of(incident.code, first)}|{first.kind}",
        incident_code=incident.code,
        place_code=first.site_code,
        county_code=first.region_code,
        city_code=organisation_queries.city_unit_of(world.regions, first.region_code),
        item_code=first.item_code,
        quantity=quantity,
        priority_class=first.need_class,
        due_hour=due,
        latest_hour=max(due, question.horizon_hours) if lump else due,
        kind=model.NeedKind.LUMP if lump else model.NeedKind.FLOW,
        received=received,
        on_road=coming,
        not_before_hour=None if lump or question.cover_hours is None else max(0, due - question.cover_hours),
    )


def pins_of(instance: model.Instance, wishes: Sequence[PinDraft]) -> list[model.Pin]:
    """A planner's wishes in the words of an instance. Raises InvalidInput naming every one that nothing answers to.

    A key may stand for a flow and a lump: a ban holds for both, a quantity for the first.
    """
    needs: dict[str, list[str]] = defaultdict(list)
    for need in instance.needs:
        needs[need.code.rpartition("|")[0]].append(need.code)
    sources = {source.code for source in instance.sources}
    problems, pins = [], []
    for place, wish in enumerate(wishes):
        source, meant = source_code(wish.owner_code, wish.source_site), needs[wish.need_key]
        if source not in sources:
            field = f"pins.{place}.source_site"
            problems.append(Problem("pin_without_source", field, "a place with usable goods", source, place + 1))
        if not meant:
            field = f"pins.{place}.need_key"
            problems.append(Problem("pin_without_need", field, "a need of this plan", wish.need_key, place + 1))
        pins += [model.Pin(source, code, wish.quantity) for code in (meant[:1] if wish.quantity else meant)]
    if problems:
        raise InvalidInput(problems)
    return pins


# --- supply -------------------------------------------------------------------------------------------------------


def _stock_lots(stock: Iterable[StockLine], question: Question, world: World) -> list[model.Lot]:
    """Usable and free goods by lot and account; the last usable hour leaves the life that the item wants on arrival."""
    today = local_day(question.as_of)
    lots = []
    for line in stock:
        if stock_rules.unusable_because(line, today) is not None or line.on_hand <= line.held:
            continue
        lots.append(
            model.Lot(
                code=f"{line.account_id}.{line.lot_id}",
                source_code=source_code(line.owner_code, line.site_code),
                item_code=line.item_code,
                quantity=line.on_hand - line.held,
                last_usable_hour=_last_hour(line, question.as_of),
                pack_size=line.pack_size,
                basis=_basis(world.organisations[line.owner_code], world.sites[line.site_code]),
            )
        )
    return lots


def _last_hour(line: StockLine, as_of: datetime) -> int | None:
    day = stock_rules.usable_until(line.expires_on, line.min_remaining_months)
    return None if day is None else rules.hours_between(as_of, end_of_day(day)) - 1


def _basis(owner: Organisation, site: Site) -> model.Basis:
    """Government goods at a plant are kept there on behalf; everything else is the holder's own."""
    if site.kind is SiteKind.PLANT and owner.tier is not Tier.PRODUCER:
        return model.Basis.ON_BEHALF
    return model.Basis.OWNED


def _expected_lots(session: Session, question: Question, world: World, codes: Collection[str]) -> list[model.Lot]:
    """Goods promised before they exist: output of activated lines and advised deliveries, from their hour of issue."""
    lots = []
    promised = pegs.pegged_by_supply(session, question.known_at)
    for supply in world.expected:
        hour = -rules.hours_between(supply.available_from, question.as_of)  # rounded up
        quantity = supply.quantity - promised.get(supply.code, 0)
        wanted = supply.item_code in codes and supply.kind in PLANNABLE
        if not wanted or hour >= question.horizon_hours or quantity <= 0:
            continue
        at_plant = world.sites[supply.site_code].kind is SiteKind.PLANT
        lots.append(
            model.Lot(
                code=f"expected.{supply.code}",
                source_code=source_code(supply.owner_code, supply.site_code),
                item_code=supply.item_code,
                quantity=quantity,
                pack_size=world.items[supply.item_code].pack_size,
                available_from_hour=max(1, hour),
                basis=model.Basis.CAPACITY if at_plant else model.Basis.OWNED,
                evidence=model.Evidence(supply.evidence.value),
            )
        )
    return lots


def _source(code: str, world: World) -> model.Source:
    owner_code, site_code = code.split("@")
    owner, site = world.organisations[owner_code], world.sites[site_code]
    at_plant = site.kind is SiteKind.PLANT
    assert owner.tier is not None
    holder = model.HolderKind.PRODUCER if at_plant else model.HolderKind(owner.tier.value)
    region = site.region_code if at_plant else owner.region_code
    return model.Source(
        code=code,
        holder=holder,
        owner_region=region,
        city_code=organisation_queries.city_unit_of(world.regions, region),
        site_code=site_code,
    )


def _floors(session: Session, question: Question, world: World, stock: Sequence[StockLine]) -> list[model.Floor]:
    """What each owner keeps, at the highest level in force, laid on the sites where most of it stands."""
    level = max((each for each in world.levels.values() if each), key=lambda each: each.rank, default=None)
    set_floors = stock_queries.floors_at(
        session,
        level=level.value if level else "none",
        as_of=question.as_of,
        known_at=question.known_at,
        item_codes={line.item_code for line in stock},
    )
    books: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for line in stock:
        owner, site = world.organisations[line.owner_code], world.sites[line.site_code]
        if _basis(owner, site) is model.Basis.OWNED:
            books[line.owner_code, line.item_code][line.site_code] += line.on_hand - line.held
    floors = []
    for (owner_code, item_code), book in sorted(books.items()):
        wanted = set_floors.get((world.organisations[owner_code].id, item_code), {})
        sites = sorted(book)
        kinds = {kind: rules.spread_floor(wanted.get(kind, 0), [book[site] for site in sites]) for kind in FloorKind}
        for place, site_code in enumerate(sites):
            readiness, operating, strategic = (
                kinds[kind][place] for kind in (FloorKind.READINESS, FloorKind.OPERATING, FloorKind.STRATEGIC)
            )
            if readiness or operating or strategic:
                code = source_code(owner_code, site_code)
                floors.append(model.Floor(code, item_code, readiness, operating, strategic))
    return floors


# --- law and roads ------------------------------------------------------------------------------------------------


def _incident(session: Session, question: Question, world: World, incident: Incident) -> model.Incident:
    """The level of an incident, and the steps of the cascade for which it has the signed paper that they ask for."""
    level = world.levels[incident.code]
    governments = [each.id for each in world.organisations.values() if each.tier in (Tier.CITY, Tier.COUNTY)]
    papers = set()
    if incident_queries.has_asked(session, incident.id, governments, question.known_at):
        papers.add(WRITTEN_REQUEST_STEP)
    ordered = any(supply.kind in PLANNABLE and supply.incident_code == incident.code for supply in world.expected)
    if ordered or question.propose_activations:  # a proposal stands for the paper that would be signed with it
        papers.add(ACTIVATION_STEP)
    steps = tuple(step.step for step in world.cascade if step.source_kind.value in papers)
    return model.Incident(incident.code, model.Level(level.value if level else "IV"), tuple(sorted(steps)))


def _steps(world: World) -> list[model.CascadeStep]:
    return [
        model.CascadeStep(
            step=step.step,
            source_kind=model.SourceKind(step.source_kind.value),
            opens_at_level=model.Level(step.opens_at.value),
            authority=step.authority,
            paper_until_level=model.Level.III
            if step.source_kind.value == WRITTEN_REQUEST_STEP
            else PAPER_STEPS.get(step.source_kind.value),
        )
        for step in world.cascade
    ]
