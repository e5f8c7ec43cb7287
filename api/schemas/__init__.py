"""What the JSON interface answers. Drafts of the core are what it takes."""
