"""The words of choices, translated once for a language instead of once for each row.

Django's own get_…_display() translates every choice of a field anew at each call: 50,000 rows of a list with 14 kinds
were 700,000 translations.
"""

from functools import lru_cache
from typing import Any

from django.db.models import Model
from django.utils.translation import get_language


def words(row: Model, name: str) -> Any:
    """Return what the choice field `name` of a row says, in the reader's language."""
    value = getattr(row, name)
    return _words(type(row), name, get_language()).get(value, value)


@lru_cache(maxsize=1000)
def _words(model: type[Model], name: str, language: str | None) -> dict[Any, str]:
    choices = model._meta.get_field(name).flatchoices  # type: ignore[union-attr]  # a field with choices
    return {value: str(said) for value, said in choices}
