"""What two processes hand each other: a folder with arrays (.npz) and words and numbers (.json).

Both sides read this module, in whichever environment they run, so it needs numpy and no more.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ASKED, ANSWERED = "asked", "answered"


@dataclass(frozen=True)
class Parcel:
    """Arrays and facts under names."""

    arrays: Mapping[str, NDArray[Any]]
    facts: Mapping[str, Any]


def put(folder: Path, name: str, parcel: Parcel) -> None:
    """Write a parcel under a name."""
    np.savez(folder / f"{name}.npz", **parcel.arrays)
    (folder / f"{name}.json").write_text(json.dumps(dict(parcel.facts)), encoding="utf-8")


def take(folder: Path, name: str) -> Parcel:
    """Return the parcel of a name."""
    with np.load(folder / f"{name}.npz") as file:
        arrays = {key: file[key] for key in file.files}
    return Parcel(arrays, json.loads((folder / f"{name}.json").read_text(encoding="utf-8")))
