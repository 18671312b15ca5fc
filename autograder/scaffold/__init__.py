"""First files of a course and of an exercise: small, complete, and right, to be written over."""

from autograder.scaffold.files import course_files, exercise_files

__all__ = ["course_files", "exercise_files"]
