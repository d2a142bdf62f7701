"""Scripts and styles as text to stand inside the page: nothing is asked from any address."""

import base64
import hashlib
import json
import re
from pathlib import Path

from geo.errors import Fault, InputError, gettext_noop

ROOT = Path(__file__).resolve().parents[2]
NODE_MODULES = ROOT / "node_modules"
STATIC = ROOT / "maps" / "static" / "coverage_map"
LEAFLET = Path("leaflet", "dist")


def leaflet_script(node_modules: Path) -> str:
    """Return Leaflet without the line that would make developer tools fetch its source map."""
    script = _package_file(node_modules, LEAFLET / "leaflet.js").read_text(encoding="utf-8")
    return re.sub(r"^//# sourceMappingURL=.*$", "", script, flags=re.MULTILINE)


def leaflet_style(node_modules: Path) -> str:
    """Return Leaflet's style with its images as data."""
    path = _package_file(node_modules, LEAFLET / "leaflet.css")

    def inlined(match: re.Match[str]) -> str:
        name = match["name"]
        return f"url({data_uri(path.parent / name)})" if name.endswith(".png") else match[0]

    return re.sub(r"url\((?P<name>[^)]+)\)", inlined, path.read_text(encoding="utf-8"))


def own_script() -> str:
    """Return the script of the map."""
    return (STATIC / "coverage_map.js").read_text(encoding="utf-8")


def own_style() -> str:
    """Return the style of the page."""
    return (STATIC / "coverage_map.css").read_text(encoding="utf-8")


def data_uri(path: Path) -> str:
    """Return a PNG as a data URI."""
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"


def script_json(values: object) -> str:
    """Return JSON that may stand inside <script>: no value can close the element."""
    text = json.dumps(values, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def security_policy(page: str) -> str:
    """Return a Content-Security-Policy for a page: its own scripts by hash, images as data.

    Whatever slipped into the page could neither run nor reach an address.
    """
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    sources = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {sources}"


def _package_file(node_modules: Path, name: Path) -> Path:
    path = node_modules / name
    if not path.is_file():
        raise InputError(
            Fault(
                gettext_noop("缺少前端库文件 {name}，不能生成离线地图；"),
                {"name": name.as_posix()},
                gettext_noop("请先运行 make setup。"),
            )
        )
    return path
