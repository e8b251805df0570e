"""Finding a client in three keystrokes."""

from django.db.models import Q, QuerySet

from common.texts.names import search_key
from services.clients.models import Client


def find(clients: QuerySet[Client], words: str) -> QuerySet[Client]:
    """Narrow `clients` to those found by name, full pinyin, initials or file number; never by a part of a number."""
    key = search_key(words)
    if not key:
        return clients
    matches = Q(name_key__startswith=key) | Q(number__istartswith=words.strip())
    if key.isascii():
        letters = key.replace("'", "")
        for column in ("pinyin", "initials", "other_pinyin", "other_initials"):
            matches |= Q(**{f"{column}__startswith": letters})
    else:
        matches |= Q(name_key__contains=key)
    return clients.filter(matches)
