"""Reads the extract from the declarations: what no table says about the pupil cannot be in it, what one says is."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.access import Sight
from accounts.declarations import Declaration, declarations, type_of
from accounts.keys import KeyField
from accounts.models import AuditEvent, AuditPupil, User
from accounts.roles import Permission
from accounts.secrecy import MEDICAL_ACTION

from ..erasure.entries import rows_with_entries
from ..erasure.texts import mentions
from ..erasure.words import words_of
from ..models import Pupil
from .people import Others, Staff
from .walls import narrowed

Row = list[tuple[str, str]]


@dataclass
class Section:
    """What one table says. tells: in words; ground: why it is kept; n_left_out: rows behind a wall."""

    title: str
    tells: str
    kind: str
    ground: str
    rows: list[Row] = field(default_factory=list)
    n_left_out: int = 0


@dataclass
class Reading:
    """at: when; who: by role; action: what was done or seen; purpose: as it was stated."""

    at: str
    who: str
    action: str
    purpose: str


@dataclass
class Extract:
    made_at: str
    pupil: str
    sections: list[Section]
    readings: list[Reading]

    @property
    def n_rows(self) -> int:
        return sum(len(section.rows) for section in self.sections)

    def to_plain(self) -> dict[str, Any]:
        return asdict(self)


def extract_of(pupil: Pupil, *, by: User) -> Extract:
    """by: who hands it out; the walls decide by that what is in it. The caller has asked the door, and records."""
    staff, others = Staff(), Others(pupil)
    sections = [
        section
        for declaration in declarations()
        if declaration.is_about_pupils and not declaration.stays
        for section in [_section(declaration, pupil, by, staff, others)]
        if section is not None and (section.rows or section.n_left_out)
    ]
    sections += _mentions(pupil, by, others)
    return Extract(
        date_format(timezone.localtime(), "DATETIME_FORMAT"),
        pupil.shown_name,
        sections,
        [_reading(event, staff) for event in events_about(pupil, by=by)],
    )


def _section(
    declaration: Declaration, pupil: Pupil, by: User, staff: Staff, others: Others
) -> Section | None:
    about = declaration.rows_about(pupil.pk)
    shown = narrowed(declaration, about, by)
    if shown is None:
        return None
    section = _empty_section(declaration)
    section.rows = [_row(each, declaration, pupil, staff, others) for each in _with_names(shown)]
    section.n_left_out = about.count() - len(section.rows)
    section.rows += [
        _entry(entry)
        for _pk, found in rows_with_entries(declaration, pupil.pk)
        for entries in found.values()
        for entry in entries
    ]
    return section


def _mentions(pupil: Pupil, by: User, others: Others) -> list[Section]:
    """Texts about more than the pupil in which the pupil is named, by table."""
    sections: dict[Declaration, Section] = {}
    for declaration, pk, columns in mentions(words_of(pupil)):
        rows = narrowed(declaration, declaration.model._default_manager.filter(pk=pk), by)
        if rows is None:
            continue
        found = rows.values(*columns)
        section = sections.setdefault(declaration, _empty_section(declaration))
        section.n_left_out += not found
        named = {each.attname: each for each in declaration.model._meta.concrete_fields}
        labels = [capfirst(str(named[name].verbose_name)) for name in columns]
        for values in found:
            texts = [_mentioned(values[name], others) for name in columns]
            section.rows.append(list(zip(labels, texts, strict=True)))
    return list(sections.values())


def _mentioned(value: Any, others: Others) -> str:
    return others.without(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _empty_section(declaration: Declaration) -> Section:
    kind = type_of(declaration.kind)
    return Section(
        capfirst(str(declaration.model._meta.verbose_name_plural)),
        capfirst(str(declaration.says)),
        str(kind.name),
        str(kind.ground),
    )


def _with_names(rows: QuerySet) -> QuerySet:
    related = [
        column.name
        for column in rows.model._meta.concrete_fields
        if isinstance(column, models.ForeignKey) and column.name != "municipality" and not column.null
    ]
    return rows.order_by("pk").select_related(*related) if related else rows.order_by("pk")


def _row(row: models.Model, declaration: Declaration, pupil: Pupil, staff: Staff, others: Others) -> Row:
    return [
        (capfirst(str(column.verbose_name)), text)
        for column in _shown_columns(declaration)
        if (text := _text(row, column, declaration, pupil, staff, others))
    ]


def _shown_columns(declaration: Declaration) -> Iterator[models.Field]:
    for column in declaration.model._meta.concrete_fields:
        is_ours = column.primary_key or column.name in ("municipality", "search_name", *declaration.secrets)
        is_shown = not declaration.shown or column.name in declaration.shown
        if is_shown and not is_ours and not isinstance(column, KeyField | models.JSONField):
            yield column


def _text(
    row: models.Model,
    column: models.Field,
    declaration: Declaration,
    pupil: Pupil,
    staff: Staff,
    others: Others,
) -> str:
    if column.is_relation:
        number, related = getattr(row, column.attname), column.related_model
        if number is None or related is None or related is Pupil:
            return ""
        if related is User:
            return staff.role_of(number)
        named = related._base_manager.filter(pk=number).first()
        return others.without(str(named)) if named is not None else ""
    value = getattr(row, column.attname)
    if value is None or value == "":
        return ""
    if column.name in declaration.in_words:
        return str(declaration.in_words[column.name](value))
    if column.choices:
        return str(getattr(row, f"get_{column.name}_display")())
    if isinstance(value, str):
        # The own name is the own name, whoever else has it.
        return value if column.model is Pupil else others.without(value)
    return _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, datetime.datetime):
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, datetime.date):
        return date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def _entry(entry: dict[str, Any]) -> Row:
    """Of a frozen list: names and numbers as they stand there, the pupil's own alone."""
    return [(name, str(value)) for name, value in entry.items() if name != "pupil" and value is not None]


def events_about(pupil: Pupil, *, by: User) -> list[AuditEvent]:
    """Events of the log that name the pupil, the newest first; those of medical pupil health for its own alone."""
    named = AuditPupil.objects.filter(pupil_id=pupil.pk).values("event_id")
    found = AuditEvent.objects.filter(Q(subject=pupil.key) | Q(pk__in=named))
    if not Sight(by).has(Permission.SEE_MEDICAL):
        found = found.exclude(action__startswith=MEDICAL_ACTION)
    return list(found.order_by("-at", "-pk"))


def _reading(event: AuditEvent, staff: Staff) -> Reading:
    at = timezone.localtime(event.at)
    return Reading(
        date_format(at, "SHORT_DATETIME_FORMAT"),
        staff.role_of(event.actor_id, at.date()),
        event.action,
        event.purpose,
    )
