"""What is needed: incidents, response levels, needs from drivers and norms, requests, household coverage."""
