import io

import pytest
from django.core.management import CommandError, call_command

from geo.readers import KIND_NAMES
from maps.sample_files import FORMATS


def test_a_city_becomes_a_file_of_each_kind_with_its_rows_told(tmp_path):
    said = io.StringIO()
    call_command("make_sample", "--preset", "hamlet", "--out", str(tmp_path), stdout=said)
    wanted = [
        (KIND_NAMES[kind], tmp_path / f"{kind}{ending}") for kind, (ending, _) in FORMATS.items()
    ]
    lines = said.getvalue().splitlines()
    told = [(line.partition("：")[0], line.partition("，")[2]) for line in lines]
    assert told == [(name, str(path)) for name, path in wanted]
    assert all(path.exists() for _, path in wanted)
    assert lines[1] == f"小区：20 行，{tmp_path / 'compound.geojson'}"


def test_an_unknown_city_is_refused(tmp_path):
    with pytest.raises(CommandError, match="--preset"):
        call_command("make_sample", "--preset", "atlantis", "--out", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()
