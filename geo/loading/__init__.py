"""A reader's result → rows, whole or not at all."""

from geo.loading.load import LOADERS, Loaded, in_order, load_reading

__all__ = ["LOADERS", "Loaded", "in_order", "load_reading"]
