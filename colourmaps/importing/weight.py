"""How much work an import is, as far as it is known before the work is done."""

from __future__ import annotations

from ..models import ImportBatch

# A school of 500 pupils with 25 indicators is a workbook of about 70 kB and 12,500 results: seconds.
HEAVY_BYTES = 400_000
HEAVY_RESULTS = 50_000
RESULTS = ("new", "changed", "unchanged")


def is_heavy(batch: ImportBatch) -> bool:
    """By the size of the file, and once it has been read by how many results were found in it.

    A file of many like rows is small, so that its size alone would not tell.
    """
    n_results = sum(batch.counts.get(name, 0) for name in RESULTS)
    return batch.n_bytes >= HEAVY_BYTES or n_results >= HEAVY_RESULTS
