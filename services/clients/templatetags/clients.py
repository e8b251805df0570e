"""Words for category codes."""

from django import template

from services.clients import codes

register = template.Library()


@register.filter
def category_title(code: str) -> str:
    """Return the title of a category code."""
    return codes.title_of(code)
