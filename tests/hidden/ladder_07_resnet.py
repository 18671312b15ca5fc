"""Small inputs for batch norm and the block: feedback shows the first one that goes wrong.

SimpleResNet has no ladder: its smallest network has thousands of weights.
"""

import numpy as np

import source_lib
from autograder.suite import counting, keeps_dtype, ladder, mixed, same, unchanged

UP = (1, 2, 3)
CLOSE = {"rtol": 1e-4, "atol": 1e-12}
NEAR = {"rtol": 2e-3, "atol": 1e-8}
EXACT = {"rtol": 1e-7, "atol": 1e-10}


@ladder("batch_norm.one_image", W=(2, 3), H=UP, C=UP)
@ladder("batch_norm.batch", N=(2, 3), W=UP, H=UP, C=UP)
@ladder("batch_norm.gamma_and_beta", gamma=(2.0, 1.0), beta=(0.0, 1.0), C=UP, W=(4, 2), H=UP)
@ladder("batch_norm.eps", scale=(1e-2, 1e-3), eps=(1e-4, 1e-2), W=(4, 2), C=(1, 2))
def normalised(student, N=1, C=1, H=1, W=1, gamma=1.0, beta=0.0, eps=1e-5, scale=1.0):
    x = mixed(N, C, H, W) * scale
    gammas, betas = gamma * counting(C) / counting(C)[-1], beta * counting(C)
    if gamma == 1.0:
        gammas = np.ones(C)
    expected = source_lib.batch_norm(x, gammas, betas, eps)
    same(student.batch_norm(x, gammas, betas, eps), expected, **CLOSE)


@ladder("batch_norm.eps", scale=(1e-2, 1e-3), W=(4, 2))
def usual_eps(student, scale=1e-2, W=4):
    x, gamma, beta = mixed(1, 1, 1, W) * scale, np.ones(1), np.zeros(1)
    expected = source_lib.batch_norm(x, gamma, beta)
    same(student.batch_norm(x, gamma, beta), expected, **CLOSE)


@ladder("batch_norm.float32", W=(2, 3), C=UP, dtype=(np.float32, np.float64))
def dtypes(student, W=2, C=1, dtype=np.float32):
    x, gamma, beta = mixed(1, C, 1, W, dtype=dtype), np.ones(C, dtype), np.zeros(C, dtype)
    out = student.batch_norm(x, gamma, beta)
    same(out, source_lib.batch_norm(x, gamma, beta), rtol=1e-3)
    keeps_dtype(out, dtype)


@ladder("batch_norm.input_untouched", W=(2, 3), C=UP, gamma=(1.0, 2.0))
def nothing_changed(student, W=2, C=1, gamma=1.0):
    x = mixed(1, C, 1, W)
    gamma, beta = gamma * np.ones(C), (gamma - 1) * np.ones(C)
    expected = source_lib.batch_norm(x, gamma, beta)
    same(unchanged(student.batch_norm, x, gamma, beta), expected, **CLOSE)


@ladder("BatchNorm.forward.train", N=(2, 1, 3), C=UP, W=(1, 2), H=(1, 2))
def train(student, N=2, C=1, H=1, W=1):
    x = mixed(N, C, H, W)
    expected = source_lib.BatchNorm(C).forward(x)
    same(student.BatchNorm(C).forward(x, True), expected, **CLOSE)


@ladder("BatchNorm.forward.train", gamma=(2.0,), C=UP, N=(2, 3), W=(1, 2))
def train_with_gamma_and_beta(student, gamma=2.0, C=1, N=2, W=1):
    x, gammas, betas = mixed(N, C, 1, W), gamma * counting(C), counting(C)
    theirs, ours = student.BatchNorm(C), source_lib.BatchNorm(C)
    ours.gamma, ours.beta = gammas, betas
    expected = ours.forward(x)
    theirs.gamma, theirs.beta = gammas, betas
    same(theirs.forward(x, True), expected, **CLOSE)
    same(theirs.forward(x), expected, **CLOSE)


@ladder("BatchNorm.forward.train", eps=(1e-2,), N=(2, 3))
def train_with_eps(student, eps=1e-2, N=2):
    x = mixed(N, 1, 1, 1) / 10
    expected = source_lib.BatchNorm(1, 0.1, eps).forward(x)
    same(student.BatchNorm(1, 0.1, eps).forward(x, True), expected, **CLOSE)


