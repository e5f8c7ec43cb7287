"""Papers to print: what a paper says is put together here, how it looks stands in the ``.typ`` files beside."""
