"""Government purchase contracts: who bought what from whom, where, and how it was scored."""

from contracts.models.appeals import Appeal, AppealFile, LineDecision
from contracts.models.kept import KeptScore
from contracts.models.marks import Mark, MarkCase, MarkFile
from contracts.models.publishing import ScoreSheet, SheetConfirmation
from contracts.models.signing import Contract, ContractParty, ContractStation, Deliverable, TermVersion

__all__ = [
    "Appeal",
    "AppealFile",
    "Contract",
    "ContractParty",
    "ContractStation",
    "Deliverable",
    "KeptScore",
    "LineDecision",
    "Mark",
    "MarkCase",
    "MarkFile",
    "ScoreSheet",
    "SheetConfirmation",
    "TermVersion",
]
