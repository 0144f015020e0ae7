"""Turns tests/vectors/*.json into C data for vectors.c: generate_vectors.py OUT.c"""

import decimal
import json
import math
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VECTORS = HERE.parent / "vectors"


class Number(str):
    """A number of a JSON file, as it is written."""


def text(value: str) -> str:
    """A C string literal; bytes outside ASCII in octal, which ends by itself."""
    return (
        '"'
        + "".join(
            f"\\{byte:03o}" if byte < 32 or byte > 126 or chr(byte) in '"\\?' else chr(byte) for byte in value.encode()
        )
        + '"'
    )


def number(value: str) -> str:
    parsed = float(value)
    if math.isnan(parsed):
        return "NAN"
    if math.isinf(parsed):
        return "INFINITY" if parsed > 0 else "-INFINITY"
    return parsed.hex()


class Writer:
    """Writes arrays of values, inner ones first."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.arrays = 0

    def array(self, type_: str, items: list[str]) -> str:
        if not items:
            return "NULL"
        self.arrays += 1
        name = f"array_{self.arrays}"
        self.lines.append(f"static const {type_} {name}[] = {{{', '.join(items)}}};")
        return name

    def value(self, value: object) -> str:
        match value:
            case None:
                return "{VALUE_NULL, 0, NULL, 0, NULL, NULL}"
            case bool():
                return f"{{VALUE_BOOL, {int(value)}, NULL, 0, NULL, NULL}}"
            case Number():
                finite = math.isfinite(float(value))
                plain = format(decimal.Decimal(value), "f") if finite else value
                return f"{{VALUE_NUMBER, {number(value)}, {text(plain)}, 0, NULL, NULL}}"
            case str():
                return f"{{VALUE_TEXT, 0, {text(value)}, 0, NULL, NULL}}"
            case list():
                items = self.array("struct value", [self.value(item) for item in value])
                return f"{{VALUE_LIST, 0, NULL, {len(value)}, NULL, {items}}}"
            case dict():
                items = self.array("struct value", [self.value(item) for item in value.values()])
                names = self.array("char *const", [text(name) for name in value])
                return f"{{VALUE_OBJECT, 0, NULL, {len(value)}, {names}, {items}}}"
        raise TypeError(value)

    def area(self, path: Path) -> str:
        read = json.loads(path.read_text(), parse_float=Number, parse_int=Number, parse_constant=Number)
        cases = [
            f"{{{text(case['name'])}, {text(case['function'])}, {self.value(case['arguments'])}, "
            f"{self.value(case['expected'])}, {number(case.get('tolerance', '0'))}}}"
            for case in read["cases"]
        ]
        runners = "NULL"
        if (HERE / f"vectors_{path.stem}.c").exists():
            runners = f"{path.stem}_runners"
            self.lines.append(f"extern const struct runner {runners}[];")
        array = self.array("struct vector_case", cases)
        return f"{{{text(path.stem)}, {runners}, {array}, {len(cases)}}}"


def main() -> None:
    writer = Writer()
    areas = [writer.area(path) for path in sorted(VECTORS.glob("*.json"))]
    if not areas:
        areas = ['{"none", NULL, NULL, 0}']
    body = "\n".join(writer.lines)
    Path(sys.argv[1]).write_text(
        '/* Made by generate_vectors.py. */\n#include "vectors.h"\n#include <math.h>\n\n'
        f"{body}\n\nconst struct vector_area vector_areas[] = {{{', '.join(areas)}}};\n"
        "const size_t vector_area_count = sizeof vector_areas / sizeof *vector_areas;\n"
    )


main()
