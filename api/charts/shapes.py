"""Outlines of Hebei for maps, and where a map looks. Boundaries: Tianditu, simplified (seed/data/PROVENANCE.md)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from functools import cache
from importlib.resources import files
from math import asinh, atan, degrees, radians, sinh, tan
from typing import Any

Point = tuple[float, float]
"""Longitude and latitude in degrees."""


@cache
def city_shapes() -> list[dict[str, Any]]:
    """Cities of Hebei. RFC 7946 winds outer rings counter-clockwise, Vega wants them clockwise."""
    return _shapes("hebei_cities.geojson")


def county_shapes(codes: Collection[str]) -> list[dict[str, Any]]:
    """Only the counties named: all of them together are too much for one page."""
    return [shape for shape in _counties() if shape["properties"]["code"] in codes]


def view_on(points: Collection[Point], width: int, height: int) -> dict[str, Any]:
    """Scale and centre of a Mercator map of that many pixels that shows all these points with a margin."""
    x = [radians(longitude) for longitude, _ in points]
    y = [asinh(tan(radians(latitude))) for _, latitude in points]
    wide, high = max(x) - min(x) or 0.01, max(y) - min(y) or 0.01
    middle = degrees(atan(sinh((max(y) + min(y)) / 2)))
    return {
        "type": "mercator",
        "scale": round(0.86 * min(width / wide, height / high)),
        "center": [round(degrees(max(x) + min(x)) / 2, 4), round(middle, 4)],
    }


def corners_of(shape: dict[str, Any]) -> Iterator[Point]:
    """Every corner of a shape."""
    for polygon in shape["geometry"]["coordinates"]:
        for ring in polygon:
            yield from ((longitude, latitude) for longitude, latitude in ring)


@cache
def _counties() -> list[dict[str, Any]]:
    return _shapes("hebei_counties.geojson")


def _shapes(name: str) -> list[dict[str, Any]]:
    text = (files("seed") / "data" / name).read_text(encoding="utf-8")
    return [{**shape, "geometry": _turned(shape["geometry"])} for shape in json.loads(text)["features"]]


def _turned(geometry: dict[str, Any]) -> dict[str, Any]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    turned = [[ring[::-1] for ring in polygon] for polygon in polygons]
    return {"type": "MultiPolygon", "coordinates": turned}
