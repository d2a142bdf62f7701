"""What a policy may say of evaluations and treatments, and what contradicts itself."""

import pytest

from geo.errors import InputError
from layers.policy import load_policy
from layers.policy_parts import Sign
from tests.layers.test_policy import CITY

TREATMENT = "[[treatment]]\nname = '整治'\n"


@pytest.fixture
def city_file(tmp_path):
    def write(more):
        path = tmp_path / "yangquan.toml"
        path.write_text(CITY + more, encoding="utf-8")
        return path

    return write


def test_a_treatment_asks_for_signs_and_conditions(city_file):
    more = f"{TREATMENT}all = ['service_poor: 评价差', 'not can_self_govern: 不能自治']\n"
    (treatment,) = load_policy(city_file(more)).treatments
    asked = [(each.condition, each.wanted, each.words) for each in treatment.all]
    assert asked == [
        (Sign.SERVICE_POOR, True, "评价差"),
        ("can_self_govern", False, "不能自治"),
    ]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (f"{TREATMENT}all = ['old: 老旧']\n", "没有条件“old”"),
        ("[assessment]\ngood_from = 60.0\n", "较高等次的分数线应高于较低等次"),
        ("[assessment]\nexcellent_from = 101.0\n", "满分为 100 分"),
        ("[assessment]\nmany_events = 0\n", "many_events"),
    ],
)
def test_what_cannot_be_meant_is_refused(city_file, more, sentence):
    with pytest.raises(InputError) as caught:
        load_policy(city_file(more))
    assert sentence in caught.value.report()


def test_a_city_may_say_what_is_many(city_file):
    policy = load_policy(city_file("[assessment]\nmany_events = 10\nwithin_months = 6\n"))
    assert (policy.assessment.many_events, policy.assessment.within_months) == (10, 6)
    assert "assessment.many_events" not in policy.taken_from_default
