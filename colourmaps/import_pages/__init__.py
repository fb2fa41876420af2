"""What the page of an import says, prepared: steps, progress, problems, preview and receipt in words and numbers."""

from ..importing.apply import changes_nothing
from .changes import changes_of
from .files import file_of, has_file, has_refused_rows, refused_of
from .frame import page_facts, steps_of
from .numbers import in_pupils, in_results, in_rows
from .preview import (
    confirm_label,
    preview_facts,
    refuses_all,
    unknown_pupils_in_words,
)
from .problems import problem_of, problems_of
from .progress import progress_on
from .receipt import MANY_SCHOOLS, receipt_facts, receipt_sentence, touched_classes
from .undo import undo_page, undo_refusal, undone_facts

__all__ = [
    "MANY_SCHOOLS",
    "changes_nothing",
    "changes_of",
    "confirm_label",
    "file_of",
    "has_file",
    "has_refused_rows",
    "in_pupils",
    "in_results",
    "in_rows",
    "page_facts",
    "preview_facts",
    "problem_of",
    "problems_of",
    "progress_on",
    "receipt_facts",
    "receipt_sentence",
    "refused_of",
    "refuses_all",
    "steps_of",
    "touched_classes",
    "undo_page",
    "undo_refusal",
    "undone_facts",
    "unknown_pupils_in_words",
]
