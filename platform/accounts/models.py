"""One login for workers, officers, supervisors and evaluators."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import SHARED_ROLES
from common.pages.list_files import StoredListFile
from common.pages.saved_filters import StoredFilter
from common.privacy import Privacy
from common.refs import new_ref


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, *, name: str = "", email: str = "") -> "User":
        """Create a person who can sign in; without a password they cannot until one is set."""
        user = self.model(username=self.model.normalize_username(username), name=name, email=email)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in. Users are closed and scrubbed, never deleted."""

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    username = models.CharField(_("用户名"), max_length=60, unique=True, validators=[UnicodeUsernameValidator()])
    name = models.CharField(_("姓名"), max_length=50, blank=True)
    email = models.EmailField(_("邮箱"), blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    # What else somebody is known by whose account is being made: a phone, an organisation (password_words.py).
    known_words: tuple[str, ...] = ()

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    privacy: ClassVar[Privacy] = Privacy(
        personal=["username", "name", "email", "password"],
        keep=["id", "ref", "is_active", "joined_at", "last_login"],
    )

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        return self.name or self.username


class FloorRole(models.Model):
    """A role on the shared floor: officer, supervisor, evaluator, operator. `area` is a division code or ''."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="floor_roles")
    role = models.CharField(max_length=30, choices=[(role.slug, role.title) for role in SHARED_ROLES])
    area = models.CharField(max_length=12, blank=True)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "user", "role", "area"])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "role", "area"], name="floor_role_once")]

    def __str__(self) -> str:
        return f"{self.role} {self.area}"


class ApiToken(models.Model):
    """A token of one person for one host: `tenant` is the agency's slug, or '' for the shared floor.

    Only the SHA-256 of the token is kept.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    tenant = models.CharField(max_length=40, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "user", "tenant", "digest", "created_at", "expires_at"])

    def __str__(self) -> str:
        return f"{self.user} @{self.tenant or 'shared'}"


class SignIn(models.Model):
    """A browser in which somebody is signed in, for as long as its session lives (sign_ins.py).

    `host` is the agency's slug, or '' for the shared floor; `device` names browser and system ('' where they did not
    say), `address` is masked. Both are of the last use that was noted.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    session_key = models.CharField(max_length=40, unique=True)
    host = models.CharField(max_length=40, blank=True)
    device = models.CharField(_("设备"), max_length=40, blank=True)
    address = models.CharField(_("网络地址"), max_length=45, blank=True)
    began_at = models.DateTimeField(_("登录时间"), db_default=Now(), editable=False)
    used_at = models.DateTimeField(_("最近使用"), db_default=Now(), editable=False)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["device", "address"], keep=["id", "user", "ref", "session_key", "host", "began_at", "used_at"]
    )

    class Meta:
        ordering = ["-used_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.device} @{self.host or 'shared'}"


class Tries(models.Model):
    """How often something was tried since a stretch of time began (rates.py). `name` is a keyed digest of who and what.

    Written by one statement that counts and begins anew where the stretch is over.
    """

    name = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    privacy: ClassVar[Privacy] = Privacy(keep=["name", "count", "ends_at"])

    def __str__(self) -> str:
        return f"{self.count} until {self.ends_at}"


class SavedFilter(StoredFilter):
    """A filter of one of the shared host's lists."""


class ListFile(StoredListFile):
    """A file of one of the shared host's lists."""
