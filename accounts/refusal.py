"""What an act raises that is impossible: caught by its page, and said to the person."""


class ActRefused(ValueError):
    """The act is impossible; the message says why and what to do, in the reader's language."""
