"""Who gets what: a frozen instance in, a checked and explained plan out."""
