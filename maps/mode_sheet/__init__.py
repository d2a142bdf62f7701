"""Management modes as people see them: which policy, how many sites of each mode, and why."""
