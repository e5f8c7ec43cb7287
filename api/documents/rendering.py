"""Papers as PDF. The same content gives the same bytes: no time of printing, no fonts of this machine."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import segno
import typst

FOLDER = Path(str(files("api"))) / "documents"


def render(template: str, content: Mapping[str, Any], *, as_picture: bool = False) -> bytes:
    """A template filled with content, as PDF; as PNG of its first page where somebody wants to look at it."""
    made = typst.compile(
        FOLDER / f"{template}.typ",
        root=FOLDER,
        font_paths=[_fonts()],
        ignore_system_fonts=True,
        format="png" if as_picture else "pdf",
        ppi=96 if as_picture else None,
        sys_inputs={"content": json.dumps(content, ensure_ascii=False, sort_keys=True)},
    )
    return made[0] if isinstance(made, list) else bytes(made or b"")


def qr(text: str) -> str:
    """A QR code as SVG, of a size that phones and scanners read from paper."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", xmldecl=False, border=2)
    return out.getvalue().decode()


@cache
def _fonts() -> Path:
    return Path(pylopdf_fonts_zh_cn.serif_path()).parent
