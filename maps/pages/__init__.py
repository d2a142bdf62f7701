"""Pages to read, one noun a module."""
