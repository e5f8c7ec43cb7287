"""The text of a PDF, read as any reader would: page contents through each font's own table of characters."""

from __future__ import annotations

import re
import zlib

OBJECT = re.compile(rb"(\d+) 0 obj(.*?)endobj", re.DOTALL)
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
SINGLE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
SHOWN = re.compile(rb"/(\w+) [\d.]+ Tf|<([0-9A-Fa-f]+)>|\(((?:[^()\\]|\\.)*)\)|(\bT[Jj]\b)", re.DOTALL)


def text_of(content: bytes) -> str:
    """All characters that the pages show, in the order in which they are drawn."""
    objects = {int(number): body for number, body in OBJECT.findall(content)}
    objects |= _packed(objects)
    fonts = _fonts(objects)
    return "".join(_drawn(_stream(body), fonts) for body in objects.values() if b" Tf" in _stream(body))


def _stream(body: bytes) -> bytes:
    found = STREAM.search(body)
    if found is None or b"/Image" in body:
        return b""
    return zlib.decompress(found.group(1)) if b"/FlateDecode" in body else found.group(1)


def _packed(objects: dict[int, bytes]) -> dict[int, bytes]:
    """Objects that stand inside other objects' streams."""
    found: dict[int, bytes] = {}
    for body in objects.values():
        if b"/ObjStm" not in body:
            continue
        first, inside = int(re.search(rb"/First (\d+)", body).group(1)), _stream(body)  # type: ignore[union-attr]
        numbers = [int(part) for part in inside[:first].split()]
        places = [*numbers[1::2], len(inside) - first]
        for number, start, end in zip(numbers[::2], places, places[1:], strict=False):
            found[number] = inside[first + start : first + end]
    return found


def _fonts(objects: dict[int, bytes]) -> dict[bytes, dict[int, str]]:
    """Characters by code for each font name that pages use."""
    fonts: dict[bytes, dict[int, str]] = {}
    for body in objects.values():
        for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", body):
            table = re.search(rb"/ToUnicode (\d+) 0 R", objects.get(int(number), b""))
            if table:
                fonts[name] = _characters(_stream(objects[int(table.group(1))]))
    return fonts


def _characters(table: bytes) -> dict[int, str]:
    found = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, text in SINGLE.findall(block):
            found[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for low, high, text in RANGE.findall(block):
            for place in range(int(low, 16), int(high, 16) + 1):
                found[place] = chr(int(text, 16) + place - int(low, 16))
    return found


def _drawn(page: bytes, fonts: dict[bytes, dict[int, str]]) -> str:
    text, characters = [], dict[int, str]()
    for name, hexadecimal, literal, _ in SHOWN.findall(re.sub(rb"<<.*?>>", b"", page, flags=re.DOTALL)):
        if name:
            characters = fonts.get(name, {})
        codes = bytes.fromhex(hexadecimal.decode()) if hexadecimal else _literal(literal)
        pairs = (int.from_bytes(codes[place : place + 2], "big") for place in range(0, len(codes), 2))
        text += [characters.get(pair, "") for pair in pairs]
    return "".join(text)


def _literal(text: bytes) -> bytes:
    """The bytes of a string in round brackets."""
    named = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
    return re.sub(
        rb"\\([0-7]{1,3}|.)",
        lambda found: (
            bytes([int(found.group(1), 8)]) if found.group(1).isdigit() else named.get(found.group(1), found.group(1))
        ),
        text,
        flags=re.DOTALL,
    )
