"""The dispatch table (调度表): how far the zones of a plan have come, who is late, what next."""
