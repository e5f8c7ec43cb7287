"""The scripts of a story, one for each thing people do: declare, report, plan, order, ship, receive, use, close."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from reserve.clock import local_day, local_time
from reserve.dispatch import queries as dispatch_queries
from reserve.dispatch import service as dispatch
from reserve.dispatch.drafts import (
    DeliveryDraft,
    DeliveryLineDraft,
    DepartureDraft,
    OrderNumberDraft,
    OrdersDraft,
    PlanRequestDraft,
    TransitLossDraft,
)
from reserve.incidents import estimates, reporting, requests
from reserve.incidents import service as incidents
from reserve.incidents.terms import (
    AreaDraft,
    CloseDraft,
    EstimateDraft,
    HospitalReserveDraft,
    IncidentDraft,
    ObservationDraft,
    ObservationsDraft,
    RequestDecisionDraft,
    RequestDraft,
    RequestLineDecision,
    RequestLineDraft,
    ResponseDraft,
    ResponseInForceDraft,
)
from reserve.papers.terms import DocumentKind, ResponseLevel, SignatureDraft
from reserve.stock.drafts import IssueDraft, IssueLineDraft, LotRef
from reserve.stock.moves import issue
from seed import scene
from seed.bodies import PROVINCE
from seed.incidents import areas, timeline
from seed.opening_book import opening_stock
from seed.places import hospitals
from seed.replay import Script, Stage, now_by
from seed.solving import answer
from seed.story import Asked, Mishap, Story

PLANNER = "planner.province"
SIGNERS = {
    ResponseLevel.I: ("member.province", "director.province"),
    ResponseLevel.II: ("member.province", "deputy.province"),
}
"""Who signs at a level, in the order of the approval matrix; never who drafted."""

PAPER_DELAY = timedelta(minutes=10)
"""Between what happens at a gate or door and its entry."""


class Cast:
    """What the scripts of one telling share: the story, its stage, and the mishaps still to come."""

    def __init__(self, story: Story, stage: Stage) -> None:
        self.story = story
        self.stage = stage
        self.mishaps: list[Mishap] = list(story.mishaps)
        self.own_reserves = _own_reserves(story)
        self.wards = _wards(story)
        self.plans: list[str] = []
        self.production: dict[str, str] = {}
        """Production orders by line."""


def keeper_of(site_code: str) -> str:
    """The keeper's login of a site (people.csv and ``hebei.duty_posts`` name them alike)."""
    return f"keeper.{site_code.lower()}"


def requester_of(region_code: str) -> str:
    """The login of the duty officer of a county (``hebei.duty_posts``)."""
    return f"requester.{region_code}"


def signed(number: str, story: Story, at: datetime) -> Script:
    """Sign a paper by all who must, ten minutes apart."""
    for place, login in enumerate(SIGNERS[story.level]):
        draft = SignatureDraft(document_number=number)
        yield now_by(login, dispatch.sign, draft, at + place * timedelta(minutes=10))


def declared(cast: Cast) -> Script:
    """08:00: the incident is declared; by 09:00 the response level is signed and in force."""
    story = cast.story
    at = local_time(story.declared_on, 8)
    incident = IncidentDraft(
        code=story.incident_code,
        title_zh=f"【演练】{story.title_zh}",
        title_en=f"[Drill] {story.title_en}",
        scenario=story.scenario,
        incident_class=story.incident_class,
        organisation_code=PROVINCE,
        begins_on=story.declared_on,
        areas=tuple(
            AreaDraft(
                region_code=area.region_code,
                affected_population=area.affected_population,
                relocated_persons=area.relocated_persons,
                sheltered_persons=area.sheltered_persons,
                confirmed_cases=area.confirmed_cases,
            )
            for area in areas(story.incident_code)
        ),
        reported=story.reported,
        severity_profile=story.severity_profile,
        occurred_at=at,
        reason="演练:历史事件重放",
    )
    yield now_by(PLANNER, incidents.declare_incident, incident, at, late=PAPER_DELAY)
    yield from _level(cast, story.level, at + timedelta(minutes=20))


def _level(cast: Cast, level: ResponseLevel | None, at: datetime) -> Script:
    """Ask for a response level, have it signed, put it in force; None ends the response."""
    story = cast.story
    draft = ResponseDraft(incident_code=story.incident_code, level=level, reason="演练")
    paper = yield now_by(PLANNER, incidents.request_response, draft, at)
    yield from signed(paper.number, story, at + timedelta(minutes=5))
    force = ResponseInForceDraft(document_number=paper.number)
    yield now_by(PLANNER, incidents.put_response_in_force, force, at + timedelta(minutes=20))


