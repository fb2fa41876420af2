"""The list of people."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import RoleAssignment, User

# Of one person: more would make a row as high as the page.
MOST_ROLES = 4


class PersonTable(tables.Table):
    """roles: by id of the person, what is held today and later."""

    name = tables.Column(verbose_name=gettext_lazy("Name"))
    login = tables.Column(
        verbose_name=gettext_lazy("User name"), attrs={"td": {"data-label": gettext_lazy("User name")}}
    )
    roles = tables.Column(verbose_name=gettext_lazy("Roles"), orderable=False, empty_values=(), accessor="pk")
    last_login = tables.Column(
        verbose_name=gettext_lazy("Last signed in"),
        default=gettext_lazy("never"),
        attrs={"td": {"data-label": gettext_lazy("Last signed in")}},
    )

    class Meta:
        template_name = "components/table.html"
        attrs = {"id": "people", "class": "stacks"}
        order_by = "name"

    def __init__(
        self, people: Any, roles: Mapping[int, Sequence[RoleAssignment]], today: datetime.date, **kwargs: Any
    ) -> None:
        super().__init__(people, **kwargs)
        self.roles_by_person, self.today = roles, today

    def render_name(self, record: User) -> str:
        return format_html('<a href="{}">{}</a>', reverse("accounts:person", args=[record.key]), record.name)

    def render_roles(self, record: User) -> str:
        held = self.roles_by_person.get(record.pk, ())
        if not held:
            return _("none")
        shown = format_html_join("", "{}<br>", ((in_words(one, self.today),) for one in held[:MOST_ROLES]))
        more = len(held) - MOST_ROLES
        return format_html("{}{}", shown, _("and %(n)d more") % {"n": more} if more > 0 else "")

    def render_last_login(self, value: datetime.datetime) -> str:
        return date_format(localtime(value), "SHORT_DATE_FORMAT")


def in_words(held: RoleAssignment, today: datetime.date) -> str:
    """ "teacher, 4A", "principal, Solviksskolan, from 1 January 2027"."""
    words = f"{held.get_role_display()}, {held.unit.name}"
    if held.valid_from > today:
        words = _("%(role)s, from %(day)s") % {
            "role": words,
            "day": date_format(held.valid_from, "DATE_FORMAT"),
        }
    return words
