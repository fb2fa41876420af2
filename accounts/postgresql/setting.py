"""The setting by which PostgreSQL knows the municipality of a transaction, and what it can be."""

NAME = "app.municipality"
# Instead of a municipality's id. Both are said back by the database when it refuses a statement, so they are words.
NOWHERE = "no_municipality_is_entered"
ACROSS = "across_municipalities"
TELLING = f"select set_config('{NAME}', "


def telling(told: str) -> str:
    """The statement that tells it, for the transaction alone. told: one of the two, or the id in digits."""
    if not (told in (NOWHERE, ACROSS) or told.isdecimal()):
        raise ValueError(f"“{told}” is no municipality")
    return f"{TELLING}'{told}', true)"
