"""docker-compose.yml, checked as text: the tests have no container engine to start it with."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from accounts.walls.database_roles import OWNER, role

ROOT = Path(settings.BASE_DIR)
COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE)["services"]
APPLICATION = {name: service for name, service in SERVICES.items() if service["image"] == "colourmaps"}
ONE_SHOT = "migrate"


def variables_that_settings_read() -> set[str]:
    """The names in required("…"), number("…") and os.environ.get("…") of the production settings."""
    text = (ROOT / "colourmaps" / "config" / "settings.py").read_text(encoding="utf-8")
    return set(re.findall(r'(?:required|number|environ\.get)\(\s*"([A-Z_]+)"', text))


def variables_that_must_be_set() -> set[str]:
    text = (ROOT / "colourmaps" / "config" / "settings.py").read_text(encoding="utf-8")
    return set(re.findall(r'required\(\s*"([A-Z_]+)"', text))


def queues_of(service: dict[str, Any]) -> set[str]:
    words = shlex.split(service.get("command", ""))
    return set(words[words.index("--queues") + 1].split(",")) if "--queues" in words else set()


def test_installation_is_whole() -> None:
    assert set(SERVICES) == {
        "proxy",
        "web",
        "worker",
        "worker-heavy",
        "beat",
        "migrate",
        "database",
        "redis",
    }
    assert set(APPLICATION) == {"web", "worker", "worker-heavy", "beat", "migrate"}


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {ONE_SHOT}))
def test_service_is_watched_and_comes_back(name: str) -> None:
    service = SERVICES[name]

    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
    assert service["healthcheck"]["retries"] >= 3


def test_others_wait_for_the_migrations() -> None:
    assert SERVICES[ONE_SHOT]["restart"] == "no"
    assert SERVICES[ONE_SHOT]["depends_on"] == {"database": {"condition": "service_healthy"}}
    for name in set(APPLICATION) - {ONE_SHOT}:
        assert SERVICES[name]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"},
            "database": {"condition": "service_healthy"},
            "redis": {"condition": "service_healthy"},
        }


@pytest.mark.parametrize("name", sorted(APPLICATION))
def test_application_runs_with_production_settings_and_only_names_that_they_read(name: str) -> None:
    environment = SERVICES[name]["environment"]

    assert environment["DJANGO_SETTINGS_MODULE"] == "colourmaps.config.settings"
    assert set(environment) - {"DJANGO_SETTINGS_MODULE"} - variables_that_settings_read() == set()
    assert variables_that_must_be_set() - set(environment) == set()


@pytest.mark.parametrize("name", sorted(APPLICATION))
def test_application_can_change_nothing_but_its_uploads(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["volumes"] == [f"uploads:{service['environment']['UPLOAD_ROOT']}"]


@pytest.mark.parametrize("name", ["worker", "worker-heavy", "beat", "migrate"])
def test_process_that_forks_or_runs_long_has_no_pool_and_no_page_limit(name: str) -> None:
    environment = SERVICES[name]["environment"]

    assert environment["DATABASE_POOL_SIZE"] == "0"
    expected = "0" if name == ONE_SHOT else str(settings.CELERY_TASK_SOFT_TIME_LIMIT)
    assert environment["DATABASE_STATEMENT_SECONDS"] == expected


def test_every_queue_is_served_and_heavy_work_is_apart() -> None:
    assert queues_of(SERVICES["worker"]) | queues_of(SERVICES["worker-heavy"]) == {
        queue.name for queue in settings.CELERY_TASK_QUEUES
    }
    assert queues_of(SERVICES["worker-heavy"]) == {"heavy"}
    assert "heavy" not in queues_of(SERVICES["worker"])


def test_no_secret_stands_in_the_file() -> None:
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if re.search(r"SECRET|PASSWORD|AUTH|_URL", variable):
                assert "${" in value, (name, variable)
                assert ":-" not in value or variable == "SECRET_KEY_FALLBACKS", (name, variable)
    passwords = re.findall(r"requirepass (\S+)|://\w*:(.+?)@", COMPOSE)
    assert [found for pair in passwords for found in pair if found and not found.startswith("${")] == []


def test_every_variable_of_the_file_is_explained() -> None:
    named = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", COMPOSE))

    example = (ROOT / "docs" / "deploy" / "example.env").read_text(encoding="utf-8")
    assert {line.split("=")[0] for line in example.splitlines()} == named
    manual = (ROOT / "docs" / "deploy" / "README.md").read_text(encoding="utf-8")
    assert {name for name in named if f"`{name}`" not in manual} == set()


def test_only_the_proxy_can_be_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert yaml.safe_load(COMPOSE)["networks"]["inside"] == {"internal": True}
    assert [name for name, service in SERVICES.items() if "outside" in service["networks"]] == ["proxy"]


def test_only_the_pages_reach_out_and_for_nothing_but_single_sign_on() -> None:
    beside = {name: set(service["networks"]) - {"inside"} for name, service in SERVICES.items()}

    assert {name: networks for name, networks in beside.items() if networks} == {
        "proxy": {"outside"},
        "web": {"providers"},
    }


def test_images_name_a_version() -> None:
    images = {service["image"] for name, service in SERVICES.items() if name not in APPLICATION}

    assert [image for image in sorted(images) if not re.fullmatch(r"[a-z]+:\d+", image)] == []


def test_named_volumes_and_mounted_files_exist() -> None:
    volumes = set(yaml.safe_load(COMPOSE)["volumes"])
    for service in SERVICES.values():
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            assert (ROOT / source).is_file() if source.startswith("./") else source in volumes


def test_every_kind_of_process_signs_in_as_a_role_of_its_own_and_only_migrate_as_the_owner() -> None:
    addresses = {name: service["environment"]["DATABASE_URL"] for name, service in APPLICATION.items()}

    assert {name: re.findall(r"//(\w+):", address) for name, address in addresses.items()} == {
        "web": [role(OWNER, "web")],
        "worker": [role(OWNER, "worker")],
        "worker-heavy": [role(OWNER, "worker")],
        "beat": [role(OWNER, "beat")],
        "migrate": [OWNER],
    }
    passwords = {name: re.findall(r"\$\{(\w+)", address) for name, address in addresses.items()}
    assert passwords["migrate"] == ["DATABASE_PASSWORD"]
    assert [name for name in passwords if passwords[name] == passwords["migrate"]] == ["migrate"]


def test_roles_are_made_with_the_volume() -> None:
    script = (ROOT / "docs" / "deploy" / "database.sh").read_text(encoding="utf-8")
    (mounted,) = re.findall(r"--file=(\S+)", script)

    assert f"./docs/deploy/roles.sql:{mounted}:ro" in SERVICES["database"]["volumes"]
    asked = set(re.findall(r":'(\w+)'", (ROOT / "docs" / "deploy" / "roles.sql").read_text(encoding="utf-8")))
    given = dict(re.findall(r'--set=(\w+)="\$(\w+)"', script))
    assert set(given) == asked
    assert set(given.values()) <= set(SERVICES["database"]["environment"])


def test_no_process_but_migrate_starts_without_the_check_of_its_role() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()

    assert 'ENTRYPOINT ["python", "-m", "colourmaps.config.start"]' in lines
    assert [name for name, service in APPLICATION.items() if "entrypoint" in service] == [ONE_SHOT]


def test_image_does_not_run_as_root_and_checks_hashes() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    instructions = [line.split(maxsplit=1) for line in lines if re.match(r"[A-Z]+ ", line)]
    order = [word for word, _ in instructions]

    assert dict(instructions)["USER"] == "colourmaps"
    assert order.index("USER") < order.index("CMD")
    assert any("pip install" in rest and "--require-hashes" in rest for _, rest in instructions)
    assert order.count("HEALTHCHECK") == 1


def test_everything_the_image_needs_is_sent_to_the_builder() -> None:
    sent = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    }
    apps = {app for app in settings.INSTALLED_APPS if (ROOT / app).is_dir()}

    assert apps | {"templates", "static", "locale", "manage.py", "requirements.lock"} <= sent
