"""Words for what can be made: kinds, and the value objects of the laws. Capacity is a curve in time, not a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from reserve.incidents.terms import Evidence


class ProducerRole(StrEnum):
    DESIGNATED_PRODUCER = "designated_producer"
    FLEXIBLE_CONVERTER = "flexible_converter"
    """Makes something else in quiet times and can convert (柔性转产)."""
    MATERIAL_SUPPLIER = "material_supplier"
    SHORTAGE_DRUG_BASE = "shortage_drug_base"


class Ownership(StrEnum):
    PRIVATE = "private"
    STATE = "state"


class QualityStatus(StrEnum):
    CERTIFIED = "certified"
    PENDING = "pending"
    SUSPENDED = "suspended"


class ProductKind(StrEnum):
    ITEM = "item"
    MATERIAL = "material"


class DeclarationKind(StrEnum):
    """What holders outside government say they have. Never stock: usable by consent, call or requisition."""

    OWN_RESERVE = "own_reserve"
    """Enterprises and institutions, for their own use (企事业单位自储)."""
    PLEDGE = "pledge"
    """Offered by a charity or another holder."""
    TEAM_KIT = "team_kit"
    """What a rescue team carries."""


class SupplyKind(StrEnum):
    """Goods that are not on a shelf yet."""

    PRE_ADVISED = "pre_advised"
    """Made and reported, waiting for release or arrival."""
    PRODUCTION = "production"
    """Planned output under a production order in force."""
    SHIPMENT = "shipment"
    LOAN_RETURN = "loan_return"


# --- value objects of the laws ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A production line as one version says. Capacities are pieces of its product a day."""

    code: str
    producer_code: str
    product_code: str
    product_kind: ProductKind
    normal_daily: int
    max_daily: int
    changeover_hours: int
    ramp_up_days: int
    release_lag_days: int
    min_batch: int = 1


@dataclass(frozen=True, slots=True)
class Activation:
    """A line is to make its product from one day to another, both included.

    quantity_per_day  what is asked for each day; None: all it can
    quantity          what is asked for in all; None: no ceiling
    began_on          first day of an unbroken run before ``from_on``, whose changeover and ramp it goes on with
    """

    line_code: str
    from_on: date
    to_on: date
    quantity_per_day: int | None = None
    quantity: int | None = None
    began_on: date | None = None


@dataclass(frozen=True, slots=True)
class Materials:
    """What there is to make things from.

    daily  whole units of each material that come in each day; a material that is missing here has none
    needs  material units for one unit of a product, all levels of the bill of materials taken together
    taken  what other promises use already, by day and material
    """

    daily: Mapping[str, int]
    needs: Mapping[str, Mapping[str, Fraction]]
    taken: Mapping[tuple[date, str], Fraction] = field(default_factory=dict)


CAPACITY = "capacity"
ORDER = "order"
"""What limits a day's output, when it is not the code of a material."""


@dataclass(frozen=True, slots=True)
class Output:
    """What one line finishes on one day, and from when it may be issued.

    available_on  first day of issue: the day after it was made, plus the release lag
    limited_by    ``capacity``, ``order`` or the code of the material that binds
    """

    item_code: str
    producer_code: str
    line_code: str
    made_on: date
    available_on: date
    quantity: int
    limited_by: str


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration of one line's daily capacity for a span of days."""

    line_code: str
    daily_quantity: int
    evidence: Evidence
    valid_from: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class Commitment:
    """A line promised under an order: pieces a day on every day of the span."""

    order_number: str
    line_code: str
    incident_code: str
    quantity_per_day: int
    from_on: date
    to_on: date


@dataclass(frozen=True, slots=True)
class Stranded:
    """A promise that no declaration backs any more: the first such day of an order."""

    order_number: str
    line_code: str
    day: date
    committed: int
    declared: int


@dataclass(frozen=True, slots=True)
class Supply:
    """Goods expected at a site: one version. ``available_from`` is the instant from which they may be issued."""

    code: str
    kind: SupplyKind
    site_code: str
    item_code: str
    owner_code: str
    quantity: int
    available_from: datetime
    evidence: Evidence
    document_number: str
    incident_code: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DayReport:
    """What an order made on one day, as last reported."""

    day: date
    good: int
    scrap: int


@dataclass(frozen=True, slots=True)
class Reliability:
    """Promise against output over the closed days of an order: pieces planned and pieces made."""

    planned: int
    made: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many rows a verb wrote."""

    rows: int


@dataclass(frozen=True, slots=True)
class CapacityDeclared:
    """What a declaration changed: rows written, and promises that are no longer backed (C02)."""

    rows: int
    stranded: tuple[Stranded, ...] = ()
