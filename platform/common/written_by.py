"""Who writes a table's rows: said by a model as `written_by`, made true by the database's own rights."""

from enum import Enum


class WrittenBy(Enum):
    """A model that says nothing is the application's: it adds, changes and deletes."""

    APPLICATION = "the application"
    APPLICATION_ONCE = "the application, once: it adds and reads"
    OWNER = "functions and commands of the tables' owner: the application reads"
