"""What the scripts of this folder share: the list of cases, and the file of vectors that it becomes."""

import json
import math
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from mpmath import mpf

RULES = "what the documentation refuses"


def plain(value):
    """Numbers, lists and objects of JSON: an exact or precise number is rounded once, to the nearest double; NaN is missing."""
    if isinstance(value, (mpf, Fraction, Decimal)):
        number = float(value)
        return None if math.isnan(number) else number
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value


class Vectors:
    """The cases of tests/vectors/AREA.json, with the tolerance and the source of those that name none."""

    def __init__(self, area, tolerance, source):
        self.path = Path(__file__).resolve().parent.parent / f"{area}.json"
        self.tolerance = tolerance
        self.source = source
        self.cases = []

    def add(self, name, function, arguments, expected, tolerance=None, source=None):
        self.cases.append(
            {
                "name": name,
                "function": function,
                "arguments": plain(arguments),
                "expected": plain(expected),
                "tolerance": self.tolerance if tolerance is None else tolerance,
                "source": source or self.source,
            }
        )

    def refuse(self, name, function, arguments, kind, argument, row=None):
        expected = {"error": kind, "argument": argument} | ({} if row is None else {"row": row})
        self.add(name, function, arguments, expected, 0, RULES)

    def write(self):
        """Writes the file, one case in a line; with `--check` compares the one that is there."""
        lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in self.cases)
        text = '{"cases": [\n' + lines + "\n]}\n"
        if "--check" not in sys.argv:
            self.path.write_text(text, encoding="utf-8")
        elif self.path.read_text(encoding="utf-8") != text:
            sys.exit(f"{self.path.name} is not what this script makes")
