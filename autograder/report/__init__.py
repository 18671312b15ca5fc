"""Pages and tables from results: feedback per student, the class, grades.csv.

Everything here is a function of the results (and of the course's titles and hints): no clock, no
order of finishing, so that the same results always give the same bytes. Strings inside results
come from students and are treated as hostile: escaped, without control characters, under a
Content-Security-Policy that lets a page load and run nothing.
"""

from autograder.errors import IncompleteReport
from autograder.files import write_atomically
from autograder.report.classpage import write_class
from autograder.report.feedback import write_feedback
from autograder.report.grades import write_grades_csv
from autograder.report.rebuild import read_results, rebuild

__all__ = [
    "IncompleteReport",
    "read_results",
    "rebuild",
    "write_atomically",
    "write_class",
    "write_feedback",
    "write_grades_csv",
]
