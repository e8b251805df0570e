"""Mails now or once a day, the channel, and what is killed half-way."""

import datetime as dt
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from common.notifications.models import Mail
from letters.models import Letter
from notifications import actions, delivery, door
from notifications.channels import ChannelFailed, ChannelMessage
from notifications.models import Notification
from tests.cast import officer
from tests.platform.notifications.test_door import MARK


@pytest.fixture
def zhou(public: None) -> User:
    user = officer("zhou", "district_officer", "370102")
    User.objects.filter(pk=user.pk).update(email="zhou@example.org")
    return user


APPEAL: dict[str, Any] = {
    "kind": "appeal.made", "about": "contracts.appeal:a1", "args": ["c1", "a1"], "contract": "济历-1", "code": "A1",
}  # fmt: skip


def test_a_pressing_kind_is_mailed_once_with_its_link(zhou: User) -> None:
    door.tell(to=[zhou], **APPEAL)

    assert delivery.deliver() == 1
    assert delivery.deliver() == 0

    letter = Letter.objects.get()
    assert letter.to == "zhou@example.org"
    assert "合同 济历-1 的评分项 A1" in letter.body
    assert "/contracts/c1/appeals/a1/" in letter.body


def test_the_others_wait_for_the_digest_and_what_was_read_is_left_out(zhou: User) -> None:
    door.tell(to=[zhou], **MARK)
    door.tell(to=[zhou], **{**MARK, "code": "A2"})
    delivery.deliver()
    assert not Letter.objects.exists()
    actions.mark_read(by=zhou, refs=[Notification.objects.order_by("pk")[0].ref])

    assert delivery.digest() == 1
    assert delivery.digest() == 0

    body = Letter.objects.get().body
    assert "A2" in body
    assert "A1 有新" not in body


def test_a_switch_says_how_a_kind_goes_out(zhou: User) -> None:
    actions.choose(by=zhou, chosen={"appeal.made": (Mail.NEVER, False), "mark.given": (Mail.NOW, False)})
    door.tell(to=[zhou], **APPEAL)
    door.tell(to=[zhou], **MARK)

    delivery.deliver()

    assert [letter.key for letter in Letter.objects.all()] == [
        f"notification:{Notification.objects.get(kind='mark.given').ref}"
    ]


def test_nobody_is_written_to_without_an_address_or_after_leaving(zhou: User) -> None:
    User.objects.filter(pk=zhou.pk).update(is_active=False)
    door.tell(to=[zhou, officer("plain", "district_officer", "370102"), "gone"], **APPEAL)

    assert delivery.deliver() == 3
    assert not Letter.objects.exists()


def test_a_run_killed_half_way_loses_nothing_and_writes_nothing_twice(
    zhou: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.tell(to=[zhou], **APPEAL)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt), transaction.atomic():
        patch.setattr(delivery, "_keep", _die)
        delivery.deliver()
    assert not Letter.objects.exists()

    delivery.deliver()
    Notification.objects.update(mail="undecided")  # as if the mark of the first run had been lost, not its letter
    delivery.deliver()
    assert Letter.objects.count() == 1


def _die(*_args: Any) -> None:
    raise KeyboardInterrupt


class Flaky:
    """Takes a message at the second try."""

    tried: list[ChannelMessage] = []

    def send(self, message: ChannelMessage) -> None:
        self.tried.append(message)
        if len(self.tried) < 2:
            raise ChannelFailed("busy")


class Dead:
    def send(self, message: ChannelMessage) -> None:
        raise ChannelFailed("away")


def test_the_channel_is_tried_again_and_given_up(zhou: User, settings: Any) -> None:
    settings.NOTIFICATION_CHANNEL = f"{__name__}.Flaky"
    Flaky.tried = []
    actions.choose(by=zhou, chosen={"mark.given": (Mail.NEVER, True)})
    door.tell(to=[zhou], **MARK)

    delivery.deliver()
    assert Notification.objects.get().channel == "waiting"
    assert delivery.hand_over() == 1
    assert delivery.hand_over() == 0
    assert [message.text for message in Flaky.tried] == ["合同 济历-1 的评分项 A1 有新的打分：3 分。"] * 2

    settings.NOTIFICATION_CHANNEL = f"{__name__}.Dead"
    Notification.objects.update(channel="waiting", tries=0)
    for _time in range(delivery.MOST_TRIES):
        delivery.hand_over()
    assert Notification.objects.get().channel == "failed"


def test_ten_thousand_are_decided_and_written_with_a_query_for_five_hundred(
    public: None, django_assert_max_num_queries: Any
) -> None:
    people = User.objects.bulk_create(
        User(username=f"many{number}", email=f"many{number}@example.org") for number in range(10_000)
    )
    door.tell(to=people, **APPEAL)

    with django_assert_max_num_queries(20):
        assert delivery.deliver() == 10_000
    assert Letter.objects.count() == 10_000


def test_old_ones_are_let_go_of(zhou: User) -> None:
    door.tell(to=[zhou], **MARK)
    door.tell(to=[zhou], **APPEAL)
    Notification.objects.filter(kind="mark.given").update(read_at=timezone.now() - dt.timedelta(days=181))

    assert delivery.forget() == 1
    assert Notification.objects.get().kind == "appeal.made"


def test_models_and_migrations_agree(public: None) -> None:
    call_command("makemigrations", "notifications", "journal", "--check", "--dry-run", verbosity=0)
