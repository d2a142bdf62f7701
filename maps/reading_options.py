"""How a person says that a file is to be read: kind, datum, CRS, encoding, columns."""

from collections.abc import Mapping
from typing import Any

from geo.crs import ALLOWED_SRIDS, Datum
from geo.errors import Fault, InputError, gettext_noop
from geo.readers import Kind
from geo.words import Secrecy

NO_SUCH = gettext_noop("“{given}”不是可用的{what}。")
NO_CRS = gettext_noop("“{given}”不在可用的坐标系之列。请给出 EPSG 代码，例如 4490、4326、4547。")
NOT_A_PAIR = gettext_noop(
    "“{given}”应写成 文件中的列名=我们的列名，每行一个，例如 height=storeys。"
)
NO_SECRETS = gettext_noop(
    "本系统不保存涉密数据：标为秘密、机密、绝密的文件不得导入。请联系保密部门。"
)
CLASSIFIED = "classified"
ENCODINGS = ("utf-8", "gb18030", "gbk", "big5")


def options_of(given: Mapping[str, str]) -> dict[str, Any]:
    """Return a form's answers as options of a reader; what was left empty is not among them.

    Raises
    ------
    InputError
        With every answer that cannot be.
    """
    faults: list[Fault] = []
    said = {
        "kind": _one_of(given, "kind", list(Kind), "种类", faults),
        "datum": _one_of(given, "datum", list(Datum), "坐标基准", faults),
        "encoding": _one_of(given, "encoding", ENCODINGS, "编码", faults),
        "crs": _crs(given.get("crs", "").strip(), faults),
        "layer": given.get("layer", "").strip(),
        "secrecy": _secrecy(given, faults),
        "fields": _pairs(given.get("fields", ""), faults),
        "constants": _pairs(given.get("constants", ""), faults),
    }
    said |= {name: given.get(name) == "on" for name in ("repair", "update")}
    if faults:
        raise InputError(*faults)
    return {name: value for name, value in said.items() if value}


def _one_of(
    given: Mapping[str, str], name: str, allowed: Any, what: str, faults: list[Fault]
) -> str:
    value = given.get(name, "").strip()
    if value and value not in [str(each) for each in allowed]:
        faults.append(Fault(NO_SUCH, {"given": value[:40], "what": what}))
    return value


def _secrecy(given: Mapping[str, str], faults: list[Fault]) -> str:
    """Return how secret a file is; what is a state secret is not even kept."""
    if given.get("secrecy", "").strip() == CLASSIFIED:
        faults.append(Fault(NO_SECRETS))
        return ""
    return _one_of(given, "secrecy", list(Secrecy), "密级", faults)


def _crs(value: str, faults: list[Fault]) -> int | None:
    if not value:
        return None
    if not (value.isascii() and value.isdigit()) or int(value) not in ALLOWED_SRIDS:
        faults.append(Fault(NO_CRS, {"given": value[:40]}))
        return None
    return int(value)


def _pairs(text: str, faults: list[Fault]) -> dict[str, str]:
    pairs = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        theirs, equals, ours = (part.strip() for part in line.rpartition("="))
        if not (theirs and equals and ours):
            faults.append(Fault(NOT_A_PAIR, {"given": line[:40]}))
        pairs[theirs] = ours
    return pairs
