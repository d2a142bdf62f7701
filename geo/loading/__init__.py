"""A reader's result → rows, whole or not at all."""

from geo.loading.load import LOADERS, Loaded, in_order, load_reading
from geo.loading.undoing import Undone, undo_import

__all__ = ["LOADERS", "Loaded", "Undone", "in_order", "load_reading", "undo_import"]