@ladder("BatchNorm.forward.running_mean", steps=(0, 1, 2), momentum=((), (0.5,)), C=UP, N=(2, 3))
def running_mean(student, steps=0, momentum=(), C=1, N=2):
    theirs, ours = student.BatchNorm(C, *momentum), source_lib.BatchNorm(C, *momentum)
    for number in range(steps):
        x = mixed(N, C, 1, 1, start=number + 1)
        ours.forward(x)
        theirs.forward(x, True)
    same(theirs.running_mean, ours.running_mean, **CLOSE)


@ladder("BatchNorm.forward.running_var", steps=(0, 1, 2), momentum=((), (0.5,)), C=UP, N=(2, 3))
@ladder("BatchNorm.forward.running_var", steps=(1,), N=(1, 2), W=(2, 1))
@ladder("BatchNorm.forward.running_var", steps=(1, 2), N=(1,))
@ladder("BatchNorm.forward.running_var", steps=(1, 2), momentum=((0.5, 1.0),))
def running_var(student, steps=0, momentum=(), C=1, N=2, W=1):
    theirs, ours = student.BatchNorm(C, *momentum), source_lib.BatchNorm(C, *momentum)
    for number in range(steps):
        x = mixed(N, C, 1, W, start=number + 1)
        ours.forward(x)
        theirs.forward(x, True)
    same(theirs.running_var, ours.running_var, **CLOSE)


def _settled(student, C):
    """Layers with given running statistics, whatever the student's updating does."""
    theirs, ours = student.BatchNorm(C), source_lib.BatchNorm(C)
    mean, var = counting(C), counting(C, start=3)
    ours.running_mean, ours.running_var = mean, var
    theirs.running_mean, theirs.running_var = mean, var
    return theirs, ours


@ladder("BatchNorm.forward.eval", N=UP, C=UP, W=(1, 2))
def use_untrained(student, N=1, C=1, W=1):
    x = mixed(N, C, 1, W)
    expected = source_lib.BatchNorm(C).forward(x, train=False)
    same(student.BatchNorm(C).forward(x, False), expected, **CLOSE)


@ladder("BatchNorm.forward.eval", gamma=(1.0, 2.0), N=UP, C=UP, W=(1, 2))
def use(student, gamma=1.0, N=1, C=1, W=1):
    theirs, ours = _settled(student, C)
    x = mixed(N, C, 1, W)
    if gamma != 1.0:
        gammas, betas = gamma * counting(C), counting(C)
        ours.gamma, ours.beta = gammas, betas
        theirs.gamma, theirs.beta = gammas, betas
    expected = ours.forward(x, train=False)
    same(theirs.forward(x, False), expected, **CLOSE)


@ladder("BatchNorm.forward.eval_changes_nothing", N=(2, 1), C=UP)
def use_changes_nothing(student, N=2, C=1):
    theirs, ours = _settled(student, C)
    x = mixed(N, C, 1, 1)
    expected = ours.forward(x, train=False)
    same(theirs.forward(x, False), expected, **CLOSE)
    same(theirs.running_mean, ours.running_mean)
    same(theirs.running_var, ours.running_var)
    same(theirs.forward(x, False), expected, **CLOSE)


@ladder("BatchNorm.forward.float32", train=(True, False), C=UP, dtype=(np.float32, np.float64))
def layer_dtypes(student, train=True, C=1, dtype=np.float32):
    theirs, ours = student.BatchNorm(C), source_lib.BatchNorm(C)
    gamma, beta = np.ones(C, dtype), np.zeros(C, dtype)
    ours.gamma, ours.beta = gamma, beta
    theirs.gamma, theirs.beta = gamma, beta
    x = mixed(2, C, 1, 1, dtype=dtype)
    expected = ours.forward(x, train)
    out = unchanged(theirs.forward, x, train)
    same(out, expected, rtol=1e-3)
    keeps_dtype(out, dtype)


def _there_and_back(student, N, C, H, W, gamma=1.0, scale=1.0):
    theirs, ours = student.BatchNorm(C), source_lib.BatchNorm(C)
    x, dout = scale * mixed(N, C, H, W), counting(N, C, H, W) ** 2
    if gamma != 1.0:
        gammas, betas = gamma * counting(C), counting(C)
        ours.gamma, ours.beta = gammas, betas
        theirs.gamma, theirs.beta = gammas, betas
    ours.forward(x)
    expected = ours.backward(dout)
    theirs.forward(x, True)
    return theirs, theirs.backward(dout), ours, expected


