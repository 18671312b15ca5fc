"""Name the known mistake that a student's code behaves like, or say nothing.

The calls that a criterion makes are recorded once, with the teaching solution (`script`). They are
then asked of each known mistake, in this process because the course's own code is trusted
(`behaviour`), and, after grading, of a student's code in the sandbox. A mistake is named only if it
explains everything that came back (`match`), because a wrong name sends a learner looking in the
wrong place, which is worse than no name at all.

Asking every call of the script, also those after the first that is wrong, is what makes the answers
comparable: a criterion's own test ends at its first failure.
"""
