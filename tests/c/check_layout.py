"""Every enum member and every struct of crm_core.h has its number, size and offsets in test_layout.c:
check_layout.py crm_core.h test_layout.c"""

import re
import sys
from pathlib import Path

header, asserted = (Path(path).read_text() for path in sys.argv[1:3])
missing = []
for name, body in re.findall(r"^enum (crm_\w+)\n.*?\{\n(.*?)^\};", header, re.S | re.M):
    missing += [f"sizeof({name})"] * (f"sizeof({name})" not in asserted)
    members = re.findall(r"^    (CRM_\w+) = (\d+),", body, re.M)
    missing += [f"{m} == {n}" for m, n in members if not re.search(rf"\b{m} == {n}\b", asserted)]
for name, body in re.findall(r"^typedef struct (crm_\w+) \{\n(.*?)^\} ", header, re.S | re.M):
    fields = re.findall(r"^    \w[\w ]*[ *](\w+)(?:\[\d+\])?;", body, re.M)
    wanted = [f"sizeof({name})", *(f"offsetof({name}, {field})" for field in fields)]
    missing += [text for text in wanted if text not in asserted]
if missing:
    sys.exit("test_layout.c does not assert: " + "; ".join(missing))
