"""Frames of courtyards: scattered buildings that are run as one."""

from datetime import date, datetime

import geopandas

from geo.frames.past import managing_tree, records
from geo.frames.tables import SEPARATOR, geoframe
from geo.models import Building, Courtyard


def courtyards(*, area: str | None, valid: date, known: datetime) -> geopandas.GeoDataFrame:
    """Return courtyards with the codes of their buildings."""
    tree = managing_tree(area=area, known=known)
    own = ["name", "geometry"]
    found = records(Courtyard, own, valid=valid, known=known, inside=tree.inside())
    members: dict[int, list[str]] = {}
    held = Building.objects.filter(courtyard__isnull=False)
    for courtyard, building in held.order_by("code").values_list("courtyard_id", "code"):
        members.setdefault(courtyard, []).append(building)
    rows = [row | {"members": SEPARATOR.join(members.get(row["id"], []))} for row in found]
    columns = ["code", "name", "members"]
    return geoframe(rows, columns, [row["geometry"] for row in rows])
