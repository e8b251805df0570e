"""Signing up, from the first page to the moment the agency is to be built. All on the shared floor."""

import datetime as dt
import secrets
from dataclasses import asdict, dataclass
from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from audit import log
from billing.plans import catalogue
from billing.subscriptions import trials
from common.refusals import Conflict, Refused, RefusedFields
from enrolment import queries, rules, tasks
from enrolment.models import Invitation, SignUp
from letters import actions as letters
from tenants.agencies.actions import opening_problems

CODE_MINUTES: Final = 10
CODE_TRIES: Final = 5  # of a million codes: guessing finds one in 200,000 mails
CODE_REST_SECONDS: Final = 60
MOST_CODES: Final = 6  # to one mailbox: nobody is written to without end by whoever types their address
HELD: Final = ("slug", "username", "credit_code", "invitation")

State = SignUp.State


class CannotSignUp(RefusedFields):
    """Something on the page cannot be used; the reasons stand beside its fields."""


class WrongCode(Refused):
    """The code is wrong, old, or was tried too often."""


class TooSoon(Refused):
    """Another code was asked for too early, or too many were."""


class NotNow(Conflict):
    """The sign-up is at another step."""


@dataclass(frozen=True)
class Organisation:
    """What the first page says; `credit_code` is normalised, `region` a district's code, `password` in clear."""

    name: str
    credit_code: str
    legal_form: str
    region: str
    slug: str
    contact: str
    email: str
    phone: str
    username: str
    password: str


def begin(*, organisation: Organisation, invitation: Invitation | None = None) -> SignUp:
    """Write down a sign-up and send the code that verifies its mail.

    :raises CannotSignUp: if the host name, the credit code or the login is taken or cannot be used.
    """
    if problems := name_problems(organisation.name, organisation.slug, organisation.username):
        raise CannotSignUp(problems)
    if queries.code_taken(organisation.credit_code):
        raise CannotSignUp({"credit_code": [_code_taken()]})
    values = asdict(organisation) | {"password": make_password(organisation.password)}
    with transaction.atomic():
        sign_up = SignUp.objects.create(**values, invitation=invitation)
        _send_code(sign_up)
        log.write("enrolment.sign_up.begun", on=sign_up, by=None)
    return sign_up


def name_problems(name: str, slug: str, username: str, mine: SignUp | None = None) -> dict[str, list[str]]:
    """Return why a host name or a login cannot be used, by field; none if both can."""
    problems: dict[str, list[str]] = {}
    if wrong := opening_problems(slug, name):
        problems["slug"] = wrong
    elif rules.is_official(slug):
        problems["slug"] = [_("这个网址名容易被当成政府或平台的网址，请换一个。")]
    elif queries.slug_taken(slug, mine):
        problems["slug"] = [_("这个网址名已被使用，请换一个。")]
    if queries.username_taken(username, mine):
        problems["username"] = [_("这个用户名已被使用，请换一个。")]
    return problems


@transaction.atomic
def send_code(*, sign_up: SignUp) -> None:
    """Send another code; the one before no longer counts.

    :raises NotNow: once the mail is verified.
    :raises TooSoon: within 60 seconds of the last one, or after six.
    """
    locked = _locked(sign_up, State.UNVERIFIED)
    rest = CODE_REST_SECONDS - int((timezone.now() - (locked.code_at or locked.begun_at)).total_seconds())
    if rest > 0:
        raise TooSoon(_("刚刚发过验证码，请 %(n)d 秒后再试。") % {"n": rest})
    if locked.codes >= MOST_CODES:
        raise TooSoon(_("验证码发送次数已用完，请核对邮箱后重新填写。"))
    _send_code(locked)


def _send_code(sign_up: SignUp) -> None:
    code = f"{secrets.randbelow(10**6):06d}"
    sign_up.codes += 1
    sign_up.code_digest, sign_up.code_at, sign_up.tries = _code_digest(sign_up, code), timezone.now(), 0
    sign_up.save(update_fields=["code_digest", "code_at", "codes", "tries"])
    letters.write(
        to=sign_up.email,
        kind="join_code",
        context={"code": code, "minutes": CODE_MINUTES},
        key=f"join:{sign_up.ref}:{sign_up.codes}",
        language=get_language() or "zh-hans",
    )


