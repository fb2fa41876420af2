"""Analysis meetings: the same on every level, from a teacher alone to the board. Reads, rules and words."""
