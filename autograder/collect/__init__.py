"""Turn what a learning platform lets an instructor download into ``submitted/``, without loss.

`archives` opens zips (and zips in them) as a list of files, `archive_layout` recognises the
platform, `owners` tells from a file's name whose it is, `sort` adds the exercise, `roster` knows
the class, `earlier` what other runs have collected, and `arrange` decides what counts. `put` moves
files to their places, and `table` writes it all down in ``collected.csv``: every file of every
archive, and what became of it. No name in an archive ever becomes a path: files are written under
names that are made here.
"""
