"""The file of an export: for whoever asked for it, for some days, and for nobody else."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, ExportedFile, Job, RoleAssignment, User
from accounts.municipality_file import keeping
from accounts.roles import RoleCode
from accounts.tasks import export_municipality
from accounts.tenancy import municipality_scope
from tests.factories.accounts import PersonFactory
from tests.fixtures import Place

pytestmark = pytest.mark.slow
SignIn = Callable[[User], Client]


@pytest.fixture
def file(in_solviken: Place) -> ExportedFile:
    file = keeping.ask_for_export(purpose="arkiv", by=in_solviken.administrator)
    export_municipality(file.municipality_id, file.job_id)
    file.refresh_from_db()
    return file


def address(file: ExportedFile) -> str:
    return reverse("accounts:export-file", args=[file.key])


def test_owner_fetches_the_file_and_the_log_says_so(file: ExportedFile, sign_in: SignIn) -> None:
    response = sign_in(file.by).get(address(file))

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    keeping.path_of(file).write_bytes(b"".join(response.streaming_content))
    with ZipFile(keeping.path_of(file)) as archive:
        assert archive.testzip() is None
        assert "rows/pupils.Pupil.jsonl" in archive.namelist()
    assert AuditEvent.objects.filter(action="export fetched", actor_id=file.by_id).count() == 1


def test_colleague_with_the_same_role_gets_no_file_of_another(
    file: ExportedFile, in_solviken: Place, sign_in: SignIn
) -> None:
    colleague = PersonFactory(role=RoleCode.ADMINISTRATOR, unit=in_solviken.root)
    browser = sign_in(colleague)

    there = browser.get(address(file))

    assert there.status_code == 404
    assert file.purpose not in there.content.decode()
    assert sign_in(in_solviken.principal).get(address(file)).status_code == 403


def test_file_is_gone_after_its_time(file: ExportedFile, sign_in: SignIn) -> None:
    path = keeping.path_of(file)
    ExportedFile.objects.update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    assert sign_in(file.by).get(address(file)).status_code == 404
    assert path.exists()

    keeping.remove_expired()

    assert not path.exists()
    assert ExportedFile.objects.get().seal


def test_role_that_has_ended_fetches_nothing(
    file: ExportedFile, sign_in: SignIn, clock: datetime.date
) -> None:
    browser = sign_in(file.by)
    RoleAssignment.objects.filter(user=file.by).update(valid_to=clock)

    assert browser.get(address(file)).status_code == 403


def test_form_says_what_it_comes_to_before_it_is_done(in_solviken: Place, sign_in: SignIn) -> None:
    browser, page = sign_in(in_solviken.administrator), reverse("accounts:export-new")

    shown = browser.post(page, {"purpose": "arkiv"})
    assert "Whoever has the file has everything." in shown.content.decode()
    assert not Job.objects.exists()
    browser.post(page, {"purpose": "arkiv", "step": "do", "seal": shown.context["preview"].seal})

    assert ExportedFile.objects.get().purpose == "arkiv"
    assert Job.objects.get().task == keeping.EXPORT


def test_municipality_that_has_exports_leaves_none_behind(file: ExportedFile, tmp_path: object) -> None:
    from accounts.municipality_file import folders_of, what_would_go

    with municipality_scope(file.municipality):
        assert what_would_go(file.municipality).n_files == 1
    assert keeping.path_of(file).is_relative_to(folders_of(file.municipality)["exports"])
