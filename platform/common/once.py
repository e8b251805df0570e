"""The shape in which the first answer to a repeatable request is kept."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from common.privacy import Privacy


class StoredAnswer(models.Model):
    """One (person, path, key): the body's digest, and the answer given. In an agency the answer is sealed."""

    user = models.CharField(max_length=32)
    path = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(default=b"")
    at = models.DateTimeField(default=timezone.now)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["body"], keep=["id", "user", "path", "key", "fingerprint", "status", "at"]
    )

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["user", "path", "key"], name="%(app_label)s_answer_once")]
