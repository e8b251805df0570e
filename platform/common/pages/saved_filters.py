"""The shape in which a person's named filter of a list is kept."""

from typing import ClassVar, Final

from django.db import models
from django.db.models import Q
from django.utils import timezone

from common.privacy import Privacy
from common.refs import new_ref

LONGEST_NAME: Final = 20
LONGEST_QUERY: Final = 500


class StoredFilter(models.Model):
    """What one person (`user`, a ref) likes to ask of the list at the URL name `page`: a query string without words.

    The words of a search are never kept: people type names, phones and ID numbers there. A name of a filter is free
    text too, so an agency's filters stand in its own schema and only those of the shared host on the shared floor.
    """

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    user = models.CharField(max_length=32)
    page = models.CharField(max_length=60)
    name = models.CharField(max_length=LONGEST_NAME)
    query = models.CharField(max_length=LONGEST_QUERY)
    saved_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["name", "query"], keep=["id", "ref", "user", "page", "saved_at", "removed_at"]
    )

    class Meta:
        abstract = True
        ordering = ["saved_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "page", "name"], condition=Q(removed_at=None), name="%(app_label)s_filter_name_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.page} {self.ref}"
