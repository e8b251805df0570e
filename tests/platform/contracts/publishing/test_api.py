"""Published scores for the officer's programs."""

from decimal import Decimal

from accounts.models import User
from contracts.models import ScoreSheet
from tests.cast import officer, signed_in
from tests.platform.contracts.publishing.test_actions import correct


def test_every_version_is_listed_with_its_state_and_what_it_changed(announced: ScoreSheet, zhou: User) -> None:
    correct(announced, zhou, decision=("P3", Decimal(10), "第四条"))
    address = f"/api/v1/contracts/{announced.contract.ref}/sheets/"
    newest, first = signed_in(zhou).get(address).json()["results"]
    assert (newest["version"], newest["replaces"], newest["state"]) == (2, announced.ref, "on_notice")
    assert (first["version"], first["replaces"], first["state"]) == (1, None, "replaced")
    assert [(one["code"], one["before"], one["after"]) for one in newest["changes"]] == [("P3", "15.00", "10.00")]
    far = signed_in(officer("hai", "district_officer", "330481"))
    assert far.get(address).status_code == 404
