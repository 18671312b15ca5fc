"""The course as records. This room alone reads solutions/."""
