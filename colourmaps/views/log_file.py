"""What an account has read, as a file: for the access auditor, and for whoever has to tell those concerned."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.audit import record
from accounts.limited import Limited, limited
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, requires_for_all
from pupils.access_log.forms import AccountForm
from pupils.access_log.reading import MOST_IN_FILE, events_of_account, pupils_read, rows_of

from ..exporting.downloads import FileType, file_response
from ..exporting.log_workbook import log_workbook
from ..exporting.safe_cells import file_name


@requires_for_all(Permission.READ_ACCESS_LOG)
@limited(Limited.EXPORTS)
@require_GET
def log_account_xlsx(request: MunicipalityRequest) -> HttpResponse:
    form = AccountForm(request.GET, request.municipality)
    if not form.is_valid():
        raise Http404
    said = form.cleaned_data
    events = events_of_account(said["person"], said["since"], said["until"])
    pupils = pupils_read(events)
    rows = rows_of(list(events[:MOST_IN_FILE]), names_pupils=True)
    record(
        "log of account downloaded",
        by=request.user,
        subject=said["person"].key,
        pupils=[each.pupil.pk for each in pupils],
    )
    title = _("What %(name)s has read") % {"name": said["person"].name}
    content = log_workbook(title, pupils, rows, by=request.user.name, at=timezone.now())
    return file_response(content, file_name(title, suffix=FileType.XLSX.value), FileType.XLSX)
