"""Where a place is found on the web, for links in letters: there is no request to ask when the clock writes one."""

from django.conf import settings


def address_of(slug: str = "") -> str:
    """Return the address of an agency's host, or of the shared one for '': http://north.localhost:8000."""
    scheme = "https" if settings.HTTPS else "http"
    host = f"{slug}.{settings.BASE_HOST}" if slug else settings.BASE_HOST
    return f"{scheme}://{host}{f':{settings.WEB_PORT}' if settings.WEB_PORT else ''}"
