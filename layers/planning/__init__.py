"""Use cases: load rows, compute with pure code, store; one verb a file."""
