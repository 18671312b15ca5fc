"""Points for what was decided, and the result that holds them: typed, validated, as JSON."""
