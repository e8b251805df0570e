"""One person, one duty on an application: told by the account and, for a person with two accounts, by the name."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.refusals import Conflict
from common.texts.names import search_key
from services.grants.models import Application, Payment

TITLES = {
    "applicant": gettext_lazy("申请人"),
    "assessor": gettext_lazy("评估人"),
    "decider": gettext_lazy("审议委员"),
    "monitor": gettext_lazy("监督员"),
    "payer": gettext_lazy("付款经办人"),
    "approver": gettext_lazy("付款复核人"),
}


class TwoDuties(Conflict):
    """The person holds another duty on this application already, with this account or another."""


def holders(application: Application) -> list[tuple[str, str]]:
    """Return who holds what on an application, as (duty, user's ref)."""
    found = [("applicant", application.applied_by), ("assessor", application.assessed_by)]
    found += [("decider", person) for person in application.ballots.values_list("person", flat=True)]
    found += [("monitor", person) for person in application.opinions.values_list("person", flat=True)]
    for payment in application.payments.exclude(state=Payment.State.DROPPED):
        found += [("payer", payment.prepared_by), ("approver", payment.released_by)]
    return [(duty, person) for duty, person in found if person]


def refuse_double(application: Application, by: User, duty: str) -> None:
    """Let `by` take up a duty on an application. The same duty again is no second one, for the same account.

    :raises TwoDuties: if the person, or somebody of the same name, holds another duty, or another account the same.
    """
    held = holders(application)
    names = names_of(person for _duty, person in held)
    mine = search_key(by.name)
    for other, person in held:
        if person == by.ref:
            if other != duty:
                raise TwoDuties(
                    _("您已是这份申请的%(other)s，不能再作%(duty)s：一人只担一项职责。")
                    % {"other": TITLES[other], "duty": TITLES[duty]}
                )
        elif mine and search_key(names.get(person, "")) == mine:
            raise TwoDuties(
                _("与您同名的另一个账号已是这份申请的%(other)s。同一个人用两个账号也只担一项职责。")
                % {"other": TITLES[other]}
            )


def names_of(people: Iterable[str]) -> dict[str, str]:
    """Return names by users' refs, in one query."""
    refs = {person for person in people if person}
    users = User.objects.filter(ref__in=refs) if refs else []
    return {user.ref: user.get_full_name() for user in users}
