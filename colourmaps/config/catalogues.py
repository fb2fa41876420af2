"""Compiles the translations: locale/<language>/LC_MESSAGES/*.po to the .mo beside it, where it is older.

Babel does it, so gettext's programs need not be installed. Run: python -m colourmaps.config.catalogues
"""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parents[2] / "locale"


def compile_stale(locale: Path = LOCALE) -> list[Path]:
    """Compile every catalogue that is newer than its compiled form; returns the files written."""
    written = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3])
        unfinished = target.with_suffix(".mo.part")
        with unfinished.open("wb") as file:
            write_mo(file, catalogue)
        unfinished.replace(target)  # never a half-written catalogue in a running server
        written.append(target)
    return written


if __name__ == "__main__":
    compile_stale()
