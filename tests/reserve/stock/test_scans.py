"""What labels say, as read by the desk: each scheme once whole, and everything that is refused with its reason."""

from __future__ import annotations

from datetime import date

import pytest

from reserve.errors import InvalidInput
from reserve.stock.scans import (
    Scan,
    Scheme,
    bin_label,
    box_label,
    document_label,
    lot_label,
    read_scan,
)

GTIN = "06901234567892"


def refused(text: str) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refusal:
        read_scan(text)
    return [(problem.code, problem.found) for problem in refusal.value.problems]


@pytest.mark.parametrize(
    "text",
    [
        f"01{GTIN}1126010117281231102A\x1d3740",
        f"]C101{GTIN}1126010117281231102A\x1d3740",
        f"]d2\x1d01{GTIN}1126010117281231102A\x1d3740",
        f"01{GTIN}1126010117281231102A<GS>3740",
        f"01{GTIN}1126010117281231102A|3740",
        f"(01){GTIN}(11)260101(17)281231(10)2A(37)40",
        f"[01]{GTIN}[11]260101[17]281231[10]2A[37]40",
        f"  (01){GTIN}(11)260101(17)281231(10)2A(30)40 ",
    ],
)
def test_gs1_says_the_same_however_the_scanner_sends_it(text: str) -> None:
    found = read_scan(text)

    assert (found.scheme, found.trade_code, found.lot_code, found.count) == (Scheme.GS1, GTIN, "2A", 40)
    assert (found.made_on, found.expires_on, found.printed_expiry) == (date(2026, 1, 1), date(2028, 12, 31), "281231")


def test_a_gs1_day_of_zero_is_the_last_of_its_month() -> None:
    assert read_scan(f"(01){GTIN}(17)280200").expires_on == date(2028, 2, 29)


def test_a_serial_number_stays_apart_from_the_lot() -> None:
    found = read_scan(f"(01){GTIN}(10)L/7(21)SN-99")

    assert (found.lot_code, found.serial) == ("L/7", "SN-99")


def test_a_bare_gtin_with_its_identifier_is_read() -> None:
    assert read_scan(f"01{GTIN}").trade_code == GTIN


def test_ma_names_the_goods_by_five_parts() -> None:
    found = read_scan("MA.156.M0.100761.21234561.SX00008.M260117.L20260117.E280130.V280129.C3")

    assert found == Scan(
        found.text,
        Scheme.MA,
        trade_code="MA.156.M0.100761.21234561",
        lot_code="20260117",
        serial="X00008",
        made_on=date(2026, 1, 17),
        expires_on=date(2028, 1, 29),
        printed_expiry="280129",
    )


def test_an_ma_expiry_day_is_the_first_bad_day_so_the_day_before_is_the_last() -> None:
    found = read_scan("MA.156.M0.100761.21234561.L7.E280301")

    assert (found.expires_on, found.printed_expiry) == (date(2028, 2, 29), "280301")


@pytest.mark.parametrize(
    "text",
    [
        "AHM8412345000001(BN)2A(SN)77(MD)20260101(ED)20281231",
        "AHM:8412345000001.BN:2A.SN:77.MD:260101.ED:281231",
        "AHM8412345000001|BN=2A|SN=77|MD=20260101|BD=20281231",
    ],
)
def test_ahm_says_the_same_with_any_separator(text: str) -> None:
    found = read_scan(text)

    assert (found.scheme, found.trade_code, found.lot_code, found.serial) == (Scheme.AHM, "8412345000001", "2A", "77")
    assert (found.made_on, found.expires_on) == (date(2026, 1, 1), date(2028, 12, 31))


def test_a_drug_tracing_code_names_the_pack_by_its_first_seven_digits() -> None:
    found = read_scan("84123456789012345678")

    assert (found.scheme, found.trade_code, found.serial) == (Scheme.AHM, "8412345", "6789012345678")


def test_our_own_labels_read_back_as_they_were_written() -> None:
    lot = read_scan(lot_label("M0000001", "7/3 号", expires_on=date(2028, 12, 31), maker="冀 A/B", pieces=50))
    shelf = read_scan(bin_label("W1", "A-1/2"))

    assert (lot.item_code, lot.lot_code, lot.expires_on) == ("M0000001", "7/3 号", date(2028, 12, 31))
    assert (lot.maker, lot.count) == ("冀 A/B", 50)
    assert (shelf.site_code, shelf.bin_code) == ("W1", "A-1/2")
    assert read_scan(box_label("BX-1")).box_code == "BX-1"
    assert read_scan(document_label("DSP-PB-2026-000001-3")).document_number == "DSP-PB-2026-000001-3"
    assert read_scan(lot_label("T0000001", "8")).expires_on is None


@pytest.mark.parametrize("text", ["M0000001", "A1", "RCP-PB-2026-000001-3", "口罩", "012", "6901234567892"])
def test_what_follows_no_rule_is_plain_text(text: str) -> None:
    assert read_scan(text) == Scan(text, Scheme.PLAIN)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("  ", ("scan_empty", "")),
        ("x" * 301, ("scan_too_long", "301")),
        ("(01)06901234567893(10)2A", ("scan_check_digit", "06901234567893")),
        (f"(01){GTIN}(17)289931", ("scan_unreadable", f"(01){GTIN}(17)289931")),
        (f"(01){GTIN}(17)280231", ("scan_unreadable", f"(01){GTIN}(17)280231")),
        ("MA.156.M0.100761", ("scan_unreadable", "MA.156.M0.100761")),
        ("MA.156.M0.100761.21234561.V281331", ("scan_date", "281331")),
        ("MA.156.M0.100761.21234561.V2812", ("scan_date", "2812")),
        ("AHM(BN)7", ("scan_unreadable", "AHM(BN)7")),
        ("JB1/LOT/M0000001", ("scan_unreadable", "JB1/LOT/M0000001")),
        ("JB1/LOT/M0000001/7/2028-12-31/MAKER/x", ("scan_unreadable", "JB1/LOT/M0000001/7/2028-12-31/MAKER/x")),
        ("JB1/LOT/M0000001/7/2028-13-31//", ("scan_date", "2028-13-31")),
        ("JB1/NONE/1", ("scan_unreadable", "JB1/NONE/1")),
    ],
)
def test_what_cannot_be_read_says_why(text: str, problem: tuple[str, str]) -> None:
    assert refused(text) == [problem]


def test_every_fault_of_a_label_is_named_at_once() -> None:
    found = refused("MA.156.M0.100761.21234561.M260230.V281331")

    assert found == [("scan_date", "260230"), ("scan_date", "281331")]
