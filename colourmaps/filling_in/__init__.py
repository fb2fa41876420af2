"""The round trip: a class map as a workbook to fill in, handed back and merged cell by cell in three ways.

merge (pure) -> base and layout (what is signed, and where it stands) -> offer (which cells) -> workbook (makes it)
-> handed_back (reads it) -> plan (what each cell becomes) -> apply (the dry run and the real run).
"""
