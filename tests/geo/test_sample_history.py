"""The demonstration's providers over time: grades by quarter, exits, a ban; entered once."""

import pytest

from geo.models import Ban, Exit, Grade
from geo.recording.sample_history import enter_history
from geo.words import AreaLevel, ExitReason, ProviderKind
from tests.rows import LONG_AGO, area, at, compound, covers, day, provider

pytestmark = pytest.mark.django_db
NOW = at(2026, 11, 22)


@pytest.fixture
def district():
    district = area("2101", level=AreaLevel.DISTRICT, name="东区")
    street = area("210101", parent=district)
    yards = [compound(code, area=street) for code in "ABCD"]
    firm, other = (provider(name, kind=ProviderKind.PRIVATE) for name in ("甲物业", "乙物业"))
    for each, letter in ((firm, "B"), (other, "D")):
        Grade.objects.create(provider=each, grade=letter, recorded_at=LONG_AGO)
    covers(firm, yards[0], signed_on=day(2022), valid_to=day(2024, 2, 29))
    covers(firm, yards[1], signed_on=day(2025, 5))
    covers(other, yards[2], signed_on=day(2022), valid_to=day(2023, 12, 31))
    covers(other, yards[3], signed_on=day(2021))
    return district


@pytest.mark.usefixtures("district")
def test_every_firm_has_a_grade_for_each_quarter_and_todays_is_the_files():
    assert enter_history(now=NOW) == 2 * 4 + 2 + 1

    def grades(name):
        rows = Grade.objects.current().filter(provider__name=name).order_by("valid_from")
        return [(str(row.valid_from), row.grade) for row in rows]

    assert grades("甲物业") == [
        *(("2025-10-01", "D"), ("2026-01-01", "C"), ("2026-04-01", "C"), ("2026-07-01", "B")),
        ("2026-10-01", "B"),
    ]
    assert [letter for _, letter in grades("乙物业")] == ["D", "D", "D", "D", "D"]


def test_one_firm_walked_away_was_barred_and_signed_again(district):
    enter_history(now=NOW)
    reasons = dict(Exit.objects.values_list("contract__provider__name", "reason"))
    assert reasons == {"甲物业": ExitReason.WALKED_AWAY, "乙物业": ExitReason.EXPIRED}
    ban = Ban.objects.get()
    assert (ban.provider.name, ban.area, ban.valid_from, ban.valid_to) == (
        *("甲物业", district),
        *(day(2024, 3, 26), day(2027, 3, 25)),
    )
    assert ban.document == "示例数据〔2024〕禁1号"


@pytest.mark.usefixtures("district")
def test_history_is_entered_once():
    enter_history(now=NOW)
    assert enter_history(now=NOW) == 0


def test_where_nobody_signed_again_nobody_is_barred():
    covers(provider("丙物业"), compound("E"), signed_on=day(2022), valid_to=day(2023))
    assert enter_history(now=NOW) == 1
    assert not Ban.objects.exists()
