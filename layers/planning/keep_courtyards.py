"""Keep the courtyards of a draft: from now on they are rows, and are not worked out anew."""

from geo.frames.outlines import stored_outline
from geo.models import Building, Courtyard, ManagingArea
from layers.draft import Draft
from layers.sites import SiteKind


def keep_courtyards(draft: Draft) -> int:
    """Store the courtyards that are not yet on record, with their buildings; return how many.

    A courtyard is a dated row with a code: a contract may cover it, and what a contract covers
    must not change because a building was drawn nearby.
    """
    frame = draft.derived.frame
    found = frame[frame["kind"] == SiteKind.COURTYARD]
    known = set(Courtyard.objects.filter(code__in=found["code"]).values_list("code", flat=True))
    new = found[~found["code"].isin(known)]
    areas = dict(ManagingArea.objects.values_list("code", "pk"))
    rows = [
        Courtyard(
            code=row.code,
            name=row.name_,
            area_id=areas.get(row.community or row.subdistrict or row.district),
            geometry=stored_outline(row.geometry),
            valid_from=draft.proposal.on_date,
        )
        for row in new.rename(columns={"name": "name_"}).itertuples()
    ]
    Courtyard.objects.bulk_create(rows)
    buildings = Building.objects.in_bulk(
        [code for members in new["members"] for code in members], field_name="code"
    )
    for row, members in zip(rows, new["members"], strict=True):
        for code in members:
            buildings[code].courtyard = row
    Building.objects.bulk_update(buildings.values(), ["courtyard"], batch_size=2_000)
    return len(rows)
