"""How much of a file is taken before it is refused."""

FILE_BYTES = 2 * 1024**3
POINTS_PER_FEATURE = 100_000
POINTS_PER_FILE = 20_000_000
ORDINATE = 1e8
"""Greatest coordinate in any allowed CRS is a prefixed easting of 45 million metres; GEOS aborts
the process on the likes of 1e200."""

ARCHIVE_MEMBERS = 64
GEODATABASE_MEMBERS = 512
WORKBOOK_MEMBERS = 1024
UNPACKED_BYTES = 2 * 1024**3
UNPACKED_RATIO = 100
RATIO_MATTERS_FROM_BYTES = 4 * 1024**2
"""A small file of equal lines is packed a hundredfold without being a bomb."""

FEATURES = 1_000_000
TABLE_ROWS = 1_000_000
TABLE_COLUMNS = 256
EMPTY_ROWS = 1000
CELL_CHARACTERS = 2000
PLACE_CHARACTERS = 8_000_000
"""A boundary of 100,000 points as WKT."""
