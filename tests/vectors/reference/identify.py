"""Cases of tests/vectors/identify.json, from other people's programs:

    pip install jellyfish==1.3.0 rapidfuzz==3.14.6 phonenumbers pypinyin
    python tests/vectors/reference/identify.py [--check]

Jaro and Winkler by jellyfish, edit distances and token sets by RapidFuzz, phone numbers by Google's library, pinyin by pypinyin, keyed hashes
by Python's hmac (OpenSSL), checked against RFC 4231.
"""

from __future__ import annotations

import hmac
from datetime import date

import jellyfish
import mpmath
import phonenumbers
from cases import Vectors
from pypinyin import lazy_pinyin
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, DamerauLevenshtein, Jaro, JaroWinkler, Levenshtein

VECTORS = Vectors("identify", 0, "definition")
add, refuse = VECTORS.add, VECTORS.refuse

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
    add(f"{kind} {given}", "normalise", {"kind": kind, "given": given, "calling_code": 86}, expected)
for given in NAMES:
    expected = "".join(lazy_pinyin(given)).replace(" ", "").lower()
    add(f"pinyin {given}", "pinyin", {"given": given}, expected, 0, "pypinyin")
for kind, given in (("phone", "+49 12"), ("email", "ann.example"), ("email", "ann@@example.org"), ("date", "1990-02-31"), ("date", "soon")):
    arguments = {"kind": kind, "given": given, "calling_code": 86}
    refuse(f"{kind} {given}", "normalise", arguments, "unreadable", kind)
arguments = {"kind": "phone", "given": "138 1234 5678", "calling_code": 0}
refuse("no calling code", "normalise", arguments, "out_of_range", "calling_code")

