"""The site of the tests of installation and of the container."""

from pathlib import Path

import pytest

from tests.package.site import Site, installed_site


@pytest.fixture(scope="module")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The program installed for a machine below one folder; a file's own, since the tests of installation change it."""
    return installed_site(root, tmp_path_factory.mktemp("site"))
