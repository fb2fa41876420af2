"""The forms: of an import (the file and its columns), of indicators and of rounds. They validate, and do not save."""

from .file_columns import INDICATOR, MOST_COLUMNS, NEW_INDICATOR, FileColumn, Word, columns_of
from .indicator import IndicatorForm
from .mapping import MappingForm
from .new_indicator import NewIndicatorForm
from .round import DueForm, RoundForm
from .upload import ENDINGS, UploadForm, WorkbookForm

__all__ = [
    "ENDINGS",
    "INDICATOR",
    "MOST_COLUMNS",
    "NEW_INDICATOR",
    "DueForm",
    "FileColumn",
    "IndicatorForm",
    "MappingForm",
    "NewIndicatorForm",
    "RoundForm",
    "UploadForm",
    "Word",
    "WorkbookForm",
    "columns_of",
]
