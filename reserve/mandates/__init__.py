"""Who must hold what: mandates by tier, targets, floors, coverage, and the cascade with its authorities."""
