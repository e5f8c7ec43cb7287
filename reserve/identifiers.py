"""Names for things: request keys made by clients, and numbers with a check digit for papers."""

from __future__ import annotations

import os
import time
import uuid


def uuid7() -> uuid.UUID:
    """A time-ordered UUID version 7 (RFC 9562): 48 bits of milliseconds, 74 random bits.

    Not secret, not proof of time, never a capability.
    """
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | (random >> 68 & 0xFFF) << 64
    value |= 0b10 << 62 | random & (1 << 62) - 1
    return uuid.UUID(int=value)


def check_digit(text: str) -> int:
    """ISO 7064 MOD 11,10 over letters and digits; catches every wrong digit and 39 of 40 swaps of neighbours.

    Letters count by their place (A = 10), so that the body's code is covered too.
    """
    remainder = 10
    for character in text:
        if character.isalnum():
            for digit in str(int(character, 36)):
                remainder = (remainder + int(digit)) % 10 or 10
                remainder = remainder * 2 % 11
    return (11 - remainder) % 10


def document_number(kind_code: str, organisation_code: str, year: int, serial: int) -> str:
    """``RCP-130109-2026-000123-7``: kind, organisation, year, serial, check digit."""
    body = f"{kind_code}-{organisation_code}-{year:04d}-{serial:06d}"
    return f"{body}-{check_digit(body)}"


def is_document_number(text: str) -> bool:
    """Whether the check digit fits; a mistyped number is refused before anything is looked up."""
    body, _, digit = text.rpartition("-")
    return body.count("-") >= 3 and digit.isdigit() and int(digit) == check_digit(body)
