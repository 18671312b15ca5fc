"""Which submissions are alike beyond what the course explains: tokens, fingerprints, pairs. Pure.

Code is compared as text alone: it is tokenised, never parsed, imported or run. It accuses nobody:
alike code has many causes, and only the instructor knows what was allowed.
"""
