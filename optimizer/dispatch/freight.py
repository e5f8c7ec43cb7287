"""The nouns of vehicle loads: fleets, gates, cargo, and the loads made of them.

Weight is grams, volume cubic centimetres, time minutes from the start of the plan, distance kilometres.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Roads = Mapping[str, Mapping[str, int]]
"""Kilometres from one code to another: cities that keep vehicles, sites and places alike."""


@dataclass(frozen=True)
class Fleet:
    """Vehicles of one class that one city can field.

    vehicles      how many may be used in all
    from_minute   when they can leave home
    """

    home: str
    vehicle_code: str
    payload_g: int
    volume_cm3: int
    vehicles: int
    load_minutes: int
    km_per_hour: int
    from_minute: int = 0

    def minutes(self, km: int) -> int:
        """Time on the road, rounded up."""
        return -(-60 * km // self.km_per_hour)


@dataclass(frozen=True)
class Gate:
    """What a site lets out: vehicles loading at once, and vehicles leaving in an hour; 0 an hour is no limit."""

    docks: int = 1
    per_hour: int = 0


@dataclass(frozen=True)
class Line:
    """One line of a pick list: so much of one lot, in whole packs, for one place.

    due_minute  the earliest hour for which it is wanted
    """

    place_code: str
    item_code: str
    quantity: int
    pack_size: int
    grams: int
    cm3: int
    owner_code: str = ""
    lot_code: str = ""
    expires_on: str | None = None
    due_minute: int | None = None


@dataclass(frozen=True)
class Cargo:
    """What leaves one site together, from one minute on."""

    site_code: str
    leave_minute: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Stop:
    """Where a vehicle unloads, when it arrives, and its pick list, first to expire first."""

    place_code: str
    arrive_minute: int
    lines: tuple[Line, ...]

    @property
    def late_minutes(self) -> int:
        """How long after the earliest hour wanted."""
        due = [line.due_minute for line in self.lines if line.due_minute is not None]
        return max(0, self.arrive_minute - min(due, default=self.arrive_minute))


@dataclass(frozen=True)
class Load:
    """One vehicle on one tour. Lines are loaded in the reverse order of the stops."""

    site_code: str
    home: str
    vehicle_code: str
    dock: int
    load_minute: int
    depart_minute: int
    km: int
    stops: tuple[Stop, ...]

    @property
    def grams(self) -> int:
        """Weight on the vehicle when it leaves."""
        return sum(line.grams for stop in self.stops for line in stop.lines)

    @property
    def cm3(self) -> int:
        """Volume on the vehicle when it leaves."""
        return sum(line.cm3 for stop in self.stops for line in stop.lines)


@dataclass(frozen=True)
class Loading:
    """All loads, and what found no vehicle."""

    loads: tuple[Load, ...]
    left: tuple[Line, ...]
