from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ...models import SupportQueue
from .looked import offer


class NameForm(forms.Form):
    """A new development area or support function."""

    name = forms.CharField(label=_("Name"), max_length=60)


class AreaForm(NameForm):
    is_closed = forms.BooleanField(label=_("No longer to be chosen"), required=False)


class QueueForm(AreaForm):
    """people: who holds the role of support function."""

    members = forms.MultipleChoiceField(
        label=_("Who answers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none if everybody with the role of support function answers here."),
    )
    field_order = ("name", "members", "is_closed")

    def __init__(self, data: Any = None, *, queue: SupportQueue, people: Sequence[Any]) -> None:
        initial = {
            "name": queue.name,
            "members": [user.key for user in queue.members.all()],
            "is_closed": queue.closed_at is not None,
        }
        super().__init__(data, initial=initial)
        self.people: Mapping[str, Any] = {user.key: user for user in people}
        offer(self, "members", [(key, user.name) for key, user in self.people.items()])
