"""A forgotten password, and the mail address that helps then."""

import secrets
import time
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import ApiToken, User
from accounts.sign_in import sign_ins
from accounts.sign_in.rates import Limit, TooOften
from audit import log
from common.refs import new_ref
from common.refusals import Conflict, Refused
from letters import actions as letters
from recovery import links
from tenants.access import access_in
from tenants.addresses import address_of
from tenants.agencies import actions as agencies

MOST: Final = 5  # accounts of one mailbox
REST_SECONDS: Final = 15 * 60  # one mail in a quarter of an hour, however often it is asked for
CODE_MINUTES: Final = 10
MARK: Final = 16  # characters of a token's digest; fewer would end several at once
CODES: Final = Limit("mail.code", 5, CODE_MINUTES * 60)
LETTERS: Final = Limit("mail.letter", 5, 3600)


class CannotReset(Refused):
    """The account stands in other places too: only the platform resets it."""


class AlreadyEnded(Conflict):
    """There is nothing left to end."""


class WrongCode(Refused):
    """The code is wrong, old, or was tried too often."""


def ask(*, said: str, slug: str, address: str) -> None:
    """Write to whom `said` (a username or a mail address) belongs, if they have a role here and a mailbox.

    One letter in a quarter of an hour: whoever asks again and again fills nobody's mailbox. Who asked is not told
    whether there was anybody.
    """
    users = User.objects.filter(Q(username__iexact=said) | Q(email__iexact=said), is_active=True).exclude(email="")
    for user in users[:MOST]:
        if access_in(user, slug).roles:
            _write_link(user, address)


@transaction.atomic
def _write_link(user: User, address: str) -> None:
    context = {"username": user.username, "link": f"{address}{links.by_mail(user)}", "hours": links.HOURS}
    key = f"recovery:{user.ref}:{int(time.time()) // REST_SECONDS}"
    letters.write(to=user.email, kind="recovery", context=context, key=key, language=get_language() or "zh-hans")
    log.write("accounts.recovery.asked", on=user, by=None)


@transaction.atomic
def offer(*, user: User, slug: str, by: User) -> str:
    """Return the path of a one-time link that a director hands to a member; the person is told by mail.

    :raises CannotReset: if the account is, or was, somebody in another place too.
    """
    if not links.stands_only_in(user, slug):
        raise CannotReset(_("这个账号在别的机构或共享平台也有角色，请本人用邮箱找回，或联系平台运营。"))
    log.write("accounts.recovery.offered", on=user, by=by, tenant=slug)
    _notify_by_mail(user, "recovery_offered", {"username": user.username})
    return links.by_director(user, slug)


@transaction.atomic
def choose(*, user: User, password: str, slug: str) -> None:
    """Set the new password; sessions and tokens everywhere end, the second factor stays.

    :raises Refused: with the reasons why the password is too weak.
    """
    agencies.set_password(user=user, password=password, by=user)
    _notify_by_mail(user, "password_changed", {"username": user.username, "address": address_of(slug)})


def begin_mail(*, user: User, email: str) -> tuple[str, float]:
    """Send a code to a mail address; return its digest and until when it holds, both to be kept by the session.

    :raises TooOften: after five in an hour.
    """
    if wait := LETTERS.take(user.ref):
        raise TooOften(wait)
    code = f"{secrets.randbelow(10**6):06d}"
    letters.write(
        to=email, kind="mail_code", context={"code": code, "minutes": CODE_MINUTES}, key=f"mail:{user.ref}:{new_ref()}",
        language=get_language() or "zh-hans",
    )  # fmt: skip
    return _digest(user, email, code), time.time() + CODE_MINUTES * 60


def set_mail(*, user: User, email: str, code: str, digest: str, until: float) -> None:
    """Make the address the person's own once its code is right; the mailbox before is told.

    :raises WrongCode: for a wrong, old or worn-out code.
    """
    if CODES.take(user.ref) or time.time() > until:
        raise WrongCode(_("验证码已过期或试错太多，请重新发送。"))
    if not constant_time_compare(digest, _digest(user, email, code.strip())):
        raise WrongCode(_("验证码不对。"))
    with transaction.atomic():  # the try stays counted, whatever comes of it
        _notify_by_mail(user, "mail_changed", {"username": user.username})
        user.email = email
        user.save(update_fields=["email"])
        log.write("accounts.user.mail_set", on=user, by=user)


@transaction.atomic
def end_sign_in(*, user: User, ref: str) -> None:
    """End one of one's own sign-ins; its browser is asked to sign in at its next request.

    :raises AlreadyEnded: if there is none of that name any more.
    """
    if not sign_ins.end(sign_ins.of(user).filter(ref=ref)):
        raise AlreadyEnded(_("这个登录已经结束。"))
    log.write("accounts.sign_in.ended", on=user, by=user, sign_in=ref)
    _notify_by_mail(user, "sign_ins_ended", {"username": user.username})


@transaction.atomic
def end_other_sign_ins(*, user: User, key: str | None) -> int:
    """End every sign-in of one's own but the one whose session is `key`, on every host; return how many."""
    ended = sign_ins.end_others(user, key)
    if ended:
        log.write("accounts.sign_in.others_ended", on=user, by=user, count=ended)
        _notify_by_mail(user, "sign_ins_ended", {"username": user.username})
    return ended


@transaction.atomic
def end_members_sign_ins(*, user: User, slug: str, by: User) -> int:
    """End a member's sign-ins and API tokens on an agency's host: a lost phone. Those elsewhere are not the agency's.

    :raises AlreadyEnded: where there are none.
    """
    ended = sign_ins.end(sign_ins.of(user).filter(host=slug))
    ended += ApiToken.objects.filter(user=user, tenant=slug).delete()[0]
    if not ended:
        raise AlreadyEnded(_("这位成员现在没有登录，也没有令牌。"))
    log.write("accounts.sign_in.ended_for_member", on=user, by=by, tenant=slug, count=ended)
    _notify_by_mail(user, "sign_ins_ended_for_you", {"username": user.username})
    return ended


@transaction.atomic
def end_token(*, user: User, mark: str) -> None:
    """End one of one's own API tokens; `mark` is the beginning of its digest, MARK characters of it.

    :raises AlreadyEnded: if there is none of that name any more.
    """
    if len(mark) != MARK or not ApiToken.objects.filter(user=user, digest__startswith=mark).delete()[0]:
        raise AlreadyEnded(_("这个令牌已经失效。"))
    log.write("accounts.token.ended", on=user, by=user)


def _notify_by_mail(user: User, kind: str, context: dict[str, str]) -> None:
    if user.email:
        letters.write(to=user.email, kind=kind, context=context, key=f"{kind}:{user.ref}:{new_ref()}")


def _digest(user: User, email: str, code: str) -> str:
    return salted_hmac("liandong.mail", f"{user.ref}|{email}|{code}", algorithm="sha256").hexdigest()
