"""Results typed in the browser, cell by cell, merged in three ways as workbooks are (filling_in/).

sheet (what is shown and may be typed) -> drawing (its rows as markup) -> saving (what was typed, into the register).
"""
