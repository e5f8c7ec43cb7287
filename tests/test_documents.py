"""What the documents point at is there: links, files, and the functions that the tour names."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
STANDING = [page for page in PAGES if page.parent.name != "decisions"]
"""Decisions speak of what was; the other pages of what is."""
CODE = ("reserve", "optimizer", "api", "seed", "migrations", "benchmarks", "tests")


@cache
def sources() -> tuple[Path, ...]:
    return tuple(path for folder in CODE for path in sorted((ROOT / folder).rglob("*.py")))


def named(path: str) -> list[Path]:
    """Files that a document may mean by the end of their path."""
    return [source for source in sources() if f"/{source.relative_to(ROOT).as_posix()}".endswith(f"/{path}")]


def defines(source: Path, name: str) -> bool:
    nodes = ast.walk(ast.parse(source.read_text(encoding="utf-8")))
    return any(isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name for node in nodes)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", STANDING, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_file_and_function_named_exists(page: Path) -> None:
    found = re.findall(r"`([\w/]+\.py)(?:::(\w+))?`", page.read_text(encoding="utf-8"))
    missing = [path for path, _ in found if not named(path)]
    missing += [f"{path}::{name}" for path, name in found if name and not any(defines(f, name) for f in named(path))]

    assert missing == []
