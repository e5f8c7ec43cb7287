"""How the tables of an instance stand in its text: in which order, and which are left out where they are empty."""

SORT_KEYS: dict[str, tuple[str, ...]] = {
    "items": ("code",),
    "sources": ("code",),
    "lots": ("source_code", "item_code", "code"),
    "floors": ("source_code", "item_code"),
    "incidents": ("code",),
    "steps": ("step", "source_kind"),
    "needs": ("priority_class", "item_code", "place_code", "due_hour", "code"),
    "routes": ("site_code", "place_code"),
    "docks": ("site_code",),
    "lane_limits": ("site_code", "place_code"),
    "fleets": ("code",),
    "substitutions": ("needed_item", "substitute_item"),
    "uses": ("need_code", "words"),
    "lines": ("code", "item_code"),
    "materials": ("code",),
    "parts": ("product_code", "material_code"),
    "road_changes": ("site_code", "place_code", "from_hour"),
    "stays": ("need_code",),
}
LEFT_OUT_EMPTY = frozenset(
    [
        "lane_limits",
        "fleets",
        "substitutions",
        "uses",
        "lines",
        "materials",
        "parts",
        "day0_hour",
        "road_changes",
        "stays",
    ]
)
"""Tables younger than the first plans: an instance without them has the text, and the hash, that it always had."""
