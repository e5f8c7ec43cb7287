"""Figures: curves that templates draw themselves, and those that one helper process draws, asked by ``renderer``."""
