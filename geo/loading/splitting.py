"""Lists of names or codes in one cell."""

import re

SEPARATORS = re.compile(r"[、;；,，\n]+")


def split_names(text: str) -> list[str]:
    """Return the names in a cell, each once, in the order given."""
    names = (name.strip() for name in SEPARATORS.split(text))
    return list(dict.fromkeys(name for name in names if name))
