"""Owns `/help.html`: what the page's picture means and what its controls do, in both languages.

Used by the application. The text stands in `views/help_en.tpl` and `views/help_ja.tpl`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import bottle

from main_controller.web import routes
from main_controller.web.conditional import tagged
from main_controller.web.route import Given, Handlers

Mark = tuple[str, str, str]
"""A mark as `views/help_mark.tpl` draws it, its name and what it means."""

MARKS: Mapping[str, Sequence[Mark]] = {
    "en": (
        ("charge", "unit", "A battery, filled to its charge; below it the unit's id."),
        (
            "pv",
            "PV",
            "From above, in yellow. More and faster dots are more power; none below 200 W, or where it is not told.",
        ),
        ("utility", "utility", "From the left, in blue; none below 400 W."),
        ("load", "load", "To the right, in grey or white; none below 100 W."),
        ("sharing", "sharing", "A bright outline and the current: + charges the battery, − discharges it."),
        ("deal", "deal", "Dots run from the unit that gives through the bus to the one that takes."),
        ("spur", "current without a deal", "Bars between a unit and the bus: by hand in Manual, or not explained."),
        ("agreed", "agreed", "A deal without current yet."),
        ("untold", "current unknown", "A deal of which no reading tells whether current flows."),
        ("crown", "voltage reference", "Its converter holds the voltage of the bus."),
        ("master", "Grid Master", "Its apis-main runs the deals of all. Not the voltage reference."),
        ("stale", "stale", "Grey, with its age: what is shown is old."),
        ("silent", "silent", "Dashed, with the sign ▲: it is not in the data any more."),
        (
            "hub",
            "the bus",
            "Its voltage, the current and power on it, and the charge of all batteries, which the ring shows too.",
        ),
    ),
    "ja": (
        ("charge", "ノード", "バッテリーです。塗られた高さが残量、下が ID です。"),
        ("pv", "太陽光", "上から、黄色。点が多く速いほど電力が大きく、200 W 未満や不明のときは表示されません。"),
        ("utility", "商用電力", "左から、青色。400 W 未満は表示されません。"),
        ("load", "消費電力", "右へ、灰色または白色。100 W 未満は表示されません。"),
        ("sharing", "融通中", "明るい枠と電流: + はバッテリーの充電、− は放電です。"),
        ("deal", "電力融通", "点が、放電するノードから DC Grid を通って充電するノードへ流れます。"),
        (
            "spur",
            "電力融通によらない電流",
            "ノードと DC Grid の間の短い線。Manual での手動操作、または原因不明の電流です。",
        ),
        ("agreed", "合意済み", "まだ電流が流れていない電力融通です。"),
        ("untold", "電流不明", "電流が流れているか分からない電力融通です。"),
        ("crown", "CV Mode", "DC/DC Converter が DC Grid の電圧を維持しています。"),
        ("master", "Grid Master", "すべての電力融通を管理するノードです。CV Mode のノードとは別です。"),
        ("stale", "更新停止", "灰色で、経過時間付き。表示は古い値です。"),
        ("silent", "応答なし", "破線と ▲。データに現れなくなったノードです。"),
        ("hub", "DC Grid", "電圧、電流と電力、全バッテリーの残量。残量は環でも示されます。"),
    ),
}
"""What stands in the picture, by language, in the order in which the page explains it."""


class HelpPage:
    """`/help.html`, rendered once from `<views>/help.tpl`."""

    def __init__(self, views: Path, *, insecure: bool = False) -> None:
        template = bottle.SimpleTemplate(name="help.tpl", lookup=[str(views)], encoding="utf-8")
        html: str = template.render(marks=MARKS, insecure=insecure)
        self._body = html.encode()

    def handlers(self) -> Handlers:
        """What answers the route."""
        return {routes.HELP_PAGE: self.page}

    def page(self, given: Given) -> bottle.HTTPResponse:
        """The page, the same for everybody."""
        return tagged(self._body, "text/html; charset=utf-8")
