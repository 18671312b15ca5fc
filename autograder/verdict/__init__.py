"""Points for each outcome, and the result that holds them: typed, validated, stored as JSON."""
