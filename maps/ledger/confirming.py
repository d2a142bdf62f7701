"""Month by month: which areas' ledgers are confirmed, and confirming one."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from geo.models import ManagingArea
from geo.words import AreaLevel
from maps.asked import Asked
from maps.models import Confirmation, User


@dataclass(frozen=True, kw_only=True)
class MonthOfArea:
    """Whether an area's ledger is confirmed for a month, and those of the subdistricts below."""

    month: date
    own: Confirmation | None
    below: tuple[tuple[ManagingArea, Confirmation | None], ...]

    @property
    def confirmed_below(self) -> int:
        """Return how many of the subdistricts below are confirmed."""
        return sum(each is not None for _, each in self.below)


def month_of(area: ManagingArea, *, asked: Asked, inside: frozenset[int]) -> MonthOfArea:
    """Return what is confirmed for the month of the day."""
    month = asked.valid.replace(day=1)
    found = Confirmation.objects.filter(area_id__in=inside, month=month)
    said = {each.area_id: each for each in found.select_related("confirmed_by")}
    streets = ManagingArea.objects.filter(
        pk__in=inside - {area.pk}, level=AreaLevel.SUBDISTRICT
    ).order_by("code")
    below = tuple((street, said.get(street.pk)) for street in streets)
    return MonthOfArea(month=month, own=said.get(area.pk), below=below)


def confirm(area: ManagingArea, *, by: User) -> Confirmation:
    """Confirm this month; who was first stays."""
    month = timezone.localdate().replace(day=1)
    told, _is_new = Confirmation.objects.get_or_create(
        area=area, month=month, defaults={"confirmed_by": by}
    )
    return told
