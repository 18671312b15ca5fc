"""Generate assignments/ from teaching notebooks: stubs, one language, metadata, leak check."""

from autograder.generate.cells import locked_sources, solution_cells, solved, student_cells
from autograder.generate.files import stale, write_assignments, write_solutions
from autograder.generate.leaks import leaks
from autograder.generate.notebook import notebook, notebook_bytes, solution_notebook
from autograder.generate.publish import publish, published
from autograder.generate.secrets import secrets

__all__ = [
    "leaks",
    "locked_sources",
    "notebook",
    "notebook_bytes",
    "publish",
    "published",
    "secrets",
    "solution_cells",
    "solution_notebook",
    "solved",
    "stale",
    "student_cells",
    "write_assignments",
    "write_solutions",
]
