"""The command line: ``reserve serve | worker | migrate | verify | user | demo``."""
