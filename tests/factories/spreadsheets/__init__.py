"""Small workbooks in every kind that the import reads, written byte by byte: WRITERS[ending](sheets)."""

from collections.abc import Callable, Mapping, Sequence

from .cells import Error, Formula, Percent, Table
from .ods import ods_bytes
from .xls import xls_bytes
from .xlsb import xlsb_bytes
from .xlsx import strict_xlsx_bytes, xlsm_bytes, xlsx_bytes

__all__ = [
    "WRITERS",
    "Error",
    "Formula",
    "Percent",
    "Table",
    "ods_bytes",
    "xls_bytes",
    "xlsb_bytes",
    "xlsx_bytes",
]

WRITERS: Mapping[str, Callable[..., bytes]] = {
    "xlsx": xlsx_bytes,
    "strict.xlsx": strict_xlsx_bytes,
    "xlsm": xlsm_bytes,
    "xlsb": xlsb_bytes,
    "xls": xls_bytes,
    "ods": ods_bytes,
}
"""Each is called with tables and is_1904, and returns a file."""

Tables = Sequence[Table]
