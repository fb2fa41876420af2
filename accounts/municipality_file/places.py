"""Where a municipality leaves anything beside its rows: folders on the disk and keys of the cache.

The apps that write there say so here; what is not said is neither exported nor removed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from ..models import Municipality

FolderOf = Callable[[Municipality], Path]
KeysOf = Callable[[Municipality], Iterable[str]]

_folders: dict[str, tuple[FolderOf, bool]] = {}
_keys: list[KeysOf] = []


def add_folder(name: str, folder_of: FolderOf, *, is_exported: bool = True) -> None:
    _folders[name] = (folder_of, is_exported)


def add_cache_keys(keys_of: KeysOf) -> None:
    """keys_of: asked while the rows are still there, in the municipality's scope."""
    _keys.append(keys_of)


def folders_of(municipality: Municipality, *, only_exported: bool = False) -> dict[str, Path]:
    return {
        name: folder_of(municipality)
        for name, (folder_of, is_exported) in _folders.items()
        if is_exported or not only_exported
    }


def cache_keys_of(municipality: Municipality) -> list[str]:
    return [key for keys_of in _keys for key in keys_of(municipality)]
