"""What happens to a file that was brought in: kept, checked, then stored or given up.

Checking and storing run in the background, since a file may hold a whole city. Both read the file
anew in the sandbox: what is stored is what the file says, never what a page was told of it.
"""

import json
import shutil
from collections.abc import Iterable, Mapping
from typing import Any

import shapely
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.text import get_valid_filename
from django.utils.translation import gettext

from geo.crs import Datum
from geo.errors import Fault, InputError, gettext_noop
from geo.loading import Loaded, load_reading
from geo.models import ManagingArea
from geo.models.storage import NAME_LENGTH
from geo.readers import KIND_NAMES, Kind, Reading, read_file
from geo.readers.reading import SKIPPED
from geo.readers.sandbox import DISK_FULL
from geo.words import Secrecy
from maps.models import JobKind, Upload, UploadState, User
from maps.queue import enqueue
from maps.reach import refuse_outside
from maps.refused_rows import heading_of, mends_of, sha256_of, write_list

LARGEST_BYTES = 500 * 1024 * 1024
ROOM_TIMES = 4
"""A file is kept, copied for its parser, unpacked, and stored."""
MOST_FAULTS = 2_000
"""Faults that are kept with a file; how many there are is always told."""
MOST_OUTLINES = 5_000
FINEST_DEG = 0.00001
"""About a metre: finer than a preview shows."""
TOO_LARGE = gettext_noop("文件“{name}”有 {size} MB，上限为 {limit} MB。请拆分后分别导入。")
EMPTY = gettext_noop("文件“{name}”是空的。请检查后重新选择。")
NOT_NOW = gettext_noop("文件处于“{state}”，不能{what}。请刷新页面查看最新状态。")


def keep_upload(
    file: UploadedFile, *, area: ManagingArea, by: User, options: Mapping[str, Any]
) -> Upload:
    """Keep a file and have it checked in the background.

    Raises
    ------
    InputError
        Where it is empty or too large; nothing is kept.
    """
    name, size = str(file.name), int(file.size or 0)
    if size == 0:
        raise InputError(Fault(EMPTY, {"name": name}))
    if size > LARGEST_BYTES:
        told = {"name": name, "size": size >> 20, "limit": LARGEST_BYTES >> 20}
        raise InputError(Fault(TOO_LARGE, told))
    if shutil.disk_usage(settings.VAR_DIR).free < ROOM_TIMES * size:
        raise InputError(DISK_FULL)
    with transaction.atomic():
        upload = Upload.objects.create(
            area=area,
            file_name=get_valid_filename(name)[-NAME_LENGTH:],
            size_bytes=size,
            options=dict(options),
            uploaded_by=by,
        )
        upload.folder.mkdir(parents=True)
        try:
            with upload.path.open("wb") as kept:
                for chunk in file.chunks():
                    kept.write(chunk)
            have_checked(upload, by=by, options=options)
        except BaseException:
            shutil.rmtree(upload.folder)
            raise
    return upload


def have_checked(upload: Upload, *, by: User, options: Mapping[str, Any]) -> None:
    """Have a file checked (again), read as the options say."""
    upload.options = dict(options)
    _ask(upload, JobKind.CHECK, state=UploadState.CHECKING, by=by)


@transaction.atomic
def have_loaded(upload: Upload, *, by: User, good_rows: bool = False) -> Upload:
    """Have a file stored that was found clean, or its good rows; asked twice it is stored once."""
    held = Upload.objects.select_for_update().get(pk=upload.pk)
    if held.state in {UploadState.LOADING, UploadState.STORED}:
        return held
    is_partly_good = held.state == UploadState.FAULTY and bool(held.understood.get("good"))
    if held.state != UploadState.CLEAN and not (good_rows and is_partly_good):
        raise InputError(_not_now(held, gettext("入库")))
    held.options["good_rows"] = good_rows and is_partly_good
    _ask(held, JobKind.LOAD, state=UploadState.LOADING, by=by)
    return held


