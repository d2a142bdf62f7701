"""Assessment as people see it: which period, tables for page and file, and what is entered."""
