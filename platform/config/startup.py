"""What web, worker and beat do before their first work."""

import logging

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection

logger = logging.getLogger(__name__)
MISCONFIGURED = 78  # EX_CONFIG of sysexits.h: starting again would not help


def check_database() -> None:
    """Open the first connection, which checks that places do not mix (tenants/probe.py).

    A database that is not there yet is no reason not to start: requests are answered 503 until it is, and the first
    connection makes the check.

    :raises SystemExit: where places mix. Celery swallows every other exception of a signal and works on.
    """
    try:
        connection.ensure_connection()
    except ImproperlyConfigured as error:
        logger.critical("not started: %s", error)
        raise SystemExit(MISCONFIGURED) from error
    except OperationalError as error:
        logger.warning("the database is not there yet: %s", type(error).__name__)
    finally:
        connection.close()
