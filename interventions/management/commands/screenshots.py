import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Takes pictures of the main pages of a demo that it starts, and writes them to docs/screenshots/."
    # The demo has a database of its own; the configured one is not even looked at.
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        done = subprocess.run(
            [python_with_playwright(), "-m", "benchmarks.screenshots"], cwd=settings.BASE_DIR, check=False
        )
        if done.returncode:
            raise CommandError("The pictures are not complete; see above.")


def python_with_playwright() -> str:
    """This Python, or that of .ci/run's tools. Raises CommandError with what to install."""
    if find_spec("playwright"):
        return sys.executable
    tools = Path(settings.BASE_DIR) / ".venv-ci" / "bin" / "python"
    if tools.exists():
        return str(tools)
    raise CommandError("Playwright is not installed: install requirements-dev.lock, or run .ci/run once.")
