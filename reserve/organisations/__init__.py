"""WHO: regions and organisations by tier."""
