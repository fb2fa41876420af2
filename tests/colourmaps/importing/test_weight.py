import pytest

from colourmaps.importing.weight import HEAVY_BYTES, HEAVY_RESULTS, is_heavy
from colourmaps.models import ImportBatch


@pytest.mark.parametrize(
    ("n_bytes", "counts", "expected"),
    [
        (HEAVY_BYTES, {}, True),
        (HEAVY_BYTES - 1, {}, False),
        (1000, {"new": HEAVY_RESULTS - 2, "changed": 1, "unchanged": 1}, True),
        (1000, {"new": HEAVY_RESULTS - 2, "changed": 1}, False),
    ],
)
def test_import_is_heavy_by_its_size_or_by_its_results(
    n_bytes: int, counts: dict[str, int], expected: bool
) -> None:
    assert is_heavy(ImportBatch(n_bytes=n_bytes, counts=counts)) is expected
