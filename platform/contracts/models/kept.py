"""Scores that are worked out ahead."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from common.privacy import Privacy
from contracts.models.signing import Contract
from evaluation.models import Moment


class KeptScore(models.Model):
    """A contract's score of a day, worked out ahead so that a list of a thousand need not: total, grade, lines.

    Good while nothing is due of one of its stations (`evaluation.ScoreDue`) and its edition is still `digest`; else it
    is worked out live. `grade` is empty until one is named. `scores` stand in the order of the edition's leaves, empty
    for "not yet". `behind` is how many deliverables lag, `weight` how worrying the contract is (`ranking.overview`).
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="kept_scores")
    day = models.DateField()
    digest = models.CharField(max_length=64)
    total = models.DecimalField(max_digits=6, decimal_places=2)
    grade = models.CharField(max_length=20, blank=True)
    behind = models.PositiveSmallIntegerField()
    weight = models.PositiveSmallIntegerField()
    scores = ArrayField(models.DecimalField(max_digits=6, decimal_places=2, null=True))
    made_at = models.DateTimeField(db_default=Moment(), editable=False)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "contract", "day", "digest", "total", "grade", "behind", "weight", "scores", "made_at"]
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "contract"], name="kept_score_once")]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.day} {self.total}"