@transaction.atomic
def refuse_upload(upload: Upload) -> None:
    """Give a file up; the file itself is deleted, its record stays."""
    held = Upload.objects.select_for_update().get(pk=upload.pk)
    if held.state not in {UploadState.CLEAN, UploadState.FAULTY, UploadState.REFUSED}:
        raise InputError(_not_now(held, gettext("放弃")))
    held.state = UploadState.REFUSED
    held.save(update_fields=["state"])
    shutil.rmtree(held.folder, ignore_errors=True)


def _not_now(upload: Upload, what: str) -> Fault:
    return Fault(NOT_NOW, {"state": upload.get_state_display(), "what": what})


def _ask(upload: Upload, kind: JobKind, *, state: UploadState, by: User) -> None:
    upload.state = state
    upload.job = enqueue(kind, area=upload.area, by=by, arguments={"upload": upload.pk})
    upload.save(update_fields=["options", "state", "job"])


def read_upload(upload: Upload, *, skip_faulty: bool) -> Reading:
    """Return what the reader makes of the file, read as its options say, with what was mended."""
    asked = upload.options
    return read_file(
        upload.path,
        kind=Kind(asked["kind"]) if asked.get("kind") else None,
        datum=Datum(asked["datum"]) if asked.get("datum") else None,
        crs=asked.get("crs"),
        encoding=asked.get("encoding") or None,
        fields=asked.get("fields"),
        constants=asked.get("constants"),
        repair=bool(asked.get("repair")),
        skip_faulty=skip_faulty,
        layer=asked.get("layer"),
        ground=_ground_of(upload),
        mends=mends_of(upload),
    )


def _ground_of(upload: Upload) -> shapely.Geometry | None:
    """Return the outline of the area that the file is brought in for."""
    outline = upload.area.geometry
    return None if outline is None else shapely.from_wkb(bytes(outline.wkb))


def check_upload(upload: Upload) -> None:
    """Read the file and try to store it, then take that back: what is wrong is told beforehand."""
    upload.understood, upload.notices = {"sha256": sha256_of(upload)}, []
    try:
        reading = read_upload(upload, skip_faulty=True)
        _understood(upload, reading)
        with transaction.atomic():
            loaded = _load(upload, reading, good_rows=True)
            _foreseen(upload, loaded)
            transaction.set_rollback(True)
        faults = loaded.faults
    except InputError as error:
        faults = error.faults
        _offer(upload, faults)
    upload.state = UploadState.FAULTY if faults else UploadState.CLEAN
    _keep_faults(upload, faults)
    upload.save(update_fields=["state", "understood", "notices", "faults"])


def _foreseen(upload: Upload, loaded: Loaded) -> None:
    """Note what would come of the good rows."""
    batch = loaded.batch
    upload.understood |= {
        "counts": dict(loaded.counts),
        "changes": batch.changes,
        "left_aside": batch.left_aside,
        "good": upload.understood["in_all"] - batch.left_aside,
    }
    # how many rows are left aside is told by itself, with those that only the database refuses
    told = [notice for notice in loaded.notices if notice.text != SKIPPED]
    upload.notices = [notice.sentence(gettext) for notice in told]


def _keep_faults(upload: Upload, faults: tuple[Fault, ...]) -> None:
    """Keep what is wrong with the file, and its rows to be mended."""
    kind = upload.understood.get("kind") or str(upload.options.get("kind", ""))
    told = _told(faults, kind)
    upload.faults = told[:MOST_FAULTS]
    upload.understood["fault_count"] = len(faults)
    write_list(upload, faults, told)


def _offer(upload: Upload, faults: Iterable[Fault]) -> None:
    """Note what a person may choose from to have the file read, drawn where it can be."""
    choices: dict[str, Any] = {}
    drawn: list[Any] = []
    for fault in faults:
        choices |= _mapping(fault.values.get("choices"))
        drawn += _listed(fault.values.get("drawn"))
    upload.understood["choices"] = choices
    if drawn:
        boxes = [_drawn(name, shapely.box(*box)) for name, *box in drawn]
        ground = _ground_of(upload)
        outline = [] if ground is None else [_drawn(upload.area.name, ground)]
        shown = {"type": "FeatureCollection", "features": [*outline, *boxes]}
        upload.preview.write_text(json.dumps(shown), encoding="utf-8")


