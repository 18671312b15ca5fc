"""What the race at the end of 07 shows on every seed: depth helps residual networks only."""

from __future__ import annotations

import re

DEEP_AND_PLAIN_AT_LEAST = 1.9
"""Training loss; guessing has 2.3."""

OTHERS_AT_MOST = 1.2

_LINE = re.compile(r"(plain|residual) +(\d+) \D+(\d)[)）] *([\d.]+)")


def shows_what_is_claimed(printed: str, seeds: tuple[int, ...]) -> None:
    """Assert it of what the race has printed, in any language."""
    losses = {
        (kind, depth, int(seed)): float(loss) for kind, depth, seed, loss in _LINE.findall(printed)
    }
    assert {seed for _, _, seed in losses} == {*seeds}
    assert len(losses) == 4 * len(seeds)
    for (kind, depth, _), loss in losses.items():
        if (kind, depth) == ("plain", "48"):
            assert loss > DEEP_AND_PLAIN_AT_LEAST
        else:
            assert loss < OTHERS_AT_MOST
