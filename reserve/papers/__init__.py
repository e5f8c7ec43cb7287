"""WHAT IT RESTS ON: numbered documents, approval cases, signatures."""
