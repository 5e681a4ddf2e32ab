"""What pyproject.toml cannot say: the page's files, which stand beside the package, go into it when it is built."""

import os
import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).resolve().parent
CHARTS = HERE / "node_modules" / "uplot"
CHART_FILES = ("dist/uPlot.iife.min.js", "dist/uPlot.min.css", "LICENSE")


class BuildWithPage(build_py):
    """Puts views/, js/, css/, img/, logging.conf and the chart library into main_controller/page
    (main_controller/settings/places.py)."""

    def run(self) -> None:
        """Build the package and its page; an editable one has both in the checkout."""
        super().run()
        if self.editable_mode:
            return
        page = Path(self.build_lib) / "main_controller" / "page"
        shutil.rmtree(page, ignore_errors=True)
        page.mkdir(parents=True)
        for name in ("views", "js", "css", "img"):
            shutil.copytree(HERE / name, page / name)
        shutil.copy2(HERE / "logging.conf", page)
        if not all((CHARTS / name).is_file() for name in CHART_FILES):
            if os.environ.get("WITHOUT_CHARTS") == "1":
                return
            raise SystemExit(
                "The chart library is missing: run `npm ci --omit=dev` in this folder, then build again; or set "
                "WITHOUT_CHARTS=1 for a program whose history has tables alone."
            )
        (page / "uplot").mkdir()
        for name in CHART_FILES:
            shutil.copy2(CHARTS / name, page / "uplot")


setup(cmdclass={"build_py": BuildWithPage})
