"""What the environment of a process says, as the settings take it."""

import pytest

from maps.site import local_postgres, settings


def test_the_address_of_a_database_is_taken_apart(monkeypatch):
    address = "postgres://clerk:p%40ss%2F1@db.example:5433/lian%20pian?sslmode=require"
    monkeypatch.setenv("DATABASE_URL", address)
    told = settings.database_settings()
    named = {key: told[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    assert named == {
        "NAME": "lian pian",
        "USER": "clerk",
        "PASSWORD": "p@ss/1",
        "HOST": "db.example",
        "PORT": "5433",
    }
    assert told["OPTIONS"]["sslmode"] == "require"


def test_an_address_without_port_and_password_leaves_both_empty(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://clerk@%2Frun%2Fpostgres/lianpian")
    told = settings.database_settings()
    assert (told["HOST"], told["PORT"], told["PASSWORD"]) == ("/run/postgres", "", "")


def test_without_an_address_it_is_the_project_s_own_cluster(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    told = settings.database_settings()
    assert told["HOST"] == str(local_postgres.socket_folder(settings.BASE_DIR))
    assert (told["NAME"], told["USER"]) == ("lianpian", "lianpian")


@pytest.mark.parametrize("given", ["", "x" * 50])
def test_the_secret_is_that_of_the_environment_else_the_stored_one(monkeypatch, tmp_path, given):
    monkeypatch.setenv("LIANPIAN_SECRET_KEY", given)
    monkeypatch.setattr(settings, "VAR_DIR", tmp_path)
    (tmp_path / "secret_key").write_text("stored")
    assert settings.secret_key() == (given or "stored")


def test_a_process_without_any_secret_gets_one_of_its_own(monkeypatch, tmp_path):
    monkeypatch.delenv("LIANPIAN_SECRET_KEY", raising=False)
    monkeypatch.setattr(settings, "VAR_DIR", tmp_path)
    one, other = settings.secret_key(), settings.secret_key()
    assert (one != other, min(len(one), len(other)) >= 50) == (True, True)


def test_a_web_process_ends_long_statements_and_shares_connections(monkeypatch):
    monkeypatch.setattr(settings, "IS_WEB", True)
    monkeypatch.setenv("LIANPIAN_STATEMENT_S", "7")
    told = settings.connection_options()
    assert told["options"] == "-c statement_timeout=7000"
    assert told["pool"]["max_size"] >= settings.WEB_THREADS


def test_a_command_may_take_its_time(monkeypatch):
    monkeypatch.setattr(settings, "IS_WEB", False)
    assert "options" not in settings.connection_options()
