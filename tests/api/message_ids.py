"""What must be said in both languages: found by reading the source, so that nothing can be forgotten."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path

from babel.messages.extract import extract_from_dir

from api.errors import CODE_OF_STATUS, TITLES
from api.faults import KINDS
from api.sheets.columns import Form
from api.sheets.registry import KINDS as KINDS_OF_SHEETS
from reserve.access.terms import Role
from reserve.dispatch.facts import Caution
from reserve.dispatch.terms import DeviceCommandKind, DeviceOutcome
from reserve.incidents.picture import Basis, Confidence
from reserve.mandates.terms import SourceKind
from reserve.organisations.terms import HolderKind, Tier
from reserve.papers.terms import Decision, DocumentKind, State
from reserve.sites.terms import OUTSIDE, BinKind, SiteKind
from reserve.stock.terms import BlockReason, Condition, CountCause, Deduction, Fund, MovementKind, Purpose
from seed import goods

ROOT = Path(__file__).parents[2]
WALKED = ("reserve", "api", "seed", "optimizer")

WORDS: dict[str, tuple[type[StrEnum], ...]] = {
    "word": (Role, DocumentKind, State),
    "decision": (Decision,),
    "site": (SiteKind,),
    "bin": (BinKind,),
    "movement": (MovementKind,),
    "deduction": (Deduction,),
    "tier": (Tier,),
    "holder": (HolderKind,),
    "block": (BlockReason,),
    "condition": (Condition,),
    "cause": (CountCause,),
    "fund": (Fund,),
    "purpose": (Purpose,),
    "caution": (Caution,),
    "basis": (Basis,),
    "confidence": (Confidence,),
    "source": (SourceKind,),
    "device": (DeviceCommandKind, DeviceOutcome),
}
"""Closed lists that pages show as words, by context: the same word may mean two things in two lists."""
DEMO_STAGES = ("schema", "load", "story", "report", "verify")

Message = tuple[str | None, str]
"""Context and id."""


@cache
def wanted() -> frozenset[Message]:
    """Every message that a reader can meet."""
    return frozenset(
        {
            *template_messages(),
            *((None, sentence) for sentence in said()),
            *((None, title) for title in TITLES.values()),
            *(("error", code) for code in error_codes()),
            *(("expected", phrase) for phrase in expected_phrases()),
            *((context, word.value) for context, lists in WORDS.items() for words in lists for word in words),
            *(("word", stage) for stage in DEMO_STAGES),
            *(("unit", unit) for unit in units()),
            *sheet_messages(),
            *(("word", kind.value) for kind in (*MovementKind, *OUTSIDE, BinKind.IN_TRANSIT)),
        }
    )


def template_messages() -> Iterator[Message]:
    found = extract_from_dir(
        ROOT / "api" / "templates", [("**.html", "jinja2.ext.babel_extract")], options_map={"**.html": {"silent": "no"}}
    )
    for _, _, message, _, context in found:
        yield context, message if isinstance(message, str) else message[0]


def units() -> set[str]:
    """Base units of the items that come with the system."""
    return {item.unit for item in goods.catalogue().items}


def sheet_messages() -> Iterator[Message]:
    """Titles, headings, forms and choices of the sheets."""
    yield from (("word", f"form_{form.value}") for form in Form)
    for kind in KINDS_OF_SHEETS.values():
        yield None, kind.title
        for column in kind.columns:
            yield None, column.heading
            yield from (("word", choice.value) for choice in column.choices)


def said() -> set[str]:
    """What Python code says through ``say`` and ``refuse``."""
    found = set()
    for path in sorted((ROOT / "api").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] in ("say", "refuse") and call.args:
                found |= set(_texts(call.args[0], tree))
    return found


def error_codes() -> set[str]:
    """Codes of refusals (``code = "…"`` in a class), of problems (first argument), and the doors' own."""
    found = {code for tree in _trees() for code in (*_class_codes(tree), *_problem_codes(tree))}
    found |= {code for code, _ in KINDS.values()} | {"invalid_value"} | set(CODE_OF_STATUS.values()) | {"json_broken"}
    lots = {f"lot_{deduction}" for deduction in Deduction} if "lot_{1}" in found else set()
    return (found | lots) - {"lot_{1}"}


def expected_phrases() -> set[str]:
    """What problems say was expected (third argument of ``Problem``); values inside become {1}, {2} …"""
    found = {phrase for tree in _trees() for phrase in _phrases(tree)}
    found |= {re.sub(r"\{\w+\}", "{1}", phrase) for _, phrase in KINDS.values()} | {"a valid value", "nothing"}
    return {phrase for phrase in found if any(letter.islower() for letter in re.sub(r"\{\d\}", "", phrase))}


@cache
def _trees() -> list[ast.Module]:
    paths = [path for folder in WALKED for path in sorted((ROOT / folder).rglob("*.py"))]
    return [ast.parse(path.read_text(encoding="utf-8")) for path in paths]


def _class_codes(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and not any("Enum" in ast.dump(base) for base in node.bases):
            for each in node.body:
                if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == "code":
                    yield from _texts(each.value, tree)


def _problem_codes(tree: ast.Module) -> Iterator[str]:
    for call in _problem_calls(tree, "Problem", "Fault", "Refused", "SheetRefused"):
        yield from _texts(_argument(call, 0, "code"), tree)


def _phrases(tree: ast.Module) -> Iterator[str]:
    for call in _problem_calls(tree, "Problem"):
        yield from _texts(_argument(call, 2, "expected"), tree)
    for call in _problem_calls(tree, "Fault"):
        yield from _texts(_argument(call, 1, "expected"), tree)


def _problem_calls(tree: ast.Module, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in names:
            yield node


def _argument(call: ast.Call, place: int, name: str) -> ast.expr:
    if len(call.args) > place:
        return call.args[place]
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), ast.Constant(None))


def _texts(node: ast.expr, tree: ast.Module) -> Iterator[str]:
    """The texts an expression can be: a literal, either branch, or what a name is set to in this module."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield _template(node)
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body, tree)
        yield from _texts(node.orelse, tree)
    elif isinstance(node, ast.Name):
        for value in (*_set_to(node.id, tree), *_given_as(node.id, tree)):
            if not isinstance(value, ast.Name):
                yield from _texts(value, tree)


def _set_to(name: str, tree: ast.Module) -> Iterator[ast.expr]:
    """What a name is assigned, anywhere in the module."""
    for each in ast.walk(tree):
        if isinstance(each, ast.Assign) and any(ast.unparse(target) == name for target in each.targets):
            yield each.value


def _given_as(name: str, tree: ast.Module) -> Iterator[ast.expr]:
    """What callers in the module hand over where a function calls its parameter by this name."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            names = [argument.arg for argument in function.args.args if argument.arg != "self"]
            for call in ast.walk(tree):
                if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] == function.name:
                    if name in names and len(call.args) > names.index(name):
                        yield call.args[names.index(name)]
                    yield from (keyword.value for keyword in call.keywords if keyword.arg == name)


def _template(node: ast.JoinedStr) -> str:
    parts, place = [], 0
    for value in node.values:
        if isinstance(value, ast.Constant):
            parts.append(str(value.value))
        else:
            place += 1
            parts.append(f"{{{place}}}")
    return "".join(parts)
