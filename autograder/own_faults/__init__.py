"""Whose fault is a ``grader_error``? Ours, if it shows without any student's data.

A criterion that ends in a grader error is decided once more on the teaching solution, which is the
course's own code, in a fresh process that has never seen anything of a student. If the same fault
shows there, students keep their points; otherwise their data may have caused it, and the points are
open until the instructor decides.
"""
