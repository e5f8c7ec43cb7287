"""The rendering process: a JSON line in, a JSON line out. Drawing costs some 200 MB, which no web process carries."""

from __future__ import annotations

import json
import sys
from typing import Any

import vl_convert

from api.charts.figures import specification

SCRIPT = "window.vegaEmbed = vegaEmbed;"


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """``{"figure", "data"}`` becomes the specification and its drawing; ``{"script": true}`` the browser's script."""
    if asked.get("script"):
        return {"script": vl_convert.javascript_bundle(SCRIPT)}
    spec = specification(asked["figure"], asked["data"])
    return {"spec": spec, "svg": vl_convert.vegalite_to_svg(spec)}


def main() -> None:
    for line in sys.stdin:
        try:
            told = answer(json.loads(line))
        except Exception as error:  # whatever goes wrong with one figure must not take the next one with it
            told = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
