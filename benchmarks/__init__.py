"""Measurements against goals and against peers, on seeded data; nothing of it is installed."""
