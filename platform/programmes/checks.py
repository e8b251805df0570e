"""`manage.py check`: every programme loads, and published ones are as they were published."""

from typing import Any

from django.core.checks import Error, register

from programmes import lock
from programmes.door import roots
from programmes.loading import BadProgramme, load_all


@register()
def programmes_load(**kwargs: Any) -> list[Error]:
    try:
        load_all(roots())
    except BadProgramme as bad:
        return [Error(problem, id="programmes.E001") for problem in bad.problems]
    return [Error(problem, id="programmes.E002") for problem in lock.problems()]
