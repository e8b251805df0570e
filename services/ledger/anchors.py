"""Hold a day fast: how many entries a book has and the digest of the last, once a day."""

import datetime as dt

from services.ledger.models import Anchor, Book


def anchor(book: Book, on: dt.date) -> Anchor:
    """Return the anchor of the day, made now if there is none yet; one stands in a transaction."""
    Book.objects.select_for_update().get(pk=book.pk)
    found = Anchor.objects.filter(book=book, on=on).first()
    if found is None:
        book.refresh_from_db(fields=["entries", "head"])
        found = Anchor.objects.create(book=book, on=on, entries=book.entries, digest=book.head)
    return found
