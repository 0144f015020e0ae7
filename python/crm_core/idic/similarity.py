"""How far apart are two texts? Unicode characters are counted, never bytes; two empty texts are alike.

>>> levenshtein("王小明", "王晓明")
1
"""

from __future__ import annotations

from crm_core import _core

__all__ = ["damerau_levenshtein", "jaro", "jaro_winkler", "levenshtein", "osa", "token_set"]


def jaro(a: str, b: str) -> float:
    """Give Jaro's similarity (1989), from 0 to 1.

    J = (c/|a| + c/|b| + (c − ⌊t/2⌋)/c) / 3, with c characters in common no further apart than ⌊max(|a|, |b|)/2⌋ − 1
    places, of which t are out of order.

    >>> round(jaro("DIXON", "DICKSONX"), 6)
    0.766667
    """
    return _core.jaro(a, b)


def jaro_winkler(a: str, b: str) -> float:
    """Give Jaro's similarity with Winkler's bonus (1990).

    Where J > 0.7, J + 0.1·ℓ·(1 − J) for the ℓ ≤ 4 characters that both begin with.

    >>> round(jaro_winkler("DWAYNE", "DUANE"), 2)
    0.84
    """
    return _core.jaro_winkler(a, b)


def levenshtein(a: str, b: str) -> int:
    """Count the fewest insertions, deletions and substitutions.

    >>> levenshtein("kitten", "sitting")
    3
    """
    return _core.levenshtein(a, b)


def osa(a: str, b: str) -> int:
    """Count as :func:`levenshtein`, with swaps of neighbours, where nothing is edited twice (optimal string alignment).

    >>> osa("ca", "abc")
    3
    """
    return _core.osa(a, b)


def damerau_levenshtein(a: str, b: str) -> int:
    """Count as :func:`osa`, where what was swapped may be edited again (Lowrance & Wagner 1975).

    >>> damerau_levenshtein("ca", "abc")
    2
    """
    return _core.damerau_levenshtein(a, b)


def token_set(a: str, b: str) -> float:
    """Give the token set ratio: words in common, in any order; 1 if all words of one text are in the other.

    >>> token_set("station road 5", "5 station road flat b")
    1.0
    """
    return _core.token_set(a, b)
