"""What is free, and who is on the way in."""

from django.conf import settings

from accounts.models import User
from common import tokens
from directory import door as directory
from directory.door import Region
from enrolment import rules
from enrolment.models import SignUp
from tenants.agencies.actions import opening_problems
from tenants.models import Domain, Tenant

MOST_PLACES = 8
HOLDING = (SignUp.State.VERIFIED, SignUp.State.BUILDING)


def slug_taken(slug: str, mine: SignUp | None = None) -> bool:
    """Tell whether a host name leads somewhere or is held; what `mine` holds itself is free to it."""
    own = (mine and mine.tenant_id) or 0
    return (
        Tenant.objects.filter(slug=slug).exclude(pk=own).exists()
        or Domain.objects.filter(host=f"{slug}.{settings.BASE_HOST}").exclude(tenant_id=own).exists()
        or _held("slug", slug, mine)
    )


def code_taken(credit_code: str, mine: SignUp | None = None) -> bool:
    """Tell whether an agency that was not deleted has this credit code, or a sign-up holds it."""
    live = Tenant.objects.filter(credit_code=credit_code).exclude(state=Tenant.State.DELETED)
    return live.exclude(pk=(mine and mine.tenant_id) or 0).exists() or _held("credit_code", credit_code, mine)


def username_taken(username: str, mine: SignUp | None = None) -> bool:
    """Tell whether somebody signs in by this name, or a sign-up holds it."""
    users = User.objects.filter(username__iexact=username).exclude(pk=(mine and mine.director_id) or 0)
    return users.exists() or _held("username", username, mine)


def free_slug(name: str, region: str = "") -> str:
    """Return a free host name for an organisation, '' if none can be made of its name."""
    place = directory.regions([region[:6]]).get(region[:6]) if region else None

    def is_free(slug: str) -> bool:
        return not opening_problems(slug, name) and not rules.is_official(slug) and not slug_taken(slug)

    return rules.first_free(name, place.name if place else "", is_free)


def places(words: str) -> list[Region]:
    """Return the districts among which somebody has to choose: those of one name or pinyin; none for a single one."""
    words = words.strip()[:60]
    if not words or (words.isascii() and words.isdigit()):
        return []
    matches = directory.search_regions(words, level=3, limit=MOST_PLACES)
    exact = [place for place in matches if words in (place.name, place.full_name)]
    return [] if len(exact) == 1 or len(matches) == 1 else exact or matches


def _held(field: str, value: str, mine: SignUp | None) -> bool:
    others = SignUp.objects.exclude(pk=mine.pk) if mine else SignUp.objects.all()
    return others.filter(state__in=HOLDING, **{field: value}).exists()


def is_token(text: str) -> bool:
    """Tell whether a text can be a token at all, before the database is asked."""
    return len(text) == tokens.LENGTH and all(letter in "0123456789abcdef" for letter in text)
