import pytest

from tests.services.funds.treasury import Treasury
from tests.workroom import Workroom


@pytest.fixture
def rh(at_north: Workroom, funded: Treasury) -> Treasury:
    """North's fund RH; one stands in north."""
    return funded
