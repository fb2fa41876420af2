"""People who sign in: invited, given roles between two days, and ended; by hand or by a list from a file."""
