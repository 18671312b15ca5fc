"""Grade on the workers of an existing Dask cluster, as `autograder.run.pool` does on this machine.

    here                            a Dask worker                     beside it, a process of ours
    ----                            -------------                     ----------------------------
    dispatch ── facts? ───────────► on_worker: versions, isolation
             ◄── JSON ────────────
             ── setup, course ────► unpacks it, starts one ─────────► grading_process: the same
             ── notebook's bytes ─► hands it over ──────────────────►   `run.worker.work` as locally
             ◄── JSON record ───── passes it on ◄───────────────────   (which has its own sandbox)

- No disk is shared: notebooks and the course travel as bytes, results as JSON that is validated.
- A Dask worker is as trusted as a grading process on this machine: it holds the hidden suites. So a
  worker is asked what it is before it gets anything, and unencrypted connections to other machines
  are refused unless the instructor says that the network is safe (`connection`).
- No student's object is ever pickled. Student code runs where it always does: in the sandbox of the
  grading process, which has no network.
- Only this room imports Dask, and only when a run needs it. The scheduler needs nothing of ours:
  functions are called by name on workers (`connection.CALL`).
"""
