"""The import of result files: a workbook becomes rows that know their place, then checked results.

workbook.py (file to cells, in a child process) -> understanding.py (what the columns seem to be) ->
mapping.py (what they are, decided and saved) -> rows.py (typed rows and values) -> matching, checks, apply.
Nothing is written before all checks have run. Whatever is refused is said in a message (messages.py) that
names sheet, row, column and value.
"""
