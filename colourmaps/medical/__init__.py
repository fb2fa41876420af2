"""Medical pupil health: behind the law's wall, with tables and pages of its own (docs/secrecy.md)."""
