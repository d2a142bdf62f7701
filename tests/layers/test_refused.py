from layers.refused import Alike, put_together


def why(key, **values):
    return {"key": key, "values": values}


def test_providers_refused_for_the_same_reasons_are_put_together():
    refused = [
        (
            "甲",
            [why("provider.grade_below", grade="C", minimum="B"), why("x", free=1.5, short=2.0)],
        ),
        ("乙", [why("provider.not_company")]),
        (
            "丙",
            [why("provider.grade_below", grade="D", minimum="B"), why("x", free=0.0, short=2.0)],
        ),
    ]
    assert put_together(refused) == [
        Alike(
            keys=("provider.grade_below", "x"),
            shared=[{"minimum": "B"}, {"short": 2.0}],
            providers=("甲", "丙"),
            own={"0.grade": ["C", "D"], "1.free": [1.5, 0.0]},
        ),
        Alike(keys=("provider.not_company",), shared=[{}], providers=("乙",), own={}),
    ]


def test_each_provider_has_its_own_reasons_again():
    refused = [
        ("甲", [why("ban", document="1号"), why("ban", document="2号")]),
        ("乙", [why("ban", document="1号"), why("ban", document="3号")]),
        ("丙", [why("ban", document="4号")]),
    ]
    told = [each for alike in put_together(refused) for each in alike.each()]
    assert sorted(told) == sorted(refused)
