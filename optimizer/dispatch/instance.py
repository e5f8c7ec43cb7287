"""What a plan is made from: one frozen, sorted, self-validating picture of supply, need, roads and law.

Units everywhere: quantities are whole base units of the item; hours are whole hours from ``Instance.t0`` (negative
means before it); distance is whole kilometres; money is minor units; weight is grams; volume is cubic centimetres.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from typing import Any, Self

from optimizer.canonical import canonical_json
from optimizer.dispatch.codec import plain, row_of
from optimizer.dispatch.production import Line
from optimizer.dispatch.roads import RoadChange
from optimizer.dispatch.stays import Stay
from optimizer.dispatch.substitutes import Substitution, Use
from optimizer.dispatch.tables import LEFT_OUT_EMPTY, SORT_KEYS
from optimizer.dispatch.transport import Fleet, LaneLimit
from optimizer.grid import first_departure
from optimizer.surge.instance import Material
from optimizer.surge.instance import Use as Part

FAR_HOUR = 10**9  # an hour that never comes


class HolderKind(StrEnum):
    """Who owns the goods. Producers and hospitals hold stock of their own besides stock they keep for others."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    RESCUE_BODY = "rescue_body"
    CHARITY = "charity"
    INSTITUTION = "institution"
    PRODUCER = "producer"
    HOSPITAL = "hospital"


class Basis(StrEnum):
    """On what ground a lot may be used; together with owner and receiver it names the cascade step."""

    OWNED = "owned"  # counted stock of the holder; of a holder outside government only requisition reaches it
    OFFERED = "offered"  # accepted offer: the holder consents to exactly this quantity
    ON_BEHALF = "on_behalf"  # finished stock a producer keeps under a holding contract
    CAPACITY = "capacity"  # output of an activated line, available from its hour of issue


class Evidence(StrEnum):
    """How well a quantity is known."""

    DECLARED = "declared"
    VERIFIED = "verified"
    DRILLED = "drilled"
    COUNTED = "counted"


class SourceKind(StrEnum):
    """What a cascade step draws on; the words of ``cascade.csv``."""

    OWN_COUNTY_STOCK = "own_county_stock"
    OWN_CITY_STOCK = "own_city_stock"
    PROVINCE_STOCK = "province_stock_above_floor"
    NEIGHBOUR_STOCK = "neighbour_city_stock_above_floor"
    ACCEPTED_OFFER = "accepted_offer"
    ON_BEHALF = "producer_stock_on_behalf"
    CAPACITY = "capacity_activation"
    REQUISITION = "requisition"
    STRATEGIC_FLOOR = "strategic_floor"


class Level(StrEnum):
    """Response level; I is the gravest."""

    I = "I"  # noqa: E741  the response plan's own word
    II = "II"
    III = "III"
    IV = "IV"

    @property
    def rank(self) -> int:
        """1 for I to 4 for IV."""
        return ("I", "II", "III", "IV").index(self.value) + 1


class Rounding(StrEnum):
    """What whole packs mean for one need: may be opened, or the need counts as whole packs, fewer or more."""

    OPEN = "open"
    DOWN = "down"
    UP = "up"


class NeedKind(StrEnum):
    """FLOW: what is missing at the due hour is lost. LUMP: stays open until filled."""

    FLOW = "flow"
    LUMP = "lump"


@dataclass(frozen=True)
class Item:
    """One kind of goods, counted in its base unit."""

    code: str
    weight_g: int = 0
    volume_cm3: int = 0
    price_minor: int = 0


@dataclass(frozen=True)
class Source:
    """One owner's goods at one site. Two owners at one site are two sources.

    owner_region  code of the county, city or province that owns the goods, or where a holder outside government sits
    city_code     code of the city-level unit that manages the owner; the province's own code for the province
    """

    code: str
    holder: HolderKind
    owner_region: str
    city_code: str
    site_code: str


