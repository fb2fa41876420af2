"""What an administrator writes about a kind of meeting: its names, who takes part, and what it asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from ..models import MeetingKind, Rung, SupportQueue
from ..services.meeting_setup import LONGEST_NAME
from .guiding import Texts, as_lines, check_texts, lines_of, texts_of

LEVELS = [(str(rung.value), rung.label) for rung in Rung if rung != Rung.QUEUE]


def own_first(language: str) -> list[str]:
    """The languages of the product, the municipality's before the others."""
    return [language, *(code for code, _name in settings.LANGUAGES if code != language)]


def name_of_language(code: str) -> str:
    return str(get_language_info(code)["name_local"]).capitalize()


class InLanguages(forms.Form):
    """A form with one field per language for each of some things; only the municipality's own must be filled in."""

    def __init__(self, data: Any = None, *, language: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.language = language
        self.languages = own_first(language)

    def in_each(self, called: str, field: type[forms.Field], label: str, **options: Any) -> None:
        """Adds the fields; label: of the first, the others are called after their language."""
        for code in self.languages:
            is_own = code == self.language
            self.fields[f"{called}_{code}"] = field(
                label=label if is_own else name_of_language(code), required=is_own, **options
            )

    def _fields(self, called: str) -> list[forms.BoundField]:
        return [self[f"{called}_{code}"] for code in self.languages]

    def _written(self, called: str) -> dict[str, str]:
        return {code: self.cleaned_data.get(f"{called}_{code}", "") for code in self.languages}


class KindForm(InLanguages):
    """Names, the support function that takes part, and whether the family does."""

    queue = forms.ChoiceField(
        label=gettext_lazy("Support function that takes part"),
        required=False,
        help_text=gettext_lazy("What comes up there counts as referred to it."),
    )
    asks_family = forms.BooleanField(
        label=gettext_lazy("The family takes part, and is asked afterwards"), required=False
    )

    def __init__(
        self,
        data: Any = None,
        *,
        language: str,
        queues: Sequence[SupportQueue],
        kind: MeetingKind | None = None,
    ) -> None:
        super().__init__(data, language=language, initial=_initial(kind) if kind else None)
        self.in_each("name", forms.CharField, _("Name"), max_length=LONGEST_NAME)
        self.queues = {queue.key: queue for queue in queues}
        offered = [("", _("none")), *((key, queue.name) for key, queue in self.queues.items())]
        self.fields["queue"].choices = offered  # type: ignore[attr-defined]  # of a choice
        if kind is not None and (kind.is_talk or not kind.is_inside):
            del self.fields["asks_family"]

    @property
    def name_fields(self) -> list[forms.BoundField]:
        return self._fields("name")

    @property
    def has_more_names(self) -> bool:
        return any(field.errors for field in self.name_fields[1:])

    @property
    def names(self) -> dict[str, str]:
        return {code: name for code, name in self._written("name").items() if name}

    @property
    def chosen_queue(self) -> SupportQueue | None:
        return self.queues.get(self.cleaned_data.get("queue", ""))


def _initial(kind: MeetingKind) -> dict[str, Any]:
    names: Mapping[str, str] = kind.names
    return {
        **{f"name_{code}": name for code, name in names.items()},
        "queue": kind.queue.key if kind.queue else "",
        "asks_family": kind.asks_family,
    }


class GuidingForm(InLanguages):
    """The questions, one a line. seen: the version that they were written from."""

    seen = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def __init__(
        self, data: Any = None, *, language: str, texts: Sequence[Texts] = (), version: int = 0
    ) -> None:
        initial = {f"asks_{code}": as_lines(texts, code) for code in own_first(language)} | {"seen": version}
        super().__init__(data, language=language, initial=initial)
        self.in_each(
            "asks", forms.CharField, _("Guiding questions"), widget=forms.Textarea(attrs={"rows": 6})
        )
        self.fields[f"asks_{language}"].help_text = _("One a line, in the order in which they are asked.")

    @property
    def own_field(self) -> forms.BoundField:
        return self._fields("asks")[0]

    @property
    def other_fields(self) -> list[forms.BoundField]:
        return self._fields("asks")[1:]

    @property
    def has_others(self) -> bool:
        """Whether another language than the municipality's has questions, or something wrong with them."""
        return any(field.value() or field.errors for field in self.other_fields)

    @cached_property
    def texts(self) -> list[dict[str, str]]:
        return texts_of({code: lines_of(text) for code, text in self._written("asks").items()}, self.language)

    def clean(self) -> None:
        if "seen" in self.errors:
            self.add_error(None, _("The page was not sent whole. Save once more."))
        if self.errors:
            return
        try:
            texts = self.texts
        except ValidationError as problem:
            for code, errors in problem.error_dict.items():
                self.add_error(f"asks_{code}", errors)
            return
        try:
            check_texts(texts, self.language)
        except ValidationError as problem:
            self.add_error(f"asks_{self.language}", problem)


class NewKindForm(KindForm):
    """A kind of meeting with its level, which stays what it is chosen to be."""

    rung = forms.TypedChoiceField(
        label=gettext_lazy("At which level"),
        choices=LEVELS,
        initial=str(Rung.SCHOOL.value),
        coerce=lambda value: Rung(int(value)),
        help_text=gettext_lazy(
            "A team of social work or health meets at the level whose children it is about: within a school, at the "
            "area or at the administration."
        ),
    )
    names_pupils = forms.BooleanField(
        label=gettext_lazy("Cases can be about single pupils"),
        required=False,
        help_text=gettext_lazy("Only within the school."),
    )

    def clean(self) -> None:
        rung = self.cleaned_data.get("rung")
        if rung is None or rung.is_inside:
            return
        if self.cleaned_data.get("names_pupils"):
            self.add_error("names_pupils", _("No pupil is named above the school."))
        if self.cleaned_data.get("asks_family"):
            self.add_error("asks_family", _("Families take part in meetings within the school."))
