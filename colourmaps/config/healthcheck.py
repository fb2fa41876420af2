"""Asks the web server of this machine whether it is well; exit status 0 or 1.

It names one of the site's own hosts, since Django answers no other.
"""

import os
import sys
from http.client import HTTPConnection, HTTPException

PORT = 8000
SECONDS = 4


def is_healthy(hosts: str, port: int = PORT) -> bool:
    """hosts: as in ALLOWED_HOSTS; the first is named in the request."""
    first = hosts.split(",")[0].strip().lstrip(".")
    host = first if first not in ("", "*") else "localhost"
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", "/health/", headers={"Host": host})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_healthy(os.environ.get("ALLOWED_HOSTS", "")) else 1)
