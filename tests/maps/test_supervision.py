"""Services that end are started again: real processes, a real cluster, a clock of the test."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from maps.site import local_postgres
from maps.site.supervision import (
    FIRST_PAUSE_S,
    LONGEST_PAUSE_S,
    STEADY_S,
    Cluster,
    Process,
    Watch,
    end_all,
)

FOREVER = "import time; time.sleep(600)"
STUBBORN = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).touch()
time.sleep(600)
"""


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self):
        self.now_s = 0.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def clone(monkeypatch):
    """A folder that stands for a clone; the server, another account, must be able to reach it."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with TemporaryDirectory(dir="/var/tmp", prefix="lianpian-clone-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        local_postgres.remove(folder)


def ended(*command):
    """Return a process that has run to its end."""
    process = Process("网站", "-c", *command)
    process.start()
    process.end(patience_s=60.0)
    return process


def test_a_process_that_ends_is_started_again_after_a_pause():
    said, clock, process = [], Clock(), ended("pass")
    watch = Watch(process, said.append, clock)
    watch.look()
    assert (said, process.is_up()) == (["网站意外停止，1 秒后重新启动。"], False)
    clock.now_s = FIRST_PAUSE_S / 2
    watch.look()
    assert len(said) == 1
    clock.now_s = FIRST_PAUSE_S
    watch.look()
    process.end(patience_s=60.0)
    assert said[1:] == ["网站已重新启动。"]


def test_a_process_that_runs_is_left_alone():
    said, process = [], Process("网站", "-c", FOREVER)
    process.start()
    Watch(process, said.append, Clock()).look()
    end_all([process], patience_s=20.0)
    assert (said, process.is_up()) == ([], False)


def test_each_start_in_short_order_waits_twice_as_long_up_to_a_bound():
    said, clock, process = [], Clock(), ended("pass")
    watch = Watch(process, said.append, clock)
    pauses = []
    for _ in range(7):
        watch.look()
        pauses.append(watch.start_again_at - clock.now_s)
        clock.now_s = watch.start_again_at
        watch.look()
        process.end(patience_s=60.0)
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0, LONGEST_PAUSE_S, LONGEST_PAUSE_S]


def test_after_a_long_time_without_trouble_the_pause_is_short_again():
    said, clock = [], Clock()
    watch = Watch(ended("pass"), said.append, clock, pause_s=LONGEST_PAUSE_S)
    clock.now_s = STEADY_S + 1
    watch.look()
    assert said == ["网站意外停止，1 秒后重新启动。"]


def test_a_process_that_does_not_heed_is_killed(tmp_path):
    process, is_ready = Process("网站", "-c", STUBBORN, str(tmp_path / "ready")), tmp_path / "ready"
    process.start()
    while not is_ready.exists():
        assert process.is_up()
        time.sleep(0.05)
    process.ask_to_end()
    process.end(patience_s=0.3)
    assert not process.is_up()


def test_a_process_that_was_never_started_ends_without_fuss():
    process = Process("网站", "-c", FOREVER)
    end_all([process], patience_s=1.0)
    assert not process.is_up()


def test_a_cluster_that_ends_is_started_again(clone):
    said, clock, cluster = [], Clock(), Cluster(clone)
    cluster.start()
    watch = Watch(cluster, said.append, clock)
    local_postgres.stop(clone)
    watch.look()
    clock.now_s = FIRST_PAUSE_S
    watch.look()
    assert said == ["数据库意外停止，1 秒后重新启动。", "数据库已重新启动。"]
    assert cluster.is_up()
    end_all([cluster], patience_s=20.0)
    assert not cluster.is_up()


def test_a_cluster_that_cannot_start_says_why_and_is_tried_again(clone):
    said, clock = [], Clock()
    sockets = local_postgres.socket_folder(clone)
    sockets.symlink_to(clone)
    watch = Watch(Cluster(clone), said.append, clock)
    try:
        watch.look()
        clock.now_s = FIRST_PAUSE_S
        watch.look()
        watch.look()
    finally:
        sockets.unlink()
    assert said[1].startswith(f"数据库未能启动：{sockets} 属于其他用户")
    assert said[2] == "数据库意外停止，2 秒后重新启动。"