def _mapping(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}


def _listed(value: object) -> list[Any]:
    return list(value) if isinstance(value, list) else []


def _drawn(name: str, shape: shapely.Geometry) -> dict[str, Any]:
    small = shapely.simplify(shape, FINEST_DEG)
    drawn = json.loads(shapely.to_geojson(small))
    return {"type": "Feature", "properties": {"name": name}, "geometry": drawn}


def load_upload(upload: Upload) -> None:
    """Store the file in one transaction: whole, or its good rows where a person chose that."""
    good_rows = bool(upload.options.get("good_rows"))
    try:
        with transaction.atomic():
            loaded = _load(upload, read_upload(upload, skip_faulty=good_rows), good_rows=good_rows)
            _refuse_unseen(upload, loaded)
            upload.batch = loaded.batch
            upload.state = UploadState.STORED
            upload.save(update_fields=["state", "batch"])
    except InputError as error:
        # Something changed since the check: what it is stands with the file.
        upload.batch, upload.state = None, UploadState.FAULTY
        upload.understood |= {"good": 0}
        _keep_faults(upload, error.faults)
        upload.save(update_fields=["state", "understood", "faults"])


def _refuse_unseen(upload: Upload, loaded: Loaded) -> None:
    """Refuse to leave more rows aside than were shown when a person chose to."""
    if loaded.batch.left_aside > upload.understood.get("left_aside", 0):
        raise InputError(*loaded.faults)


def _load(upload: Upload, reading: Reading, *, good_rows: bool) -> Loaded:
    loaded = load_reading(
        reading,
        update=bool(upload.options.get("update")),
        secrecy=Secrecy.from_text(upload.options.get("secrecy", "")) or Secrecy.INTERNAL,
        skip_faulty=good_rows,
        by=upload.uploaded_by,
    )
    refuse_outside(upload.area, loaded.batch)
    return loaded


def _understood(upload: Upload, reading: Reading) -> None:
    source = reading.source
    upload.understood |= {
        "kind": str(reading.kind),
        "kind_name": gettext(KIND_NAMES[reading.kind]),
        "format": str(source.format),
        "encoding": source.encoding,
        "datum": str(source.datum or ""),
        "srid": source.srid,
        "layer": source.layer,
        "rows": source.rows,
        "kept": len(reading.frame),
        "in_all": len(reading.frame) + len({row for each in reading.faults for row in each.rows}),
        "columns": [str(name) for name in reading.frame.columns if name != "geometry"],
    }
    upload.notices = [notice.sentence(gettext) for notice in reading.notices]
    upload.preview.write_text(json.dumps(outlines_of(reading)), encoding="utf-8")


def outlines_of(reading: Reading) -> dict[str, Any]:
    """Return the outlines of a file for a map: GeoJSON in EPSG:4490, made small."""
    frame = reading.frame
    held = frame[frame["geometry"].notna()] if "geometry" in frame else frame.iloc[:0]
    held = held.iloc[:MOST_OUTLINES]
    if held.empty:
        return {"type": "FeatureCollection", "features": []}
    small = shapely.simplify(held["geometry"].to_numpy(), FINEST_DEG)
    drawn = shapely.to_geojson(shapely.set_precision(small, FINEST_DEG / 10, mode="pointwise"))
    named = held["name"] if "name" in held else [""] * len(held)
    features = [
        {
            "type": "Feature",
            "id": int(row),
            "properties": {"row": int(row), "name": str(name)},
            "geometry": json.loads(shape),
        }
        for row, name, shape in zip(held.index, named, drawn, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}


def _told(faults: Iterable[Fault], kind: str) -> list[dict[str, Any]]:
    """Return faults as they are kept and shown: where, what was given, what to do."""
    return [
        {
            "row": fault.row,
            "also": list(fault.also),
            "column": heading_of(fault.column, kind),
            "given": fault.given,
            "text": gettext(fault.text).format_map(fault.values),
            "fix": gettext(fault.fix).format_map(fault.values) if fault.fix else "",
            "place": fault.place,
        }
        for fault in faults
    ]
