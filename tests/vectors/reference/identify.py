"""Cases of tests/vectors/identify.json, from other people's programs:

    pip install jellyfish==1.3.0 rapidfuzz==3.14.6 phonenumbers pypinyin
    python tests/vectors/reference/identify.py [--check]

Jaro and Winkler by jellyfish, edit distances and token sets by RapidFuzz, phone numbers by Google's library, pinyin by pypinyin.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import jellyfish
import phonenumbers
from pypinyin import lazy_pinyin
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, DamerauLevenshtein, Jaro, JaroWinkler, Levenshtein

TARGET = Path(__file__).resolve().parent.parent / "identify.json"
CASES = []

PAIRS = [
    ("MARTHA", "MARHTA"), ("DWAYNE", "DUANE"), ("DIXON", "DICKSONX"), ("JONES", "JOHNSON"), ("ABROMS", "ABRAMS"),
    ("DUNNINGHAM", "CUNNIGHAM"), ("NICHLESON", "NICHULSON"), ("MASSEY", "MASSIE"), ("HARDIN", "MARTINEZ"),
    ("ITMAN", "SMITH"), ("JERALDINE", "GERALDINE"), ("MARHTA", "MARTHAS"), ("SHACKLEFORD", "SHACKELFORD"),
    ("王小明", "王晓明"), ("欧阳修", "阳欧修"), ("müller", "mueller"), ("Straße", "Strasse"), ("", "a"), ("a", "b"),
    ("abcdefgh", "abxyzuvw"), ("aaaaaaa", "aaaaaab"), ("ca", "abc"), ("abcd", "badc"), ("a cat", "an abct"),
    ("wellington street kinross", "welington stret kinros"), ("abcvwxyz", "zabcvwxy"),
    ("seventeen letters", "letters seventeen"), ("the quick brown fox jumps over the lazy dog and runs away from it all", "the quikc brown fox jumped over a lazy dog and ran away from all of it"),
]
TOKENS = [
    ("station road 5", "5 station road flat b"), ("12 main street", "main street 21"), ("a b c", "c b a"), ("a a b", "b"),
    ("kinross farm", "kinros farm"), ("new york mets", "new york yankees"), ("北京 朝阳", "朝阳 北京 路"), ("x", "y z"),
]
PHONES = [
    ("138 1234 5678", 86), ("+86 138-1234-5678", 86), ("010-6552 9988", 86), ("0044 20 7946 0018", 86), ("(030) 901820", 49),
    ("+1 (650) 253-0000", 86), ("650-253-0000", 1), ("1 650 253 0000", 1), ("06 1234 5678", 39), ("１３８１２３４５６７８", 86),
]
REGIONS = {86: "CN", 49: "DE", 1: "US", 39: "IT"}
NAMES = ["王小明", "李雷", "欧阳娜娜", "张伟", "刘德华", "Ann Lee"]
WRITTEN = [
    ("name", "Dr. José  MÜLLER-Lüdenscheidt", "jose muller ludenscheidt"),
    ("name", "王 小明 先生", "王小明"),
    ("name", "O’Brien", "obrien"),
    ("email", "Jane.Doe+news@GMail.com", "janedoe@gmail.com"),
    ("email", " mailto:Ann@Example.org", "ann@example.org"),
    ("address", "Flat 3, 12 Main St.", "flat 3 12 main street"),
    ("address", "北京市 朝阳区 建国路 88 号", "北京市朝阳区建国路88号"),
    ("date", "3.5.1990", "1990-05-03"),
    ("date", "19900503", "1990-05-03"),
    ("date", "12/31/1990", "1990-12-31"),
    ("date", "1990年5月3日", "1990-05-03"),
    ("code", "2600-001 a", "2600001A"),
    ("text", "New  South-Wales", "new south wales"),
]


def add(name, function, arguments, expected, tolerance, source):
    CASES.append(
        {"name": name, "function": function, "arguments": arguments, "expected": expected, "tolerance": tolerance, "source": source}
    )


for a, b in PAIRS:
    name, arguments = f"{a} {b}", {"a": a, "b": b}
    jaro, winkler = Jaro.similarity(a, b), JaroWinkler.similarity(a, b)
    assert abs(jaro - jellyfish.jaro_similarity(a, b)) < 1e-12, (a, b)
    assert abs(winkler - jellyfish.jaro_winkler_similarity(a, b)) < 1e-12, (a, b)
    add(name, "jaro", arguments, jaro, 1e-14, "jellyfish and RapidFuzz")
    add(name, "jaro_winkler", arguments, winkler, 1e-14, "jellyfish and RapidFuzz")
    assert Levenshtein.distance(a, b) == jellyfish.levenshtein_distance(a, b)
    add(name, "levenshtein", arguments, Levenshtein.distance(a, b), 0, "jellyfish and RapidFuzz")
    add(name, "osa", arguments, OSA.distance(a, b), 0, "RapidFuzz")
    add(name, "damerau_levenshtein", arguments, DamerauLevenshtein.distance(a, b), 0, "RapidFuzz")
for function in ("jaro", "jaro_winkler", "token_set"):
    add("two empty texts", function, {"a": "", "b": ""}, 1.0, 0, "convention: they are alike")
for a, b in TOKENS:
    add(f"{a}, {b}", "token_set", {"a": a, "b": b}, fuzz.token_set_ratio(a, b) / 100, 1e-14, "RapidFuzz")
for given, home in PHONES:
    number = phonenumbers.parse(given, REGIONS[home])
    expected = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    arguments = {"kind": "phone", "given": given, "calling_code": home}
    add(f"phone {given}", "normalise", arguments, expected, 0, "phonenumbers")
for kind, given, expected in WRITTEN:
    add(f"{kind} {given}", "normalise", {"kind": kind, "given": given, "calling_code": 86}, expected, 0, "definition")
for given in NAMES:
    expected = "".join(lazy_pinyin(given)).replace(" ", "").lower()
    add(f"pinyin {given}", "pinyin", {"given": given}, expected, 0, "pypinyin")
for kind, given in (("phone", "+49 12"), ("email", "ann.example"), ("email", "ann@@example.org"), ("date", "1990-02-31"), ("date", "soon")):
    arguments = {"kind": kind, "given": given, "calling_code": 86}
    add(f"{kind} {given}", "normalise", arguments, {"error": "unreadable", "argument": kind}, 0, "definition")
arguments = {"kind": "phone", "given": "138 1234 5678", "calling_code": 0}
add("no calling code", "normalise", arguments, {"error": "out_of_range", "argument": "calling_code"}, 0, "definition")

if __name__ == "__main__":
    lines = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in CASES)
    text = '{"cases": [\n' + lines + "\n]}\n"
    if "--check" in sys.argv:
        sys.exit(TARGET.read_text() != text)
    TARGET.write_text(text)
