"""Files → checked frames in the field's own keys, with a report of every fault."""

from geo.readers.field_table import FIELDS, columns_of
from geo.readers.fields import Field, Reads, Shape
from geo.readers.kinds import KIND_NAMES, SHAPES, Kind
from geo.readers.mending import Mends, Originals, read_mends
from geo.readers.reading import Reading, Source, read_file, read_originals

__all__ = [
    "FIELDS",
    "KIND_NAMES",
    "SHAPES",
    "Field",
    "Kind",
    "Mends",
    "Originals",
    "Reading",
    "Reads",
    "Shape",
    "Source",
    "columns_of",
    "read_file",
    "read_mends",
    "read_originals",
]
