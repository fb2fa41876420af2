"""The form for a new file: what may be sent, and how much."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..importing.mapping import Mapping, MappingError
from ..importing.mapping_file import mapping_from_text

# What the reader takes. It goes by the content; the ending is only a first, friendlier answer.
ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv", ".tsv", ".txt")
MEGABYTE = 1024 * 1024
NO_FILE = gettext_lazy("Choose a file first.")


class FileForm(forms.Form):
    """A table in a file, small enough and of a kind that can be read."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
        error_messages={
            "required": NO_FILE,
            "missing": NO_FILE,
            "invalid": NO_FILE,
            "empty": gettext_lazy("The file is empty."),
        },
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError(
                _(
                    "The file is larger than %(most)d MB. Split it into several files, for example one per school."
                )
                % {"most": settings.UPLOAD_MAX_BYTES // MEGABYTE}
            )
        if PurePath(file.name or "").suffix.lower() not in ENDINGS:
            raise forms.ValidationError(
                _("Files of this kind cannot be read. Save the table as .xlsx and choose that file.")
            )
        return file


class UploadForm(FileForm):
    """A file of results, and what somebody may have written down of its columns."""

    mapping = forms.FileField(
        label=gettext_lazy("A description of the columns"),
        help_text=gettext_lazy(
            "Only if somebody has given you one: a .json file that says what the columns are, and may bring "
            "indicators, limits and rounds along."
        ),
        widget=forms.FileInput(attrs={"accept": ".json"}),
        required=False,
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["file"].help_text = _(
            "A spreadsheet from Excel or LibreOffice, or a text file with columns: %(endings)s. At most %(most)d MB."
        ) % {"endings": ", ".join(ENDINGS), "most": settings.UPLOAD_MAX_BYTES // MEGABYTE}

    def clean_mapping(self) -> Mapping | None:
        file: UploadedFile | None = self.cleaned_data["mapping"]
        if file is None:
            return None
        if (file.size or 0) > MEGABYTE:
            raise forms.ValidationError(
                _("A description of columns is never larger than 1 MB. Choose another file.")
            )
        try:
            return mapping_from_text(file.read())
        except MappingError as error:
            raise forms.ValidationError(
                _("The description of the columns cannot be used: %(reason)s") % {"reason": error}
            ) from error


class WorkbookForm(FileForm):
    """A colour map that was filled in. It explains itself, so there is no description of its columns."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["file"].label = _("The workbook that you have filled in")
        self.fields["file"].help_text = _("You see what would change before anything is saved.")
