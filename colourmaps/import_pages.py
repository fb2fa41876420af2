"""What the page of an import says, prepared: steps, progress, problems, preview and receipt in words and numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from accounts.access import Sight
from accounts.background import progress_of
from accounts.models import Unit, UnitPlacement
from accounts.roles import Permission
from accounts.web import unit_url

from .forms import FileColumn, MappingForm
from .importing.apply import changes_nothing
from .importing.kept import message_of
from .importing.lifecycle import is_at_work
from .importing.mapping_file import mapping_from_json
from .importing.messages import LEVEL_LABELS, Level, Message
from .models import ImportBatch, ImportMessage, ImportState

# So many problems are on the page; all rows that were left out are in the workbook.
MOST_SHOWN = 200
# So many stand open, the others behind a line, so that the preview below is not out of sight.
SHOWN_OPEN = 12
# With more schools than this the classes of a receipt stand behind a line.
MANY_SCHOOLS = 12
DIGEST_SHOWN = 12

SURE, RATHER_SURE = 0.9, 0.7

PHASE_WORDS = {
    "": gettext_lazy("Waiting for its turn"),
    "reading": gettext_lazy("Opening the file"),
    "understanding": gettext_lazy("Finding out what the columns are"),
    "checking": gettext_lazy("Checking every row"),
    "trying": gettext_lazy("Trying out what would change"),
    "writing": gettext_lazy("Writing the results"),
}
PHASES = {
    ImportState.UPLOADED: ("reading", "understanding", "checking", "trying"),
    ImportState.CONFIRMED: ("reading", "checking", "writing"),
}
STEP_OF_STATE = {
    ImportState.UPLOADED: 0,
    ImportState.UNREADABLE: 0,
    ImportState.UNDERSTOOD: 1,
    ImportState.CONFIRMED: 2,
    ImportState.FAILED: 2,
    ImportState.IMPORTED: 2,
}

Facts = list[tuple[str, str]]


def steps_of(batch: ImportBatch) -> list[tuple[str, str]]:
    """(label, "done", "current" or "") of the three steps."""
    current = STEP_OF_STATE[ImportState(batch.state)]
    labels = [
        pgettext("step of an import", "Understood"),
        pgettext("step of an import", "Preview"),
        pgettext("step of an import", "Receipt"),
    ]
    return [
        (label, "done" if step < current else "current" if step == current else "")
        for step, label in enumerate(labels)
    ]


def page_facts(batch: ImportBatch) -> list[str]:
    """Beside the title: the file, and how much was found in it."""
    n_read = sum(sheet["is_read"] for sheet in batch.understood)
    facts = [batch.file_name]
    if n_read:
        facts.append(_count(ngettext("%(n)s sheet", "%(n)s sheets", n_read), n_read))
    if "rows" in batch.counts:
        facts.append(in_rows(batch.counts["rows"]))
    return facts


def progress_on(batch: ImportBatch) -> dict[str, Any]:
    """For components/progress.html: which step of the work is going on, and over how many rows."""
    address = reverse("colourmaps:import-progress", args=[batch.key])
    if not is_at_work(batch) or batch.job is None:
        return {"finished": True, "phase": _("Done"), "poll_url": address}
    told = progress_of(batch.job)
    phases = PHASES[ImportState(batch.state)]
    phase = "trying" if told.phase == "writing" and "trying" in phases else told.phase
    return {
        "finished": False,
        "phase": PHASE_WORDS.get(phase, PHASE_WORDS[""]),
        "done": phases.index(phase) if phase in phases else 0,
        "total": len(phases) if phase in phases else 0,
        "unit": _("steps"),
        "rate": in_rows(told.n_total) if told.n_total else "",
        "note": _("You can leave this page. The work goes on, and the import stands in the list of imports."),
        "poll_url": address,
    }


# ---- problems


@dataclass(frozen=True)
class Problem:
    """A line of components/problems.html. The sentence says what to do as well, so there is no remedy of its own."""

    level: str
    level_word: str
    place: str
    value: str
    sentence: str
    remedy: str = ""


@dataclass(frozen=True)
class Problems:
    """Errors and warnings (the first ones open, the rest behind a line), notes, and how many there is no room for."""

    heading: str
    facts: list[str]
    first: list[Problem]
    rest: list[Problem]
    notes: list[Problem]
    n_beyond: int


def problems_of(batch: ImportBatch) -> Problems:
    shown = [problem_of(stored) for stored in batch.messages.order_by("pk")[:MOST_SHOWN]]
    by_level: dict[str, int] = batch.counts.get("messages", {})
    n_total = sum(by_level.values())
    serious = [problem for problem in shown if problem.level != Level.NOTE.name.lower()]
    n_errors, n_warnings, n_notes = (by_level.get(level.name.lower(), 0) for level in reversed(Level))
    counted = [
        (n_errors, ngettext("%(n)s error", "%(n)s errors", n_errors)),
        (n_warnings, ngettext("%(n)s warning", "%(n)s warnings", n_warnings)),
        (n_notes, ngettext("%(n)s note", "%(n)s notes", n_notes)),
    ]
    return Problems(
        heading=_heading(n_errors + n_warnings),
        facts=_what_there_is(counted),
        first=serious[:SHOWN_OPEN],
        rest=serious[SHOWN_OPEN:],
        notes=[problem for problem in shown if problem.level == Level.NOTE.name.lower()],
        n_beyond=n_total - len(shown),
    )


def _heading(n_serious: int) -> str:
    if not n_serious:
        return _("Nothing is wrong with the file")
    return _count(ngettext("%(n)s thing to look at", "%(n)s things to look at", n_serious), n_serious)


def problem_of(stored: ImportMessage) -> Problem:
    message = message_of(stored)
    return Problem(
        level=stored.level,
        level_word=str(LEVEL_LABELS[message.level]).capitalize(),
        place=_place(message),
        value=message.value,
        sentence=message.text,
    )


def _place(message: Message) -> str:
    """Sheet and cell, row or column in words; a text file has no sheets."""
    if message.row and message.column:
        place = _("cell %(cell)s") % {"cell": f"{message.column}{message.row}"}
    elif message.row:
        place = _("row %(row)s") % {"row": message.row}
    elif message.column:
        place = _("column %(column)s") % {"column": message.column}
    else:
        return message.sheet or _("the whole file")
    return f"{message.sheet}, {place}" if message.sheet else place


# ---- preview


def sheets_in_words(understood: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """(name, what becomes of it) of each sheet; a text file's only sheet has no name."""
    return [(sheet["name"] or _("The table"), _sheet_in_words(sheet)) for sheet in understood]


