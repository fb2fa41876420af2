"""Following up the log: who read what, who has seen a pupil, and controls that are drawn, judged and signed."""
