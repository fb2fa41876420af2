"""What a municipality decides about its questions: the areas they gather in, and who helps when a school is stuck."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.keys import KeyField
from accounts.models import User
from accounts.tenancy import TenantModel


class Named(TenantModel):
    """Something with a name in one or several languages. closed_at: no longer to be chosen; what has it keeps it."""

    key = KeyField()
    names = models.JSONField(_("name"), default=dict)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["municipality", "key"], name="%(class)s_key_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """In the reader's language, else in whatever language there is one."""
        return self.names.get(get_language() or "sv") or next(iter(self.names.values()), "")


class DevelopmentArea(Named):
    """What an obstacle is about, so that it can be seen where obstacles gather: staff, economy, IT …"""

    class Meta(Named.Meta):
        verbose_name = _("development area")
        verbose_name_plural = _("development areas")


class SupportQueue(Named):
    """A function that helps a school that is stuck: for mathematics, language, health … Its questions wait in a queue.

    Served by its members who hold the role of support function; without members, by everybody who holds it.
    """

    members = models.ManyToManyField(
        User, through="QueueMember", related_name="+", verbose_name=_("who answers")
    )

    class Meta(Named.Meta):
        verbose_name = _("support function")
        verbose_name_plural = _("support functions")


class QueueMember(TenantModel):
    """Somebody who answers what waits in a queue."""

    queue = models.ForeignKey(SupportQueue, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("person"))

    class Meta:
        verbose_name = _("member of a support function")
        verbose_name_plural = _("members of support functions")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "queue", "user"], name="queuemember_once")
        ]

    def __str__(self) -> str:
        return f"{self.queue_id} {self.user_id}"
