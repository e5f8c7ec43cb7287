"""Figures as pure functions: numbers in, shapes out. Templates draw them; nothing here knows a page."""
