"""A whole municipality as one file in open formats: written, read into an empty installation, and gone from ours.

Which tables there are, the declarations say (accounts.declarations). The format: docs/data_subjects.md.
"""

from .places import add_cache_keys, add_folder, cache_keys_of, folders_of
from .reading import import_municipality, manifest_of
from .refused import FileRefused
from .removing import Gone, changed_since, fingerprint_of_others, remove_municipality, what_would_go
from .writing import Manifest, export_municipality, walled

__all__ = [
    "FileRefused",
    "Gone",
    "Manifest",
    "add_cache_keys",
    "add_folder",
    "cache_keys_of",
    "changed_since",
    "export_municipality",
    "fingerprint_of_others",
    "folders_of",
    "import_municipality",
    "manifest_of",
    "remove_municipality",
    "walled",
    "what_would_go",
]
