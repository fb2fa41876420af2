"""A file with values of medical pupil health is refused whole, and nothing of it is kept."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from accounts.background import JobRefused
from accounts.tenancy import municipality_scope
from colourmaps import uploads
from colourmaps.importing.apply import run_import
from colourmaps.importing.jobs import read_import
from colourmaps.importing.lifecycle import upload_file
from colourmaps.importing.mapping import MappedColumn, Mapping, MappingError, Meaning, NewIndicator
from colourmaps.importing.workbook import read_workbook
from colourmaps.medical.models import MedicalResult
from colourmaps.models import ImportBatch, ImportState, Indicator, Result
from colourmaps.scales import points
from tests.factories.colourmaps import IndicatorFactory, RoundFactory
from tests.factories.medical import MedicalIndicatorFactory
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY, Place

pytestmark = pytest.mark.slow


@pytest.fixture
def school(in_solviken: Place) -> Place:
    RoundFactory(name="HT 2026")
    PupilFactory(school_class=in_solviken.class_4a, own_id="e1")
    IndicatorFactory(code="LAS", names={"sv": "Läsning"})
    MedicalIndicatorFactory(
        code="HTRIVS", names={"sv": "Hälsosamtal trivsel"}, aliases=["Trivsel enligt sköterskan"]
    )
    return in_solviken


def read(place: Place, content: str) -> ImportBatch:
    batch = upload_file(upload=SimpleUploadedFile("resultat.csv", content.encode()), by=place.coordinator)
    with contextlib.suppress(JobRefused):
        read_import(batch.job, batch)
    return ImportBatch.objects.get(pk=batch.pk)


WITH_COLUMN = "Elev-ID;Läsning HT 2026;Hälsosamtal trivsel HT 2026\ne1;17;dåligt\n"
WITH_ALIAS = "Elev-ID;Läsning HT 2026;Trivsel enligt sköterskan\ne1;17;dåligt\n"
LONG = "Elev-ID;Prov;Mättillfälle;Resultat\n" + "".join(
    f"e1;{word};HT 2026;{value}\n"
    for word, value in (("Läsning", "17"), ("Hälsosamtal trivsel", "dåligt")) * 4
)


@pytest.mark.parametrize("content", [WITH_COLUMN, WITH_ALIAS, LONG], ids=["name", "alias", "rows"])
def test_file_with_medical_values_is_refused_whole_and_not_kept(
    school: Place, in_english: None, content: str
) -> None:
    batch = read(school, content)

    assert batch.state == ImportState.UNREADABLE
    assert "medical pupil health" in batch.failure
    assert "nothing of it has been kept" in batch.failure
    assert "dåligt" not in f"{batch.failure} {batch.understood} {batch.mapping} {batch.decisions}"
    assert batch.file_removed_at is not None
    assert not uploads.path_of(batch.stored_as).exists()
    assert not batch.messages.exists()
    assert not Result.objects.exists()
    assert not MedicalResult.objects.exists()


def test_same_file_without_the_column_is_read(school: Place) -> None:
    batch = read(school, "Elev-ID;Läsning HT 2026\ne1;17\n")

    assert batch.state == ImportState.UNDERSTOOD
    assert uploads.path_of(batch.stored_as).exists()


def test_column_would_be_read_if_the_guard_were_off(school: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault itself: the column is kept in the file and quoted in the preview."""
    monkeypatch.setattr("colourmaps.importing.jobs.refuse_medical_columns", lambda *args: None)

    batch = read(school, WITH_COLUMN)

    assert batch.state == ImportState.UNDERSTOOD
    assert "dåligt" in str(batch.understood)


@pytest.mark.parametrize(
    "mapping",
    [
        {"columns": (("Trivsel enligt sköterskan", "LAS"),)},
        {"columns": (("Annat", "HTRIVS"),)},
        {"columns": (("Annat", "NY"),), "new": ("NY", "Hälsosamtal trivsel")},
        {"columns": (("Annat", "HTRIVS"),), "new": ("HTRIVS", "Något annat")},
    ],
    ids=["head", "code", "name of a new one", "code of a new one"],
)
def test_mapping_makes_no_school_indicator_of_a_medical_one(
    school: Place, tmp_path: Path, mapping: dict[str, Any]
) -> None:
    file = tmp_path / "fil.csv"
    file.write_text("Elev-ID;Annat;Trivsel enligt sköterskan\ne1;17;17\n", encoding="utf-8")
    columns = [MappedColumn("Elev-ID", Meaning.PUPIL_ID)]
    columns += [MappedColumn(head, Meaning.INDICATOR, indicator=code) for head, code in mapping["columns"]]
    new = (
        [NewIndicator(code=code, names={"sv": name}, scale=points(40)) for code, name in [mapping["new"]]]
        if ("new" in mapping)
        else []
    )
    told = Mapping(columns=tuple(columns), round="HT 2026", new_indicators=tuple(new))
    n_indicators = Indicator.of_all_areas.count()

    with pytest.raises(MappingError, match=r"medicinsk|medical"):
        run_import(read_workbook(file), told, by=school.coordinator, today=TODAY)

    assert Indicator.of_all_areas.count() == n_indicators
    assert not Result.objects.exists()


def test_command_refuses_the_file_too(
    solviken: Place, enter: Callable[[Place], None], tmp_path: Path
) -> None:
    with municipality_scope(solviken.municipality):
        MedicalIndicatorFactory(code="HTRIVS", names={"sv": "Hälsosamtal trivsel"})
    file = tmp_path / "fil.csv"
    file.write_text(WITH_COLUMN, encoding="utf-8")

    with pytest.raises(CommandError) as refusal:
        call_command("import_results", str(file), "--municipality", solviken.municipality.code)

    assert refusal.value.returncode == 2
