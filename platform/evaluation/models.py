"""The one thing that crosses from the workrooms to the shared floor: what was done, how much, where and when."""

from typing import ClassVar

from django.db import models

from common.privacy import Privacy


class Fact(models.Model):
    """A de-identified number. `source` names the row that made it ("records.record:k3…"); recording twice leaves one.

    `subject_key` is a hash with the agency's own key, for "how many different people" without saying who.
    No name, no free text, no foreign key.
    """

    tenant = models.CharField(max_length=40)
    station = models.CharField(max_length=40)
    measure = models.CharField(max_length=40)
    occurred_on = models.DateField()
    quantity = models.DecimalField(max_digits=12, decimal_places=2)
    source = models.CharField(max_length=80)
    subject_key = models.CharField(max_length=64, blank=True, default="")

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "tenant", "station", "measure", "occurred_on", "quantity", "source", "subject_key"]
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "measure", "source"], name="fact_once")]
        indexes = [
            models.Index(
                fields=["tenant", "station", "measure", "occurred_on"],
                include=["quantity", "subject_key"],
                name="fact_of_station",
            ),
            models.Index(fields=["tenant", "source"], opclasses=["", "varchar_pattern_ops"], name="fact_of_source"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.quantity} {self.source}"