# RFC 4231, 4.2 to 4.8: key, message, the beginning of the code as it is printed (case 5 prints 128 bits only).
RFC_4231 = [
    ("0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (b"Jefe".hex(), b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    ("aa" * 20, b"\xdd" * 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    (bytes(range(1, 26)).hex(), b"\xcd" * 50, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
    ("0c" * 20, b"Test With Truncation", "a3b6167473100ee06e0c796c2955552b"),
    ("aa" * 131, b"Test Using Larger Than Block-Size Key - Hash Key First",
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
    ("aa" * 131, b"This is a test using a larger than block-size key and a larger than block-size data. "
     b"The key needs to be hashed before being used by the HMAC algorithm.",
     "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
]
for case, (key, message, printed) in enumerate(RFC_4231, 1):
    code = hmac.digest(bytes.fromhex(key), message, "sha256").hex()
    assert code.startswith(printed), case
    add(f"RFC 4231 test case {case}", "hmac_sha256", {"key": key, "message": message.hex()}, code, 0, "RFC 4231")
for size in (0, 63, 64, 65):
    key = bytes(range(size)).hex()
    code = hmac.digest(bytes.fromhex(key), b"", "sha256").hex()
    add(f"key of {size} bytes", "hmac_sha256", {"key": key, "message": ""}, code, 0, "Python's hmac")

SECRET = bytes(range(40)).hex()
HIDDEN = [
    ("phone", "138 1234 5678", "+8613812345678"), ("phone", "110", "110"), ("name", "王 小明 先生", "王小明"),
    ("name", "Dr. José  MÜLLER", "jose muller"), ("email", "Jane.Doe+news@GMail.com", "janedoe@gmail.com"),
    ("date", "3.5.1990", "19900503"), ("number", "1,234.50", "1234.5"), ("code", "2600-001 a", "2600001A"), ("text", " ", None),
]
for kind, given, normal in HIDDEN:
    message = f"{kind}\x1f{normal}".encode()
    expected = "" if normal is None else hmac.digest(bytes.fromhex(SECRET), message, "sha256").hex()
    arguments = {"key": SECRET, "kind": kind, "given": given, "calling_code": 86}
    add(f"pseudonym of the {kind} {given}", "pseudonym", arguments, expected, 0, "definition, by Python's hmac")
arguments = {"key": "00" * 31, "kind": "name", "given": "Ann", "calling_code": 86}
refuse("a short key", "pseudonym", arguments, "out_of_range", "key")

for given, expected in (("1,234.50", "1234.5"), ("-0.50", "-0.5"), ("1 000 000", "1000000"), ("１２", "12"), ("007", "7"), ("0.0", "0")):
    arguments = {"kind": "number", "given": given, "calling_code": 86}
    add(f"number {given}", "normalise", arguments, expected)
for given in ("1,5", "1,2345", "12 euro", ".5", "1e3"):
    arguments = {"kind": "number", "given": given, "calling_code": 86}
    refuse(f"number {given}", "normalise", arguments, "unreadable", "number")

mpmath.mp.dps = 30
for age, half_life in ((0, 1), (365, 365), (1000, 90), (0.25, 730), (1e4, 1)):
    expected = mpmath.mpf(2) ** (-mpmath.mpf(age) / mpmath.mpf(half_life))
    add(f"age {age}, half-life {half_life}", "freshness", {"age": age, "half_life": half_life}, expected, 1e-15, "2^(-age/half-life), mpmath")
for age, half_life, argument in ((-1, 1, "age"), (1, 0, "half_life")):
    refuse(f"age {age}, half-life {half_life}", "freshness", {"age": age, "half_life": half_life}, "out_of_range", argument)


def profile(half_life, told, now):
    """What stands among values told as (value, trust, day), of a customer whose record of unknown origin says 0."""
    def standing(each):
        _, trust, day = told[each]
        weight = mpmath.log(trust, 2) + (mpmath.mpf(day) / half_life if half_life else 0)
        return (weight, day, each)

    order = sorted(range(len(told)), key=standing, reverse=True)
    first = {}
    for each in order:
        first.setdefault(told[each][0], each)
    stands, *others = first.values()
    _, trust, day = told[stands]

    def ground(other):
        _, others_trust, others_day = told[other]
        return {
            (True, True): "more_trusted_and_recent", (True, False): "more_trusted",
            (False, True): "more_recent", (False, False): "later_record",
        }[trust > others_trust, day > others_day]

    known = {"0"} & set(first)
    return {
        "value": told[stands][0],
        "freshness": float(mpmath.mpf(2) ** (-mpmath.mpf(now - day) / half_life)) if half_life else 1.0,
        "grounds": [ground(other) for other in others] + ([] if known else ["known_origin"]),
    }


STANDING = [
    ("the latest of one source", 100, [("1", 0.5, 0), ("2", 0.5, 10)]),
    ("twice the trust is one half-life: just within", 100, [("1", 0.8, 0), ("2", 0.4, 99)]),
    ("just beyond", 100, [("1", 0.8, 0), ("2", 0.4, 101)]),
    ("more trusted and more recent", 30, [("1", 0.3, 0), ("2", 0.9, 5)]),
    ("alike: the later record", 30, [("1", 0.5, 5), ("2", 0.5, 5)]),
    ("without a half-life the most trusted", None, [("1", 0.9, 0), ("2", 0.8, 5000)]),
    ("without a half-life, trusted alike, the latest", None, [("1", 0.9, 7), ("2", 0.9, 3)]),
    ("confirmed by another source", 50, [("1", 0.9, 0), ("2", 0.5, 20), ("1", 0.4, 60)]),
    ("four that differ", 365, [("1", 0.9, 0), ("2", 0.5, 700), ("3", 1.0, 200), ("4", 0.1, 900)]),
    ("the value of unknown origin is confirmed", 365, [("0", 0.5, 0), ("5", 0.2, 10)]),
]
for name, half_life, told in STANDING:
    told_by = {"values": [v for v, _, _ in told], "trust": [t for _, t, _ in told], "days": [d for _, _, d in told]}
    arguments = {"half_life": half_life, **told_by, "now": 1000}
    add(name, "profile", arguments, profile(half_life, told, 1000), 1e-14, "greatest trust * 2^(-age/half-life), mpmath")


def field_quality(fields, rows, days, now, least_freshness, least_filled):
    """Shares, counts and mean freshness by their definitions; values are written as they are compared."""
    found = []
    for place, field in enumerate(fields):
        values = [row[place] for row in rows]
        there = [row for row, value in enumerate(values) if value]
        fresh = None
        if days and field["half_life"] and there:
            ages = [mpmath.mpf(now - days[row]) for row in there]
            fresh = mpmath.fsum(mpmath.mpf(2) ** (-age / field["half_life"]) for age in ages) / len(there)
        filled = mpmath.mpf(len(there)) / len(rows)
        wrong = [row for row in there if field["kind"] == "date" and not is_date(values[row])]
        different = len({values[row] for row in there})
        useless = different < 2 or filled < least_filled
        stale = fresh is not None and fresh < least_freshness
        found.append({
            "field": field["name"], "filled": float(filled), "unreadable": len(wrong) / max(len(there), 1),
            "different": different, "freshness": -1 if fresh is None else float(fresh),
            "verdict": "useless" if useless else "stale" if stale else "useful",
        })
    return [found[place] for place in sorted(range(len(fields)), key=lambda place: -fields[place]["importance"])]


def is_date(text):
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


FIELDS = [
    {"name": "number", "kind": "code", "importance": 1, "half_life": None},
    {"name": "plan", "kind": "code", "importance": 3, "half_life": 365},
    {"name": "born", "kind": "date", "importance": 2, "half_life": None},
    {"name": "city", "kind": "code", "importance": 2, "half_life": 730},
]
ROWS = [
    ["A1", "GOLD", "1990-05-03", "X"], ["A2", "", "1990-13-40", "X"], ["A3", "SILVER", "", ""], ["A4", "GOLD", "1971-01-31", "X"],
    ["A5", "BRONZE", "", "X"], ["A6", "", "1990-05-03", ""],
]
DIFFERENT = [[*row[:3], "Y" if row[0] == "A2" else row[3]] for row in ROWS]
DAYS = [0, 100, 365, 730, 1000, 1095]
QUALITIES = [
    ("half filled, all alike, unreadable", FIELDS, ROWS, DAYS, 1095, 0.5, 0.05),
    ("no times: no freshness", FIELDS, ROWS, None, 1095, 0.5, 0.05),
    ("stale from a higher limit on", FIELDS, DIFFERENT, DAYS, 1095, 0.6, 0.05),
    ("fresh enough for a lower limit", FIELDS, DIFFERENT, DAYS, 1095, 0.4, 0.05),
    ("useless from a higher limit on", FIELDS, ROWS, DAYS, 1095, 0.5, 0.7),
    ("much later everything is stale", FIELDS, ROWS, DAYS, 9999, 0.01, 0.05),
    ("nothing is stale from a limit of 0 on", FIELDS, ROWS, DAYS, 1095, 0.0, 0.5),
    ("nothing in a field", FIELDS[:2], [["A", ""], ["B", ""], ["C", ""]], [0, 1, 2], 2, 0.5, 0.0),
]
for name, fields, rows, days, now, least_freshness, least_filled in QUALITIES:
    arguments = {"fields": fields, "rows": rows, "days": days, "now": now,
                 "least_freshness": least_freshness, "least_filled": least_filled}
    expected = field_quality(fields, rows, days, now, least_freshness, least_filled)
    add(name, "field_quality", arguments, expected, 1e-14, "definitions, mpmath")
for name, change, *refused in (
    ("a time after now", {"now": 800}, "times", 4),
    ("a limit above 1", {"least_filled": 1.5}, "least_filled"),
    ("a limit below 0", {"least_freshness": -0.1}, "least_freshness"),
):
    arguments = {"fields": FIELDS, "rows": ROWS, "days": DAYS, "now": 1095, "least_freshness": 0.5, "least_filled": 0.05}
    refuse(name, "field_quality", arguments | change, "out_of_range", *refused)

if __name__ == "__main__":
    VECTORS.write()
