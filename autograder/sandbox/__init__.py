"""Run students' code in a sandbox that only plain values can leave.

Theory of operation
===================

Grading means running code that we know nothing about next to hidden tests and expected results.
The code may be buggy, endless or hostile. Three rules keep the two apart:

- Student code runs in exactly one kind of process (a session), which is confined before it
  receives its first byte of student code, and can never undo that.
- Only plain values cross the boundary, in messages that the reader validates. Nothing that comes
  out of a session is ever imported, unpickled or evaluated. Expected results never go in.
- No process trusts a message from a less trusted one, and every wait for one has a deadline.

Trust zones
-----------

Each subpackage is a trust zone. `doctor` attacks all of this for real and reports what holds.

       TRUSTED, OUTSIDE         :         TRUSTED, INSIDE               UNTRUSTED, INSIDE
                                :
    +---------------------+  control   +---------------------+  fork,   +----------------------+
    | worker              |  request   | zygote              |  confine | session              |
    |                     |----------->|                     |--------->|                      |
    | hidden tests,       |     :      | Python with numpy   |          | the student's cells, |
    | expected results,   |  status    | loaded; never runs  |  SIGKILL | run once             |
    | reference library   |<-----------| student code        |--------->|     |                |
    |                     |     :      |                     |          |     | fork           |
    | host/               |     :      | zygote/, confine/   |          |     v                |
    +---------------------+     :      +---------------------+          | one criterion        |
              ^                 :                                       |                      |
              |                 :                                       | guest/               |
              |                 :                                       +----------------------+
              |                 :                                                  ^
              +-----------------:-- values only, validated: protocol/ -------------+

    =========  ============================  ===================================================
    package    trusted?                      may import, besides the standard library
    =========  ============================  ===================================================
    protocol/  used on both sides            numpy
    guest/     no: student code shares its   numpy, protocol
               process
    confine/   yes                           protocol
    zygote/    yes, but holds no secrets     numpy, protocol, confine, guest (only to preload it)
    host/      yes                           protocol, confine, the rest of what is installed
    doctor/    yes                           protocol, confine, host
    =========  ============================  ===================================================

Inside the sandbox only protocol, confine, zygote and guest exist (see `protocol.config.ZONES`), as
a package called ``sandbox``. That is why they import each other relatively and need nothing else.
Students can read them, this docstring included, so they must not contain a secret.

Who starts whom, and what crosses
---------------------------------

worker -> zygote
    `host.server` starts one zygote per worker, as a fresh interpreter with an empty environment.
    How depends on the isolation level (`host.isolation`, `host.command_line`): in namespaces set
    up by bubblewrap, in namespaces set up by `confine.namespaces`, or directly. The configuration
    is an argument on the command line. After that the worker requests sessions on a control
    socket; each request carries one end of two new socket pairs: the session's socket and its
    status socket.

zygote -> session
    `zygote.supervisor` has `zygote.template` fork, a copy of the zygote whose memory never changes,
    so that every session starts from the same memory. Everything that a notebook must not see has
    been replaced there (`guest.prepared`); without namespaces, where the copy forks supervisors,
    which need the originals, each session replaces it instead. The child confines itself
    (`confine.confine`) and reports that it has. Only then does the supervisor tell the worker
    "ready" on the status socket, and the worker sends anything at all on the session's socket.
    Forking a preloaded interpreter takes milliseconds; starting one and importing numpy would
    dominate the time it takes to grade.

session -> criterion
    `guest.session` runs the notebook's cells once and forks again for criteria.

worker <-> session, criterion
    `protocol.wire` messages: JSON for the structure, raw buffers for arrays. An object that is not
    a plain value stays in its process and is referred to by a number. Functions that a suite
    passes in (the reference implementation of an earlier part, say) are numbers as well: the
    student's code calls back, and the function runs in the worker.

supervisor -> worker
    JSON lines on the status socket, which the session does not hold: "ready", and how it ended.

The life of a session
---------------------

1. The worker asks for a session, and the zygote forks a confined process.
2. The worker sends the cells. `guest.cells` runs them statement by statement and writes down each
   one first (`protocol.position`), so that the worker knows which statement the process died in.
3. The session returns a record per cell and the names that the student defined.
4. The worker sends ``fork`` together with a new socket. The child answers requests on it: call
   this, get that attribute, set it. The first child is asked everything (what tests are known to
   request is sent ahead: `host.pipelining`; answers to it are sent together, `guest.held_answers`);
   failures are asked again there, or in a second child (see below); where the answers disagree,
   each criterion gets a child of its own.
5. At the end of the criterion the worker closes that socket and sends ``reap``; the session kills
   the child with everything it started.
6. At the end of the notebook the worker closes the status socket, and the supervisor kills the
   session with everything it started.

Why a fork per criterion? Criteria must not affect one another. A test that changes a global,
leaves a thread behind, exhausts memory or calls ``os._exit`` costs its own criterion only, and
results do not depend on the order of criteria. Loading the notebook again would have the same
effect, but a notebook may take 20 s to load, and a fork takes milliseconds.

Why are they tried in one child first? Most of the time would go to forks and to the pages that each
child copies. A pass in a shared process counts only if the notebook's own state is the same
afterwards (`guest.state`), so that no criterion can have helped another. A failure is tried once
more, in the opposite order, and has to be the same: in that child if the notebook's code uses
nothing by which one criterion could harm another unseen (`guest.plain_code`), otherwise, or if the
process itself may be the reason (no memory left), in a second child. The last one then answers
whatever else is asked, as long as the notebook's state in it is unchanged (`host.kept_process`).
Where loading the notebook again would cost as little as a fork, there is none: the session itself
takes the child's place, and is started again if another one is needed
(`host.session.Session.shared`). The same is done, within limits, for a notebook whose cells have
started threads that go on: they would not be in a fork, and its functions may need them.

Processes of one session share its working directory: before each fork, files that criteria have
added to it are removed, and those of cells are as the cells left them (`guest.working_folder`).

A notebook could lie about its state, as it could about anything in its process, but would gain
nothing by it: every criterion has inputs of its own, so what one of them shows is of no use for the
next. Recording its requests does not help either when they are repeated, because it never learns
the right answers. Only the *work* could be done in advance, so calls whose work is counted are
never sent ahead, and get new inputs when their criterion is decided again.

When things go wrong
--------------------

The first of these mechanisms that works is used. Each is a backstop for the one before it.

A statement or a call takes too long
    Timers inside the process raise `guest.timeouts.TimeUp`; what is defined by then survives. Code
    that catches it repeatedly is "stuck", and the process ends itself. Code that never returns to
    the interpreter is noticed by the worker, which asks the supervisor for its CPU time and whether
    it is asleep (`host.watch`). A call then fails as a timeout, and a statement is left out when
    the notebook is loaded again, with its time counted as used. The worker's deadline in wall time,
    and RLIMIT_CPU, are the last resorts.

The session dies while it runs the cells
    The worker loads the notebook again without the statement that was running. If it cannot know
    which (something else than a report has come over the socket), each statement is announced by a
    message the next time (`host.loading`). After `host.notebook_process.MAX_RESTARTS` deaths only
    definitions are run, and if that fails too, the notebook counts as unloadable.

The session dies later, or stops responding
    The criterion at hand fails; for the next one the notebook is loaded again.

Too much memory, too many processes, too many files
    rlimits bound each process. Totals of a session are checked four times a second by its
    supervisor, which kills it and names the limit on the status socket.

Something survives the kill
    With namespaces nothing can: a session is the init process of its PID namespace, and the kernel
    kills the namespace with it. Without, each session has a supervisor process that is its
    subreaper and kills its descendants until there are none (`confine.kill`). If the supervisor
    does not respond either, the worker kills the zygote.

The zygote dies
    With namespaces its sessions die with it; without, each has a supervisor of its own and goes
    on. The worker starts another zygote. If that fails three times it raises `SandboxUnavailable`,
    which is a grader error and costs no points.

The worker dies
    The control and status sockets close. The zygote kills its sessions, removes their files and
    exits.

No fault in this list may earn points or cost anybody else's. What a session sends that cannot be
decoded is the student's failure (`host.conversation.StudentProtocolError`), never a grader error.
"""
