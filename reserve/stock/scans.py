"""What a scanned or typed code says: GS1, UDI by MA and AHM, our own labels. Values in, values out.

Read from the published rules: GS1 General Specifications (element strings, through ``biip``), the MA (IDcode) coding
handbook for medical devices, the AHM coding rule, and the 20-digit drug tracing code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from urllib.parse import quote, unquote

from biip import ParseError
from biip.gs1_messages import GS1Message

from reserve.errors import InvalidInput, Problem

MAX_LENGTH = 300
OWN = "JB1"
"""Our labels begin with this; the figure is the version of the format."""
GROUP_SEPARATOR = "\x1d"
_SPELT_SEPARATORS = ("<GS>", "{GS}", "␝", "|", "~", "^")
"""How scanners that pretend to be keyboards send FNC1; none of them is a character of GS1 data."""
_SYMBOLOGY = re.compile(r"^\](C1|d2|Q3|e0|J1)")
_SEPARATOR_ENDS = re.compile(r"^\x1d+|\x1d+$")
_BEGINS_WITH_GTIN = re.compile(r"0[12]\d{14}")
_MA_PARTS = 5
_MA_LETTERS = "SLMPDEVYC"
_AHM_TAG = re.compile(r"[(\[.,;|&?]?(BN|SN|MD|BD|ED)[)\]:=]?")
_DRUG_CODE = re.compile(r"8\d{19}")
_DRUG_ITEM_DIGITS = 7


class Scheme(StrEnum):
    """Whose rules a code follows."""

    GS1 = "gs1"
    MA = "ma"
    AHM = "ahm"
    OWN = "own"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Scan:
    """What a code says, as far as it says anything. Empty where it is silent.

    trade_code  what the maker calls the goods in this pack size: GTIN of 14 digits, MA or AHM device identifier
    item_code   our own code, on our labels only
    count       how many of what ``trade_code`` names are in the box; on our labels pieces
    expires_on  the last usable day
    """

    text: str
    scheme: Scheme
    trade_code: str = ""
    item_code: str = ""
    lot_code: str = ""
    serial: str = ""
    made_on: date | None = None
    expires_on: date | None = None
    printed_expiry: str = ""
    count: int | None = None
    maker: str = ""
    site_code: str = ""
    bin_code: str = ""
    box_code: str = ""
    document_number: str = ""

    @property
    def names_goods(self) -> bool:
        return bool(self.trade_code or self.item_code)


def read_scan(text: str) -> Scan:
    """What a code says. Raises InvalidInput with everything that cannot be read.

    Anything that follows no known rule comes back as ``PLAIN``: an item code, bin, lot or number typed by hand.

    Example: ``(01)06901234567892(17)281231(10)2A(37)40`` names goods, lot 2A, usable to 2028-12-31, 40 in the box.
    """
    code = text.strip()
    if not code:
        raise InvalidInput([Problem("scan_empty", "scan", "a code", "")])
    if len(code) > MAX_LENGTH:
        raise InvalidInput([Problem("scan_too_long", "scan", f"at most {MAX_LENGTH} characters", str(len(code)))])
    if code.startswith(f"{OWN}/"):
        return _read_own(code)
    if code.upper().startswith("MA."):
        return _read_ma(code)
    if code.upper().startswith("AHM"):
        return _read_ahm(code)
    if _DRUG_CODE.fullmatch(code):
        return Scan(code, Scheme.AHM, trade_code=code[:_DRUG_ITEM_DIGITS], serial=code[_DRUG_ITEM_DIGITS:])
    if _looks_like_gs1(code):
        return _read_gs1(code)
    return Scan(code, Scheme.PLAIN)


# --- our own labels -----------------------------------------------------------------------------------------------


def lot_label(
    item_code: str, lot_code: str, *, expires_on: date | None = None, maker: str = "", pieces: int | None = None
) -> str:
    """The text of a lot or box label's QR: item, lot, last usable day, maker, pieces in this box."""
    day = expires_on.isoformat() if expires_on else ""
    return _own("LOT", item_code, lot_code, day, maker, str(pieces) if pieces else "")


def bin_label(site_code: str, bin_code: str) -> str:
    return _own("BIN", site_code, bin_code)


def box_label(box_code: str) -> str:
    return _own("BOX", box_code)


def document_label(number: str) -> str:
    return _own("DOC", number)


def _own(*parts: str) -> str:
    return "/".join((OWN, *(quote(part, safe="") for part in parts)))


def _read_own(code: str) -> Scan:
    _, kind, *parts = (unquote(part) for part in code.split("/"))
    match kind, parts:
        case "LOT", [item_code, lot_code, day, maker, pieces] if (
            item_code and lot_code and pieces.isdecimal() | (pieces == "")
        ):
            expires_on = _day_of(day) if day else None
            count = int(pieces) if pieces else None
            return Scan(
                code,
                Scheme.OWN,
                item_code=item_code,
                lot_code=lot_code,
                expires_on=expires_on,
                maker=maker,
                count=count,
            )
        case "BIN", [site_code, bin_code] if site_code and bin_code:
            return Scan(code, Scheme.OWN, site_code=site_code, bin_code=bin_code)
        case "BOX", [box_code] if box_code:
            return Scan(code, Scheme.OWN, box_code=box_code)
        case "DOC", [number] if number:
            return Scan(code, Scheme.OWN, document_number=number)
    raise InvalidInput([Problem("scan_unreadable", "scan", "a whole label of ours", code)])


