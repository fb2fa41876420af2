from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..keys import KeyField


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> models.QuerySet[User]:
        """A person always comes with the municipality: every request asks for both."""
        return super().get_queryset().select_related("municipality")

    def create_user(self, login: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(login=login, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, login: str, password: str | None = None, **fields: Any) -> User:
        """A platform operator: no municipality, and so no pupil; the admin site only."""
        return self.create_user(login, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. Belongs to one municipality; only a platform operator belongs to none.

    Not scoped, since signing in is what decides the municipality.
    """

    key = KeyField(unique=True)
    login = models.CharField(_("user name"), max_length=150, unique=True)
    name = models.CharField(_("name"), max_length=150)
    municipality = models.ForeignKey(
        "accounts.Municipality", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    language = models.CharField(_("language"), max_length=5, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("platform operator"), default=False)

    objects = UserManager()

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_staff=True) ^ models.Q(municipality__isnull=False),
                name="user_operator_or_municipality",
            )
        ]

    def __str__(self) -> str:
        return self.name
