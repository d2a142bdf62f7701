"""The front-end libraries as static files: the few that pages load, out of `node_modules`."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from django.core.files.storage import Storage as AnyStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

PACKAGES = Path(__file__).resolve().parents[2] / "node_modules"
FILES = {
    "bootstrap/bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap/bootstrap.bundle.min.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
    "echarts/echarts.min.js": "echarts/dist/echarts.min.js",
    "htmx/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "ol/ol.css": "ol/ol.css",
    "ol/ol.js": "ol/dist/ol.js",
}
"""Static name → file of an npm package."""


class Package(FileSystemStorage):
    """The packages, under the names of static files."""

    prefix = ""

    def path(self, name: str) -> str:
        """Return where a file lies."""
        return str(PACKAGES / FILES[name])


class Finder(BaseFinder):
    """Finds the libraries' files."""

    storage = Package(location=PACKAGES)

    def find(self, path: str, find_all: bool = False, **_options: Any) -> Any:  # noqa: FBT001, FBT002 (Django's signature)
        """Return where a static file lies; nothing where it is not a library's."""
        if path not in FILES:
            return []
        found = self.storage.path(path)
        return [found] if find_all else found

    def list(self, _ignored: Iterable[str] | None) -> Iterator[tuple[str, AnyStorage]]:
        """Yield every file with the storage that holds it."""
        for name in FILES:
            yield name, self.storage


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Files under names that change with their content."""

    # Libraries point at source maps that are not served; addresses in styles are all that counts.
    patterns = tuple(
        (names, tuple(each for each in found if "sourceMappingURL" not in str(each)))
        for names, found in CompressedManifestStaticFilesStorage.patterns
    )
