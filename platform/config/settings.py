"""Settings. The environment is read here and nowhere else; a missing variable says what to do."""

import base64
from pathlib import Path
from urllib.parse import unquote

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config.timetable import TIMETABLE

django_stubs_ext.monkeypatch()

ROOT = Path(__file__).resolve().parent.parent.parent
env = environ.Env()

# --- What the environment decides -------------------------------------------------------------------------------
DEMO = env.bool("LIANDONG_DEMO", default=False)
DATA_DIR = Path(env.str("DATA_DIR", default=str(ROOT / ".data"))).resolve()
BASE_HOST = env.str("BASE_HOST", default="localhost").lower()
SHARED_HOSTS = [BASE_HOST, *env.list("SHARED_HOSTS", default=[])]
HTTPS = env.bool("HTTPS", default=not DEMO)
WEB_PORT = env.str("WEB_PORT", default="")  # of the links in letters, where it is not the usual one
REDIS_URL = env.str("REDIS_URL", default="")
# Mail goes out by EMAIL_URL (smtp+tls://user:password@host:587); without one letters are kept for the operator to read.
EMAIL_URL = env.str("EMAIL_URL", default="")
MAIL_FROM = env.str("MAIL_FROM", default=f"liandong@{BASE_HOST}")
# How people reach the platform's operators, as pages say it: a phone number, an address.
SUPPORT = env.str("SUPPORT", default="")
# What an agency may take (billing/plans.toml unless named) and where its transfers go.
PLANS_FILE = env.str("PLANS_FILE", default="")
PAYEE = {
    "name": env.str("PAYEE_NAME", default=""),
    "bank": env.str("PAYEE_BANK", default=""),
    "account": env.str("PAYEE_ACCOUNT", default=""),
}
TAX_PERCENT = env.int("TAX_PERCENT", default=6)  # prices hold it; bills say how much of them it is
# Online payment. Without a key the product bills by bank transfer and nothing of Stripe is shown.
STRIPE_API_KEY = env.str("STRIPE_API_KEY", default="")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")
STRIPE_ACCOUNT = env.str("STRIPE_ACCOUNT", default="")
STRIPE_API_BASE = env.str("STRIPE_API_BASE", default="")
BACKUP_DAYS = env.int("BACKUP_DAYS", default=35)  # how long backups are kept; certificates of deletion say so
# Where the day's digests of logs and books go, outside the database (operating/checks/anchors.py).
ANCHORS_DIR = env.str("ANCHORS_DIR", default="")
ANCHORS_MAIL = env.str("ANCHORS_MAIL", default="")
# A list of more rows than this is made by the worker: 5,000 hold a thread of the web for two seconds of an idle core.
EXPORT_AT_ONCE = env.int("EXPORT_AT_ONCE", default=5000)
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")  # opens /metrics; without one there is no such page


def _secret(name: str) -> str:
    """Return a secret from the environment; the demo and the tests make their own, everything else must name one."""
    if value := str(env.str(name, default="")):
        return value
    raise ImproperlyConfigured(f"{name} is not set. `make demo` and `make test` set it; a deployment names its own.")


SECRET_KEY = _secret("SECRET_KEY")
MASTER_KEY = base64.b64decode(_secret("MASTER_KEY"))
if len(MASTER_KEY) != 32:
    raise ImproperlyConfigured("MASTER_KEY must be 32 bytes in base64: openssl rand -base64 32")

# Django's debug page shows code, settings and what was typed: for `make dev` alone, never where others can reach it.
DEBUG = env.bool("LIANDONG_DEBUG", default=False)
if DEBUG and (HTTPS or not DEMO or BASE_HOST != "localhost"):
    raise ImproperlyConfigured("LIANDONG_DEBUG is for `make dev` on this machine only; a deployment does not set it.")
ALLOWED_HOSTS = [*SHARED_HOSTS, f".{BASE_HOST}"]
USE_X_FORWARDED_HOST = False

# --- Apps: folder = schema --------------------------------------------------------------------------------------
SHARED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "accounts",
    "audit",
    "tenants",
    "letters",
    "notifications",
    "directory",
    "evaluation",
    "contracts",
    "supervision",
    "disclosure",
    "billing",
    "enrolment",
    "operating",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
TENANT_APPS = [
    "services.journal",
    "services.ledger",
    "services.network",
    "services.people",
    "services.clients",
    "services.volunteers",
    "services.records",
    "services.help_requests",
    "services.funds",
    "services.grants",
    "services.rights",
    "services.start",
    "services.leaving",
]
# Apps without tables.
PLAIN_APPS = [
    "common",
    "config",
    "programmes",
    "django.contrib.postgres",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_prometheus",
    "rest_framework",
    "drf_spectacular",
    "csp",
]
INSTALLED_APPS = [*SHARED_APPS, *TENANT_APPS, *PLAIN_APPS]

