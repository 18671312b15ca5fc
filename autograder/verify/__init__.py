"""Proof that the course itself is right: solutions earn all, stubs nothing, mistakes less."""

from autograder.verify.claims import Claim, Problem, claims, ids_agree, judge

__all__ = ["Claim", "Problem", "claims", "ids_agree", "judge"]
