"""From the sandbox to the one who asked: plain JSON and raw WKB, nothing that could run."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from geo.errors import Fault, InputError

from .parsed import Figure, Format, Parsed

_RESULT, _WKB, _LENGTHS = "result.json", "figures.wkb", "lengths.npy"
_NO_FIGURE = -1


def write_parsed(parsed: Parsed, folder: Path) -> None:
    """Write a result into a folder."""
    document: dict[str, Any] = {
        "format": parsed.format,
        "layer": parsed.layer,
        "encoding": parsed.encoding,
        "columns": parsed.columns,
        "cells": parsed.cells,
        "rows": parsed.rows,
        "crs": parsed.crs,
        "cut_columns": sorted(parsed.cut_columns),
        "notices": [asdict(notice) for notice in parsed.notices],
    }
    if parsed.figures is not None:
        document["troubles"] = _write_figures(parsed.figures, folder)
    _write(document, folder)


def write_faults(error: InputError, folder: Path) -> None:
    """Write why a file cannot be read."""
    _write({"faults": [asdict(fault) for fault in error.faults]}, folder)


def read_parsed(folder: Path) -> Parsed:
    """Read what the sandbox wrote.

    Raises
    ------
    InputError
        With the faults that the sandbox found.

    """
    document = json.loads((folder / _RESULT).read_text("ascii"))
    if "faults" in document:
        raise InputError(*(_fault(fault) for fault in document["faults"]))
    troubles = document.pop("troubles", None)
    return Parsed(
        **document
        | {
            "format": Format(document["format"]),
            "cut_columns": frozenset(document["cut_columns"]),
            "notices": [_fault(notice) for notice in document["notices"]],
            "figures": None if troubles is None else _read_figures(troubles, folder),
        }
    )


def _write(document: dict[str, Any], folder: Path) -> None:
    # ASCII, as JSON's own escapes carry even the half characters that UTF-8 refuses.
    (folder / _RESULT).write_text(json.dumps(document), "ascii")


def _write_figures(figures: list[Figure], folder: Path) -> dict[str, Any]:
    lengths = [_NO_FIGURE if f.wkb is None else len(f.wkb) for f in figures]
    np.save(folder / _LENGTHS, np.array(lengths, dtype=np.int64))
    with (folder / _WKB).open("wb") as file:
        file.writelines(figure.wkb for figure in figures if figure.wkb is not None)
    return {
        "faults": {i: asdict(f.trouble) for i, f in enumerate(figures) if f.trouble is not None},
        "heights": [i for i, f in enumerate(figures) if f.has_height],
    }


def _read_figures(troubles: dict[str, Any], folder: Path) -> list[Figure]:
    lengths = np.load(folder / _LENGTHS, allow_pickle=False).tolist()
    faults = {int(i): _fault(fault) for i, fault in troubles["faults"].items()}
    heights = set(troubles["heights"])
    content = (folder / _WKB).read_bytes()
    figures, at = [], 0
    for i, length in enumerate(lengths):
        wkb = None if length == _NO_FIGURE else content[at : at + length]
        at += max(length, 0)
        figures.append(Figure(wkb=wkb, has_height=i in heights, trouble=faults.get(i)))
    return figures


def _fault(document: dict[str, Any]) -> Fault:
    place = document["place"]
    return Fault(**document | {"place": None if place is None else tuple(place)})
