"""What the sample city's register says of providers over time: grades by quarter, exits, a ban.

The sample's files hold the register of one day, as a bureau's own file would. What people entered
in the course of time is entered here in their place, for the demonstration: all of it invented,
all of it marked 示例数据, and the same for the same city and day.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from geo.models import Ban, ContractItem, Exit, Grade, ManagingArea, Provider
from geo.models.contracts import COVERED
from geo.models.providers import GRADES
from geo.recording.exits import ban_end
from geo.words import AreaLevel, ExitReason, ProviderKind

SOURCE = "示例数据"
QUARTERS = 4
"""So many quarters before the present one have a grade of their own."""
MONTHS = 3
SHIFTS = ((0, 0, 1, 1), (0, 1, 1, 2), (1, 0, 0, 0), (0, 0, 0, -1), (0, -1, -1, 0))
"""By how much the grade was worse a quarter ago, two, three, four; firms take them in turn."""
DECIDED_AFTER = timedelta(days=26)
BAN_YEARS = 3


@transaction.atomic
def enter_history(*, now: datetime) -> int:
    """Enter what happened to the sample's providers until now, once; return how many facts."""
    if Exit.objects.filter(source=SOURCE).exists():
        return 0
    today = timezone.localdate(now)
    return sum(1 for _ in (*_grades(today, now), *_exits(today), *_ban(today)))


def _grades(today: date, now: datetime) -> Iterator[Grade]:
    """Give firms a grade for each of the past quarters; the present one is that of the file."""
    begins = [*_quarters(today)]
    current = Grade.objects.current().filter(valid_from=None).select_related("provider")
    for turn, grade in enumerate(current.order_by("provider__name")):
        grade.correct(reason=SOURCE, now=now, valid_from=begins[0])
        at = GRADES.index(grade.grade)
        for back, shift in enumerate(SHIFTS[turn % len(SHIFTS)]):
            worse = min(max(at + shift, 0), len(GRADES) - 1)
            yield Grade.objects.create(
                provider=grade.provider,
                grade=GRADES[worse],
                valid_from=begins[back + 1],
                valid_to=begins[back] - timedelta(days=1),
                recorded_at=_moment(begins[back + 1]),
                source=SOURCE,
            )


def _quarters(today: date) -> Iterator[date]:
    """Yield the first day of this quarter, and of those before it."""
    month = today.year * 12 + today.month - 1
    for back in range(QUARTERS + 1):
        first = month - month % MONTHS - back * MONTHS
        yield date(first // 12, first % 12 + 1, 1)


def _exits(today: date) -> Iterator[Exit]:
    """Say of every contract that has ended why: most ran out, one firm walked away."""
    away = _who_walked_away(today)
    for number, item in enumerate(_ended(today), start=1):
        is_away = away is not None and item.pk == away.pk
        yield Exit.objects.create(
            contract=item.contract,
            area=_district(item),
            reason=ExitReason.WALKED_AWAY if is_away else ExitReason.EXPIRED,
            document=f"{SOURCE}〔{_last(item).year}〕退{number}号",
            valid_from=_last(item),
            recorded_at=_moment(_last(item)),
            source=SOURCE,
        )


def _ban(today: date) -> Iterator[Ban]:
    """Bar who walked away from its district: a decision of its own, some weeks later."""
    item = _who_walked_away(today)
    if item is None:
        return
    begins = _last(item) + DECIDED_AFTER
    yield Ban.objects.create(
        provider=item.contract.provider,
        area=_district(item),
        reason=ExitReason.WALKED_AWAY.label,
        document=f"{SOURCE}〔{begins.year}〕禁1号",
        valid_from=begins,
        valid_to=ban_end(begins, years=BAN_YEARS) - timedelta(days=1),
        recorded_at=_moment(begins),
        source=SOURCE,
    )


def _ended(today: date) -> list[ContractItem]:
    items = ContractItem.objects.current().filter(valid_to__lt=today)
    return list(items.select_related("contract__provider", *COVERED).order_by("valid_to", "pk"))


def _who_walked_away(today: date) -> ContractItem | None:
    """Return the first contract of a private firm that later signed again in the same district."""
    for item in _ended(today):
        provider = item.contract.provider
        if provider.kind == ProviderKind.PRIVATE and _signed_again(item, provider):
            return item
    return None


def _signed_again(item: ContractItem, provider: Provider) -> bool:
    after = _last(item) + DECIDED_AFTER
    later = ContractItem.objects.current().filter(contract__provider=provider, signed_on__gt=after)
    here = _district(item)
    return any(_district(each) == here for each in later.select_related(*COVERED))


def _district(item: ContractItem) -> ManagingArea | None:
    covered = item.covered
    area: ManagingArea | None = getattr(covered, "area", None)
    while area is not None and area.level != AreaLevel.DISTRICT:
        area = area.parent
    return area


def _last(item: ContractItem) -> date:
    assert item.valid_to is not None  # noqa: S101 (only those that ended are asked)
    return item.valid_to


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(9)))
