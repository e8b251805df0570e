"""Words for roles."""

from django import template

from accounts.roles import BY_SLUG

register = template.Library()


@register.filter
def role_title(slug: str) -> str:
    """Return the title of a role."""
    return str(BY_SLUG[slug].title) if slug in BY_SLUG else slug
