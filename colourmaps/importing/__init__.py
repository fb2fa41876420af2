"""The import of result files: a workbook becomes rows that know their place, then checked results.

Reading         reader/ (bytes to cells, a program of its own), workbook, sheets
Understanding   tables, header_rows, left_out, titles, headers, kinds, long_shape, round_names, scale_guess ->
                understanding -> proposal; vocabulary and words are what is known; inspection is for the command line
What is decided mapping, mapping_file, saved_mappings, new_indicators, definitions
Rows            rows, chosen_sheets, columns, values, days, pupil_cells, long_tables, row_rounds -> extraction
Pupils          register, matching, match, candidates, new_pupils, doubts -> decisions, asked, differences -> roster
Checks          draft, checks/ (a class each), same_pupil, alike; messages say sheet, row, column, value, what to do
Doing it        apply (the dry run is the real run taken back), results, effect, kept, refused
Its life        lifecycle (what a person asks for), jobs (what a worker does), same_file, undo, unmaking, retention

Nothing is written before all checks have run, and what is refused is said. Nothing is decided for a person: the file
proposes, the coordinator answers.
"""
