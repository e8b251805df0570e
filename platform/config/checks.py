"""What `manage.py check` refuses: settings under which the walls between agencies would leak."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.utils.module_loading import import_string

from tenants.storage import PlaceStorage

UNSAFE = ("'unsafe-inline'", "'unsafe-eval'", "*")


@register(Tags.security)
def hosts(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The host decides the agency, so it must be exact, and a cookie must stay on its host."""
    found: list[CheckMessage] = []
    if "*" in settings.ALLOWED_HOSTS:
        found.append(Error("ALLOWED_HOSTS holds '*': any host would be served.", id="house.E001"))
    if settings.USE_X_FORWARDED_HOST:
        found.append(Error("USE_X_FORWARDED_HOST lets a header choose the agency.", id="house.E002"))
    for name in ("SESSION_COOKIE_DOMAIN", "CSRF_COOKIE_DOMAIN", "LANGUAGE_COOKIE_DOMAIN"):
        if getattr(settings, name, None):
            found.append(Error(f"{name} is set: cookies belong to one host.", id="house.E003"))
    return found


@register(Tags.security)
def places(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Database, cache and files must ask which agency they stand in."""
    found: list[CheckMessage] = []
    for name, cache in settings.CACHES.items():
        if cache.get("KEY_FUNCTION") != "tenants.storage.cache_key":
            found.append(Error(f"Cache {name!r} does not keep agencies apart.", id="house.E004"))
    if not issubclass(import_string(settings.STORAGES["default"]["BACKEND"]), PlaceStorage):
        found.append(Error("The default storage does not keep agencies apart.", id="house.E005"))
    for name, database in settings.DATABASES.items():
        if database["ENGINE"] != "tenants.backend":
            found.append(Error(f"Database {name!r} does not use tenants.backend.", id="house.E006"))
    if settings.DATABASE_ROUTERS != ["tenants.router.SchemaRouter"]:
        found.append(Error("DATABASE_ROUTERS must be the SchemaRouter alone.", id="house.E007"))
    return found


@register(Tags.security)
def browsers(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Pages are kept nowhere, and cookies are read by this host alone and by no script."""
    found: list[CheckMessage] = []
    if "config.middleware.KeptNowhereMiddleware" not in settings.MIDDLEWARE[:2]:
        found.append(Error("KeptNowhereMiddleware must stand before all that answers.", id="house.E015"))
    for name in ("SESSION_COOKIE_HTTPONLY", "LANGUAGE_COOKIE_HTTPONLY"):
        if not getattr(settings, name):
            found.append(Error(f"{name} is off: scripts could read the cookie.", id="house.E016"))
    for name in ("SESSION_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE"):
        if settings.HTTPS and not getattr(settings, name):
            found.append(Error(f"{name} is off: the cookie would go over plain HTTP.", id="house.E017"))
    for name in ("SESSION_COOKIE_NAME", "DEVICE_COOKIE_NAME"):
        if settings.HTTPS and not getattr(settings, name).startswith("__Host-"):
            found.append(Error(f"{name} lacks __Host-: another host could set the cookie.", id="house.E018"))
    return found


@register()
def floors(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Folder = schema: each app stands in exactly one list, and the workrooms are the agencies' own."""
    lists = (settings.SHARED_APPS, settings.TENANT_APPS, settings.PLAIN_APPS)
    found: list[CheckMessage] = []
    for app in settings.INSTALLED_APPS:
        if sum(apps.count(app) for apps in lists) != 1:
            found.append(Error(f"{app} must stand in exactly one of the three app lists.", id="house.E008"))
        if app.startswith("services.") != (app in settings.TENANT_APPS):
            found.append(Error(f"{app}: tables of services/ and only those belong to agencies.", id="house.E009"))
    return found


@register(Tags.security)
def guards(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The API is closed unless a view opens it, tasks enter their agency, pages run no foreign script."""
    from config.celery import app

    found: list[CheckMessage] = []
    if settings.REST_FRAMEWORK.get("DEFAULT_PERMISSION_CLASSES") != ["api_access.authentication.Granted"]:
        found.append(Error("The API's default permission must be Granted.", id="house.E010"))
    if app.task_cls != "tenants.running:TenantTask":
        found.append(Error("Celery's task class must be TenantTask.", id="house.E011"))
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    for name in ("default-src", "script-src", "style-src"):
        if set(directives.get(name, UNSAFE)) & set(UNSAFE):
            found.append(Error(f"The content security policy is open at {name}.", id="house.E012"))
    return found


@register(Tags.security)
def debug_page(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Django's debug page shows code and what people typed: it belongs to `make dev` on one's own machine."""
    if settings.DEBUG and (settings.HTTPS or not settings.DEMO or settings.BASE_HOST != "localhost"):
        return [Error("DEBUG is on: every fault would show code and what was typed.", id="house.E019")]
    return []


@register(Tags.security, deploy=True)
def no_debug_page(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A deployment never has it, whatever else is set."""
    return [Error("DEBUG is on in a deployment.", id="house.E020")] if settings.DEBUG else []


@register(Tags.security, deploy=True)
def sign_in(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Outside the demo, officers and directors sign in with a second factor."""
    if settings.DEMO:
        return [Error("LIANDONG_DEMO is on: everybody's password is public.", id="house.E013")]
    if not settings.MFA_REQUIRED:
        return [Error("MFA_REQUIRED is off.", id="house.E014")]
    return []
