"""Letters go out by the worker: at once, and again by the clock if the mail server was away."""

from datetime import timedelta
from smtplib import SMTPException

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from letters.models import Letter
from tenants.running import SharedTask

MOST_ATTEMPTS = 20  # every five minutes: a mail server may be away for an hour and a half
KEPT_DAYS = 90


@shared_task(base=SharedTask, taken_up_by="send letters that wait")
def send(*, letter: str, **kwargs: object) -> str:
    """Send one waiting letter; return its state. May run twice: a letter that is no longer waiting stays as it is."""
    with transaction.atomic():
        row = Letter.objects.select_for_update().filter(ref=letter).first()
        if row is None or row.state != Letter.State.WAITING:
            return row.state if row else "gone"
        _hand_over(row)
        row.save(update_fields=["state", "attempts", "error", "sent_at"])
        return row.state


@shared_task(base=SharedTask, taken_up_by="send letters that wait")
def send_waiting(**kwargs: object) -> int:
    """Try every waiting letter again; return how many there were."""
    waiting = list(Letter.objects.filter(state=Letter.State.WAITING).order_by("pk").values_list("ref", flat=True)[:500])
    for ref in waiting:
        send.delay(letter=ref)
    return len(waiting)


@shared_task(base=SharedTask)
def forget_old_letters(**kwargs: object) -> int:
    """Let go of address and words of letters older than 90 days; that a letter was sent stays."""
    old = Letter.objects.filter(written_at__lt=timezone.now() - timedelta(days=KEPT_DAYS)).exclude(body="")
    return old.update(to="", subject="", body="")


def _hand_over(letter: Letter) -> None:
    if not settings.EMAIL_URL and settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        letter.state = Letter.State.KEPT
        return
    mail = EmailMessage(
        letter.subject,
        letter.body,
        to=[letter.to],
        # One name for one letter: a mailbox that is handed it twice can tell.
        headers={"Message-ID": f"<{letter.ref}@{settings.BASE_HOST}>", "Auto-Submitted": "auto-generated"},
    )
    try:
        mail.send()
    except (OSError, SMTPException, ValueError) as error:
        letter.attempts += 1
        letter.error = type(error).__name__
        if letter.attempts >= MOST_ATTEMPTS:
            letter.state = Letter.State.FAILED
    else:
        letter.state, letter.sent_at, letter.error = Letter.State.SENT, timezone.now(), ""
