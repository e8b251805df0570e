"""A new password is not made of what everybody knows of the product, the agency, its places or the person."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from directory import password_words
from services.people.invitations import actions as invitation_actions
from tenants.running import in_public, in_tenant
from tests.services.people.test_inviting import invited
from tests.workroom import Workroom


@pytest.fixture
def person(north_room: Workroom) -> Iterator[User]:
    """Wang Guiying of the agency 北方社会工作服务中心 in 历下区, 济南市; her account is being made."""
    made = User(username="wang.gy", name="王桂英", email="guiying.wang@example.org")
    made.known_words = ("13800138000",)
    with in_tenant(north_room.tenant):
        yield made


@pytest.mark.parametrize(
    "made_of_words",
    [
        "Liandong-2026", "liandong@123456", "联动社工站2026", "beifang-2026!!", "北方社会工作2026", "north-agency1",
        "LixiaQu_2026", "jinan-shegong-01", "济南市历下区2026", "WangGuiying1988", "guiying.wang1", "wang.gy-2026",
        "138 0013 8000", "mima_mima_2026",
    ],
)  # fmt: skip
def test_what_is_little_more_than_known_words_is_refused(person: User, made_of_words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        password_words.PasswordWords().validate(made_of_words, person)
    assert "至少还要有 8 个字符" in str(refused.value.messages)


@pytest.mark.parametrize(
    "own", ["liandong horse battery", "correct-horse-staple", "三只大象在北方的雪里跳舞唱歌", "Wq7!xkR2p0zL"]
)
def test_what_is_enough_without_them_is_taken(person: User, own: str) -> None:
    validate_password(own, person)


def test_the_stations_and_their_places_are_known(north_room: Workroom) -> None:
    with in_tenant(north_room.tenant):
        words = password_words.words_of(None)
    assert {"north", "北方", "beifang", "济南", "jinan", "历下", "lixia"} <= words
    assert password_words.compact(north_room.station.name) in words
    assert not {word for word in words if word.isascii() and len(word) < 4}


def test_elsewhere_only_what_everybody_shares(db: None, north_room: Workroom) -> None:
    with in_public():
        assert "liandong" in password_words.words_of(None)
        assert "beifang" not in password_words.words_of(None)
        assert "beifang" in password_words.words_of(north_room.wei.user)


def test_the_pages_say_why(north_room: Workroom) -> None:
    with in_tenant(north_room.tenant):
        address = f"/welcome/{invitation_actions.token(invited(north_room))}/"
    visitor = Client(HTTP_HOST=north_room.host)

    answer = visitor.post(address, {"username": "new.worker", "password": "beifang-2026!!"})

    assert answer.status_code == 400
    assert "至少还要有 8 个字符" in answer.content.decode()
