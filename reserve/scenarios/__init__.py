"""What if: surge scenarios, a frozen base and named changes, projected and compared."""
