"""Questions and obstacles that pass between the levels: places, who sees what, the border of the school."""
