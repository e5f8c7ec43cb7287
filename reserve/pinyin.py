"""Finding Chinese names by the initials of their pinyin: ``sjz`` finds 石家庄.

The 3,755 common characters of GB 2312 stand in the order of their sounds, so the first character of each initial tells
the initials of all. Rarer ones that occur in place and item names are listed; a character with two readings has both.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache

FIRST_OF_INITIAL = "啊芭擦搭蛾发噶哈击喀垃妈拿哦啪期然撒塌挖昔压匝"
INITIALS = "abcdefghjklmnopqrstwxyz"
LAST_COMMON = 0xD7F9
RARER = {"藁": "g", "涿": "z", "蠡": "l", "蔚": "yw", "陉": "x", "妃": "f", "涞": "l", "栾": "l", "骅": "h"}
TWO_READINGS = {"长": "cz", "行": "xh", "重": "zc", "乐": "ly", "调": "dt", "朝": "cz", "藏": "cz", "单": "ds"}


@cache
def _starts() -> list[int]:
    return [_code(character) for character in FIRST_OF_INITIAL]


def _code(character: str) -> int:
    """Place of a character in GB 2312, 0 for one that is not in it."""
    try:
        return int.from_bytes(character.encode("gb2312"), "big")
    except UnicodeEncodeError:
        return 0


@cache
def initials_of(character: str) -> str:
    """Lower-case letters by which a character may be typed; empty for what cannot be typed."""
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    if known := TWO_READINGS.get(character) or RARER.get(character):
        return known
    code = _code(character)
    place = bisect_right(_starts(), code)
    return INITIALS[place - 1] if place and code <= LAST_COMMON else ""


def found_by_initials(name: str, typed: str) -> bool:
    """Whether the typed letters are the initials of consecutive characters of a name."""
    letters = [options for character in name if (options := initials_of(character))]
    wanted = typed.lower()
    return any(
        all(letter in options for letter, options in zip(wanted, letters[start:], strict=False))
        for start in range(len(letters) - len(wanted) + 1)
    )
