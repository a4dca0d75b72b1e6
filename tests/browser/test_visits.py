"""Every page of the catalogue, visited once; what only one of them has is in its own folder's `test_visit.py`."""

import pytest

from tests.browser.visit import Visit, owes_its_reader
from tests.pages import BY_NAME, NAMES


@pytest.mark.parametrize("visit", NAMES, indirect=True)
def test_a_page_owes_its_reader(visit: Visit) -> None:
    owes_its_reader(visit, BY_NAME[visit.name].title)
