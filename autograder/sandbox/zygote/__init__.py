"""The zygote forks sessions and ends them: trusted, inside the sandbox, never runs student code."""
