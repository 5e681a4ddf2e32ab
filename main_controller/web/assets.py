"""Owns the page's files: scripts, styles, pictures, jQuery, the chart library, each from its folder and never from
outside (R18-R21, R26).

Used by the application. A file is read and compressed once and kept until it changes on disk.
"""

import gzip
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate, mktime_tz, parsedate_tz
from pathlib import Path
from typing import Any

import bottle

from main_controller.errors import NotFound
from main_controller.sentence import say
from main_controller.web import routes
from main_controller.web.conditional import WORTH_ZIPPING, accepts_gzip, etag_of, matches
from main_controller.web.replies import reply, shown
from main_controller.web.route import Handlers
from main_controller.web.without_comments import without_comments

TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
"""The kinds of file that are served; nothing else in the folders is."""

ZIPPED_TYPES = frozenset({".css", ".js", ".json", ".mjs", ".svg"})


def jquery_file() -> Path:
    """The jQuery that XStatic-jQuery installed (Z18); FileNotFoundError says what to install."""
    found = importlib.util.find_spec("xstatic.pkg.jquery")
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError("jQuery is missing: install the package XStatic-jQuery.")
    folder = Path(found.submodule_search_locations[0]) / "data"
    small = folder / "jquery.min.js"
    return small if small.is_file() else folder / "jquery.js"


CHART_FILES = ("uPlot.iife.min.js", "uPlot.min.css")
"""The script and the style sheet of the chart library (Z18, M31); setup.py puts both into an installation."""


def chart_folder(root: Path) -> Path:
    """Where the chart library is: in an installation beside the page, in a checkout where npm puts it.

    It may be missing: then charts are, and whoever asks for its files is told 404.
    """
    installed = root / "uplot"
    return installed if installed.is_dir() else root / "node_modules" / "uplot" / "dist"


@dataclass(frozen=True, slots=True)
class _Asset:
    """One file as it was when it had this `stamp` (ns, bytes)."""

    stamp: tuple[int, int]
    body: bytes
    zipped: bytes | None
    etag: str
    content_type: str
    modified: int


class Assets:
    """`/js/...`, `/css/...`, `/css/images/...` and `/img/...` from the three folders; `/js/jquery.js` is `jquery`, and
    `/js/uplot.js` and `/css/uplot.css` are from the folder `charts`.

    Our own scripts and style sheets go out without the lines that are comments alone (`without_comments.py`).
    """

    def __init__(self, js: Path, css: Path, img: Path, *, jquery: Path, charts: Path) -> None:
        self._js = js.resolve()
        self._css = css.resolve()
        self._img = img.resolve()
        self._jquery = jquery
        self._charts, self._chart_styles = (charts / name for name in CHART_FILES)
        self._kept: dict[Path, _Asset] = {}  # at most one entry for each file in the folders

    def handlers(self) -> Handlers:
        """What answers each route; a picture of the style sheets comes from the picture folder (T7)."""
        return {
            routes.JQUERY: lambda given: self._reply(self._load(self._jquery)),
            routes.CHARTS: lambda given: self._reply(self._load(self._charts)),
            routes.CHART_STYLES: lambda given: self._reply(self._load(self._chart_styles)),
            routes.SCRIPTS: lambda given: self.serve(self._js, given["filename"]),
            routes.PICTURES: lambda given: self.serve(self._img, given["filename"]),
            routes.STYLE_PICTURES: lambda given: self.serve(self._img, given["filename"]),
            routes.STYLES: lambda given: self.serve(self._css, given["filename"]),
            routes.ICON: lambda given: self.serve(self._img, "favicon.svg"),
        }

    def serve(self, folder: Path, name: str) -> bottle.HTTPResponse:
        """The file `name` of `folder`; NotFound for whatever is not a plain file of a known kind within it."""
        return self._reply(self._load(find(folder, name)))

    def _load(self, file: Path) -> _Asset:
        try:
            units = file.stat()
            stamp = (units.st_mtime_ns, units.st_size)
            kept = self._kept.get(file)
            if kept is not None and kept.stamp == stamp:
                return kept
            ours = any(file.is_relative_to(folder) for folder in (self._js, self._css))
            body = without_comments(file.read_bytes()) if ours else file.read_bytes()
        except OSError:
            raise _missing(file.name) from None
        worth = file.suffix in ZIPPED_TYPES and len(body) >= WORTH_ZIPPING
        zipped = gzip.compress(body, 9, mtime=0) if worth else None
        asset = _Asset(stamp, body, zipped, etag_of(body), TYPES[file.suffix], int(units.st_mtime))
        self._kept[file] = asset
        return asset

    @staticmethod
    def _reply(asset: _Asset) -> bottle.HTTPResponse:
        environ = bottle.request.environ
        zipped = asset.zipped if accepts_gzip(environ) else None
        headers = {
            "ETag": asset.etag if zipped is None else f"W/{asset.etag}",
            "Last-Modified": formatdate(asset.modified, usegmt=True),
            "Vary": "Accept-Encoding",
        }
        if _is_held(environ, asset):
            return reply(b"", asset.content_type, status=304, cache="no-cache", headers=headers)
        if zipped is not None:
            headers["Content-Encoding"] = "gzip"
        return reply(asset.body if zipped is None else zipped, asset.content_type, cache="no-cache", headers=headers)


def find(folder: Path, name: str) -> Path:
    """The real path of `name` in `folder` (itself resolved), NotFound where it leads out of it or to no served file."""
    if "\0" in name or "\\" in name:
        raise _missing(name)
    parts = name.split("/")
    if any(part.startswith(".") or not part for part in parts):  # "..", ".", hidden files, "//"
        raise _missing(name)
    try:
        file = folder.joinpath(*parts).resolve(strict=True)
    except (OSError, RuntimeError):  # not there, a name too long, a loop of links
        raise _missing(name) from None
    if not file.is_relative_to(folder) or not file.is_file() or file.suffix not in TYPES:
        raise _missing(name)
    return file


def _missing(name: str) -> NotFound:
    """The error of a file that is not there, or not served."""
    return NotFound(say("web.noFile", "There is no file {file}.", file=shown(name)))


def _is_held(environ: Mapping[str, Any], asset: _Asset) -> bool:
    if "HTTP_IF_NONE_MATCH" in environ:
        return matches(environ, asset.etag)
    since = parsedate_tz(environ.get("HTTP_IF_MODIFIED_SINCE", ""))
    return since is not None and asset.modified <= mktime_tz(since)
