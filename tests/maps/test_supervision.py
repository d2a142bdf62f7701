"""What ends by accident is started again, later each time, and it is said."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from maps.site import local_postgres
from maps.site.supervision import Cluster, Process, Watch, end_all, keep_running

ENDLESS = "import time; time.sleep(600)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True)"
PATIENCE_S = 20.0


@pytest.fixture
def process():
    made = Process("测试进程", "-c", ENDLESS)
    yield made
    made.ask_to_end()
    made.end(patience_s=PATIENCE_S)


class Hours:
    """A clock that goes when it is told to."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def until(is_so):
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


def kill(process):
    os.kill(process._process.pid, signal.SIGKILL)  # noqa: SLF001 (as a person would, by number)
    until(lambda: not process.is_up())


def test_a_process_that_was_never_started_is_down_and_ends_at_once():
    process = Process("测试进程", "-c", ENDLESS)
    assert not process.is_up()
    end_all([process], patience_s=0.1)


def test_a_process_that_died_is_started_again_after_a_pause_and_both_is_said(process):
    said, clock = [], Hours()
    process.start()
    watch = Watch(process, said.append, clock)
    watch.look()
    assert said == []
    kill(process)
    watch.look()
    clock.now = 0.9
    watch.look()
    assert not process.is_up()
    clock.now = 1.0
    watch.look()
    assert process.is_up()
    assert said == ["测试进程意外停止，1 秒后重新启动。", "测试进程已重新启动。"]


def test_a_process_that_cannot_run_waits_longer_each_time_but_not_for_ever():
    said, clock = [], Hours()
    process = Process("测试进程", "-c", "raise SystemExit(3)")
    watch = Watch(process, said.append, clock)
    for _ in range(7):
        until(lambda: not process.is_up())
        watch.look()
        clock.now = watch.start_again_at
        watch.look()
    pauses = [line.split("，")[1].split(" ")[0] for line in said if "意外停止" in line]
    assert pauses == ["1", "2", "4", "8", "16", "30", "30"]
    until(lambda: not process.is_up())


def test_after_a_quiet_time_the_pause_is_short_again(process):
    said, clock = [], Hours()
    watch = Watch(process, said.append, clock, pause_s=16.0)
    clock.now = 61.0
    watch.look()
    assert said == ["测试进程意外停止，1 秒后重新启动。"]


def test_a_service_that_says_why_it_cannot_start_is_heard(tmp_path):
    class Absent(Process):
        def start(self):
            local_postgres.server_program("no_such_program")

    said, clock = [], Hours()
    watch = Watch(Absent("数据库", str(tmp_path)), said.append, clock)
    watch.look()
    clock.now = 1.0
    watch.look()
    assert said[1].startswith("数据库未能启动：PostgreSQL 服务器程序 no_such_program 未安装")


def test_a_process_that_does_not_listen_is_killed(capfd):
    process = Process("测试进程", "-c", f"{DEAF}; {ENDLESS}")
    process.start()
    until(lambda: capfd.readouterr().out.strip() == "1")
    process.ask_to_end()
    process.end(patience_s=0.2)
    assert not process.is_up()


def test_services_are_kept_until_somebody_interrupts(process):
    said = []

    def say(sentence):
        said.append(sentence)
        if "已重新启动" in sentence:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keep_running([process], say=say)
    assert process.is_up()


def test_a_process_ends_with_the_one_that_started_it():
    program = (
        "from maps.site.supervision import Process\n"
        f"process = Process('p', '-c', {ENDLESS!r})\n"
        "process.start()\n"
        "print(process._process.pid, flush=True)\n"
        "import time; time.sleep(600)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=local_postgres.CHECKOUT
    )
    with parent:
        child = int(parent.stdout.readline())
        parent.kill()
        parent.wait()
    until(lambda: not is_running(child))


def is_running(pid):
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def is_up_later(watch, clock):
    """Look once more, a minute later: a killed server's processes take a moment to be gone."""
    time.sleep(0.2)
    clock.now += 60
    watch.look()
    return watch.service.is_up()


def test_a_cluster_that_was_killed_is_started_again(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with TemporaryDirectory(dir="/var/tmp", prefix="lianpian-clone-") as name:
        checkout = Path(name)
        checkout.chmod(0o755)
        cluster, said, clock = Cluster(checkout), [], Hours()
        try:
            cluster.start()
            watch = Watch(cluster, said.append, clock)
            watch.look()
            held = local_postgres.data_folder(checkout) / "postmaster.pid"
            os.kill(int(held.read_text().splitlines()[0]), signal.SIGKILL)
            until(lambda: not cluster.is_up())
            until(lambda: is_up_later(watch, clock))
            assert said[0] == "数据库意外停止，1 秒后重新启动。"
            assert said[-1] == "数据库已重新启动。"
            end_all([cluster], patience_s=PATIENCE_S)
            assert not cluster.is_up()
        finally:
            local_postgres.remove(checkout)
