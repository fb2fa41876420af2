"""The forms of an import: the file, and what its columns are. They validate; importing/lifecycle.py saves."""

from .file_columns import INDICATOR, MOST_COLUMNS, NEW_INDICATOR, FileColumn, Word, columns_of
from .mapping import MappingForm
from .new_indicator import NewIndicatorForm
from .upload import ENDINGS, UploadForm, WorkbookForm

__all__ = [
    "ENDINGS",
    "INDICATOR",
    "MOST_COLUMNS",
    "NEW_INDICATOR",
    "FileColumn",
    "MappingForm",
    "NewIndicatorForm",
    "UploadForm",
    "Word",
    "WorkbookForm",
    "columns_of",
]