def _sheet_in_words(sheet: dict[str, Any]) -> str:
    if sheet["is_read"]:
        return in_rows(sheet["n_rows"])
    if sheet["hidden"]:
        return _("hidden in the file, left out")
    return _("no table of pupils, left out")


def preview_facts(batch: ImportBatch) -> Facts:
    """What a yes will do."""
    return [*_round_and_school(batch), *_effect(batch.counts)]


def _round_and_school(batch: ImportBatch) -> Facts:
    mapping = mapping_from_json(batch.mapping)
    rounds = [name for name in mapping.round_names() if name]
    facts = [(_("Measurement round"), ", ".join(rounds) or _("not chosen"))]
    return facts + ([(_("School"), mapping.school)] if mapping.school else [])


def _effect(counts: dict[str, Any]) -> Facts:
    n_in = counts["rows"] - counts["refused"]
    facts = [(_("Rows"), _("%(n)s of %(rows)s") % {"n": n_in, "rows": in_rows(counts["rows"])})]
    results = _("%(new)s new, %(changed)s changed, %(unchanged)s unchanged") % counts
    facts.append((_("Results"), results))
    added = [
        (counts["new_pupils"], ngettext("%(n)s pupil", "%(n)s pupils", counts["new_pupils"])),
        (counts["new_classes"], ngettext("%(n)s class", "%(n)s classes", counts["new_classes"])),
        (counts["new_schools"], ngettext("%(n)s school", "%(n)s schools", counts["new_schools"])),
    ]
    if what_is_new := _what_there_is(added):
        facts.append((_("New in the register"), ", ".join(what_is_new)))
    n_moved, n_indicators, n_rounds = (
        counts.get(name, 0) for name in ("moved", "new_indicators", "new_rounds")
    )
    if n_moved:
        facts.append((_("Moved to a new class"), in_pupils(n_moved)))
    defined = [
        (n_indicators, ngettext("%(n)s indicator", "%(n)s indicators", n_indicators)),
        (n_rounds, ngettext("%(n)s measurement round", "%(n)s measurement rounds", n_rounds)),
    ]
    if what_is_defined := _what_there_is(defined):
        facts.append((_("New for the municipality"), ", ".join(what_is_defined)))
    return facts


def refuses_all(counts: dict[str, Any]) -> bool:
    return counts["refused"] == counts["rows"]


def confirm_label(counts: dict[str, Any]) -> str:
    """What the button will do, in numbers."""
    if changes_nothing(counts):
        return _("Finish without a change")
    n_results, n_pupils = counts["new"] + counts["changed"], counts["rows"] - counts["refused"]
    words = {
        "results": in_results(n_results),
        "pupils": in_pupils(n_pupils),
        "rows": in_rows(counts["left_out"]),
    }
    if not n_results:
        return _confirm_without_results(counts)
    if counts["left_out"]:
        return _("Import %(results)s for %(pupils)s; leave out %(rows)s") % words
    return _("Import %(results)s for %(pupils)s") % words


