"""The project's own PostGIS cluster, for a newcomer who has set up nothing.

It listens on a Unix socket only (no port, no password), keeps its data below `var/`, and is started
by `make` or by hand (`python -m maps.site.local_postgres start`), never by importing this module.

PostgreSQL refuses to run as root: then it runs as the `postgres` user, with its data in
`/var/lib/lianpian/<hash>` where that user cannot reach `var/` (a clone below a folder of mode
0700). The socket lies in a short folder, since the kernel refuses socket paths over 107 bytes.
"""

import hashlib
import os
import pwd
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

DATABASE = "lianpian"
USER = "lianpian"
CHECKOUT = Path(__file__).resolve().parents[2]
EXTENSIONS = ("postgis", "btree_gist")


def var_folder() -> Path:
    """Return where this clone keeps what it makes: `var/`, or the folder of LIANPIAN_VAR."""
    return Path(os.environ.get("LIANPIAN_VAR", CHECKOUT / "var"))


def checkout_key(checkout: Path) -> str:
    """Return a short name of the checkout, for the folders that cannot lie inside it."""
    return hashlib.sha256(os.fsencode(checkout)).hexdigest()[:12]


def server_account() -> pwd.struct_passwd:
    """Return the account that the server runs as: ours, or `postgres` where we are root."""
    return pwd.getpwnam("postgres") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def socket_folder(checkout: Path) -> Path:
    """Return the folder of the socket."""
    return Path("/tmp") / f"lianpian-{os.geteuid()}-{checkout_key(checkout)}"  # noqa: S108 (checked when made: ours alone, mode 0700)


def data_folder(checkout: Path) -> Path:
    """Return where the cluster keeps its data."""
    inside = checkout / "var" / "postgres"
    if os.geteuid() != 0 or is_open_to_others(checkout):
        return inside
    return Path("/var/lib/lianpian") / checkout_key(checkout)


def is_open_to_others(folder: Path) -> bool:
    """Tell whether an account without rights of its own can walk down to the folder."""
    return all(
        part.stat().st_mode & stat.S_IXOTH for part in (folder, *folder.parents) if part.exists()
    )


def server_program(name: str) -> str:
    """Return the newest installed server program of that name; Debian keeps them off the PATH."""
    found = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[4])
    )
    program = str(found[-1]) if found else shutil.which(name)
    if program is None:
        remedy = "请运行 make setup，或用 DATABASE_URL 指定已有的 PostGIS。"
        sys.exit(f"PostgreSQL 服务器程序 {name} 未安装；{remedy}")
    return program


def run_as_server(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a server program as the server's account and return its result."""
    account = server_account()
    privileges: dict[str, Any] = (
        {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        if os.geteuid() == 0
        else {}
    )
    result: subprocess.CompletedProcess[str] = subprocess.run(  # noqa: S603 (fixed programs)
        command,
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
        stdin=subprocess.DEVNULL,
        **privileges,
    )
    return result


def must_succeed(*command: str) -> None:
    """Run a server program; where it fails, end with what it said."""
    result = run_as_server(*command)
    if result.returncode:
        sys.exit(f"{Path(command[0]).name}: {result.stderr or result.stdout}".strip())


def make_private_folder(folder: Path) -> None:
    """Make a folder that belongs to the server's account alone."""
    account = server_account()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid not in {account.pw_uid, os.geteuid()}:
        sys.exit(f"{folder} 属于其他用户，不能存放数据库套接字；请删除后重试。")
    if os.geteuid() == 0:
        os.chown(folder, account.pw_uid, account.pw_gid)
    folder.chmod(0o700)


def is_running(checkout: Path = CHECKOUT) -> bool:
    """Tell whether the cluster of the checkout accepts connections."""
    data = data_folder(checkout)
    if not (data / "PG_VERSION").exists():
        return False
    return run_as_server(server_program("pg_ctl"), "-D", str(data), "status").returncode == 0


def answers(checkout: Path = CHECKOUT) -> bool:
    """Tell whether something accepts connections at the cluster's socket; cheap to ask."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(socket_folder(checkout) / ".s.PGSQL.5432")) == 0


def is_needed() -> bool:
    """Tell whether the project runs a cluster of its own: not where DATABASE_URL names another."""
    return "DATABASE_URL" not in os.environ


def start(checkout: Path = CHECKOUT) -> None:
    """Make the cluster where there is none, and start it where it does not run."""
    data, sockets = data_folder(checkout), socket_folder(checkout)
    if not is_needed() or (is_running(checkout) and any(sockets.glob(".s.PGSQL.*"))):
        return
    # Somebody may have tidied the temporary folder below a running server.
    stop(checkout)
    make_private_folder(sockets)
    if not (data / "PG_VERSION").exists():
        create(data)
    options = f"-k {sockets} -c listen_addresses= -c jit=off -c shared_buffers=256MB"
    must_succeed(
        server_program("pg_ctl"),
        *("-D", str(data), "-l", str(data / "server.log"), "-o", options, "-w", "start"),
    )
    create_database(sockets)


def create(data: Path) -> None:
    """Make the cluster's data folder."""
    make_private_folder(data)
    must_succeed(
        server_program("initdb"),
        *("-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"),
    )


def create_database(sockets: Path) -> None:
    """Make role, extensions and database where they are missing.

    The extensions go into template1, so that test databases have them without a superuser.
    """
    found = psql(sockets, "template1", "SELECT 1 FROM pg_roles WHERE rolname = 'lianpian'")
    if not found:
        for extension in EXTENSIONS:
            psql(sockets, "template1", f"CREATE EXTENSION IF NOT EXISTS {extension}")
        psql(sockets, "template1", f"CREATE ROLE {USER} LOGIN CREATEDB")
    if not psql(sockets, "template1", "SELECT 1 FROM pg_database WHERE datname = 'lianpian'"):
        psql(sockets, "template1", f"CREATE DATABASE {DATABASE} OWNER {USER}")


def psql(sockets: Path, database: str, statement: str) -> str:
    """Run one statement as the cluster's superuser and return what it printed."""
    command = (server_program("psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", str(sockets))
    result = run_as_server(*command, "-U", "postgres", "-d", database, "-c", statement)
    if result.returncode:
        sys.exit(f"psql: {result.stderr}".strip())
    return result.stdout.strip()


def stop(checkout: Path = CHECKOUT) -> None:
    """Stop the cluster where it runs."""
    if is_needed() and is_running(checkout):
        data = data_folder(checkout)
        must_succeed(server_program("pg_ctl"), "-D", str(data), "-m", "fast", "-w", "stop")


def remove(checkout: Path = CHECKOUT) -> None:
    """Stop the cluster and remove all it kept."""
    if data_folder(checkout).exists():
        stop(checkout)
    for folder in (data_folder(checkout), socket_folder(checkout)):
        shutil.rmtree(folder, ignore_errors=True)


def run(*command: str, checkout: Path = CHECKOUT) -> int:
    """Run a command while the cluster is up, and leave the cluster as it was found."""
    was_running = is_needed() and is_running(checkout)
    start(checkout)
    try:
        return subprocess.run(command, check=False).returncode  # noqa: S603 (the caller's own)
    finally:
        if not was_running:
            stop(checkout)


def main(arguments: list[str]) -> int:
    """Do what the command line says: start, stop, remove, or run COMMAND."""
    match arguments:
        case ["start"]:
            start()
        case ["stop"]:
            stop()
        case ["remove"]:
            remove()
        case ["run", *command] if command:
            return run(*command)
        case _:
            sys.exit(
                "usage: python -m maps.site.local_postgres start | stop | remove | run COMMAND"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
