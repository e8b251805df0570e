"""Letters: written once, sent by the worker, tried again, kept where there is no mail server, let go of."""

import datetime as dt
from collections.abc import Iterator
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from accounts.models import FloorRole, User
from letters import actions, tasks
from letters.models import Letter
from tests.cast import PASSWORD, signed_in


class Gone(BaseEmailBackend):
    """A mail server that is away."""

    def send_messages(self, messages: Any) -> int:
        raise SMTPServerDisconnected("away")


@pytest.fixture
def operator(public: None) -> User:
    user = User.objects.create_user("op", PASSWORD)
    FloorRole.objects.create(user=user, role="operator")
    return user


@pytest.fixture
def letter(public: None) -> Iterator[Letter]:
    return written()


def written(**changes: Any) -> Letter:
    said: dict[str, Any] = {
        "to": "a@example.org", "kind": "subscription-ended", "key": "k1", "context": {"account": {"name": "甲 & 乙"}},
    }  # fmt: skip
    return actions.write(**{**said, **changes})


def test_a_letter_is_plain_text_with_its_first_line_as_subject(letter: Letter) -> None:
    assert tasks.send(letter=letter.ref) == "sent"

    assert mail.outbox[0].subject == "套餐已结束"
    assert mail.outbox[0].body.startswith("甲 & 乙：")
    assert "Auto-Submitted" in mail.outbox[0].extra_headers


def test_the_same_key_writes_and_sends_once(letter: Letter) -> None:
    assert written(to="b@example.org") == letter

    tasks.send(letter=letter.ref)
    tasks.send(letter=letter.ref)
    assert len(mail.outbox) == 1


def test_a_letter_can_speak_english(public: None) -> None:
    assert written(language="en").subject == "Your plan has ended"


def test_a_server_that_is_away_is_tried_again_and_at_last_given_up(letter: Letter, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{Gone.__module__}.Gone"

    states = [tasks.send(letter=letter.ref) for _each in range(tasks.MOST_ATTEMPTS)]
    letter.refresh_from_db()

    assert states[:-1] == ["waiting"] * (tasks.MOST_ATTEMPTS - 1)
    assert (states[-1], letter.error) == ("failed", "SMTPServerDisconnected")


def test_without_a_server_or_an_address_a_letter_is_kept(public: None, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

    assert tasks.send(letter=written().ref) == "kept"
    assert written(to="", key="k2").state == Letter.State.KEPT


def test_words_go_after_ninety_days_and_that_it_was_sent_stays(letter: Letter) -> None:
    tasks.send(letter=letter.ref)
    Letter.objects.update(written_at=timezone.now() - dt.timedelta(days=91))

    assert tasks.forget_old_letters() == 1
    letter.refresh_from_db()
    assert (letter.to, letter.subject, letter.body, letter.state) == ("", "", "", "sent")


def test_the_operator_sees_states_and_no_codes(operator: User, letter: Letter) -> None:
    Letter.objects.create(
        key="k9", kind="signup-code", to="c@example.org", subject="123456", body="123456", language="en"
    )
    page = signed_in(operator).get("/letters/").content.decode()

    assert "套餐已结束" in page
    assert "123456" not in page


def test_what_was_not_delivered_is_sent_again(operator: User, letter: Letter) -> None:
    Letter.objects.update(state=Letter.State.FAILED, attempts=20)
    answer = signed_in(operator).post(f"/letters/{letter.ref}/send-again/")
    letter.refresh_from_db()

    assert answer.status_code == 302
    assert letter.state == Letter.State.WAITING


def test_the_mailbox_is_the_demos_alone(operator: User, letter: Letter, settings: Any) -> None:
    assert signed_in(operator).get("/letters/mailbox/").status_code == 404
    settings.DEMO = True
    assert "套餐已结束" in signed_in(None).get("/letters/mailbox/").content.decode()
