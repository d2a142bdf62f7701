import ctypes
import errno
import json
import re
import resource
import socket
import subprocess
import sys
import threading

import pytest
import shapely

from geo.errors import InputError
from geo.readers import Kind, read_file, sandbox
from geo.readers.parsing import confinement, main
from geo.readers.parsing.parsed import Job
from tests.geo.upload import SQUARE, csv, dbf, feature, geojson, polygon, shapefile, xlsx, zipped

HIDDEN = "postgres://lianpian:hidden@db/lianpian"
TABLE = dbf([("名称".encode("gbk"), "C", 20)], [["幸福里".encode("gbk")]])


@pytest.fixture
def listener():
    """Listen on loopback and count who comes."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.1)
    visits, stop = [], threading.Event()

    def serve():
        while not stop.is_set():
            try:
                connection, _ = server.accept()
            except TimeoutError:
                continue
            visits.append(connection.recv(1000))
            connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    yield server.getsockname()[1], visits
    stop.set()
    thread.join()
    server.close()


def probe(code, folder):
    """Run code in the environment of the child, without the rest of its confinement."""
    done = subprocess.run(
        [*sandbox.command(str(folder))[:3], code, *sandbox.command(str(folder))[4:]],
        env=sandbox.environment(str(folder)),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.stdout + done.stderr


def child(code, folder):
    """Run code where the parser of shapefiles would run, with all its confinement."""
    shipped = sandbox.command(str(folder))[3]
    confined = shipped.replace('main").main(job)', 'confinement").confine(job, "shapefile")')
    assert confined != shipped
    return probe(confined + code, folder)


def vrt(source):
    layer = f"<OGRVRTLayer name='a'><SrcDataSource>{source}</SrcDataSource></OGRVRTLayer>"
    return f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>"


@pytest.mark.parametrize(
    ("name", "write"),
    [
        pytest.param(
            "a.geojson", lambda p: geojson(p, feature(polygon(), name="幸福里")), id="GeoJSON"
        ),
        pytest.param(
            "a.zip", lambda p: shapefile(p, shapely.Polygon(SQUARE), table=TABLE), id="shapefile"
        ),
        pytest.param(
            "a.csv",
            lambda p: csv(p, f'名称,边界WKT\n幸福里,"{shapely.Polygon(SQUARE)}"\n'),
            id="CSV",
        ),
        pytest.param(
            "a.xlsx",
            lambda p: xlsx(p, ("名称", "边界WKT"), ("幸福里", str(shapely.Polygon(SQUARE)))),
            id="XLSX",
        ),
    ],
)
def test_every_format_is_read_through_the_sandbox(tmp_path, name, write):
    frame = read_file(write(tmp_path / name), kind=Kind.BUILDING).frame
    assert (frame.name.tolist(), frame.geometry.iloc[0].equals(shapely.Polygon(SQUARE))) == (
        ["幸福里"],
        True,
    )


def test_faults_come_back_from_the_sandbox(tmp_path):
    path = geojson(
        tmp_path / "a.geojson", feature({"type": "GeometryCollection", "geometries": []})
    )
    with pytest.raises(InputError, match="第 1 行：几何集合（GeometryCollection）不能导入"):
        read_file(path, kind=Kind.BUILDING)


def test_a_refusal_comes_back_from_the_sandbox(tmp_path):
    with pytest.raises(InputError, match="压缩包中没有可以导入的数据"):
        read_file(zipped(tmp_path / "a.zip", {"a.doc": b"x"}), kind=Kind.BUILDING)


@pytest.mark.parametrize("ending", [".geojson", ".gpkg", ".shp", ".csv"])
def test_a_vrt_in_disguise_reads_no_file_and_asks_nobody(tmp_path, listener, ending):
    port, visits = listener
    (tmp_path / "secret.csv").write_text("名称,边界WKT\nsecret,x\n")
    for source in (f"/vsicurl/http://127.0.0.1:{port}/a.geojson", str(tmp_path / "secret.csv")):
        path = tmp_path / f"a{ending}"
        path.write_text(vrt(source))
        with pytest.raises(InputError) as caught:
            read_file(path, kind=Kind.BUILDING)
        assert "secret" not in str(caught.value)
    assert visits == []


@pytest.mark.parametrize(
    "content",
    [
        "{}",
        '{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read %s"}',
        (
            '{"type": "FeatureCollection", "features": [{"geometry": null}],'
            ' "crs": {"type": "link", "properties": {"href": "%s"}}}'
        ),
    ],
)
def test_links_inside_json_are_never_followed(tmp_path, listener, content):
    port, visits = listener
    path = tmp_path / "a.geojson"
    path.write_text(content.replace("%s", f"http://127.0.0.1:{port}/a"))
    with pytest.raises(InputError):
        read_file(path, kind=Kind.BUILDING)
    assert visits == []


@pytest.mark.parametrize(
    "form",
    [
        "/vsicurl/http://127.0.0.1:{}/a.geojson",
        "http://127.0.0.1:{}/a.geojson",
        "/vsizip//vsicurl/http://127.0.0.1:{}/a.zip",
    ],
)
def test_an_address_for_a_file_name_is_only_a_file_that_is_not_there(listener, form):
    port, visits = listener
    with pytest.raises(InputError, match="找不到文件"):
        read_file(form.format(port))
    assert visits == []


def test_an_address_for_a_layer_name_opens_nothing(tmp_path, listener):
    port, visits = listener
    path = shapefile(tmp_path / "a.zip", shapely.Polygon(SQUARE), table=TABLE)
    with pytest.raises(InputError, match="没有名为“/vsicurl/http"):
        read_file(path, kind=Kind.BUILDING, layer=f"/vsicurl/http://127.0.0.1:{port}/a")
    assert visits == []


def test_the_environment_alone_leaves_gdal_the_drivers_that_are_read(tmp_path):
    code = "import pyogrio; print(*sorted(pyogrio.list_drivers()), sep=', ')"
    drivers = "DXF, ESRI Shapefile, FlatGeobuf, GPKG, MapInfo File, OpenFileGDB"
    assert probe(code, tmp_path).strip() == drivers


def test_the_environment_alone_keeps_gdal_from_files_and_addresses(tmp_path, listener):
    port, visits = listener
    (tmp_path / "a.vrt").write_text(vrt(f"/vsicurl/http://127.0.0.1:{port}/a.geojson"))
    code = (
        "import warnings; warnings.simplefilter('ignore'); import pyogrio\n"
        f"for name in ({str(tmp_path / 'a.vrt')!r}, '/vsicurl/http://127.0.0.1:{port}/a.gpkg'):\n"
        "    try: print(pyogrio.read_info(name))\n"
        "    except Exception as error: print('refused')\n"
    )
    assert (probe(code, tmp_path).split(), visits) == (["refused", "refused"], [])


def test_the_child_inherits_no_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", HIDDEN)
    assert HIDDEN not in probe("import os; print(os.environ)", tmp_path)


def test_the_confined_child_reaches_no_listener(tmp_path, listener):
    port, visits = listener
    code = f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)"
    assert "Error" in child(code, tmp_path)
    assert visits == []


def test_the_confined_child_reads_no_file_of_others(tmp_path):
    (tmp_path / "job").mkdir()
    (tmp_path / "secret").write_text(HIDDEN)
    out = child(f"print(open({str(tmp_path / 'secret')!r}).read())", tmp_path / "job")
    told = json.loads((tmp_path / "job" / confinement.CONFINED_FILE).read_text())
    assert (HIDDEN in out) is not told["files"]


def test_the_confined_child_has_bounds_on_memory_and_time(tmp_path):
    code = (
        "import resource as r\n"
        "print([r.getrlimit(k)[0] for k in (r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_CORE)])"
    )
    assert child(code, tmp_path).strip() == f"[{4 * 1024**3}, {confinement.CPU_SECONDS}, 0]"


def test_the_confined_child_still_converts_text_and_projections(tmp_path):
    code = "import pyogrio, encodings.big5; print('字'.encode('gb18030'))"
    assert child(code, tmp_path).strip() == str("字".encode("gb18030"))


@pytest.mark.parametrize(
    ("death", "sentence"),
    [
        pytest.param("import os; os.kill(os.getpid(), 9)", "内存不足，已停止", id="killed"),
        pytest.param(
            "import os; os.kill(os.getpid(), 24)", "超过 240 秒，已停止", id="out of time"
        ),
        pytest.param("import os; os.abort()", "文件无法读取：内容已损坏", id="aborted"),
        pytest.param("raise ValueError", "文件无法读取：内容已损坏", id="exception"),
        pytest.param("import time; time.sleep(60)", "读取文件超过 1 秒，已停止", id="asleep"),
    ],
)
def test_a_child_that_dies_is_the_fault_of_the_file(tmp_path, monkeypatch, death, sentence):
    monkeypatch.setattr(sandbox, "_BOOTSTRAP", death)
    if "sleep" in death:
        monkeypatch.setattr(sandbox, "WALL_SECONDS", 1)
    with pytest.raises(InputError, match=sentence):
        read_file(geojson(tmp_path / "a.geojson", feature(polygon())))


def test_what_the_child_said_before_it_died_is_logged(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(sandbox, "_BOOTSTRAP", "raise ValueError('what it said')")
    with pytest.raises(InputError):
        read_file(geojson(tmp_path / "a.geojson", feature(polygon())))
    assert "what it said" in caplog.text


def test_a_child_that_runs_out_of_memory_says_so(tmp_path, monkeypatch):
    def exhaust(_job):
        raise MemoryError

    monkeypatch.setattr(main, "parse", exhaust)
    monkeypatch.setattr(sandbox, "run_child", main.run)
    with pytest.raises(InputError, match="文件太大，内存不足以读取。请拆分后再导入。"):
        read_file(geojson(tmp_path / "a.geojson", feature(polygon())))


def test_a_parser_lost_in_brackets_says_so(tmp_path, monkeypatch):
    def dive(_job):
        raise RecursionError

    monkeypatch.setattr("geo.readers.parsing.geojson.parse_geojson", dive)
    with pytest.raises(InputError, match="内容的括号嵌套过深"):
        main.parse(Job(folder=str(tmp_path), suffix=".geojson", stem="a"))


def test_nothing_of_the_upload_stays_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    read_file(geojson(tmp_path / "a.geojson", feature(polygon())), kind=Kind.BUILDING)
    assert [left.name for left in tmp_path.iterdir()] == ["a.geojson"]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        pytest.param("a.xls", "请在 Excel 中另存为 .xlsx。", id="old Excel"),
        pytest.param("a.xlsm", "含宏的 .xlsm 不能导入。", id="macros"),
        pytest.param("a.DWG", "请在 CAD 中另存为 DXF", id="CAD"),
        pytest.param("a.gml", "GML 不能导入。", id="GML"),
        pytest.param("a.gdb", "请把整个 .gdb 文件夹压缩为 zip 再导入。", id="file geodatabase"),
        pytest.param("a.rar", "请重新压缩为 zip。", id="RAR"),
        pytest.param("a.dbf", "请选择 .shp", id="part of a shapefile"),
    ],
)
def test_other_files_are_answered_with_what_to_do(tmp_path, name, sentence):
    with pytest.raises(InputError, match=re.escape(sentence)):
        read_file(tmp_path / name)


def test_an_ending_that_nobody_knows_is_answered_with_what_can_be_read(tmp_path):
    (tmp_path / "a.exe").write_bytes(b"x")
    with pytest.raises(InputError, match=r"不支持“\.exe”文件。可用：Shapefile"):
        read_file(tmp_path / "a.exe")


def test_a_file_beyond_the_limit_is_refused_before_it_is_copied(tmp_path, monkeypatch):
    monkeypatch.setattr("geo.readers.parsing.limits.FILE_BYTES", 10)
    with pytest.raises(InputError, match="文件超过 0 GB。请拆分后再导入。"):
        read_file(geojson(tmp_path / "a.geojson", feature(polygon())))


@pytest.mark.parametrize(
    ("number", "told"),
    [
        pytest.param(errno.ENOSPC, pytest.raises(InputError, match="磁盘空间不足"), id="full"),
        pytest.param(errno.EIO, pytest.raises(OSError, match="5"), id="broken"),
    ],
)
def test_a_full_disk_is_told_and_a_broken_one_is_no_fault_of_the_file(
    tmp_path, monkeypatch, number, told
):
    def fail(*_):
        raise OSError(number, str(number))

    monkeypatch.setattr("shutil.copyfile", fail)
    with told:
        read_file(geojson(tmp_path / "a.geojson", feature(polygon())))


class Libc:
    """A kernel that offers what it is told to."""

    def __init__(self, abi=7, unshare=0):
        self.abi, self.unshared, self.calls = abi, unshare, []

    def unshare(self, flags):
        self.calls.append(("unshare", flags))
        return self.unshared

    def prctl(self, *_):
        return 0

    def syscall(self, number, *arguments):
        self.calls.append((number, *arguments))
        return self.abi if arguments[0] is None else 0


@pytest.fixture
def confined(tmp_path, monkeypatch):
    """Confine nothing but a record of what would be confined."""

    def confine(libc, drivers=("GPKG",)):
        limits = []
        monkeypatch.setattr(ctypes, "CDLL", lambda _: libc)
        monkeypatch.setattr(resource, "setrlimit", lambda *limit: limits.append(limit))
        monkeypatch.setattr("pyogrio.list_drivers", lambda: dict.fromkeys(drivers))
        monkeypatch.setattr(sys, "modules", dict(sys.modules))
        confinement.confine(str(tmp_path), "gdal")
        told = json.loads((tmp_path / confinement.CONFINED_FILE).read_text())
        return told, limits

    return confine


def test_a_kernel_with_everything_confines_in_every_way(confined):
    told, _ = confined(Libc())
    assert told == {"offline": True, "files": True}


@pytest.mark.parametrize(
    ("libc", "told"),
    [
        pytest.param(Libc(unshare=-1), {"offline": False, "files": True}, id="no namespaces"),
        pytest.param(Libc(abi=-1), {"offline": True, "files": False}, id="no Landlock"),
        pytest.param(Libc(abi=3), {"offline": True, "files": True}, id="Landlock without network"),
    ],
)
def test_what_the_kernel_lacks_is_left_out_and_told(confined, libc, told):
    assert confined(libc)[0] == told


def test_a_library_that_is_not_there_needs_no_rule(confined, monkeypatch):
    all_there, one_missing = Libc(), Libc()
    confined(all_there)
    monkeypatch.setattr(sys, "prefix", "/nowhere")
    confined(one_missing)
    assert len(one_missing.calls) == len(all_there.calls) - 1


def test_a_bound_that_is_already_lower_is_kept(confined, monkeypatch):
    monkeypatch.setattr(resource, "getrlimit", lambda _: (5, 5))
    assert {limit for _, limit in confined(Libc())[1]} == {(5, 5), (0, 0)}


def test_another_driver_in_the_child_is_a_bug_that_stops_it(confined):
    with pytest.raises(RuntimeError, match=r"drivers that it must not have here: \['HTTP'\]"):
        confined(Libc(), drivers=("GPKG", "HTTP"))


def test_a_parser_without_gdal_has_no_drivers_to_check(tmp_path, monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda _: Libc())
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    without = {name: module for name, module in sys.modules.items() if "pyogrio" not in name}
    monkeypatch.setattr(sys, "modules", without)
    confinement.confine(str(tmp_path), "csvs")
    assert (tmp_path / confinement.CONFINED_FILE).exists()


def test_the_child_runs_its_job_in_its_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(main, "confine", lambda *_: None)
    geojson(tmp_path / "upload.geojson", feature(polygon()))
    job = {"folder": str(tmp_path), "suffix": ".geojson", "stem": "a"}
    (tmp_path / main.JOB_FILE).write_text(json.dumps(job))
    main.main(str(tmp_path))
    assert (tmp_path / "result.json").exists()
