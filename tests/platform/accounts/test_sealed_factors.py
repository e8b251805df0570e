"""What codes are worked out of stands nowhere in clear."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db import connection
from django.test import RequestFactory

from accounts.sign_in import second_factor
from accounts.sign_in.sealed_factors import MARK, Adapter
from common.sealing import CannotOpen
from tenants import tasks
from tenants.running import in_public
from tests.platform.accounts.factors import SECRET, code, with_app
from tests.workroom import Workroom


def stored() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(data::text, ' ') FROM mfa_authenticator")
        return str(cursor.fetchone()[0])


def test_a_copy_of_the_database_shows_no_code(north_room: Workroom, rf: RequestFactory) -> None:
    user = north_room.director
    with_app(user)
    with in_public():
        codes = RecoveryCodes.activate(user)
        seed = Adapter().decrypt(codes.instance.data["seed"])

        assert SECRET not in stored()
        assert seed not in stored()
        assert stored().count(MARK) == 2


def test_what_was_kept_in_clear_works_and_is_sealed_at_night(north_room: Workroom, rf: RequestFactory) -> None:
    """Its use leaves it readable for the release before, whose processes still answer while an upgrade rolls."""
    user = north_room.director
    with in_public():
        Authenticator.objects.create(user=user, type="totp", data={"secret": SECRET})
        Authenticator.objects.create(user=user, type="recovery_codes", data={"seed": "0" * 40, "used_mask": 0})

        assert second_factor.accept(rf.get("/"), user, code())
        assert SECRET in stored()
        assert (tasks.seal_second_factors(), tasks.seal_second_factors()) == (2, 0)

        assert SECRET not in stored()
        assert "0" * 40 not in stored()
        recovery = Authenticator.objects.get(user=user, type="recovery_codes")
        spare = recovery.wrap().get_unused_codes()[0]
        assert second_factor.accept(rf.get("/"), user, spare)
        assert second_factor.accept(rf.get("/"), user, spare) is None


def test_another_master_key_opens_nothing(north_room: Workroom, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = Adapter().encrypt(SECRET)
    monkeypatch.setattr("django.conf.settings.MASTER_KEY", b"another-key-another-key-another!")

    with pytest.raises(CannotOpen):
        Adapter().decrypt(sealed)