@dataclass(frozen=True)
class Lot:
    """A quantity of one item at one source that shares expiry, pack and ground.

    last_usable_hour     last hour at which it may still be used, included; None: does not expire
    pack_size            base units per whole pack
    available_from_hour  0: on the shelf now; later: inbound, expected or produced by then
    """

    code: str
    source_code: str
    item_code: str
    quantity: int
    last_usable_hour: int | None = None
    pack_size: int = 1
    available_from_hour: int = 0
    basis: Basis = Basis.OWNED
    evidence: Evidence = Evidence.COUNTED


@dataclass(frozen=True)
class Floor:
    """What an owner keeps of one item at one source, on OWNED lots only.

    readiness  own use, never shipped; comes on top of the other two
    operating  kept against others, at the level in force; includes the strategic quantity ("lowered to the strategic
               share"), so shipments to others leave readiness + max(operating, strategic)
    strategic  no level lowers it
    opened     part of the strategic quantity that a signed release has opened; drawn under the strategic step only
    """

    source_code: str
    item_code: str
    readiness: int = 0
    operating: int = 0
    strategic: int = 0
    opened: int = 0

    @property
    def kept_from_others(self) -> int:
        """What shipments to somebody else's incident leave on the shelf."""
        return self.readiness + max(self.operating, self.strategic)

    @property
    def kept_from_own(self) -> int:
        """What shipments to the owner's own incident leave on the shelf."""
        return self.readiness + self.strategic

    @property
    def kept_from_all(self) -> int:
        """What even a signed strategic release leaves on the shelf."""
        return self.readiness + self.strategic - self.opened


@dataclass(frozen=True)
class Incident:
    """An active incident, its level in force, and the cascade steps for which the required paper exists.

    papers  step numbers with a written request, decision or release on file
    """

    code: str
    level: Level
    papers: tuple[int, ...] = ()


@dataclass(frozen=True)
class CascadeStep:
    """One step of the response plan: what it draws on, from which level, and who signs.

    paper_until_level  at this level and below it the step needs a paper on file (III: "at III only on written request,
                       from II without"); I: always; None: never
    """

    step: int
    source_kind: SourceKind
    opens_at_level: Level
    authority: str
    paper_until_level: Level | None = None


@dataclass(frozen=True)
class Need:
    """One line of need: so much of an item at a place by an hour.

    place_code       receiving site; county_code and city_code say whose incident it is
    quantity         as approved, whole history included; ratios of fairness are taken over it
    received         arrived so far against it;  on_road: shipped and not yet arrived. Only the rest is planned
    priority_class   1 before 2 before 3, strictly
    due_hour         wanted by then, included; may lie before t0 (then only the ratio remembers it, or late lumps)
    latest_hour      last hour at which goods are still of use: equals due_hour for a flow, >= due_hour for a lump
    hard             a hard lump is not served after due_hour; the plan says when goods could be there
    min_life_hours   remaining life wanted on arrival
    not_before_hour  goods are timed not to arrive earlier, unless a lot would die waiting; None: as early as can be
    weight           places with weight 200 get twice the fill of weight 100 under the need-weighted policy
    """

    code: str
    incident_code: str
    place_code: str
    county_code: str
    city_code: str
    item_code: str
    quantity: int
    priority_class: int
    due_hour: int
    latest_hour: int
    kind: NeedKind = NeedKind.FLOW
    hard: bool = False
    rounding: Rounding = Rounding.OPEN
    received: int = 0
    on_road: int = 0
    min_life_hours: int = 0
    not_before_hour: int | None = None
    weight: int = 100

    @property
    def open_quantity(self) -> int:
        """What this plan may still send: approved, less received, less on the road."""
        return max(0, self.quantity - self.received - self.on_road)

    @property
    def last_useful_hour(self) -> int:
        """Goods count up to here: a soft lump also takes late ones."""
        return self.latest_hour if self.kind is NeedKind.LUMP and not self.hard else self.due_hour


@dataclass(frozen=True)
class Route:
    """The way from a site to a place. closures: (from, to) hours in which it is barred, to excluded."""

    site_code: str
    place_code: str
    travel_hours: int
    km: int
    closures: tuple[tuple[int, int], ...] = ()

    def first_leave(self, not_before: int) -> int:
        """The first hour from then on at which a trip meets no closure; FAR_HOUR where there is none."""
        return first_departure(not_before, self.travel_hours, self.closures) if self.closures else not_before

    @property
    def last_leave(self) -> int:
        """The last hour at which it may be left on."""
        return FAR_HOUR


