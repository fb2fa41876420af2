"""What a summary by mail tells one person: what waits, what was learnt, what was answered and held. Reads only.

No name of a pupil, no title and no free text: a mail is read on phones and forwarded. Classes are named only to those
who see pupils, and not where single pupils are meant.
"""

from .contents import DigestContents, digest_of

__all__ = ["DigestContents", "digest_of"]
