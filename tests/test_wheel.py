"""The wheel, in an environment that has nothing else, does what the README promises of an installed system."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def empty_environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of a new virtual environment with the wheel in it."""
    uv = shutil.which("uv")
    assert uv, "the tests are started by uv"
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([uv, "build", "--wheel", "--quiet", "--out-dir", folder, ROOT], check=True)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder / "env"], check=True)
    python = folder / "env" / "bin" / "python"
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, wheel], check=True)
    return folder / "env" / "bin"


def _run(programs: Path, folder: Path, *arguments: str) -> str:
    environment = {"PATH": f"{programs}:/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8"}
    environment |= {name: os.environ[name] for name in ("TMPDIR",) if name in os.environ}
    done = subprocess.run(
        [programs / "reserve", *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=250
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_installed_wheel_lists_its_commands(empty_environment: Path, tmp_path: Path) -> None:
    help_text = _run(empty_environment, tmp_path, "--help")

    assert all(command in help_text for command in ("demo", "serve", "worker", "migrate", "verify", "user"))


def test_installed_wheel_migrates_and_proves_an_empty_database(empty_environment: Path, tmp_path: Path) -> None:
    _run(empty_environment, tmp_path, "migrate")
    _run(empty_environment, tmp_path, "verify", "--level", "full")

    assert (tmp_path / "reserve.sqlite").exists()
