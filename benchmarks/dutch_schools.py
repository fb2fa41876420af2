"""2,287 real Dutch pupils of 131 schools, tested at the start and the end of a year; docs/examples/ has the workbook.

Source: Snijders, T. and Bosker, R. (1999), Multilevel Analysis; published with the R package mlmRev as `bdf`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from python_calamine import CalamineWorkbook

from .invented_effects import Pupils

WORKBOOK = Path(__file__).resolve().parents[1] / "docs" / "examples" / "dutch_schools_pre_post.xlsx"
# Of each subject: the columns of the test at the start and at the end of the year.
SUBJECTS = {"language": ("langPRET", "langPOST"), "arithmetic": ("aritPRET", "aritPOST")}


def dutch_pupils(subject: str) -> Pupils:
    """In points. Most schools have one class; a class is a class of a school. What they are able to is not known."""
    head, *rows = CalamineWorkbook.from_path(str(WORKBOOK)).get_sheet_by_index(0).to_python()
    column = {name: np.array([row[n] for row in rows]) for n, name in enumerate(head)}
    start, follow_up = (column[name].astype(float) for name in SUBJECTS[subject])
    classes = np.column_stack([column["schoolNR"], column["classNR"]]).astype(str)
    school_class = np.unique(classes, axis=0, return_inverse=True)[1].reshape(-1)
    return Pupils(start, start, follow_up, school_class)
