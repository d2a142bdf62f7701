"""Formats that are several files of one name: which of them are there."""

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from zipfile import ZipInfo

from .parsed import Job


def grouped(
    members: Mapping[str, ZipInfo], endings: Sequence[str]
) -> dict[str, dict[str, ZipInfo]]:
    """Return the members of a zip with one of the endings, by their name without it."""
    groups: dict[str, dict[str, ZipInfo]] = {}
    for name, member in members.items():
        path = PurePosixPath(name.replace("\\", "/"))
        if path.suffix.lower() in endings:
            groups.setdefault(str(path.with_suffix("")), {})[path.suffix.lower()] = member
    return groups


def of_job(job: Job, endings: Sequence[str]) -> dict[str, Path]:
    """Return the files in a job's folder that have one of the endings."""
    beside = {ending: Path(job.path).with_suffix(ending) for ending in endings}
    return {ending: path for ending, path in beside.items() if path.is_file()}
