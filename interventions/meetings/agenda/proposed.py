"""A case that a meeting should have, before it is one."""

from __future__ import annotations

from dataclasses import dataclass

from ...models import Source


@dataclass(frozen=True)
class Proposed:
    """By ids; the fields are those of MeetingCase."""

    source: Source
    unit_id: int | None = None
    pupil_id: int | None = None
    indicator_ids: tuple[int, ...] = ()
    intervention_id: int | None = None
    question_id: int | None = None
    earlier_id: int | None = None
    concluded_id: int | None = None
