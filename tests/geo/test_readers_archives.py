import stat
import zipfile

import pytest
import shapely

from geo.errors import InputError
from geo.readers import Kind
from geo.readers.parsing import archives, limits
from tests.geo.upload import SQUARE, dbf, faults_of, shapes, zipped

TABLE = dbf([(b"name", "C", 4)], [[b"a"]])


@pytest.fixture
def parts(tmp_path):
    made = shapes(tmp_path, shapely.Polygon(SQUARE)) | {".dbf": TABLE}
    return {f"a{end}": content for end, content in made.items()}


def refused(path):
    return faults_of(path, kind=Kind.BUILDING)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("../../evil.shp", id="upwards"),
        pytest.param("..\\evil.shp", id="upwards in Windows"),
        pytest.param("/etc/evil.shp", id="absolute"),
        pytest.param("C:\\evil.shp", id="drive"),
    ],
)
def test_a_member_that_points_out_of_the_archive_is_refused(tmp_path, parts, name):
    assert (
        "指向包外的位置，已拒绝。" in refused(zipped(tmp_path / "z.zip", parts | {name: b"x"}))[0]
    )


def test_a_name_with_a_null_byte_is_refused(tmp_path, parts):
    path = zipped(tmp_path / "z.zip", parts | {"b.txt_evil": b"x"})
    path.write_bytes(path.read_bytes().replace(b"b.txt_evil", b"b.txt\0evil"))
    assert refused(path)[0].endswith("指向包外的位置，已拒绝。")


def test_a_symbolic_link_is_refused(tmp_path, parts):
    path = zipped(tmp_path / "z.zip", parts)
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("b.shp")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert refused(path) == ["压缩包中的“b.shp”是符号链接，已拒绝。"]


def test_a_member_that_is_there_twice_is_refused(tmp_path, parts):
    path = zipped(tmp_path / "z.zip", parts | {"b.shp": b"x"})
    path.write_bytes(path.read_bytes().replace(b"b.shp", b"a.shp"))
    assert refused(path) == ["压缩包中的“a.shp”出现了两次，无法确定用哪一个。"]


@pytest.mark.parametrize("name", ["b.zip", "b.rar", "b.7z", "b.tar.gz"])
def test_an_archive_within_an_archive_is_refused(tmp_path, parts, name):
    path = zipped(tmp_path / "z.zip", parts | {name: b"x"})
    assert f"压缩包里又有压缩包“{name}”。" in refused(path)[0]


def test_every_bad_member_is_named_at_once(tmp_path, parts):
    path = zipped(tmp_path / "z.zip", parts | {"../b": b"x", "c.zip": b"x"})
    assert len(refused(path)) == 2


def test_a_locked_member_is_refused(tmp_path, parts):
    path = zipped(tmp_path / "z.zip", parts)
    raw = bytearray(path.read_bytes())
    at = raw.index(b"PK\x01\x02")
    raw[at + 8] |= 1
    path.write_bytes(raw)
    assert "设有密码。请去掉密码后重新压缩。" in refused(path)[0]


def test_a_bomb_is_refused_by_its_ratio_before_anything_is_unpacked(tmp_path, parts):
    path = zipped(tmp_path / "z.zip", parts | {"b.dbf": bytes(200 * 1024 * 1024)})
    assert path.stat().st_size < 300_000
    assert refused(path) == ["压缩包展开后过大（超过压缩前的 100 倍或 2 GB），已拒绝。"]


def test_unpacking_stops_at_the_limit_whatever_the_directory_says(tmp_path, parts, monkeypatch):
    path = zipped(tmp_path / "z.zip", parts)
    monkeypatch.setattr(limits, "UNPACKED_BYTES", 10)
    with zipfile.ZipFile(path) as archive, pytest.raises(InputError, match="压缩包展开后过大"):
        archives.unpack(archive, archive.getinfo("a.dbf"), tmp_path / "out")


def test_a_member_larger_than_its_directory_says_is_refused(tmp_path, parts):
    path = zipped(tmp_path / "z.zip", parts)
    raw = bytearray(path.read_bytes())
    at = raw.index(b"PK\x01\x02")
    raw[at + 24 : at + 28] = (1).to_bytes(4, "little")
    path.write_bytes(raw)
    assert refused(path) == ["文件不是有效的 zip 压缩包，或已损坏。"]


def test_an_archive_of_too_many_members_is_refused(tmp_path, parts):
    path = zipped(tmp_path / "z.zip", parts | {f"{i}.txt": b"x" for i in range(70)})
    assert "上限为 64 个" in refused(path)[0]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"no zip at all", id="text"),
        pytest.param(b"PK\x03\x04" + b"\0" * 100, id="only the beginning"),
    ],
)
def test_what_is_no_zip_is_refused(tmp_path, content):
    (tmp_path / "z.zip").write_bytes(content)
    assert refused(tmp_path / "z.zip") == ["文件不是有效的 zip 压缩包，或已损坏。"]


def test_a_member_that_does_not_unpack_is_refused(tmp_path, parts):
    path = zipped(tmp_path / "z.zip", parts)
    raw = bytearray(path.read_bytes())
    raw[60:70] = b"\xff" * 10
    path.write_bytes(raw)
    assert refused(path) == ["文件不是有效的 zip 压缩包，或已损坏。"]


def test_a_way_of_packing_that_nobody_uses_is_refused(tmp_path, parts):
    path = zipped(tmp_path / "z.zip", parts)
    raw = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x01\x02", 10), (b"PK\x03\x04", 8)):
        at = -1
        while (at := raw.find(mark, at + 1)) >= 0:
            raw[at + offset] = 97
    path.write_bytes(raw)
    assert "不常见的压缩方式" in refused(path)[0]


def test_a_name_in_no_encoding_is_shown_as_it_stands(tmp_path, parts):
    path = zipped(tmp_path / "z.zip", parts | {"bbbb.zip": b"x"})
    path.write_bytes(path.read_bytes().replace(b"bbbb.zip", b"\xff\xff\xff\xff.zip"))
    assert "压缩包里又有压缩包“" in refused(path)[0]
