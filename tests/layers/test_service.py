from datetime import date, datetime

import pandas as pd
import pytest

from geo.errors import InputError
from layers.service import middle, service_on

THINGS = [
    (("compound", "C1"), "和平小区"),
    (("compound", "C2"), "光明小区"),
    (("building", "B1"), "1号楼"),
    (("building", "C2"), "1号楼"),
]


def service_of(*rows: dict, day: date = date(2025, 6, 1)):
    unknown = dict.fromkeys(
        ["in_service_from", "signed_on", "filed_on", "ends_on", "fee_low", "fee_high"]
    )
    base = {"provider": "甲物业", "what": "C1"} | unknown
    table = pd.DataFrame([base | row for row in rows], columns=list(base))
    return service_on(table, THINGS, on_date=day)


def is_served(**row) -> bool:
    return ("compound", "C1") in service_of(row).by_thing


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param({}, True, id="without dates"),
        pytest.param({"in_service_from": date(2025, 6, 1)}, True, id="on the first day"),
        pytest.param({"in_service_from": date(2025, 6, 2)}, False, id="before the first day"),
        pytest.param(
            {"in_service_from": date(2025, 6, 2), "signed_on": date(2025, 1, 1)},
            False,
            id="signed but not yet in service",
        ),
        pytest.param({"signed_on": date(2025, 1, 1)}, True, id="signed, entry not recorded"),
        pytest.param({"filed_on": date(2025, 7, 1)}, False, id="filed later"),
        pytest.param({"ends_on": date(2025, 6, 1)}, True, id="on the last day"),
        pytest.param({"ends_on": date(2025, 5, 31)}, False, id="after the last day"),
        pytest.param({"ends_on": datetime(2025, 5, 31)}, False, id="timestamp"),  # noqa: DTZ001
        pytest.param({"ends_on": pd.NaT}, True, id="no end"),
        pytest.param({"ends_on": "2025-05-31"}, False, id="text"),
        pytest.param({"what": "和平小区"}, True, id="by name"),
        pytest.param({"what": "B1"}, False, id="another thing"),
    ],
)
def test_a_contract_serves_between_its_days(row, expected):
    assert is_served(**row) is expected


def test_of_two_contracts_the_later_one_counts():
    rows = [
        {"provider": "乙物业", "in_service_from": date(2024, 1, 1)},
        {"provider": "甲物业", "in_service_from": date(2020, 1, 1)},
    ]
    assert service_of(*rows).by_thing["compound", "C1"].provider == "乙物业"


def test_the_agreed_fee_is_the_middle_of_its_range():
    assert service_of({"fee_low": 0.3, "fee_high": 1.0}).by_thing["compound", "C1"].fee == 0.65


@pytest.mark.parametrize(
    ("low", "high", "fee"), [(0.5, None, 0.5), (pd.NA, 0.7, 0.7), (None, pd.NA, None)]
)
def test_an_open_range_counts_by_its_known_end(low, high, fee):
    assert middle(low, high) == fee


def test_an_ended_contract_still_names_its_compound():
    assert ("compound", "C1") in service_of({"ends_on": date(2020, 1, 1)}).named


def test_a_contract_over_what_is_not_here_is_noted():
    (notice,) = service_of({"what": "幸福里"}).notices
    assert notice.sentence() == "合同标的“幸福里”不在小区、楼栋或物业管理区域之中。"


@pytest.mark.parametrize("what", ["C2", "1号楼"], ids=["code", "name"])
def test_a_contract_over_one_of_two_things_is_refused(what):
    with pytest.raises(InputError) as caught:
        service_of({"what": what})
    assert str(caught.value) == (f"合同标的“{what}”对应 2 个对象，无法判断。请改用唯一编码。")
