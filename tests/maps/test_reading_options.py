from maps.reading_options import options_of


def test_answers_become_options_of_a_reader():
    given = {"kind": "compound", "crs": " 4547 ", "fields": "height = storeys", "repair": "on"}
    assert options_of(given) == {
        "kind": "compound",
        "crs": 4547,
        "fields": {"height": "storeys"},
        "repair": True,
    }


def test_what_is_left_empty_is_no_option():
    assert options_of({"kind": "", "crs": "", "fields": " \n", "repair": ""}) == {}
