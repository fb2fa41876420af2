"""A talk is begun, written on and ended. What two write at once is put together field by field; nothing is lost."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.keys import new_key
from accounts.models import Unit, User
from pupils.models import Pupil

from ...family.seen import same, seen
from ...models import Face, GuidingQuestions, MeetingKind, Talk, TalkAgreement, TalkVoice, Voice


@dataclass(frozen=True)
class Facts:
    """was, here and below: the token of what the page showed when it was opened (family/seen.py)."""

    held_on: datetime.date
    present: str
    why_none: str
    was: str


@dataclass(frozen=True)
class Said:
    prompt: int
    voice: Voice
    text: str
    face: int | None
    was: str


@dataclass(frozen=True)
class Line:
    """id: of an agreement that is there; None for a new one. A line of which all is taken away is gone."""

    id: int | None
    what: str
    who: str
    due_on: datetime.date | None
    was: str

    @property
    def is_empty(self) -> bool:
        return not (self.what or self.who or self.due_on)


@dataclass(frozen=True)
class Written:
    """Everything on the page."""

    facts: Facts
    said: list[Said]
    lines: list[Line]


@dataclass(frozen=True)
class Clash:
    """What was not saved, as somebody else has written there since. now: what stands there."""

    mine: Facts | Said | Line
    now: str


@transaction.atomic
def begin_talk(
    *,
    pupil: Pupil,
    unit: Unit,
    kind: MeetingKind,
    held_on: datetime.date,
    present: str,
    by: User,
    key: str = "",
) -> Talk:
    """With the newest questions of its kind. unit: the pupil's class. Raises ValidationError for a kind without any.

    key: of accounts/once.py.
    """
    guiding = GuidingQuestions.objects.filter(kind=kind).order_by("version").last()
    if guiding is None or not kind.is_talk:
        raise ValidationError(_("This kind of talk has no questions yet."))
    talk = Talk.objects.create(
        municipality_id=pupil.municipality_id,
        key=key or new_key(),
        pupil=pupil,
        unit=unit,
        kind=kind,
        guiding=guiding,
        held_on=held_on,
        present=present,
        made_by=by,
    )
    _record("talk begun", talk, by)
    return talk


@transaction.atomic
def write_talk(*, talk: Talk, written: Written, by: User) -> list[Clash]:
    """Saves what the page holds, but for the fields on which somebody else has written meanwhile: these come back.

    A field that the person has not touched is left as it stands now. Raises ValidationError once the talk has ended.
    """
    talk = _locked(talk)
    if talk.is_closed:
        raise ValidationError(_("The talk has been ended meanwhile. What you wrote since is not saved."))
    clashes = [
        *_write_facts(talk, written.facts),
        *_write_voices(talk, written.said),
        *_write_lines(talk, written.lines),
    ]
    _record("talk written", talk, by, n_clashes=len(clashes))
    return clashes


@transaction.atomic
def close_talk(*, talk: Talk, by: User) -> Talk:
    """Ends it. Raises ValidationError: each agreement has what, who and by when; without any, it says why."""
    talk = _locked(talk)
    if talk.is_closed:
        return talk
    lines = list(talk.agreements.all())
    lacking = [line.what or line.who for line in lines if not line.is_complete]
    if lacking:
        raise ValidationError(
            [
                _("%(agreement)s: write what is done, who does it and by when.")
                % {"agreement": _("“%(words)s”") % {"words": words} if words else _("An agreement")}
                for words in lacking
            ]
        )
    if not lines and not talk.why_none:
        raise ValidationError(_("Write what you agree on, or why you agree on nothing today."))
    talk.closed_at, talk.closed_by = timezone.now(), by
    talk.save(update_fields=["closed_at", "closed_by"])
    _record("talk ended", talk, by)
    return talk


@transaction.atomic
def mark_agreement(*, agreement: TalkAgreement, is_done: bool, by: User) -> TalkAgreement:
    """Done today, or not yet after all."""
    agreement.done_on = timezone.localdate() if is_done else None
    agreement.save(update_fields=["done_on"])
    _record("agreement marked", agreement.talk, by, is_done=is_done)
    return agreement


def _write_facts(talk: Talk, facts: Facts) -> Iterable[Clash]:
    mine, now = (facts.held_on, facts.present, facts.why_none), (talk.held_on, talk.present, talk.why_none)
    if same(mine, now) or facts.was == seen(*mine):
        return
    if facts.was != seen(*now):
        yield Clash(facts, " – ".join(words for words in (str(talk.held_on), *now[1:]) if words))
        return
    talk.held_on, talk.present, talk.why_none = mine
    talk.save(update_fields=["held_on", "present", "why_none"])


def _write_voices(talk: Talk, said: list[Said]) -> Iterable[Clash]:
    there = {(each.prompt, each.voice): each for each in talk.voices.all()}
    for each in said:
        row = there.get((each.prompt, each.voice))
        mine, now = (each.text, each.face), (row.text, row.face) if row else ("", None)
        if same(mine, now) or each.was == seen(*mine):
            continue
        if each.was != seen(*now):
            yield Clash(each, _in_words(row))
            continue
        TalkVoice.objects.update_or_create(
            talk=talk,
            prompt=each.prompt,
            voice=each.voice,
            defaults={"text": each.text, "face": each.face},
            create_defaults={
                "municipality_id": talk.municipality_id,
                "text": each.text,
                "face": each.face,
            },
        )


def _in_words(row: TalkVoice | None) -> str:
    """What stands there; empty if it has been taken away."""
    if row is None:
        return ""
    face = str(Face(row.face).label).capitalize() if row.face else ""
    return " – ".join(words for words in (face, row.text) if words)


def _write_lines(talk: Talk, lines: list[Line]) -> Iterable[Clash]:
    there = {row.pk: row for row in talk.agreements.all()}
    for line in lines:
        mine = (line.what, line.who, line.due_on)
        row = there.get(line.id or 0)
        if row is None:
            is_untouched = line.id is not None and line.was == seen(*mine)
            is_there = any(same(mine, (each.what, each.who, each.due_on)) for each in there.values())
            if not (line.is_empty or is_untouched or is_there):
                row = TalkAgreement.objects.create(
                    municipality_id=talk.municipality_id,
                    talk=talk,
                    what=line.what,
                    who=line.who,
                    due_on=line.due_on,
                )
                there[row.pk] = row
            continue
        now = (row.what, row.who, row.due_on)
        if same(mine, now) or line.was == seen(*mine):
            continue
        if line.was != seen(*now):
            yield Clash(line, " – ".join(str(each) for each in now if each))
        elif line.is_empty:
            row.delete()
        else:
            row.what, row.who, row.due_on = mine
            row.save(update_fields=["what", "who", "due_on"])


def _locked(talk: Talk) -> Talk:
    return Talk.objects.select_for_update(of=("self",)).get(pk=talk.pk)


def _record(action: str, talk: Talk, by: User, **facts: Any) -> None:
    record(action, by=by, unit=talk.unit, subject=talk.key, pupils=[talk.pupil_id], **facts)
