"""What `make setup` makes, in a folder that stands for the clone's own."""

import stat

import pytest

from maps.site import local_postgres, set_up

CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "片区"
msgstr "zone"
"""


@pytest.fixture
def clone(tmp_path, monkeypatch, settings):
    english = tmp_path / "locale" / "en" / "LC_MESSAGES"
    english.mkdir(parents=True)
    (english / "django.po").write_text(CATALOGUE)
    settings.VAR_DIR = tmp_path / "var"
    settings.STATIC_ROOT = tmp_path / "var" / "static"
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    monkeypatch.setattr(local_postgres, "CHECKOUT", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_set_up_makes_secret_static_files_and_translations(clone):
    set_up.set_up()
    assert len((clone / "var" / "secret_key").read_text()) >= 50
    assert (clone / "var" / "static" / "staticfiles.json").exists()
    assert (clone / "locale" / "en" / "LC_MESSAGES" / "django.mo").exists()
    assert (clone / "var" / "out").is_dir()


def test_a_secret_is_for_its_owner_alone(tmp_path):
    path = tmp_path / "var" / "secret_key"
    set_up.write_secret(path, "hidden")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("hidden", 0o600)


def test_a_secret_that_is_there_stays(tmp_path):
    set_up.write_secret(tmp_path / "secret_key", "first")
    set_up.write_secret(tmp_path / "secret_key", "second")
    assert (tmp_path / "secret_key").read_text() == "first"
