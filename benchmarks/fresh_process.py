"""Runs one function in a new Python, so that its memory is its own. Imports nothing of Django until it is there."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from typing import Any


def run_in_fresh_process(function: Callable[..., Any], *arguments: Any) -> Any:
    """What the function, one of a module's own, returns there; on the same database as here."""
    from django.db import connection

    name = str(connection.settings_dict["NAME"])
    connection.close()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        return pool.submit(_run, name, function.__module__, function.__name__, arguments).result()


def _run(database_name: str, module: str, function: str, arguments: tuple[Any, ...]) -> Any:
    import django

    django.setup()
    from django.db import connection

    from benchmarks.scratch import keep_to_ourselves

    connection.settings_dict["NAME"] = database_name
    keep_to_ourselves()
    return getattr(import_module(module), function)(*arguments)
