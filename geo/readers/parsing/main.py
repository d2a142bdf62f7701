"""What the sandboxed child runs: bind its own hands, parse one file, write the result, end."""

import importlib
import json
from collections.abc import Iterator
from pathlib import Path

from geo.errors import InputError, gettext_noop

from .confinement import confine
from .handover import write_faults, write_parsed
from .layers import refuse_secret, refuse_survey
from .parsed import Job, Parsed
from .single import SINGLE

NESTED_TOO_DEEP = gettext_noop("内容的括号嵌套过深，不是正常的数据文件。")

TOO_LARGE = gettext_noop("文件太大，内存不足以读取。请拆分后再导入。")

TITLE_ROWS, TITLE_CELLS = 5, 2
JOB_FILE = "job.json"
PARSERS = {
    **SINGLE,
    ".parquet": ("geoparquet", "parse_geoparquet"),
    ".zip": ("zips", "parse_zip"),
    ".kmz": ("zips", "parse_kmz"),
    ".shp": ("shapefile", "parse_loose"),
    ".tab": ("mapinfo", "parse_loose"),
    ".mif": ("mapinfo", "parse_loose"),
}
"""Ending of the file name → module and function; only the one that is needed is imported."""


def parse(job: Job) -> Parsed:
    """Parse the file of a job."""
    module, function = PARSERS[job.suffix]
    parser = getattr(importlib.import_module(f".{module}", __package__), function)
    try:
        parsed: Parsed = parser(job)
    except RecursionError:
        raise InputError(NESTED_TOO_DEEP) from None
    refuse_secret(parsed.layer, job.stem, *titles(parsed))
    if parsed.figures is not None:
        refuse_survey(parsed.layer, job.stem)
    return parsed


def titles(parsed: Parsed) -> Iterator[str]:
    """Yield what stands alone in the first rows of a sheet: its title, and its mark of secrecy."""
    for row in parsed.cells[:TITLE_ROWS] if parsed.columns is None else ():
        told = [cell for cell in row if cell is not None]
        if len(told) <= TITLE_CELLS:
            yield from (cell for cell in told if isinstance(cell, str))


def run(job: Job) -> None:
    """Parse the file of a job and write the result, or the faults, into its folder."""
    folder = Path(job.folder)
    try:
        write_parsed(parse(job), folder)
    except InputError as error:
        write_faults(error, folder)
    except MemoryError:
        write_faults(InputError(TOO_LARGE), folder)


def main(folder: str) -> None:
    """Run the job that the parent wrote, with our hands bound before the file is touched."""
    job = Job(**json.loads((Path(folder) / JOB_FILE).read_text("utf-8")))
    confine(folder, PARSERS[job.suffix][0])
    run(job)