@dataclass(frozen=True)
class Dock:
    """What one site can load per hour, in cubic centimetres, all items together. Sites without a row are unlimited."""

    site_code: str
    cm3_per_hour: int


@dataclass(frozen=True)
class Pin:
    """A planner's wish: exactly this quantity from this source to this need in this plan; 0 is a ban."""

    source_code: str
    need_code: str
    quantity: int


@dataclass(frozen=True)
class Instance:
    """Everything one plan looks at, as of one hour. Sorted by codes on creation, so the order of rows never matters.

    t0          start of the plan as an aware ISO 8601 text; hours count from it
    boundaries  the hour grid, first 0, last the horizon: nothing leaves at or after it
    day0_hour   when production day 0 begins
    labels      free facts that travel with the instance (as_of, known_at, ledger position, drill mark)
    """

    t0: str
    boundaries: tuple[int, ...]
    items: tuple[Item, ...] = ()
    sources: tuple[Source, ...] = ()
    lots: tuple[Lot, ...] = ()
    floors: tuple[Floor, ...] = ()
    incidents: tuple[Incident, ...] = ()
    steps: tuple[CascadeStep, ...] = ()
    needs: tuple[Need, ...] = ()
    routes: tuple[Route, ...] = ()
    docks: tuple[Dock, ...] = ()
    lane_limits: tuple[LaneLimit, ...] = ()
    fleets: tuple[Fleet, ...] = ()
    substitutions: tuple[Substitution, ...] = ()
    uses: tuple[Use, ...] = ()
    lines: tuple[Line, ...] = ()
    materials: tuple[Material, ...] = ()
    parts: tuple[Part, ...] = ()
    day0_hour: int = 0
    road_changes: tuple[RoadChange, ...] = ()
    stays: tuple[Stay, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Put every table into its canonical order, then refuse with the list of all problems."""
        for name, key in SORT_KEYS.items():
            object.__setattr__(self, name, tuple(sorted(getattr(self, name), key=attrgetter(*key))))
        from optimizer.dispatch.problems import instance_problems  # it reads these classes: import when they exist

        if problems := instance_problems(self):
            raise InvalidInstance(problems)

    @property
    def is_coupled(self) -> bool:
        """Whether items share anything on the way: docks, a limited way, a fleet."""
        return bool(self.docks or self.lane_limits or self.fleets)

    @property
    def horizon_hour(self) -> int:
        """Nothing leaves at or after this hour."""
        return self.boundaries[-1]

    @cached_property
    def hash(self) -> str:
        """sha256 of the canonical JSON: equal content, equal hash, on any machine."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, no spaces, non-ASCII kept."""
        found = {name.name: plain(getattr(self, name.name)) for name in fields(self)}
        return canonical_json({name: rows for name, rows in found.items() if rows or name not in LEFT_OUT_EMPTY})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what ``to_json`` wrote."""
        raw = json.loads(text)
        tables = {name: tuple(row_of(kind, row) for row in raw.get(name, ())) for name, kind in TABLES.items()}
        return cls(
            t0=raw["t0"],
            boundaries=tuple(raw["boundaries"]),
            day0_hour=raw.get("day0_hour", 0),
            labels=raw.get("labels", {}),
            **tables,
        )


class InvalidInstance(ValueError):
    """The picture contradicts itself. Carries every problem, not only the first."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__(f"{len(problems)} problem(s): " + "; ".join(problems[:20]))


TABLES: dict[str, type[Any]] = {
    "items": Item,
    "sources": Source,
    "lots": Lot,
    "floors": Floor,
    "incidents": Incident,
    "steps": CascadeStep,
    "needs": Need,
    "routes": Route,
    "docks": Dock,
    "lane_limits": LaneLimit,
    "fleets": Fleet,
    "substitutions": Substitution,
    "lines": Line,
    "uses": Use,
    "materials": Material,
    "parts": Part,
    "road_changes": RoadChange,
    "stays": Stay,
}
