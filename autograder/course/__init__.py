"""Load a course into records. No other package reads solutions/."""
