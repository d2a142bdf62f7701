from layers.planning import in_processes
from layers.planning.in_processes import free_bytes


def machine(monkeypatch, folder, **files):
    for name, text in files.items():
        (folder / name).write_text(text)
        monkeypatch.setattr(in_processes, name, folder / name)


MEMINFO = "MemTotal: 8000 kB\nMemFree: 10 kB\nMemAvailable:    2000 kB\nBuffers: 1 kB\n"


def test_memory_that_is_free_is_what_the_machine_can_still_give(monkeypatch, tmp_path):
    monkeypatch.setattr(in_processes, "LIMIT", tmp_path / "none")
    machine(monkeypatch, tmp_path, MEMORY=MEMINFO)
    assert free_bytes() == 2_000 * 1024


def test_a_container_may_take_no_more_than_its_share(monkeypatch, tmp_path):
    machine(monkeypatch, tmp_path, MEMORY=MEMINFO, LIMIT="1500000\n", TAKEN="500000\n")
    assert free_bytes() == 1_000_000
    machine(monkeypatch, tmp_path, LIMIT="max\n")
    assert free_bytes() == 2_000 * 1024
