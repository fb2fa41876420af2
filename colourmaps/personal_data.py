"""What the tables of colourmaps hold. See accounts.declarations."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.data_protection import add_chapter
from accounts.declarations import (
    InformationType,
    Removal,
    about_pupils,
    add_type,
    not_about_pupils,
)
from accounts.municipality_file import add_folder
from pupils.erasure.keeping import kept

from . import uploads
from .classification import Colour, Movement
from .data_protection import indicators
from .models import (
    ColourMap,
    DueIndicator,
    FormerDueIndicator,
    FormerStamp,
    FormerThreshold,
    ImportBatch,
    ImportMessage,
    ImportState,
    Indicator,
    MapAdoption,
    MapIndicator,
    MeasurementRound,
    Result,
    SavedMapping,
    SeriesBreak,
    SupersededResult,
    Threshold,
)
from .scales import MARK_LABELS, Mark

add_folder("uploads", uploads.folder_of)


def old_results(before: datetime.date) -> Sequence[QuerySet]:
    """By round, all of one at a time."""
    return [
        model.objects.filter(round=round_)
        for round_ in MeasurementRound.objects.filter(ends_on__lt=before).order_by("ends_on")
        for model in (Result, SupersededResult, FormerStamp)
    ]


def old_imports(before: datetime.date) -> Sequence[QuerySet]:
    """What was kept of a file; the file itself goes after the days that the municipality has chosen."""
    ended = (ImportState.IMPORTED, ImportState.CANCELLED, ImportState.UNREADABLE, ImportState.UNDONE)
    batches = ImportBatch.objects.filter(uploaded_at__date__lt=before, state__in=ended)
    return [ImportMessage.objects.filter(batch__in=batches.values("pk"))]


add_type(
    InformationType(
        "definitions",
        _("Indicators, limits and rounds"),
        _("Say what a result means; hold no personal data."),
        why_kept=_("No old result could be read without them."),
    )
)
add_type(
    InformationType(
        "results",
        _("Results of pupils"),
        _("The purpose and legal ground that are stated with each indicator."),
        Removal(_("the end of the measurement round"), old_results, around=lambda: kept(None)),
        proposed_years=10,
        archive_first=True,
    )
)
add_type(
    InformationType(
        "imports",
        _("What was remarked on about imported files"),
        _("Needed to trace where a result came from and to put right what was refused."),
        Removal(_("the day of the upload"), old_imports),
        proposed_years=2,
    )
)

# Numbers of results, as an extract says them.
COLOURS = {Colour.NONE: "–", Colour.RED: _("red"), Colour.YELLOW: _("yellow"), Colour.GREEN: _("green")}
MOVEMENTS = {
    Movement.NONE: "–",
    Movement.WORSE: _("worse"),
    Movement.STILL: _("unchanged"),
    Movement.BETTER: _("better"),
    Movement.BREAK: _("not comparable"),
}
IN_WORDS: dict[str, Callable[[Any], object]] = {
    "value": lambda hundredths: hundredths / 100,
    "mark": lambda mark: MARK_LABELS[Mark(mark)],
    "colour": lambda colour: COLOURS[Colour(colour)],
    "movement": lambda movement: MOVEMENTS[Movement(movement)],
}


add_chapter(indicators)

not_about_pupils(Indicator, kind="definitions", because=_("what is measured, for what purpose"))
not_about_pupils(ColourMap, kind="definitions", because=_("a selection of indicators"))
not_about_pupils(MapIndicator, kind="definitions", because=_("an indicator in a selection"))
not_about_pupils(MapAdoption, kind="definitions", because=_("which selection a school uses"))
not_about_pupils(MeasurementRound, kind="definitions", because=_("when is measured"))
not_about_pupils(DueIndicator, kind="definitions", because=_("what is due in which year group"))
not_about_pupils(FormerDueIndicator, kind="definitions", because=_("what was known to be due before"))
not_about_pupils(SeriesBreak, kind="definitions", because=_("where a series cannot be compared"))
not_about_pupils(Threshold, kind="definitions", because=_("from which value a result has which colour"))
not_about_pupils(FormerThreshold, kind="definitions", because=_("limits as they were known before"))
not_about_pupils(
    SavedMapping, kind="definitions", because=_("how the columns of a kind of file are understood")
)
about_pupils(
    Result,
    kind="results",
    in_words=IN_WORDS,
    says=_("a result, its colour, when it was measured and from where it came"),
)
about_pupils(
    SupersededResult,
    kind="results",
    in_words=IN_WORDS,
    says=_("a result as it stood before it was corrected or removed"),
)
about_pupils(
    FormerStamp,
    kind="results",
    in_words=IN_WORDS,
    says=_("class and colour of a result, as they were known before"),
)
about_pupils(
    ImportBatch,
    by=(),
    kind="imports",
    says=_("from which file a result came"),
    shown=("file_name", "uploaded_at", "by", "imported_at", "undone_at", "file_removed_at"),
    stays=_(
        "A file is about many. The words and values of the pupil are taken out of it, and the file removed."
    ),
)
not_about_pupils(
    ImportMessage,
    kind="imports",
    because=_("a place in a file; what it quotes of a pupil is found by the pupil's names and numbers"),
)
