"""The house rules that a machine can check: who imports whom, who commits, what is documented and what must not be."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from reserve.settings import Settings

ROOT = Path(__file__).parent.parent
PACKAGES = ("api", "seed", "reserve", "optimizer", "migrations")


def modules(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    """Every module under the folders with its syntax tree; folders that do not exist yet hold none."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.Module) -> set[str]:
    """Dotted names that a module imports; ``from a import b`` gives both ``a`` and ``a.b``."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def calls(tree: ast.Module, method: str) -> list[int]:
    """Lines that call a method of this name."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method
    ]


def verbs(tree: ast.Module) -> set[str]:
    """Public functions with the signature of a verb: session, actor, draft, and the two times."""
    return {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and [argument.arg for argument in node.args.args[:3]] == ["session", "actor", "draft"]
        and {"now", "today"} <= {argument.arg for argument in node.args.kwonlyargs}
    }


def slices() -> list[str]:
    """Packages of the core that hold tables or terms of their own."""
    return sorted(
        path.parent.name
        for path in (ROOT / "reserve").glob("*/__init__.py")
        if (path.parent / "models.py").exists() or (path.parent / "terms.py").exists()
    )


def test_import_contracts_hold(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    status = lint_imports(no_cache=True)

    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_every_slice_stands_in_the_contract_of_its_inside() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    inside = text.partition('id = "inside"')[2].partition("[[")[0]

    assert [name for name in slices() if f'"reserve.{name}"' not in inside] == []


WRAPPING = {("dispatch", "devices")}
"""Runs the verb that a device's command means, in a savepoint (decision "a device's command wraps a verb")."""


def test_verbs_do_not_call_verbs_of_other_slices() -> None:
    verbs_of = {f"reserve.{path.parts[1]}.{path.stem}": verbs(tree) for path, tree in modules("reserve")}
    offences = []
    for path, tree in modules("reserve"):
        own = f"reserve.{path.parts[1]}."
        for name in imports(tree):
            module, _, function = name.rpartition(".")
            of_another = not name.startswith(own) and name.startswith("reserve.")
            if (
                of_another
                and (path.parts[1], path.stem) not in WRAPPING
                and (function in verbs_of.get(module, ()) or (name.endswith(".service") and path.stem != "commands"))
            ):
                offences.append(f"{path}: {name}")

    assert offences == []


def test_only_the_command_runner_commits() -> None:
    committing = {str(path) for path, tree in modules(*PACKAGES) if calls(tree, "commit")}

    assert committing == {"reserve/commands.py"}


def test_only_the_command_runner_opens_a_writing_session() -> None:
    writing = {str(path) for path, tree in modules(*PACKAGES) if calls(tree, "writing")}

    assert writing == {"reserve/commands.py"}


def test_only_migrations_begin_transactions_of_their_own() -> None:
    """``engine.begin()`` commits when it ends: the schema's owner may, the application may not."""
    beginning = {path.parts[0] for path, tree in modules(*PACKAGES) if calls(tree, "begin")}

    assert beginning <= {"migrations"}


def test_only_the_clock_reads_the_time_of_day() -> None:
    """Below the doors ``now`` and ``today`` are arguments. Random keys carry the time in milliseconds."""
    reading = {
        str(path)
        for path, tree in modules("reserve", "optimizer")
        if calls(tree, "now") or calls(tree, "today") or calls(tree, "utcnow")
    }

    assert reading <= {"reserve/clock.py", "reserve/commands.py"}


def test_routes_and_pages_hold_no_sql() -> None:
    offences = [
        f"{path}: {name}"
        for path, tree in modules("api/routes", "api/pages", "api/schemas")
        for name in sorted(imports(tree))
        if name.split(".")[0] in ("sqlalchemy", "sqlite3", "psycopg")
    ]

    assert offences == []


def test_migrations_know_models_database_and_settings_only() -> None:
    allowed = ("reserve.models", "reserve.db", "reserve.settings", "migrations")
    offences = [
        f"{path}: {name}"
        for path, tree in modules("migrations")
        for name in sorted(imports(tree))
        if name.split(".")[0] in (*PACKAGES, "tests") and name != "reserve" and not name.startswith(allowed)
    ]

    assert offences == []


def test_a_started_server_has_not_imported_the_solver() -> None:
    program = "import sys, api.app; print([name for name in ('ortools', 'pandas') if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (answer.stdout.strip(), answer.stderr) == ("[]", "")


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_documented(name: str) -> None:
    manual = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")

    assert f"`RESERVE_{name.upper()}`" in manual


def test_no_machine_path_and_no_package_index_is_published() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    machine = "|".join(f"/{folder}/" for folder in ("root", "work", "home"))
    index = "|".join(
        ("index" + "-url", "UV_" + "INDEX", "PIP_" + "INDEX", r"tool\.uv\." + "index", "/sim" + r"ple/?\b")
    )
    pattern = re.compile(rf"(?<![\w.)])(?:{machine})|{index}")
    offences = []
    for path in paths:
        if path.is_file() and path.suffix not in (".png", ".woff2", ".gz"):
            found = pattern.search(path.read_text(encoding="utf-8", errors="replace"))
            offences += [f"{path.relative_to(ROOT)}: {found.group()}"] if found else []

    assert offences == []