def reported(cast: Cast, day: date) -> Script:
    """08:45: what was counted yesterday and what was decided for tomorrow."""
    story = cast.story
    found = [
        ObservationDraft(measure=each.measure, region_code=each.region_code, on=each.on, value=each.value)
        for each in timeline(story.incident_code)
        if each.measure in story.reported and story.known_from(each.measure, each.on) == day
    ]
    found += [
        ObservationDraft(measure=each.measure, region_code=each.region_code, on=each.on, value=each.value)
        for each in story.announced
        if max(each.known_on, story.declared_on) == day
    ]
    if found:
        draft = ObservationsDraft(
            incident_code=story.incident_code, observations=tuple(found), source="seed/data/incident_timeline.csv"
        )
        yield now_by(PLANNER, reporting.record_observations, draft, local_time(day, 8, 45))


def asked(cast: Cast, day: date) -> Script:
    """08:50: counties ask in writing for what no norm speaks of; the planner takes it up as need."""
    story, at = cast.story, local_time(day, 8, 50)
    by_county: dict[str, list[Asked]] = defaultdict(list)
    for each in story.asked:
        if each.on == day:
            by_county[each.region_code].append(each)
    for region_code, lines in by_county.items():
        draft = RequestDraft(
            incident_code=story.incident_code,
            organisation_code=region_code,
            lines=tuple(
                RequestLineDraft(
                    site_code=line.site_code,
                    item_code=line.item_code,
                    quantity=line.quantity,
                    needed_by=local_time(day + timedelta(days=1), 8),
                )
                for line in lines
            ),
            justification="演练:集中安置需要",
        )
        request = yield now_by(requester_of(region_code), requests.raise_request, draft, at)
        decision = RequestDecisionDraft(
            document_number=request.number,
            lines=tuple(
                RequestLineDecision(line_no=number, accepted=line.quantity) for number, line in enumerate(lines, 1)
            ),
        )
        yield now_by(PLANNER, requests.decide_request, decision, at + timedelta(minutes=5))


def estimated(cast: Cast, day: date) -> Script:
    """09:00: the needs of the coming days; what hospitals have of their own lowers them."""
    story = cast.story
    draft = EstimateDraft(
        incident_code=story.incident_code,
        days=story.horizon_days,
        item_codes=story.item_codes,
        hospital_reserves=cast.own_reserves,
    )
    yield now_by(PLANNER, estimates.estimate_needs, draft, local_time(day, 9))


def _wards(story: Story) -> frozenset[str]:
    """Hospitals that book their use: those of the counties with enough cases."""
    if story.use_booked_from_cases is None:
        return frozenset()
    hit = {
        each.region_code for each in areas(story.incident_code) if each.confirmed_cases >= story.use_booked_from_cases
    }
    return frozenset(hospital.code for hospital in hospitals() if hospital.region_code in hit)


def _own_reserves(story: Story) -> tuple[HospitalReserveDraft, ...]:
    """Opening stock of the hospitals in the affected counties: theirs, never shipped, and no plan counts it."""
    affected = {area.region_code for area in areas(story.incident_code)}
    codes = {hospital.code for hospital in hospitals() if hospital.region_code in affected}
    own: dict[tuple[str, str], int] = defaultdict(int)
    for line in opening_stock(story.incident_code):
        if line.owner_code in codes and line.item_code in story.item_codes:
            own[line.site_code, line.item_code] += line.quantity
    return tuple(
        HospitalReserveDraft(site_code=site, item_code=item, quantity=quantity)
        for (site, item), quantity in sorted(own.items())
    )


def planned(cast: Cast, day: date) -> Script:
    """09:10: a plan over the horizon; by 10:30 its orders for the day are signed and in force."""
    story, at = cast.story, local_time(day, 9, 10)
    draft = PlanRequestDraft(
        incident_codes=(story.incident_code,),
        item_codes=story.item_codes,
        horizon_hours=24 * story.horizon_days,
        cover_hours=story.cover_hours,
    )
    request = yield now_by(PLANNER, dispatch.request_plan, draft, at)
    cast.plans.append(request.code)
    result = answer(cast.stage.ask(dispatch_queries.get_plan, request.code))
    yield now_by(PLANNER, dispatch.record_plan, result, at + timedelta(minutes=5))
    orders = OrdersDraft(
        plan_code=request.code, leave_within_hours=24, item_codes=story.ordered_on(day), note="【演练】调拨指令"
    )
    letters = yield now_by(PLANNER, dispatch.draft_orders, orders, at + timedelta(minutes=10))
    legs = cast.stage.ask(scene.legs_of, request.code, letters.numbers)
    for number in letters.numbers:
        yield from _ordered(cast, number, legs[number], at + timedelta(minutes=20))


def _ordered(cast: Cast, number: str, legs: Sequence[scene.Leg], at: datetime) -> Script:
    """Submit, sign and issue one letter, and put its journeys on the agenda."""
    order = OrderNumberDraft(order_number=number)
    yield now_by(PLANNER, dispatch.submit_order, order, at)
    yield from signed(number, cast.story, at + timedelta(minutes=20))
    issued_at = at + timedelta(minutes=50)
    yield now_by(PLANNER, dispatch.issue_order, order, issued_at)
    for leg in legs:
        gate_at = max(leg.leave_at + timedelta(minutes=90), issued_at + timedelta(minutes=30))
        cast.stage.later(gate_at, shipped(cast, leg, gate_at))


