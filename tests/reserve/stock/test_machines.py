"""Machines come one by one with their serial number, and stand still when out of calibration or order."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from reserve.catalogue import service as catalogue
from reserve.catalogue.terms import EquipmentDraft, EquipmentKindDraft, TradeCodeDraft, TradeCodesDraft
from reserve.clock import local_day
from reserve.errors import InvalidInput, NotFound
from reserve.stock import machine_queries, queries, recognition
from reserve.stock import service as stock
from reserve.stock.drafts import (
    CountDraft,
    CountLineDraft,
    IssueDraft,
    IssueLineDraft,
    LotDraft,
    LotRef,
    MachineCheckDraft,
    OpeningDraft,
    OpeningLineDraft,
    ReceiptLineDraft,
    ReversalDraft,
)
from reserve.stock.ledger import MachineTwice
from reserve.stock.rules import unusable_because
from reserve.stock.terms import Condition, Deduction
from tests.books import problems
from tests.ledger_text import FUND, OWNER
from tests.reserve.stock.shelves import Shelves, at, receipt
from tests.small_world import MASK, TENT, run


@pytest.fixture
def ward(shelves: Shelves) -> Shelves:
    """Tents stand for ventilators: kept by serial number, a calibration is good for 90 days."""
    kind = EquipmentKindDraft(item_code=TENT, calibration_days=90)
    run(shelves.runner, catalogue.record_equipment, EquipmentDraft(kinds=(kind,)))
    return shelves


def machine(serial: str, calibrated: str = "2026-03-01", pieces: int = 1) -> ReceiptLineDraft:
    label = LotDraft(item_code=TENT, code=serial, calibrated_on=date.fromisoformat(calibrated) if calibrated else None)
    return ReceiptLineDraft(lot=label, accepted=pieces)


def check(serial: str, condition: Condition = Condition.FIT, calibrated: str = "", **more: Any) -> MachineCheckDraft:
    day = date.fromisoformat(calibrated) if calibrated else None
    return MachineCheckDraft(item_code=TENT, serial=serial, condition=condition, calibrated_on=day, **more)


def handed_over(serial: str) -> IssueDraft:
    ref = LotRef(item_code=TENT, code=serial)
    line = IssueLineDraft(lot_ref=ref, owner_code=OWNER, fund=FUND, quantity=1)
    return IssueDraft(site_code="W1", receiver_code="H1", reason="ward", lines=(line,))


def why(shelves: Shelves, serial: str, **known: Any) -> Deduction | None:
    """Why a machine at W1 may not be used today."""
    today = local_day(shelves.clock.now())
    (line,) = [
        each
        for each in shelves.ask(queries.stock_lines, site_codes=["W1"], item_codes=[TENT], **known)
        if each.lot_code == serial
    ]
    return unusable_because(line, today)


def test_each_machine_stands_by_its_serial_number(ward: Shelves) -> None:
    ward.run(stock.receive, receipt(machine("SN-1"), machine("SN-2")))

    assert [ward.stand(lot=serial) for serial in ("SN-1", "SN-2")] == [(1, 0), (1, 0)]
    lot = ward.ask(queries.get_lot, LotRef(item_code=TENT, code="sn1"))
    assert ward.ask(machine_queries.checks_of, lot.id)[0].calibrated_to == date(2026, 5, 29)


def test_what_is_no_single_machine_is_told_at_once(ward: Shelves) -> None:
    ward.run(stock.receive, receipt(machine("SN-1")))

    with ward.refused(InvalidInput) as refusal:
        ward.run(stock.receive, receipt(machine("SN-1"), machine("SN-2", pieces=2), machine("SN-2")))

    assert problems(refusal) == [
        ("machine_stands", "lines.0.lot.code", "SN-1"),
        ("several_machines", "lines.1.accepted", "2"),
        ("machine_stands", "lines.2.lot.code", "SN-2"),
    ]


def test_a_machine_is_out_of_use_from_the_day_after_its_calibration(ward: Shelves) -> None:
    ward.run(stock.receive, receipt(machine("SN-1", "2026-01-01"), machine("SN-2", "")))
    last_day = date(2026, 1, 1) + timedelta(days=89)

    assert why(ward, "SN-2") is Deduction.UNCALIBRATED
    assert why(ward, "SN-1") is None
    ward.clock.move_to(at(last_day.isoformat()))
    assert why(ward, "SN-1") is None
    ward.clock.move_to(at((last_day + timedelta(days=1)).isoformat()))
    assert why(ward, "SN-1") is Deduction.UNCALIBRATED
    with ward.refused(InvalidInput) as refusal:
        ward.run(stock.issue, handed_over("SN-1"))
    assert problems(refusal) == [("lot_uncalibrated", "lines.0.lot_ref.code", "SN-1")]


def test_a_recorded_calibration_brings_a_machine_back(ward: Shelves) -> None:
    ward.run(stock.receive, receipt(machine("SN-1", "2025-06-01")))
    before = ward.clock.now()
    assert why(ward, "SN-1") is Deduction.UNCALIBRATED
    ward.clock.move_to(before + timedelta(hours=1))

    answer = ward.run(
        stock.check_machine, check("SN-1", calibrated="2026-03-01", calibration_days=30, certificate="C-9")
    )

    assert (answer.calibrated_on, answer.calibrated_to) == ("2026-03-01", "2026-03-30")
    assert why(ward, "SN-1") is None
    assert why(ward, "SN-1", known_at=before) is Deduction.UNCALIBRATED
    ward.run(stock.issue, handed_over("SN-1"))
    assert ward.stand(lot="SN-1") == (0, 0)


def test_a_machine_that_needs_service_waits_and_keeps_its_calibration(ward: Shelves) -> None:
    ward.run(stock.receive, receipt(machine("SN-1")))

    ward.run(stock.check_machine, check("SN-1", Condition.NEEDS_SERVICE, note="valve"))
    assert why(ward, "SN-1") is Deduction.NEEDS_SERVICE
    ward.run(stock.check_machine, check("SN-1"))

    assert why(ward, "SN-1") is None
    lot = ward.ask(queries.get_lot, LotRef(item_code=TENT, code="SN-1"))
    found = [(each.condition, each.calibrated_to) for each in ward.ask(machine_queries.checks_of, lot.id)]
    assert found == [
        (Condition.FIT, date(2026, 5, 29)),
        (Condition.NEEDS_SERVICE, date(2026, 5, 29)),
        (Condition.FIT, date(2026, 5, 29)),
    ]


def test_only_a_machine_in_a_store_is_checked_and_never_tomorrow(ward: Shelves) -> None:
    ward.run(stock.receive, receipt(machine("SN-1"), machine("SN-2")))
    ward.run(stock.issue, handed_over("SN-2"))
    ward.book("2026-02-20  receive  5  lot 7  SUPPLIER -> A1")

    for draft in (check("SN-2"), MachineCheckDraft(item_code=MASK, serial="7", condition=Condition.FIT)):
        with ward.refused(NotFound):
            ward.run(stock.check_machine, draft)
    with ward.refused(InvalidInput) as refusal:
        ward.run(stock.check_machine, check("SN-1", calibrated="2027-01-01"))
    assert problems(refusal) == [("in_the_future", "calibrated_on", "2027-01-01")]


def test_a_machine_is_never_in_two_places(ward: Shelves) -> None:
    ward.run(stock.receive, receipt(machine("SN-1")))
    issued = ward.run(stock.issue, handed_over("SN-1"))
    ward.run(stock.receive, receipt(machine("SN-1", "")))  # the user gave it back

    with ward.refused(MachineTwice):
        ward.run(stock.reverse, ReversalDraft(document_number=issued.number, reason="a mistake"))
    line = CountLineDraft(
        lot_ref=LotRef(item_code=TENT, code="SN-1"),
        owner_code=OWNER,
        fund=FUND,
        counted=2,
        counted_at=ward.clock.now(),
    )
    with ward.refused(InvalidInput) as refusal:
        ward.run(stock.count, CountDraft(site_code="W1", lines=(line,)))
    assert problems(refusal) == [("several_machines", "lines.0.counted", "2")]


def test_machines_stand_on_the_shelf_when_the_books_begin(ward: Shelves) -> None:
    lines = [
        OpeningLineDraft(lot=machine(serial, "").lot, owner_code=OWNER, fund=FUND, quantity=1) for serial in ("1", "2")
    ]

    ward.run(stock.open_balance, OpeningDraft(site_code="W1", lines=tuple(lines)))

    assert (ward.stand(lot="1"), why(ward, "1")) == ((1, 0), Deduction.UNCALIBRATED)


def test_a_label_with_lot_and_serial_means_the_machine(ward: Shelves) -> None:
    ward.run(stock.receive, receipt(machine("SN-1")))

    codes = TradeCodesDraft(codes=(TradeCodeDraft(code="16901234567899", item_code=TENT, pieces=1),))
    ward.run(catalogue.record_trade_codes, codes)

    found = ward.ask(recognition.recognise, "(01)16901234567899(10)BATCH9(21)SN-1")

    assert found.scan.lot_code == "SN-1"
    assert [(lot.item_code, lot.code) for lot in found.lots] == [(TENT, "SN-1")]


def test_equipment_comes_in_packs_of_one(shelves: Shelves) -> None:
    kinds = tuple(EquipmentKindDraft(item_code=code) for code in (MASK, "X1", TENT, TENT))

    with shelves.refused(InvalidInput) as refusal:
        run(shelves.runner, catalogue.record_equipment, EquipmentDraft(kinds=kinds))

    assert problems(refusal) == [
        ("repeated", "kinds.3.item_code", TENT),
        ("pack_of_many", "kinds.0.item_code", "50"),
        ("unknown_item", "kinds.1.item_code", "X1"),
    ]
