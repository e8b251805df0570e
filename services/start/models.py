"""What the first hour remembers: only whether its strip was put away. What is done is seen from the data itself."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from common.privacy import Privacy


class FirstHour(models.Model):
    """The one row of an agency, made when the strip is put away for the first time."""

    put_away_at = models.DateTimeField(null=True)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "put_away_at"])

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="first_hour_is_one")]

    def __str__(self) -> str:
        return "first hour"
