"""Secrets come from the environment: nothing that looks like one is among the files of the product."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
LIKE_KEYS = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/]{40}"),
    "key of a cloud": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "token of a forge": re.compile(r"\b(?:gh[pousr]|glpat|github_pat)[_-][A-Za-z0-9_-]{20,}"),
    "token of a chat": re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    "signed token": re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    "Django's own": re.compile(r"django-insecure-[^\s\"']{20,}"),
    "password in an address": re.compile(
        r"\b(?:postgres(?:ql)?|rediss?|amqp|smtp|https?)://[^\s:/@\"'$<{]*:([^\s@/\"'$<{]{3,})@"
    ),
    "assigned secret": re.compile(
        r"""(?i)\b(?:secret|secret_key|api_?key|access_?token|client_secret|passw(?:or)?d)["']?\s*[:=]\s*["']([^"'\s$<{]{16,})["']"""
    ),
}
# Invented ones: the demo's, the tests', and the examples in documents, which say that they are none.
INVENTED = re.compile(r"secret|password|hemligt|lösenord|demo|only-for-tests|example|x{8,}|accounts\.", re.I)
NO_TEXT = {".png", ".xlsx", ".xlsb", ".xls", ".ods", ".woff2", ".ico", ".mo", ".lock", ".jpg", ".gz"}


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:  # a copy without its history
        return [
            each
            for each in ROOT.rglob("*")
            if each.is_file() and not {".venv", ".venv-ci", "var"} & set(each.parts)
        ]
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def secrets_in(text: str) -> list[tuple[str, str]]:
    return [
        (kind, match.group(0)[:60])
        for kind, pattern in LIKE_KEYS.items()
        for match in pattern.finditer(text)
        if not (match.groups() and INVENTED.search(match.group(0)[match.start(1) - match.start(0) :]))
    ]


def test_no_file_has_a_secret() -> None:
    files = [each for each in tracked_files() if each.suffix not in NO_TEXT and each.is_file()]
    found = {
        each.relative_to(ROOT).as_posix(): secrets_in(each.read_text(encoding="utf-8", errors="replace"))
        for each in files
        if each.name != Path(__file__).name
    }

    assert {name: secrets for name, secrets in found.items() if secrets} == {}
    assert len(files) > 500


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE KEY-----\n" + "A" * 64,
        "AKIA" + "ABCDEFGH12345678",
        "ghp_" + "a1" * 18,
        "postgres://app:" + "Tr0ub4dor@db.example/app",
        'SECRET_KEY = "' + "k#9s8d7f6g5h4j3k2l1" + '"',
        '"client_secret": "' + "0f9e8d7c6b5a49382716" + '"',
    ],
)
def test_a_secret_would_be_found(text: str) -> None:
    assert len(secrets_in(text)) == 1


def test_what_is_invented_or_comes_from_outside_is_none() -> None:
    for text in (
        "postgres://colourmaps:secret@database.example:5432/colourmaps",
        "DATABASE_URL: postgres://app:${DATABASE_PASSWORD}@database/app",
        'SECRET_KEY = required("SECRET_KEY", "at least 50 random characters")',
    ):
        assert secrets_in(text) == []


def test_compose_reads_every_secret_from_outside() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    given = {
        (service, name): str(value)
        for service, definition in services.items()
        for name, value in dict(definition.get("environment") or {}).items()
        if re.search(r"SECRET|PASSWORD|TOKEN|_URL|KEY", name)
    }

    assert given
    assert {
        key: value for key, value in given.items() if "$" not in value and "/run/secrets/" not in value
    } == {}


def test_settings_hold_no_secret_of_their_own() -> None:
    for name in ("settings.py", "settings_dev.py"):
        text = (ROOT / "colourmaps" / "config" / name).read_text(encoding="utf-8")
        assert re.findall(r"""^(SECRET_KEY|EMAIL_HOST_PASSWORD)\s*=\s*["']""", text, re.M) == []


def test_files_of_secrets_are_never_tracked() -> None:
    names = {each.relative_to(ROOT).as_posix() for each in tracked_files()}

    assert [
        name
        for name in names
        if re.search(r"(^|/)(\.env|secret_key|id_rsa|.*\.(pem|key|p12|sqlite3))$", name)
    ] == []
