"""The site that the tests of installation and container share."""

from pathlib import Path

import pytest

from tests.package.site import Site, installed_site


@pytest.fixture(scope="session")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The program installed for a machine below one folder; the tests of installation change it, in their order."""
    return installed_site(root, tmp_path_factory.mktemp("site"))
