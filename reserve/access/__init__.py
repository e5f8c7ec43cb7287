"""WHO MAY DO WHAT: users, roles, grants, sessions, tokens."""