MIDDLEWARE = [
    "config.middleware.ProbeMiddleware",
    "config.middleware.KeptNowhereMiddleware",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "tenants.middleware.HostMiddleware",
    "config.middleware.PlainHttpMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tenants.middleware.SessionSealMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.middleware.CleanInputMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tenants.middleware.AccessMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tenants.emergency.actions.EmergencyMiddleware",
    "billing.middleware.PlanMiddleware",
    "api_access.replays.ReplayMiddleware",
    "accounts.middleware.MfaMiddleware",
    "accounts.middleware.TooOftenMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
ROOT_URLCONF = "config.urls_public"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "config.web.context.house",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "common.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# Folders of programmes beside the ones in platform/programmes/data: <region>/<key>/<year>/*.toml.
PROGRAMME_ROOTS = env.list("PROGRAMME_ROOTS", default=[])

if EMAIL_URL:
    mail = env.email_url_config(EMAIL_URL)
    EMAIL_BACKEND = mail["EMAIL_BACKEND"]
    EMAIL_HOST, EMAIL_PORT = mail["EMAIL_HOST"], mail["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = mail["EMAIL_HOST_USER"], mail["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS, EMAIL_USE_SSL = mail.get("EMAIL_USE_TLS", False), mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = MAIL_FROM

# The way out beside inbox and mail (notifications/channels.py).
NOTIFICATION_CHANNEL = env.str("NOTIFICATION_CHANNEL", default="notifications.channels.LogChannel")

# --- Database, cache, broker ------------------------------------------------------------------------------------
database = env.db_url("DATABASE_URL", default="postgresql:///liandong")
DATABASES = {
    "default": {
        **database,
        "HOST": unquote(database["HOST"]),  # a socket's folder is written with %2F
        "ENGINE": "tenants.backend",
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {"connect_timeout": 3, **database.get("OPTIONS", {})},
    }
}
# Who makes and migrates tables, where that is another role than the one that works in them (tenants/backend/owner.py):
# given to commands and the worker only.
owner = env.db_url("OWNER_DATABASE_URL", default="") if env.str("OWNER_DATABASE_URL", default="") else {}
OWNER_DATABASE = (
    {**{name: owner[name] for name in ("NAME", "USER", "PASSWORD", "PORT")}, "HOST": unquote(owner["HOST"])}
    if owner
    else None
)
APPLICATION_ROLE = database.get("OPTIONS", {}).get("assume_role") or database["USER"]
ORIGINAL_BACKEND = "django.db.backends.postgresql"
DATABASE_ROUTERS = ["tenants.router.SchemaRouter"]
TENANT_MODEL = "tenants.Tenant"
TENANT_DOMAIN_MODEL = "tenants.Domain"

CACHES = {
    "default": {
        "BACKEND": "common.cache.SurvivingCache" if REDIS_URL else "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": REDIS_URL,
        "KEY_FUNCTION": "tenants.storage.cache_key",
    }
}
CELERY = {
    "broker_url": REDIS_URL or "memory://",
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    "broker_connection_retry_on_startup": True,
    # A silent broker must hold no request up: what was to be sent waits for its sweep (tenants/running.py).
    "task_publish_retry": False,
    "broker_transport_options": {"socket_connect_timeout": 1, "socket_timeout": 5},
    "timezone": "Asia/Shanghai",
    "task_serializer": "json",
    "accept_content": ["json"],
    "worker_hijack_root_logger": False,
    "beat_schedule_filename": str(DATA_DIR / "beat-schedule"),
    "beat_schedule": TIMETABLE,
}

# --- People -----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.HostBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "directory.password_words.PasswordWords"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "work"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "tenants.sign_in.adapter.Adapter"
ACCOUNT_FORMS = {"login": "accounts.forms.LoginForm", "change_password": "accounts.forms.ChangePasswordForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
# Tries are counted by accounts/sign_in/guessing.py over all hosts, in the database: allauth would count in the cache.
ACCOUNT_RATE_LIMITS = False
MFA_RATE_LIMITS = False
MFA_FORMS = {
    "authenticate": "tenants.sign_in.second_factor.AuthenticateForm",
    "reauthenticate": "tenants.sign_in.second_factor.ReauthenticateForm",
}
# How many proxies of our own stand before the web process: rate limits then count the address the first of them saw.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
MFA_ADAPTER = "accounts.sign_in.sealed_factors.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Liandong"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
MFA_REQUIRED = env.bool("MFA_REQUIRED", default=not DEMO)

PASSWORD_RESET_TIMEOUT = 2 * 60 * 60  # of the links in platform/recovery
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"  # a browser takes the first from this host alone
SESSION_COOKIE_SECURE = HTTPS
DEVICE_COOKIE_NAME = "__Host-device" if HTTPS else "device"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_USE_SESSIONS = True
CSRF_FAILURE_VIEW = "config.web.error_views.csrf_failure"

# --- Security headers -------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# Beyond what any form takes, so that the form itself says how many it takes and keeps what was typed.
DATA_UPLOAD_MAX_NUMBER_FILES = 300

# --- Language, time, files --------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = HTTPS
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False
FORMAT_MODULE_PATH = "config.formats"

COLLECTED = env.bool("STATIC_COLLECTED", default=True)  # tests serve the built files from where they stand
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA_DIR / "static")))
STATICFILES_DIRS = [ROOT / "platform" / "config" / "static"]
MEDIA_ROOT = DATA_DIR / "files"
STORAGES = {
    "default": {"BACKEND": "tenants.storage.PlaceStorage"},
    "shared": {"BACKEND": "tenants.storage.SharedStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_USE_FINDERS = not COLLECTED

# --- API --------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api_access.authentication.HostTokenAuthentication",
        "api_access.authentication.BrowserSession",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["api_access.authentication.Granted"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["common.programs.serializers.JsonParser"],
    "DEFAULT_SCHEMA_CLASS": "common.programs.openapi.HouseSchema",
    "EXCEPTION_HANDLER": "common.programs.problems.problem",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Liandong API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "common.programs.openapi.with_problems",
    ],
    "ENUM_NAME_OVERRIDES": {
        "RegionLevelEnum": "directory.models.Region.Level",
        "SiteLevelEnum": "services.network.models.Site.Level",
        "ServiceKindEnum": "services.records.models.Kind",
        "SupervisionKindEnum": "supervision.words.Kind",
    },
}

# --- Logs: no names, no numbers of people (common/logs/lines.py scrubs) -----------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "common.logs.lines.LineFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
