"""How far long calls are."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def watched(
    count: int, what: str, progress: Callable[[int], object] | bool
) -> Iterator[Callable[[int], object] | None]:
    """Give the function to tell how many are done: the one that was given, a bar, or none."""
    if progress is not True:
        yield progress if callable(progress) else None
        return
    bar = _Bar(count, what)
    try:
        yield bar
    finally:
        bar.finish()


class _Bar:
    """A line on the standard error stream."""

    _WIDTH = 40

    def __init__(self, count: int, what: str) -> None:
        self._all, self._what = count, what

    def __call__(self, done: int) -> None:
        full = round(self._WIDTH * done / self._all)
        sys.stderr.write(f"\r{'█' * full}{'░' * (self._WIDTH - full)} {done:,} of {self._all:,} {self._what}")
        sys.stderr.flush()

    def finish(self) -> None:
        sys.stderr.write("\r" + " " * (self._WIDTH + 40) + "\r")
        sys.stderr.flush()
