"""What leaves for other systems: grades in their import formats, and pages to give back.

A class is first put into one table (`autograder.exports.book`): students by exercises, with a state
for every cell. The other modules write that table, or the feedback pages, in one system's format.
Points that are withheld until the instructor has looked are never written as a number.
"""
