"""Apps import in one line, and the checker that says so finds planted faults."""

from pathlib import Path, PurePosixPath

import pytest
from django.apps import apps
from django.conf import settings

from .import_line import LINE, faults_in, faults_of

ROOT = Path(settings.BASE_DIR)


@pytest.mark.slow
def test_every_import_points_to_the_left() -> None:
    faults = faults_of(ROOT)

    assert not faults, "\n" + "\n".join(faults)


def test_apps_of_the_line_are_the_installed_ones() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/apps.py")}

    assert packages == set(LINE)
    assert [config.name for config in apps.get_app_configs() if config.name in packages] == list(LINE)


@pytest.mark.parametrize(
    ("place", "source", "fault"),
    [
        (
            "colourmaps/views/pupil.py",
            "from colourmaps.medical.models import Crossing\n",
            "colourmaps/views/pupil.py:1: imports colourmaps.medical.models.Crossing: "
            "colourmaps stands to the left of colourmaps.medical",
        ),
        (
            "pupils/queries.py",
            "import datetime\nfrom colourmaps.models import Result\n",
            "pupils/queries.py:2: imports colourmaps.models.Result: pupils stands to the left of colourmaps",
        ),
        (
            "accounts/web.py",
            "def view():\n    import interventions.models\n",
            "accounts/web.py:2: imports interventions.models: accounts stands to the left of interventions",
        ),
        (
            "colourmaps/views/pupil.py",
            "from ...aggregation import rollup\n",
            "colourmaps/views/pupil.py:1: imports aggregation.rollup: "
            "colourmaps stands to the left of aggregation",
        ),
        (
            "accounts/models/unit.py",
            'pupil = models.ForeignKey("pupils.Pupil", models.CASCADE)\n',
            "accounts/models/unit.py:1: imports pupils.Pupil: accounts stands to the left of pupils",
        ),
        (
            "pupils/apps.py",
            'import importlib\nimportlib.import_module("aggregation.work")\n',
            "pupils/apps.py:2: imports aggregation.work: pupils stands to the left of aggregation",
        ),
        (
            "interventions/views.py",
            "from colourmaps.config.settings import BASE_DIR\n",
            "interventions/views.py:1: imports colourmaps.config.settings.BASE_DIR, the composition root",
        ),
        (
            "colourmaps/grid.py",
            "from .config import settings\n",
            "colourmaps/grid.py:1: imports colourmaps.config.settings, the composition root",
        ),
        (
            "colourmaps/config/urls.py",
            "from accounts import views\n",
            "colourmaps/config/urls.py:1: imports accounts.views: "
            "the composition root names apps only as strings",
        ),
        (
            "pupils/queries.py",
            "from django_scopes import scopes_disabled\n",
            "pupils/queries.py:1: imports django_scopes, which is accounts/tenancy.py's alone",
        ),
        ("pupils/utils.py", "", "pupils/utils.py:1: a module named utils is a room for anything"),
        ("accounts/core/keys.py", "", "accounts/core/keys.py:1: a module named core is a room for anything"),
    ],
)
def test_planted_fault_is_found_with_its_line(place: str, source: str, fault: str) -> None:
    assert faults_in(PurePosixPath(place), source) == [fault]


@pytest.mark.parametrize(
    ("place", "source"),
    [
        (
            "interventions/services.py",
            "from ..aggregation import rollup\n",
        ),
        ("colourmaps/grid.py", "from .config_of_cells import Cell\nimport colourmaps.cells\n"),
        ("colourmaps/config/wsgi.py", "from colourmaps.config.databases import database\n"),
        ("accounts/tenancy.py", "from django_scopes import scope\n"),
        ("accounts/web.py", 'reverse("interventions:intervention-list")\n'),
        ("colourmaps/config/settings.py", 'AUTH_USER_MODEL = "accounts.User"\n'),
    ],
)
def test_import_to_the_left_is_no_fault(place: str, source: str) -> None:
    assert faults_in(PurePosixPath(place), source) == []


def test_stray_package_and_module_are_found(tmp_path: Path) -> None:
    for path in ("accounts/__init__.py", "tests/__init__.py", "common/keys.py", "manage.py", "seed.py"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).touch()

    assert faults_of(tmp_path) == [
        "common:1: is no app of the line accounts <- pupils <- colourmaps <- aggregation <- interventions",
        "seed.py:1: stands beside the apps; only manage.py does",
    ]