def verify(*, sign_up: SignUp, code: str) -> SignUp:
    """Take the code and hold the names; an invited agency goes on to be built, everybody else to choose a plan.

    A try counts before it is looked at, so that many at once are not more than five.

    :raises WrongCode: for a wrong, old or worn-out code.
    :raises CannotSignUp: if somebody else has taken a name meanwhile; the mail counts as verified all the same.
    """
    current = SignUp.objects.get(pk=sign_up.pk)
    if current.state != State.UNVERIFIED:
        return current
    if not current.email_verified_at:
        # Counted in one UPDATE before the code is read: fifty answers at once are still five tries.
        counted = SignUp.objects.filter(pk=sign_up.pk, tries__lt=CODE_TRIES).update(tries=F("tries") + 1)
        if not counted:
            raise WrongCode(_("已试错 %(n)d 次，请重新发送验证码。") % {"n": CODE_TRIES})
        current.refresh_from_db(fields=["code_digest", "code_at", "codes", "tries"])
        if current.code_at is None or timezone.now() - current.code_at > dt.timedelta(minutes=CODE_MINUTES):
            raise WrongCode(_("验证码已过期，请重新发送。"))
        if not constant_time_compare(current.code_digest, _code_digest(current, code)):
            left = CODE_TRIES - current.tries
            raise WrongCode(_("验证码不对，还可以试 %(n)d 次。") % {"n": left})
        SignUp.objects.filter(pk=current.pk).update(email_verified_at=timezone.now(), code_digest="")
    return hold(sign_up=current)


def hold(*, sign_up: SignUp, slug: str = "", username: str = "") -> SignUp:
    """Hold the host name, the code and the login for this sign-up, under other names if given.

    :raises NotNow: before the mail is verified, or once the agency is being built.
    :raises CannotSignUp: if one of them is taken: of two sign-ups at once exactly one gets it.
    """
    try:
        with transaction.atomic():
            locked = _locked(sign_up, State.UNVERIFIED, State.VERIFIED, State.FAILED)
            if not locked.email_verified_at:
                raise NotNow(_("请先验证邮箱。"))
            locked.slug = slug if slug and not locked.tenant_id else locked.slug
            locked.username = username if username and not locked.director_id else locked.username
            if problems := name_problems(locked.name, locked.slug, locked.username, locked):
                raise CannotSignUp(problems)
            if queries.code_taken(locked.credit_code, locked):
                raise CannotSignUp({"credit_code": [_code_taken()]})
            if locked.invitation and locked.invitation.tenant_id not in (None, locked.tenant_id):
                raise CannotSignUp({"invitation": [_invitation_used()]})
            chosen = bool(locked.plan or locked.invitation_id)
            locked.state, locked.reason, locked.touched_at = State.VERIFIED, "", timezone.now()
            locked.save(update_fields=["slug", "username", "state", "reason", "touched_at"])
            if chosen:
                _queue(locked)
    except IntegrityError as clash:
        field = next((name for name in HELD if f"sign_up_{name}_held_once" in str(clash)), "slug")
        words = {
            "slug": _("这个网址名已被使用，请换一个。"),
            "username": _("这个用户名已被使用，请换一个。"),
            "credit_code": _code_taken(),
            "invitation": _invitation_used(),
        }
        raise CannotSignUp({field: [words[field]]}) from None
    return locked


@transaction.atomic
def choose_plan(*, sign_up: SignUp, plan: str, interval: str, stations: int, seats: int) -> SignUp:
    """Note the plan that the trial is of, and let the agency be built. Twice does it once.

    :raises NoSuchPlan: for a plan that is not on offer.
    :raises RefusedFields: for an interval or a number that cannot be taken.
    :raises NotNow: before the mail is verified.
    """
    locked = _locked(sign_up, State.VERIFIED, State.BUILDING, State.READY)
    if locked.state != State.VERIFIED:
        return locked
    trials.check(catalogue.plan(plan), interval=interval, stations=stations, seats=seats)
    locked.plan, locked.interval, locked.stations, locked.seats = plan, interval, stations, seats
    locked.save(update_fields=["plan", "interval", "stations", "seats"])
    _queue(locked)
    return locked


def _queue(sign_up: SignUp) -> None:
    now = timezone.now()
    sign_up.state, sign_up.touched_at, sign_up.attempts = State.BUILDING, now, 0
    sign_up.queued_at = sign_up.queued_at or now
    sign_up.save(update_fields=["state", "queued_at", "touched_at", "attempts"])
    log.write("enrolment.sign_up.queued", on=sign_up, by=None)
    transaction.on_commit(lambda: tasks.provision.delay(sign_up=sign_up.ref))


def _locked(sign_up: SignUp, *states: State) -> SignUp:
    locked = SignUp.objects.select_for_update().get(pk=sign_up.pk)
    if locked.state not in states:
        raise NotNow(_("这一步已经完成，请刷新页面。"))
    return locked


def _code_digest(sign_up: SignUp, code: str) -> str:
    return salted_hmac("enrolment.code", f"{sign_up.ref}|{sign_up.codes}|{code}", algorithm="sha256").hexdigest()


def _code_taken() -> str:
    return _("这个统一社会信用代码的机构已经入驻或正在入驻。请向本单位的负责人询问，或联系平台运营人员。")


def _invitation_used() -> str:
    return _("这个邀请已被使用。请在本机构的网址登录，或联系邀请您的购买方。")
