"""What users hand in to ask what if."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, model_validator

from reserve.drafts import Draft
from reserve.quantities import MAX_QUANTITY
from reserve.scenarios.terms import ChangeKind, NeedLevel

MAX_DAYS = 120
MAX_CHANGES = 500
Day = Annotated[int, Field(ge=0, lt=MAX_DAYS)]
"""Day of the horizon, 0 being the day of ``as_of``."""
Code = Annotated[str, Field(min_length=1, max_length=40)]


class ActivateDraft(Draft):
    """A line makes all it can of its product from a day on, conversion and ramp first."""

    kind: Literal[ChangeKind.ACTIVATE] = ChangeKind.ACTIVATE
    line_code: Code
    from_day: Day = 0
    per_day: int | None = Field(default=None, gt=0, le=MAX_QUANTITY, strict=True)
    """The order's limit; all it can where empty."""
    yield_permille: int = Field(default=1000, ge=0, le=1000)
    """Good pieces of a thousand made, as assumed."""


class DelayDraft(Draft):
    """A line begins so many days later than it would."""

    kind: Literal[ChangeKind.DELAY] = ChangeKind.DELAY
    line_code: Code
    days: int = Field(ge=1, lt=MAX_DAYS)


class AddMaterialDraft(Draft):
    """So many whole units of a material come in on the morning of a day."""

    kind: Literal[ChangeKind.ADD_MATERIAL] = ChangeKind.ADD_MATERIAL
    material_code: Code
    quantity: int = Field(gt=0, le=MAX_QUANTITY, strict=True)
    day: Day = 0


class ChangeNeedDraft(Draft):
    """The need of an item is a percentage of what the base says, or a flow of so many pieces a day."""

    kind: Literal[ChangeKind.CHANGE_NEED] = ChangeKind.CHANGE_NEED
    item_code: Code
    percent: int | None = Field(default=None, ge=0, le=10_000)
    per_day: int | None = Field(default=None, ge=0, le=MAX_QUANTITY, strict=True)

    @model_validator(mode="after")
    def _one_of_both(self) -> ChangeNeedDraft:
        if (self.percent is None) == (self.per_day is None):
            raise ValueError("give either percent or per_day")
        return self


class SupplyShareDraft(Draft):
    """So many percent of the province's normal supply of a material come in each day besides what listed lines make."""

    kind: Literal[ChangeKind.SUPPLY_SHARE] = ChangeKind.SUPPLY_SHARE
    material_code: Code
    percent: int = Field(ge=0, le=1_000)


Change = Annotated[
    ActivateDraft | DelayDraft | AddMaterialDraft | ChangeNeedDraft | SupplyShareDraft, Field(discriminator="kind")
]
Changes = Annotated[tuple[Change, ...], Field(max_length=MAX_CHANGES)]


class ScenarioDraft(Draft):
    """Freeze a base as of one time and as known at one time (now, where empty), with the first changes."""

    organisation_code: str
    """Whose scenario it is."""
    title: str = Field(min_length=1, max_length=200)
    as_of: AwareDatetime | None = None
    known_at: AwareDatetime | None = None
    days: int = Field(default=60, ge=1, le=MAX_DAYS)
    incident_codes: tuple[str, ...] = ()
    """Whose needs count; those of all open incidents of the organisation's area where empty."""
    need_level: NeedLevel = NeedLevel.BASE
    needs_go_on: bool = False
    """Estimates reach some days ahead: repeat the flow of their last day to the end of the horizon."""
    changes: Changes = ()


class ScenarioChangesDraft(Draft):
    """A new version on the same base: these changes take the place of all that an earlier version made."""

    scenario_code: str
    from_version: int | None = Field(default=None, ge=1)
    """The version that this one goes on from; the last one where empty."""
    changes: Changes
    reason: str = Field(min_length=1, max_length=500)


class RunDraft(Draft):
    """Ask a door to work out what a version comes to."""

    scenario_code: str
    version: int = Field(ge=1)


class ProjectionDraft(Draft):
    """What the projection of a version came to, handed in by the door that worked it out."""

    scenario_code: str
    version: int = Field(ge=1)
    projection: str
    """Canonical JSON."""
    explanation: str
    """Canonical JSON: what is short, what binds, what helps."""
