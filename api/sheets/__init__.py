"""Excel and CSV, in and out: files are checked and read apart, rows become drafts, the verbs stay in the slices."""
