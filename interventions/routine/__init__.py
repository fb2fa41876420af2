"""Whether the schools keep the routine of meetings, and what comes of them, in numbers. Reads, rules and words."""
