"""The schema's history, one numbered file per step. ``reserve migrate`` runs it."""
