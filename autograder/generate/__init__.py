"""Generate assignments/ from teaching notebooks: stubs, one language, metadata, leak check."""

from autograder.generate.cells import locked_sources, solution_cells, solved, student_cells
from autograder.generate.files import stale, write_assignments
from autograder.generate.leaks import leaks
from autograder.generate.notebook import notebook, notebook_bytes

__all__ = [
    "leaks",
    "locked_sources",
    "notebook",
    "notebook_bytes",
    "solution_cells",
    "solved",
    "stale",
    "student_cells",
    "write_assignments",
]
