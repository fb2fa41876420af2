"""Checks that this process may be let at the database, and then becomes the program that is named.

`python -m colourmaps.config.start gunicorn …`: with a role that can step over the wall between municipalities, or in
front of a table that stands without one, nothing is started, and the exit status is 1.
"""

import os
import sys
from collections.abc import Sequence

CHECK = ("check", "--deploy", "--database", "default")


def main(program: Sequence[str]) -> int:
    """Returns only if the program is not started."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "colourmaps.config.settings")
    import django
    from django.core.management import call_command
    from django.core.management.base import SystemCheckError

    django.setup()
    try:
        call_command(*CHECK)
    except SystemCheckError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return os.execvp(program[0], [*program])  # noqa: S606 – the program that compose names


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
