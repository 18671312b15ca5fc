"""Pages and tables from results: feedback for each student, the class page and grades.csv.

Everything here is a pure function of the results and of the course's titles and hints. It depends
on neither the time nor the order in which grading finished, so the same results always give the
same bytes. Strings in results come from students and are treated as hostile: they are escaped,
stripped of control characters, and shown under a Content-Security-Policy that keeps a page from
loading or running anything.
"""

from autograder.errors import IncompleteReport
from autograder.files import write_atomically
from autograder.report.class_page import write_class_page
from autograder.report.feedback import write_feedback
from autograder.report.grades import write_grades_csv
from autograder.report.rebuild import (
    read_results,
    read_shown,
    rebuild,
    write_tables,
)
from autograder.report.shown import Shown

__all__ = [
    "IncompleteReport",
    "Shown",
    "read_results",
    "read_shown",
    "rebuild",
    "write_atomically",
    "write_class_page",
    "write_feedback",
    "write_grades_csv",
    "write_tables",
]
