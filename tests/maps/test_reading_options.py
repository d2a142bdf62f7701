import pytest

from geo.errors import InputError
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


def test_what_is_marked_as_a_state_secret_is_refused():
    with pytest.raises(InputError, match="标为秘密、机密、绝密的文件不得导入。请联系保密部门。"):
        options_of({"secrecy": "classified"})


def test_a_layer_and_how_secret_a_file_is_are_kept():
    given = {"layer": " JMD ", "secrecy": "public"}
    assert options_of(given) == {"layer": "JMD", "secrecy": "public"}
