"""Questions as lists. A row says what its reader may read: inside the school as it was asked, else as it left."""

from __future__ import annotations

import datetime
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy, ngettext

from ..models import Question, QuestionStop
from .places import where_in_words
from .queries import LONG_DAYS, state_of_stop
from .reader import QuestionReader
from .states import OPEN, TAGS, WORDS

SHOWN_LETTERS = 110


def text_for(question: Question, reader: QuestionReader) -> str:
    return question.text if reader.is_inside(question) else question.text_above


def asked_where(question: Question, reader: QuestionReader) -> str:
    """Above the school no class is named: one red cell of a class of ten is nearly a name."""
    if question.school is None or not reader.is_inside(question):
        return (question.school or question.unit).name
    return question.unit.name


def days_old(question: Question, today: datetime.date) -> int:
    return (today - timezone.localdate(question.asked_at)).days


def age_in_words(days: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


class QuestionTable(tables.Table):
    """Rows are stops of queries.standing."""

    text = tables.Column(
        verbose_name=gettext_lazy("Question or obstacle"),
        accessor="pk",
        orderable=False,
        attrs={"td": {"class": "asked-text"}},
    )
    state = tables.Column(verbose_name=gettext_lazy("Now"), accessor="pk", orderable=False)
    age = tables.Column(
        verbose_name=gettext_lazy("Age"),
        accessor="question__asked_at",
        order_by="-question__asked_at",
        attrs={"th": {"class": "number"}, "td": {"class": "number"}},
    )
    where = tables.Column(verbose_name=gettext_lazy("Waits on"), accessor="pk", orderable=False)
    area = tables.Column(verbose_name=gettext_lazy("What it is about"), accessor="pk", orderable=False)
    asked = tables.Column(verbose_name=gettext_lazy("Asked at"), accessor="pk", orderable=False)

    class Meta:
        template_name = "components/table.html"
        row_attrs = {"class": lambda record, table: table.row_class(record)}

    def __init__(self, *args: Any, reader: QuestionReader, **kwargs: Any) -> None:
        self.reader, self.today = reader, reader.sight.today
        super().__init__(*args, **kwargs)

    def row_class(self, record: QuestionStop) -> str | None:
        is_long = days_old(record.question, self.today) > LONG_DAYS
        return "late" if is_long and state_of_stop(record) in OPEN else None

    def render_text(self, record: QuestionStop) -> str:
        address = reverse("interventions:question", args=[record.question.key])
        text = Truncator(text_for(record.question, self.reader)).chars(SHOWN_LETTERS)
        return format_html('<a href="{}">{}</a>', address, text)

    def render_state(self, record: QuestionStop) -> str:
        state = state_of_stop(record)
        return format_html('<span class="tag {}">{}</span>', TAGS[state], WORDS[state])

    def render_age(self, record: QuestionStop) -> str:
        return age_in_words(days_old(record.question, self.today))

    def render_where(self, record: QuestionStop) -> str:
        if state_of_stop(record) not in OPEN:
            return ""
        return where_in_words(record, is_inside=self.reader.is_inside(record.question))

    def render_area(self, record: QuestionStop) -> str:
        return record.question.area.name if record.question.area else ""

    def render_asked(self, record: QuestionStop) -> str:
        return asked_where(record.question, self.reader)


def pupils_behind(table: QuestionTable) -> set[int]:
    """Ids of the pupils whom the visible rows are about, for the log."""
    rows = [row.record.question for row in table.paginated_rows]
    return {row.pupil_id for row in rows if row.pupil_id and table.reader.is_inside(row)}
