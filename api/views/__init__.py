"""Questions of doors that need several slices for one answer: read on one snapshot, shaped as the answer."""
