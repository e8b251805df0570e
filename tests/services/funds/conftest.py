import pytest

from tests.services.funds.treasury import Treasury, treasury
from tests.workroom import Workroom


@pytest.fixture
def rh(at_north: Workroom) -> Treasury:
    """North's fund RH; one stands in north."""
    return treasury(at_north)
