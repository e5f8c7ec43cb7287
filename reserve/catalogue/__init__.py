"""WHAT WE STORE: items, packs, standards, substitutes, prices."""