@ladder("BatchNorm.backward.dbeta", N=(2, 3), C=UP, W=(1, 2), H=(1, 2))
def dbeta(student, N=2, C=1, H=1, W=1):
    theirs, _, ours, _ = _there_and_back(student, N, C, H, W)
    same(theirs.dbeta, ours.dbeta, **CLOSE)


@ladder("BatchNorm.backward.dgamma", N=(2, 3), C=UP, W=(1, 2), H=(1, 2))
@ladder("BatchNorm.backward.gamma", gamma=(2.0,), N=(2, 3), C=UP, W=(1, 2))
def dgamma(student, N=2, C=1, H=1, W=1, gamma=1.0):
    theirs, _, ours, _ = _there_and_back(student, N, C, H, W, gamma)
    same(theirs.dgamma, ours.dgamma, **CLOSE)


@ladder("BatchNorm.backward.dx", N=(3, 2), C=UP, W=(1, 2), H=(1, 2))
@ladder("BatchNorm.backward.gamma", gamma=(2.0,), N=(3, 2), C=UP, W=(1, 2))
def dx(student, N=3, C=1, H=1, W=1, gamma=1.0):
    _, got, _, expected = _there_and_back(student, N, C, H, W, gamma)
    same(got, expected, **NEAR)


@ladder("BatchNorm.backward.few_numbers", N=(2, 3), scale=(1.0, 1e-2), C=(1, 2))
def dx_of_few_numbers(student, N=2, scale=1.0, C=1):
    _, got, _, expected = _there_and_back(student, N, C, 1, 1, scale=scale)
    same(got, expected, **EXACT)


@ladder("BatchNorm.backward.several_calls", N=(3, 2), C=(1, 2))
def dout_untouched(student, N=3, C=1):
    theirs = student.BatchNorm(C)
    theirs.gamma = 2 * counting(C)
    theirs.forward(mixed(N, C, 1, 1), True)
    unchanged(theirs.backward, counting(N, C, 1, 1) ** 2)


@ladder("BatchNorm.backward.several_calls", N=(3, 2), C=(1, 2), W=(1, 2))
def called_again(student, N=3, C=1, W=1):
    theirs, ours = student.BatchNorm(C), source_lib.BatchNorm(C)
    for x in (mixed(N, C, 1, W), counting(N, C, 1, W) ** 2):
        dout = counting(N, C, 1, W) ** 2
        ours.forward(x)
        expected = ours.backward(dout)
        out = theirs.forward(x, True)
        for _ in range(2):
            same(unchanged(theirs.backward, dout), expected, **NEAR)
            same(theirs.dbeta, ours.dbeta, **CLOSE)
        same(theirs.forward(x, True), ours.forward(x), **CLOSE)
        del out


def _blocks(student, sizes, lift=0.0):
    """The student's block and the reference, with the same small parameters."""
    theirs, ours = student.BasicBlock(*sizes), source_lib.BasicBlock(*sizes)
    for number, (name, array) in enumerate(ours.params.items()):
        key = name.rpartition(".")[2]
        if key.startswith("W"):
            value = mixed(*array.shape) - array.size // 2
        elif key.startswith("gamma"):
            value = counting(*array.shape, start=1 + number)
        elif key.startswith("beta"):
            value = counting(*array.shape, start=-number) + lift
        else:
            value = np.zeros(array.shape)
        ours.params[name] = value
        theirs.params[name] = value
    return theirs, ours


@ladder("BasicBlock.forward.same_shape", C=(1, 2), N=(1, 2), H=(2, 3), W=(2, 3))
def block(student, C=1, N=1, H=2, W=2):
    theirs, ours = _blocks(student, (C, C))
    x = mixed(N, C, H, W)
    expected = ours.forward(x)
    same(unchanged(theirs.forward, x, True), expected, **NEAR)


