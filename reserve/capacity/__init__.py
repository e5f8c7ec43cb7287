"""WHAT CAN BE MADE: producers, lines, activation, output."""