# --- GS1 ----------------------------------------------------------------------------------------------------------


def _looks_like_gs1(code: str) -> bool:
    """Bracketed, announced by a symbology identifier or FNC1, or digits that begin with a GTIN or a box's contents."""
    begins = ("(0", "(1", "(2", "(3", "[0", "[1", "[2", "[3", GROUP_SEPARATOR)
    return code.startswith(begins) or _SYMBOLOGY.match(code) is not None or _BEGINS_WITH_GTIN.match(code) is not None


def _read_gs1(code: str) -> Scan:
    text = _SYMBOLOGY.sub("", code)
    for spelling in _SPELT_SEPARATORS:
        text = text.replace(spelling, GROUP_SEPARATOR)
    text = _SEPARATOR_ENDS.sub("", text)
    try:
        if text[:1] in "([":
            message = GS1Message.parse_hri(text.replace("[", "(").replace("]", ")"))
        else:
            message = GS1Message.parse(text)
    except ParseError as error:
        problem = Problem("scan_unreadable", "scan", "elements such as (01)…(17)…(10)…", code)
        raise InvalidInput([problem]) from error
    found = Scan(code, Scheme.GS1)
    problems: list[Problem] = []
    for element in message.element_strings:
        match element.ai.ai:
            case "01" | "02":
                if element.gtin is None:
                    problems.append(Problem("scan_check_digit", "scan", "a number with its check digit", element.value))
                found = replace(found, trade_code=element.value)
            case "10":
                found = replace(found, lot_code=element.value)
            case "21":
                found = replace(found, serial=element.value)
            case "11":
                found = replace(found, made_on=element.date)
            case "17":
                found = replace(found, expires_on=element.date, printed_expiry=element.value)
            case "30" | "37":
                found = replace(found, count=int(element.value) or None)
    if problems:
        raise InvalidInput(problems)
    return found


# --- MA and AHM ---------------------------------------------------------------------------------------------------


def _read_ma(code: str) -> Scan:
    """Five parts name the goods, each further part is one letter and its value.

    ``V`` is the last usable day; ``E`` is the day on which the goods have expired, so the day before is the last.
    """
    parts = code.upper().split(".")
    if len(parts) < _MA_PARTS or not all(parts[:_MA_PARTS]):
        raise InvalidInput([Problem("scan_unreadable", "scan", "MA with country, sector, maker and product", code)])
    letters = {part[0]: part[1:] for part in parts[_MA_PARTS:] if part[1:] and part[0] in _MA_LETTERS}
    return _device(code, Scheme.MA, ".".join(parts[:_MA_PARTS]), letters, made="MP", last_day="V", first_bad_day="E")


def _read_ahm(code: str) -> Scan:
    """The device identifier, then lot BN, serial SN, made MD, last usable day ED (or BD), each behind its letters."""
    identifier, *rest = _AHM_TAG.split(code[3:].lstrip(":.|"))
    identifier = identifier.rstrip("(.|,;&?")
    if not identifier:
        raise InvalidInput([Problem("scan_unreadable", "scan", "AHM with an identifier of the goods", code)])
    tags = {tag: value.strip("().[]|,;&:=") for tag, value in zip(rest[::2], rest[1::2], strict=True)}
    letters = {letter: tags[tag] for tag, letter in _AHM_LETTERS.items() if tags.get(tag)}
    return _device(code, Scheme.AHM, identifier, letters, made="M", last_day="VB", first_bad_day="")


_AHM_LETTERS: Mapping[str, str] = {"BN": "L", "SN": "S", "MD": "M", "ED": "V", "BD": "B"}


def _device(
    code: str,
    scheme: Scheme,
    identifier: str,
    letters: Mapping[str, str],
    *,
    made: Iterable[str],
    last_day: Iterable[str],
    first_bad_day: str,
) -> Scan:
    """A device by its identifier and what its letters say; all dates that are none are named."""
    days: dict[str, date] = {}
    problems: list[Problem] = []
    for letter in (*made, *last_day, *first_bad_day):
        if letter in letters:
            try:
                days[letter] = _day_of(letters[letter])
            except InvalidInput as refusal:
                problems += refusal.problems
    if problems:
        raise InvalidInput(problems)
    expiry = next((letter for letter in last_day if letter in days), "")
    expires_on = days.get(expiry)
    if expires_on is None and first_bad_day in days:
        expiry, expires_on = first_bad_day, days[first_bad_day] - timedelta(days=1)
    return Scan(
        code,
        scheme,
        trade_code=identifier,
        lot_code=letters.get("L", ""),
        serial=letters.get("S", ""),
        made_on=next((days[letter] for letter in made if letter in days), None),
        expires_on=expires_on,
        printed_expiry=letters.get(expiry, ""),
    )


def _day_of(text: str) -> date:
    """A day as six or eight digits, or with hyphens between."""
    digits = text.replace("-", "")
    if re.fullmatch(r"\d{6}|\d{8}|\d{4}-\d\d-\d\d", text):
        year = int(digits[:-4]) + (2000 if len(digits) == 6 else 0)
        with suppress(ValueError):
            return date(year, int(digits[-4:-2]), int(digits[-2:]))
    raise InvalidInput([Problem("scan_date", "scan", "a day as YYMMDD", text)])
