"""Bytes → text, strictly: a file is read right or not at all, never with replacement characters."""

import codecs
from collections.abc import Iterable
from pathlib import Path

from geo.errors import Fault, InputError, gettext_noop

EMPTY = gettext_noop("文件是空的。")
UNKNOWN_ENCODING = gettext_noop("不认识编码“{encoding}”。可用：utf-8、gb18030、gbk。")
UNREADABLE = gettext_noop("文字编码无法识别（第 {line} 行起），既不是 UTF-8 也不是 GB18030。")
UNREADABLE_AS = gettext_noop("按指定的编码 {encoding} 无法读取第 {line} 行。")
LOOKS = gettext_noop("各种编码下的文字：{looks}。请选出正确的一种（--encoding）。")
SAY_ENCODING = gettext_noop("请用 --encoding 指明编码，或另存为 UTF-8。")
READ_AS = gettext_noop("文件未声明编码，已按 {encoding} 读取。请核对文字。")

UTF8, GB = "utf-8", "gb18030"
CANDIDATES = (UTF8, GB, "big5")
_SHOWN, _SHOWN_BYTES = 3, 40
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_bytes(path: str) -> bytes:
    """Return the content of a file that must not be empty."""
    content = Path(path).read_bytes()
    if not content.strip():
        raise InputError(EMPTY)
    return content


def codec_name(encoding: str) -> str:
    """Return Python's name of an encoding that a person or a file names."""
    try:
        name = codecs.lookup(encoding.strip()).name
    except LookupError:
        raise InputError(Fault(UNKNOWN_ENCODING, {"encoding": encoding[:40]})) from None
    return GB if name in {"gbk", "gb2312"} else name


def decode_file(content: bytes, encoding: str | None) -> tuple[str, str, list[Fault]]:
    """Return a file's text, the encoding it was read by, and what to tell about that."""
    if encoding is not None:
        name = codec_name(encoding)
        return _decoded(content, name, Fault(UNREADABLE_AS, {"encoding": name})), name, []
    if content.startswith(_UTF16_MARKS):
        return _decoded(content, "utf-16", Fault(UNREADABLE)), "utf-16", []
    if b"\0" in content:
        raise InputError(_unreadable(content, content.index(b"\0"), Fault(UNREADABLE)))
    try:
        return content.decode("utf-8-sig"), UTF8, []
    except UnicodeDecodeError:
        text = _decoded(content, GB, Fault(UNREADABLE))
    return text, GB, [Fault(READ_AS, {"encoding": "GB18030"})]


def looks(texts: Iterable[bytes]) -> dict[str, object]:
    """Return how the first texts that are not plain look in each encoding, to choose from."""
    first = [text[:_SHOWN_BYTES].replace(b"\0", b"") for text in texts if not text.isascii()]
    shown = [
        [name, f"{name}：{'、'.join(text.decode(name, 'replace') for text in first[:_SHOWN])}"]
        for name in CANDIDATES
    ]
    return {"looks": "；".join(look for _, look in shown), "choices": {"encoding": shown}}


def _decoded(content: bytes, encoding: str, refusal: Fault) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(_unreadable(content, error.start, refusal)) from None
    return text.removeprefix("\ufeff")


def _unreadable(content: bytes, at: int, refusal: Fault) -> Fault:
    """Say from which line on a text is not of an encoding, and what others would make of it."""
    line = content.count(b"\n", 0, at) + 1
    return Fault(
        refusal.text, {**refusal.values, "line": line, **looks(content.splitlines())}, LOOKS
    )
