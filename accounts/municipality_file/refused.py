class FileRefused(ValueError):
    """The file cannot be taken, or the municipality cannot go; the message says why. Nothing has been changed."""
