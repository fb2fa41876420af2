"""The family's voice: three questions on the way out of a meeting, what is told of the answers, and the formal talk."""
