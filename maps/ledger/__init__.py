"""The ledger (台账): what is on record in an area, a grid a kind, with where each value is from."""
