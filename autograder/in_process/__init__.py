"""Run the course's own code in the grader's process; never a student's."""
