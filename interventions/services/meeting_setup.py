"""Kinds of meetings and what they ask. A change of the questions is a new version; no version is ever changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Municipality, User
from accounts.tenancy import current_municipality

from ..meetings.guiding import Texts, check_texts
from ..meetings.usual import KINDS
from ..models import GuidingQuestions, MeetingKind, Rung, SupportQueue

LONGEST_NAME = 60
Names = Mapping[str, str]


def write_usual_meetings(municipality: Municipality) -> None:
    """The kinds that a new municipality begins with, with the first version of what they ask. Needs its queues."""
    queues = list(SupportQueue.objects.order_by("position", "pk"))
    for position, usual in enumerate(KINDS):
        fields = {name: value for name, value in usual.items() if name not in ("asks", "queue")}
        queue = queues[usual["queue"]] if usual.get("queue") is not None and queues else None
        kind = MeetingKind.objects.create(municipality=municipality, position=position, queue=queue, **fields)
        GuidingQuestions.objects.create(municipality=municipality, kind=kind, version=1, texts=usual["asks"])


@transaction.atomic
def add_kind(
    *,
    names: Names,
    rung: Rung,
    texts: Sequence[Texts],
    by: User,
    names_pupils: bool = False,
    queue: SupportQueue | None = None,
    asks_family: bool = False,
) -> MeetingKind:
    """One more, after the others, with the first version of what it asks.

    Raises ValidationError by field, for what a meeting at its level cannot be.
    """
    municipality = current_municipality()
    _check_names(names)
    _check_level(rung, names_pupils=names_pupils, asks_family=asks_family)
    check_texts(texts, municipality.language)
    last = MeetingKind.objects.order_by("-position").values_list("position", flat=True).first()
    kind = MeetingKind.objects.create(
        municipality=municipality,
        names=dict(names),
        position=0 if last is None else last + 1,
        rung=rung,
        names_pupils=names_pupils,
        queue=queue,
        asks_family=asks_family,
    )
    GuidingQuestions.objects.create(
        municipality=municipality, kind=kind, version=1, texts=[dict(each) for each in texts], made_by=by
    )
    record("kind of meeting added", by=by, subject=kind.key, rung=int(rung))
    return kind


@transaction.atomic
def rename_kind(
    *, kind: MeetingKind, names: Names, queue: SupportQueue | None, asks_family: bool, by: User
) -> MeetingKind:
    """What it is called, who takes part besides, and whether the family is asked; its level stays.

    names: of every language that has one. Raises ValidationError by field.
    """
    _check_names(names)
    asks_family = asks_family or kind.is_talk
    _check_level(Rung(kind.rung), names_pupils=False, asks_family=asks_family)
    kind.names, kind.queue, kind.asks_family = dict(names), queue, asks_family
    kind.save()
    record(
        "kind of meeting changed",
        by=by,
        subject=kind.key,
        queue=queue.key if queue else "",
        asks_family=asks_family,
    )
    return kind


@transaction.atomic
def close_kind(*, kind: MeetingKind, is_closed: bool, by: User) -> MeetingKind:
    """No longer to be chosen, or again; its meetings keep it. Closed twice, once."""
    if is_closed != (kind.closed_at is not None):
        kind.closed_at = timezone.now() if is_closed else None
        kind.save()
        record("kind of meeting closed" if is_closed else "kind of meeting opened", by=by, subject=kind.key)
    return kind


@transaction.atomic
def ask_anew(*, kind: MeetingKind, texts: Sequence[Texts], seen: int, by: User) -> GuidingQuestions:
    """The next version of what is asked; meetings that have begun keep theirs.

    seen: the version that the new one was written from. Raises ValidationError if somebody has made another since, if
    nothing is changed, or if the questions are none, too many or too long.
    """
    MeetingKind.objects.select_for_update().get(pk=kind.pk)
    check_texts(texts, current_municipality().language)
    last = kind.guiding_questions.order_by("version").last()
    version = last.version if last else 0
    if seen != version:
        raise ValidationError(
            _("Somebody has saved version %(version)s since you opened this page. Look at it below.")
            % {"version": version},
            code="conflict",
        )
    new = [dict(each) for each in texts]
    if last is not None and last.texts == new:
        raise ValidationError(_("Nothing is changed, so there is no new version."), code="same")
    made = GuidingQuestions.objects.create(
        municipality=kind.municipality, kind=kind, version=version + 1, texts=new, made_by=by
    )
    record("guiding questions changed", by=by, subject=kind.key, version=made.version, n=len(new))
    return made


def _check_names(names: Names) -> None:
    if not names.get(current_municipality().language, "").strip():
        raise ValidationError({"names": _("Write what it is called in the municipality's language.")})
    if any(len(name) > LONGEST_NAME for name in names.values()):
        raise ValidationError({"names": _("A name has at most %(n)s letters.") % {"n": LONGEST_NAME}})


def _check_level(rung: Rung, *, names_pupils: bool, asks_family: bool) -> None:
    if rung == Rung.QUEUE:
        raise ValidationError({"rung": _("Choose at which level it is held.")})
    if names_pupils and not rung.is_inside:
        raise ValidationError({"names_pupils": _("No pupil is named above the school.")})
    if asks_family and not rung.is_inside:
        raise ValidationError({"asks_family": _("Families take part in meetings within the school.")})
