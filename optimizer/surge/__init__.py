"""Surge production: what lines can make and issue by when, what limits them, what one more kilogram is worth."""