@ladder("BasicBlock.forward.other_channels", sizes=((1, 2), (2, 1)), N=(1, 2), H=(2, 3), W=(2, 3))
@ladder("BasicBlock.forward.stride_2", sizes=((1, 1, 2), (2, 2, 2)), N=(1, 2), H=(4,), W=(4,))
@ladder(
    "BasicBlock.forward.odd_sizes", sizes=((1, 2, 2), (1, 2, 3)), N=(1, 2), H=(3, 4), W=(4, 3, 5)
)
def projection(student, sizes=(1, 2), N=1, H=2, W=2):
    theirs, ours = _blocks(student, sizes, lift=30.0)
    x = mixed(N, sizes[0], H, W)
    expected = ours.forward(x)
    same(unchanged(theirs.forward, x, True), expected, **NEAR)


@ladder("BasicBlock.forward.residual", C=(1, 2), N=(1, 2), H=(2, 3), W=(2, 3))
def residual(student, C=1, N=1, H=2, W=2):
    theirs, ours = _blocks(student, (C, C))
    x = out = mixed(N, C, H, W)
    for number in ("1", "2"):
        filters, b, gamma, beta = (ours.params[key + number] for key in ("W", "b", "gamma", "beta"))
        before = source_lib.Convolution(filters, b, 1, 1).forward(np.maximum(out, 0))
        out = source_lib.batch_norm(before, gamma, beta)
    theirs.forward(x, True)
    same(theirs.residual, out, **NEAR)


@ladder("BasicBlock.forward.eval", sizes=((1, 1), (1, 2, 2)), steps=(0, 1, 2), N=(1, 2), H=(2, 4))
def block_in_use(student, sizes=(1, 1), steps=0, N=1, H=2):
    theirs, ours = _blocks(student, sizes, lift=30.0)
    for number in range(steps):
        x = mixed(2, sizes[0], H, H, start=number + 1)
        ours.forward(x)
        theirs.forward(x, True)
    x = mixed(N, sizes[0], H, H)
    expected = ours.forward(x, train=False)
    same(theirs.forward(x, False), expected, **NEAR)


def _block_back(student, sizes, N, H, W):
    theirs, ours = _blocks(student, sizes)
    x = mixed(N, sizes[0], H, W)
    dout = counting(*ours.forward(x).shape) ** 2
    expected = ours.backward(dout)
    theirs.forward(x, True)
    return theirs, theirs.backward(dout), ours, expected


@ladder("BasicBlock.backward.same_shape", sizes=((1, 1), (2, 2)), N=(1, 2), H=(2, 3), W=(2, 3))
@ladder(
    "BasicBlock.backward.projection",
    sizes=((1, 2), (1, 1, 2), (1, 2, 2)),
    N=(1, 2),
    H=(3, 4),
    W=(3, 4),
)
def block_back(student, sizes=(1, 1), N=1, H=2, W=2):
    _, got, _, expected = _block_back(student, sizes, N, H, W)
    same(got, expected, **NEAR)


@ladder("BasicBlock.backward.grads", name=("W2",), N=(1, 2), W=(2, 3))
@ladder("BasicBlock.backward.grads", name=("gamma2",), N=(1, 2), W=(2, 3))
@ladder("BasicBlock.backward.grads", name=("beta2",), N=(1, 2), W=(2, 3))
@ladder("BasicBlock.backward.grads", name=("W1",), N=(1, 2), W=(2, 3))
@ladder("BasicBlock.backward.grads", name=("gamma1",), N=(1, 2), W=(2, 3))
@ladder("BasicBlock.backward.grads", name=("beta1",), N=(1, 2), W=(2, 3))
@ladder("BasicBlock.backward.grads", name=("W_shortcut",), sizes=((1, 2, 2),), H=(4,), W=(4,))
@ladder("BasicBlock.backward.grads", name=("W1",), sizes=((1, 2), (1, 2, 2)), H=(4,), W=(4,))
def block_grads(student, name="W2", sizes=(1, 1), N=1, H=2, W=2):
    theirs, _, ours, _ = _block_back(student, sizes, N, H, W)
    same(theirs.grads[name], ours.grads[name], **NEAR)


@ladder("BasicBlock.backward.several_calls", N=(1, 2), W=(2, 3))
def block_again(student, N=1, W=2):
    theirs, ours = _blocks(student, (1, 1))
    for x in (mixed(N, 1, 2, W), counting(N, 1, 2, W) ** 2):
        dout = counting(*ours.forward(x).shape) ** 2
        expected = ours.backward(dout)
        theirs.forward(x, True)
        for _ in range(2):
            same(unchanged(theirs.backward, dout), expected, **NEAR)
            same(theirs.grads["W1"], ours.grads["W1"], **NEAR)
