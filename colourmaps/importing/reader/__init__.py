"""The program that reads a foreign file, alone in a child process with limits on memory, time and output.

Started by workbook.py as `python -I DIRECTORY LIMITS`, with the file as standard input. It imports nothing
of this project, knows no secret, and may be killed at any moment: a reader that panics, aborts or never
ends harms nobody.

.xlsx and .xlsm are read by calamine, since they may be large; what calamine does not tell (errors, percent,
hidden rows, formulas without a result) is read beside it. .xls, .xlsb and .ods are read here whole.

Output, one JSON value per line: for each sheet a head (object), then its rows (lists of rows); last
{"end": true}. A cell is text, number, true/false or null; {"d"|"m"|"t": ISO text} is a date, moment or
time of day, {"s": seconds} a duration, {"e": text} an error value such as #N/A, or the formula itself
("=…" where its text is not kept) if the file holds no result for it. Exit status: 0, or one of
refusal.Exit, which workbook.py turns into a sentence.
"""
