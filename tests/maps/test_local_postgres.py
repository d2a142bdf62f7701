import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from maps.site import local_postgres, serve

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(monkeypatch):
    """A folder that stands for a clone, with its cluster gone at the end.

    Not below pytest's own folder: that is closed to others, and the server is another account.
    """
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with TemporaryDirectory(dir="/var/tmp", prefix="lianpian-clone-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        local_postgres.remove(folder)
        folder.chmod(0o755)


def answer(checkout, question):
    with psycopg.connect(
        host=str(local_postgres.socket_folder(checkout)),
        dbname=local_postgres.DATABASE,
        user=local_postgres.USER,
    ) as connection:
        return connection.execute(question).fetchone()[0]


def test_a_started_cluster_has_postgis_and_listens_on_no_port(checkout):
    local_postgres.start(checkout)
    assert answer(checkout, "SELECT postgis_lib_version()").startswith("3.")
    assert answer(checkout, "SHOW listen_addresses") == ""


def test_a_second_start_keeps_the_data(checkout):
    local_postgres.start(checkout)
    with psycopg.connect(
        host=str(local_postgres.socket_folder(checkout)), dbname="lianpian", user="lianpian"
    ) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    local_postgres.stop(checkout)
    local_postgres.start(checkout)
    local_postgres.start(checkout)
    assert answer(checkout, "SELECT one FROM kept") == 1


def test_a_start_restores_a_socket_that_was_tidied_away(checkout):
    local_postgres.start(checkout)
    shutil.rmtree(local_postgres.socket_folder(checkout))
    local_postgres.start(checkout)
    assert answer(checkout, "SELECT 1") == 1


def test_removing_leaves_neither_data_nor_socket(checkout):
    local_postgres.start(checkout)
    local_postgres.remove(checkout)
    assert not local_postgres.data_folder(checkout).exists()
    assert not local_postgres.socket_folder(checkout).exists()
    assert not local_postgres.is_running(checkout)


def test_a_command_runs_with_the_cluster_up_and_leaves_it_down(checkout):
    status = local_postgres.run("sh", "-c", "exit 3", checkout=checkout)
    assert status == 3
    assert not local_postgres.is_running(checkout)


def test_a_command_leaves_a_running_cluster_running(checkout):
    local_postgres.start(checkout)
    local_postgres.run("true", checkout=checkout)
    assert local_postgres.is_running(checkout)


def test_the_socket_path_is_short_however_long_the_path_of_the_clone(tmp_path):
    long_path = tmp_path.joinpath(*["小区" * 20] * 5)
    assert len(os.fsencode(local_postgres.socket_folder(long_path) / ".s.PGSQL.5432")) < 107


def test_a_cluster_starts_in_a_clone_with_a_long_path(checkout):
    deep = checkout.joinpath(*["a-folder-with-a-long-name"] * 6)
    deep.mkdir(parents=True)
    local_postgres.start(deep)
    try:
        assert answer(deep, "SELECT 1") == 1
    finally:
        local_postgres.remove(deep)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another account")
def test_root_keeps_the_data_outside_a_private_clone(checkout):
    checkout.chmod(0o700)
    assert local_postgres.data_folder(checkout).is_relative_to("/var/lib/lianpian")
    local_postgres.start(checkout)
    assert answer(checkout, "SELECT 1") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become an ordinary user")
@pytest.mark.skipif(not Path("/usr/bin/python3").exists(), reason="needs Debian's own Python")
def test_an_ordinary_user_runs_the_cluster_below_var(checkout):
    """The module uses the standard library alone, so that it can be copied and run anywhere."""
    package = checkout / "maps" / "site"
    package.mkdir(parents=True)
    shutil.copy(ROOT / "maps" / "site" / "local_postgres.py", package)
    shutil.chown(checkout, "nobody")
    as_nobody = {"user": "nobody", "group": "nogroup", "extra_groups": [], "cwd": checkout}
    as_nobody |= {"capture_output": True, "text": True}
    command = ["/usr/bin/python3", "-m", "maps.site.local_postgres"]
    version = [*command, "run", "sh", "-c", "test -f var/postgres/PG_VERSION && echo it runs"]
    result = subprocess.run(version, check=False, **as_nobody)
    removed = subprocess.run([*command, "remove"], check=False, **as_nobody)
    assert "it runs" in result.stdout, result.stderr
    assert removed.returncode == 0, removed.stderr


def test_a_named_database_needs_no_cluster(checkout, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://somewhere/else")
    local_postgres.start(checkout)
    assert not (checkout / "var").exists()


def test_a_missing_server_program_names_the_remedy():
    with pytest.raises(
        SystemExit, match="PostgreSQL 服务器程序 no_such_program 未安装；请运行 make setup"
    ):
        local_postgres.server_program("no_such_program")


def test_a_server_program_that_fails_says_why(tmp_path):
    with pytest.raises(SystemExit, match=r"pg_ctl: .*no database directory|pg_ctl: "):
        local_postgres.must_succeed(
            local_postgres.server_program("pg_ctl"), "-D", str(tmp_path / "none"), "stop"
        )


def test_a_statement_that_fails_says_why(checkout):
    local_postgres.start(checkout)
    sockets = local_postgres.socket_folder(checkout)
    with pytest.raises(SystemExit, match=r'psql: ERROR:  relation "nowhere" does not exist'):
        local_postgres.psql(sockets, "template1", "SELECT * FROM nowhere")


def test_a_socket_folder_of_somebody_else_is_refused(tmp_path):
    target = tmp_path / "theirs"
    target.mkdir()
    link = tmp_path / "link"
    link.symlink_to(target)
    with pytest.raises(SystemExit, match="属于其他用户，不能存放数据库套接字"):
        local_postgres.make_private_folder(link)


def test_unknown_words_on_the_command_line_print_the_usage():
    with pytest.raises(SystemExit, match=r"usage: python -m maps.site.local_postgres"):
        local_postgres.main(["dance"])


def test_the_command_line_runs_a_command_with_the_cluster():
    result = subprocess.run(
        [sys.executable, "-m", "maps.site.local_postgres", "run", "true"], check=False, cwd=ROOT
    )
    assert result.returncode == 0


def test_a_busy_port_is_named_with_another_to_take():
    with socket.socket() as taken:
        taken.bind((serve.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            SystemExit, match=f"端口 {port} 已被占用；请换一个端口，例如 make demo PORT={port + 1}"
        ):
            serve.must_be_free(port)