def shipped(cast: Cast, leg: scene.Leg, at: datetime) -> Script:
    """Goods leave the gate; the receiver accepts what arrives."""
    draft = DepartureDraft(
        order_number=leg.order_number,
        receiver_site=leg.receiver_site,
        vehicle_no="冀A·演练",
        pass_no="演练通行证",
        occurred_at=at,
        planned_arrival_at=leg.arrive_at,
    )
    departed = yield now_by(keeper_of(leg.source_site), dispatch.depart, draft, at, late=PAPER_DELAY)
    arrive_at = max(leg.arrive_at, at + timedelta(minutes=20))
    cast.stage.later(arrive_at, received(cast, leg, departed.number, arrive_at))


def received(cast: Cast, leg: scene.Leg, shipment_number: str, at: datetime) -> Script:
    """Acceptance at the door: all of it, but for one damaged carton and one short receipt."""
    loads = cast.stage.ask(scene.load_of, shipment_number)
    lines = [line for load in loads if (line := _accepted(cast, leg.receiver_site, load)) is not None]
    draft = DeliveryDraft(shipment_number=shipment_number, lines=tuple(lines), occurred_at=at)
    handled = yield now_by(keeper_of(leg.receiver_site), dispatch.deliver, draft, at, late=PAPER_DELAY)
    if handled.on_the_road:
        searched_at = at + timedelta(hours=20)
        cast.stage.later(searched_at, written_off(leg, shipment_number, searched_at))


def _accepted(cast: Cast, receiver_site: str, load: scene.Load) -> DeliveryLineDraft | None:
    """One line of an acceptance; a mishap of the story happens once, on the first load that is large enough."""
    damaged = missing = 0
    for mishap in cast.mishaps:
        lost = (mishap.damaged_packs + mishap.missing_packs) * load.pack_size
        if (mishap.receiver_site, mishap.item_code) == (receiver_site, load.item_code) and lost < load.quantity:
            damaged, missing = mishap.damaged_packs * load.pack_size, mishap.missing_packs * load.pack_size
            cast.mishaps.remove(mishap)
            break
    return DeliveryLineDraft(
        line_no=load.line_no,
        lot_code=load.lot_code,
        accepted=load.quantity - damaged - missing,
        damaged=damaged,
        reason="外箱破损,内包装污染" if damaged else "",
    )


def written_off(leg: scene.Leg, shipment_number: str, at: datetime) -> Script:
    """What did not arrive and was not found in a day is written off, with a report."""
    draft = TransitLossDraft(
        shipment_number=shipment_number, reason="短少,查找未果", report_no="演练-差异-001", responsible="承运单位"
    )
    yield now_by(keeper_of(leg.source_site), dispatch.report_transit_loss, draft, at)


def used(cast: Cast, day: date) -> Script:
    """20:00: hospitals with many cases book what they used of consumables that day, first to expire first."""
    story, at = cast.story, local_time(day, 20)
    needed = cast.stage.ask(scene.needed_on, story.incident_code, day, at)
    for site_code in sorted({site for site, _ in needed if site in cast.wards}):
        wanted = {item: quantity for (site, item), quantity in needed.items() if site == site_code}
        lines = _use_lines(cast.stage.ask(scene.on_shelf, site_code), wanted, day)
        if lines:
            draft = IssueDraft(
                site_code=site_code,
                lines=tuple(lines),
                receiver_code=cast.stage.ask(scene.organisation_of_site, site_code),
                occurred_at=at,
                reason="演练:当日消耗",
            )
            yield now_by(keeper_of(site_code), issue, draft, at, late=PAPER_DELAY)


def _use_lines(shelf: list[scene.OnShelf], wanted: dict[str, int], day: date) -> list[IssueLineDraft]:
    lines = []
    for goods in shelf:
        quantity = min(goods.quantity, wanted.get(goods.item_code, 0))
        if quantity and goods.is_used_up and (goods.expires_on is None or goods.expires_on >= day):
            wanted[goods.item_code] -= quantity
            lines.append(
                IssueLineDraft(
                    lot_ref=LotRef(item_code=goods.item_code, code=goods.lot_code, expires_on=goods.expires_on),
                    owner_code=goods.owner_code,
                    fund=goods.fund,
                    quantity=quantity,
                    from_bin=goods.bin_code,
                )
            )
    return lines


def closed(cast: Cast) -> Script:
    """The last morning: orders are closed, the response is ended by a signed paper, then the incident."""
    story, at = cast.story, local_time(cast.story.closed_on, 10)
    for number in cast.stage.ask(scene.open_orders, story.incident_code, DocumentKind.DISPATCH_ORDER):
        yield now_by(PLANNER, dispatch.close_order, OrderNumberDraft(order_number=number), at)
    yield from _level(cast, None, at + timedelta(minutes=30))
    close = CloseDraft(incident_code=story.incident_code, reason="演练:疫情(灾情)处置结束")
    yield now_by(PLANNER, incidents.close_incident, close, at + timedelta(hours=1))
    assert local_day(at) == story.closed_on
