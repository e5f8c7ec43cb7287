"""Machines as people read them: where they stand, whether they may be used, and what was found of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from api.views.desk import LotCard, lot_card
from reserve.catalogue import queries as catalogue_queries
from reserve.catalogue.models import Equipment, Item
from reserve.stock import machine_queries, queries, rules
from reserve.stock.models import MachineCheck
from reserve.stock.terms import Condition, Deduction, StockLine


@dataclass(frozen=True, slots=True)
class StandingMachine:
    line: StockLine
    item: Item
    because: Deduction | None
    """Why it may not be used today."""

    @property
    def condition(self) -> Condition:
        return Condition.FIT if self.line.serviceable else Condition.NEEDS_SERVICE


def standing_machines(
    session: Session, scopes: tuple[str, ...], today: date, site_code: str | None = None
) -> list[StandingMachine]:
    """Machines in the bins of my sites, or of one; those first that need a hand first."""
    kinds = [each.item_code for each in catalogue_queries.list_equipment(session)]
    sites = [site_code] if site_code else None
    lines = queries.stock_lines(session, scopes=scopes, site_codes=sites, item_codes=kinds)
    machines = machine_queries.machines_among(session, (line.lot_id for line in lines))
    items = catalogue_queries.items_by_code(session, kinds)
    found = [
        StandingMachine(line, items[line.item_code], rules.unusable_because(line, today))
        for line in lines
        if line.lot_id in machines
    ]
    return sorted(
        found,
        key=lambda each: (
            not each.because,
            each.line.calibrated_to or date.min,
            each.line.item_code,
            each.line.lot_code,
        ),
    )


@dataclass(frozen=True, slots=True)
class MachineCard:
    """One machine with its whole history: where it was, and what was found of it."""

    lot: LotCard
    kind: Equipment | None
    because: Deduction | None
    """Why it may not be used where it stands; None also when it stands nowhere."""
    checks: Sequence[MachineCheck]


def machine_card(session: Session, lot_id: int, scopes: tuple[str, ...], today: date) -> MachineCard:
    """Raises NotFound for what is no machine, and outside the scopes."""
    machine_queries.get_machine(session, lot_id)
    card = lot_card(session, lot_id, scopes)
    kinds = catalogue_queries.equipment_by_item(session, [card.item.code])
    because = [rules.unusable_because(line, today) for line in card.standing]
    return MachineCard(
        card, kinds.get(card.item.code), next(iter(because), None), machine_queries.checks_of(session, lot_id)
    )
