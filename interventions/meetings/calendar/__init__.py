"""When meetings are held: the days of a series, the calendar of a unit, and the calendar that people subscribe to."""
