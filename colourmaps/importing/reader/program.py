"""From standard input to standard output, within the limits."""

import json
import signal
import sys
from typing import TextIO

from . import foreign, ole, ooxml, text, zip_guard
from .output import write
from .refusal import Exit, Limits, Refused

ZIP_MAGIC = b"PK\x03\x04"
BIFF_MAGIC = b"\x09\x08"
OLDEST_BIFF_MAGICS = (b"\x09\x00\x04\x00", b"\x09\x00\x06\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")

MOST_SECONDS_FOR_XML = 5
"""What refusal.allow_time_for_xml can add for the most that a file may unpack to."""


def main() -> int:
    limits = Limits(**json.loads(sys.argv[1]))
    restrict(limits)
    try:
        read(sys.stdin.buffer.read(), limits, sys.stdout)
        sys.stdout.flush()
    except Refused as refused:
        return refused.status
    except MemoryError:
        return Exit.OUT_OF_MEMORY
    except RecursionError:
        return Exit.DAMAGED
    except OSError:
        return Exit.TOO_MANY_CELLS  # standard output reached RLIMIT_FSIZE
    return 0


def restrict(limits: Limits) -> None:
    """Put the operating system's limits on this process; where it has none, the parent's clock still ends
    it.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    for name, limit in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, int(limits.cpu_seconds) + 1 + MOST_SECONDS_FOR_XML),
        (resource.RLIMIT_FSIZE, limits.output_bytes),
    ):
        try:
            resource.setrlimit(name, (limit, limit))
        except (ValueError, OSError):  # a system that does not know or allow this limit
            continue
    # RLIMIT_CPU counts whole seconds; this timer ends the process, native code included, by its default
    # action.
    signal.setitimer(signal.ITIMER_PROF, limits.cpu_seconds)


def read(content: bytes, limits: Limits, out: TextIO) -> None:
    """Write all sheets of the file to `out`, whatever its name says it is. Raises Refused."""
    if content.startswith(ZIP_MAGIC):
        read_zip(content, limits, out)
    elif content.startswith((ole.MAGIC, BIFF_MAGIC)):
        from . import xls

        xls.write_workbook(content, limits, out)
    elif content.startswith(OLDEST_BIFF_MAGICS):
        raise Refused(Exit.TOO_OLD)
    elif kind := foreign.kind_of_bytes(content):
        raise Refused(kind)
    else:
        text.write_table(content, limits, out)
    write(out, {"end": True})


def read_zip(content: bytes, limits: Limits, out: TextIO) -> None:
    with zip_guard.opened(content, limits) as package:
        if ooxml.XLSX_WORKBOOK in package.names:
            from . import xlsx

            xlsx.write_workbook(package, limits, out)
        elif ooxml.XLSB_WORKBOOK in package.names:
            from . import xlsb

            xlsb.write_workbook(package, limits, out)
        else:
            from . import ods

            ods.write_workbook(package, limits, out)
