"""Whether a student's inputs separate the suspects from the reference.

The suspects, and the rules that an input has to obey, are those of the notebook: they are run here
from its setup cells. What a student's notebook has made of its own copies does not matter.
"""

from functools import partial

import numpy as np

import source_lib
from autograder.suite import Suspect, acquits, convicts, criterion, given
from autograder.text import Text

CELLS = (
    "numpy",
    "examples",
    "rules",
    "suspect_a",
    "suspect_b",
    "suspects_c_and_d",
    "suspects_e_and_f",
    "suspects_g_and_h",
    "suspect_i",
)
EN = given(__file__, *CELLS, lang="en")
JA = given(__file__, *CELLS, lang="ja")


def flat_size(size, filter_num, filter_size, stride, pad):
    convolved = source_lib.conv_output_size(size, filter_size, stride, pad)
    return filter_num * source_lib.conv_output_size(convolved, 2, 2) ** 2


def accuracy(scores, t, batch_size):  # noqa: ARG001 - how it is cut into batches changes nothing
    return np.mean(np.argmax(scores, axis=1) == t)


def pooling(x, pool_h, pool_w, stride, pad):
    return source_lib.Pooling(pool_h, pool_w, stride, pad).forward(x)


def pooling_backward(x, dout, pool_h, pool_w, stride):
    layer = source_lib.Pooling(pool_h, pool_w, stride)
    layer.forward(x)
    return layer.backward(dout)


def tiles_backward(x, dout, pool):
    return pooling_backward(x, dout, pool, pool, pool)


def convolution_backward(x, W, dout, stride, pad):
    layer = source_lib.Convolution(W, np.zeros(len(W)), stride, pad)
    layer.forward(x)
    dx = layer.backward(dout)
    return dx, layer.dW, layer.db


RIGHT = {
    "a": flat_size,
    "b": accuracy,
    "c": source_lib.col2im,
    "d": source_lib.col2im,
    "e": pooling,
    "f": pooling,
    "g": pooling_backward,
    "h": tiles_backward,
    "i": convolution_backward,
}


def suspect(letter):
    def misfit(answer):
        problem = EN.misfit(letter, answer)
        return Text(en=problem, ja=JA.misfit(letter, answer)) if problem else None

    return Suspect(getattr(EN, f"suspect_{letter}"), RIGHT[letter], misfit, EN.ROUNDING)


def asked(student, letter):
    return getattr(student, f"evidence_{letter}")()


@criterion("evidence_a.separates")
def test_numbers_after_convolution_and_pooling(student):
    convicts(asked(student, "a"), suspect("a"))


@criterion("evidence_b.separates")
def test_accuracy(student):
    convicts(asked(student, "b"), suspect("b"))


@criterion("evidence_c.separates")
def test_the_first_col2im(student):
    convicts(asked(student, "c"), suspect("c"))


@criterion("evidence_d.separates")
def test_the_second_col2im(student, apart):
    def ask(letter):
        with apart() as other:
            return asked(other, letter)

    others = [(partial(ask, letter), suspect(letter)) for letter in "abcefghi"]
    acquits(asked(student, "d"), suspect("d"), others, least=6)


@criterion("evidence_e.separates")
def test_the_first_pooling(student):
    convicts(asked(student, "e"), suspect("e"))


@criterion("evidence_f.separates")
def test_the_second_pooling(student):
    convicts(asked(student, "f"), suspect("f"))


@criterion("evidence_g.separates")
def test_the_first_pooling_backward(student):
    convicts(asked(student, "g"), suspect("g"))


@criterion("evidence_h.separates")
def test_the_second_pooling_backward(student):
    convicts(asked(student, "h"), suspect("h"))


@criterion("evidence_i.separates")
def test_convolution_backward(student):
    convicts(asked(student, "i"), suspect("i"))
