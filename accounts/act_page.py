"""A page for an act that cannot be missed: a form, then what it will do in numbers, then the deed.

Three answers of one address. What is done is what was shown: if that has changed meanwhile, it is shown again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from .refusal import ActRefused
from .web import MunicipalityRequest

# What the buttons send as `step`. None: the form has been filled in and is to be previewed; any other: it is still
# being filled in.
DO, CHANGE = "do", "change"


@dataclass(frozen=True)
class Preview:
    """What an act will do. facts: term and text, each number with what it counts; notes: sentences about the rest.

    label: of the button that does it.
    """

    question: str
    facts: Sequence[tuple[str, str]]
    label: str
    notes: Sequence[str] = ()

    @property
    def seal(self) -> str:
        """The same as long as the preview says the same."""
        return hashlib.sha256(repr((self.question, self.facts, self.notes)).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class ActPage:
    """heading, intro, label: of the page and of the button that leads to the preview; back: where one leaves to.

    preview_of and carry_out get the valid form and may raise ActRefused; carry_out returns the sentence of what is
    done now, and the address of where to go on.
    """

    heading: str
    back: str
    preview_of: Callable[[Any], Preview]
    carry_out: Callable[[Any], tuple[str, str]]
    intro: str | Promise = ""
    context: Mapping[str, Any] | None = None
    form_template: str = "accounts/act.html"

    def answer(self, request: MunicipalityRequest, form: forms.BaseForm) -> HttpResponse:
        """form: bound, if something has been sent."""
        step = request.POST.get("step", "")
        if not form.is_bound or not form.is_valid() or step not in ("", DO):
            return self._form(request, form, status=422 if form.errors else 200)
        try:
            preview = self.preview_of(form)
            is_the_one_shown = request.POST.get("seal") == preview.seal
            if step == DO and is_the_one_shown:
                done, address = self.carry_out(form)
                messages.success(request, done)
                return redirect(address)
        except ActRefused as refusal:
            form.add_error(None, str(refusal))
            return self._form(request, form, status=422)
        if step == DO:
            messages.warning(
                request, _("Something has changed since you looked. This is what it comes to now.")
            )
        return self._shown(request, form, preview)

    def _form(self, request: MunicipalityRequest, form: forms.BaseForm, *, status: int) -> HttpResponse:
        return render(request, self.form_template, self._context(form=form), status=status)

    def _shown(self, request: MunicipalityRequest, form: forms.BaseForm, preview: Preview) -> HttpResponse:
        return render(
            request, "accounts/act_preview.html", self._context(preview=preview, sent=sent_by(form))
        )

    def _context(self, **more: Any) -> dict[str, Any]:
        return {
            "heading": self.heading,
            "intro": self.intro,
            "back": self.back,
            **(self.context or {}),
            **more,
        }


def sent_by(form: forms.BaseForm) -> list[tuple[str, str]]:
    """(name, value) of all that was sent for the form's fields, to be sent once more."""
    return [
        (form.add_prefix(name), value)
        for name in form.fields
        for value in _values(form.data, form.add_prefix(name))
    ]


def _values(sent: Any, name: str) -> list[str]:
    return list(sent.getlist(name))


def quoted(name: object) -> str:
    """A name within the quotation marks of the reader's language."""
    return _("“%(name)s”") % {"name": name}
