"""One module a command: it reads its options, has the work done, and prints."""