def _confirm_without_results(counts: dict[str, Any]) -> str:
    if counts["new_pupils"]:
        return _("Add %(pupils)s") % {"pupils": in_pupils(counts["new_pupils"])}
    if counts.get("moved"):
        return _("Move %(pupils)s to their new classes") % {"pupils": in_pupils(counts["moved"])}
    return _("Add the new indicators and rounds")


def refused_label(n_left_out: int) -> str:
    words = ngettext(
        "Download the %(n)s row that is left out",
        "Download the %(n)s rows that are left out",
        n_left_out,
    )
    return _count(words, n_left_out)


def unknown_pupils_in_words(batch: ImportBatch) -> str:
    """Above the problems that they cause; "" if the register has them all."""
    n_unknown = batch.counts.get("unknown_pupils", 0)
    words = ngettext(
        "%(n)s row is about a pupil whom the register lacks.",
        "%(n)s rows are about pupils whom the register lacks.",
        n_unknown,
    )
    return _count(words, n_unknown) if n_unknown else ""


def column_lines(form: MappingForm) -> list[dict[str, Any]]:
    """The columns of the file, each with its field and why it is proposed so."""
    return [
        {
            "letters": ", ".join(column.letters),
            "header": column.header,
            "group": column.group,
            "round": column.round,
            "examples": column.examples,
            "field": form[column.name],
            "why": _why(column),
            "is_unsure": column.now == column.proposed != "ignore" and column.confidence < RATHER_SURE,
        }
        for column in form.columns
    ]


def _why(column: FileColumn) -> str:
    if column.now != column.proposed:
        return _("As chosen, described or remembered.")
    if column.proposed == "ignore":
        return column.reason
    if column.confidence >= SURE:
        sureness = _("sure")
    else:
        sureness = _("rather sure") if column.confidence >= RATHER_SURE else _("unsure")
    return f"{column.reason} ({sureness})"


# ---- receipt


def receipt_facts(batch: ImportBatch) -> Facts:
    """Who imported what when, and what it did."""
    facts = [(_("Uploaded"), _when_and_who(batch.uploaded_at, batch.by))]
    if batch.job is not None:
        facts.append((_("Confirmed"), _when_and_who(batch.job.queued_at, batch.job.by)))
    if batch.imported_at is not None:
        facts.append((_("Imported"), date_format(localtime(batch.imported_at), "DATETIME_FORMAT")))
    digest = f"{batch.digest[:DIGEST_SHOWN]}…"
    facts.append((_("File"), f"{batch.file_name}, {filesizeformat(batch.n_bytes)}, SHA-256 {digest}"))
    return [*facts, *_round_and_school(batch), *_effect(batch.counts)]


def _when_and_who(moment: Any, by: Any) -> str:
    when = date_format(localtime(moment), "DATETIME_FORMAT")
    return f"{when}, {by.name}" if by else when


def receipt_sentence(counts: dict[str, Any]) -> str:
    if changes_nothing(counts):
        return _("Nothing has changed: everything in the file was already there.")
    words = {
        "results": in_results(counts["new"] + counts["changed"]),
        "pupils": in_pupils(counts["rows"] - counts["refused"]),
    }
    return _("Imported: %(results)s for %(pupils)s.") % words


def touched_classes(batch: ImportBatch, sight: Sight) -> list[tuple[str, list[tuple[str, str]]]]:
    """(school, its classes whose maps are touched, as (name, address)); no address where the person may not go."""
    placements = UnitPlacement.objects.filter(unit__in=batch.counts.get("classes", []))
    school_of = {
        placement.unit: placement.parent.name
        for placement in placements.select_related("unit", "parent").order_by("valid_from")
    }
    visible = sight.visible_units(Permission.SEE_PUPILS, sight.today)
    by_school: dict[str, list[Unit]] = defaultdict(list)
    for school_class, school in school_of.items():
        by_school[school].append(school_class)
    return [
        (school, [(unit.name, unit_url(unit) if unit.pk in visible else "") for unit in _by_name(classes)])
        for school, classes in sorted(by_school.items())
    ]


def _by_name(classes: Iterable[Unit]) -> list[Unit]:
    return sorted(classes, key=lambda unit: (unit.year_group is None, unit.year_group or 0, unit.name))


# ---- numbers in words


def in_rows(n: int) -> str:
    return _count(ngettext("%(n)s row", "%(n)s rows", n), n)


def in_pupils(n: int) -> str:
    return _count(ngettext("%(n)s pupil", "%(n)s pupils", n), n)


def in_results(n: int) -> str:
    return _count(ngettext("%(n)s result", "%(n)s results", n), n)


def _what_there_is(counted: Iterable[tuple[int, str]]) -> list[str]:
    """The counts in words, without those that are nought."""
    return [_count(words, n) for n, words in counted if n]


def _count(words: str, n: int) -> str:
    return words % {"n": n}
