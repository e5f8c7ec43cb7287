"""One text for one content: what hashes are taken over and what is kept."""

from __future__ import annotations

import json
from typing import Any


def canonical_json(content: Any) -> str:
    """Sorted and compact, characters as they are. Tuples become lists, rows objects of their fields."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=vars)
