"""Checks the locked Rust dependencies against the rules of deny.toml: licences, bans, sources.

`cargo deny check` applies the same rules where it is installed; this needs only cargo and Python.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def is_allowed(expression: str, allowed: set[str]) -> bool:
    """Whether an SPDX expression can be satisfied with the allowed licences alone."""
    python = []
    for token in re.findall(r"[()]|[^()\s]+(?:\s+WITH\s+[^()\s]+)?", expression.replace("/", " OR ")):
        match token:
            case "(" | ")":
                python.append(token)
            case "OR" | "AND":
                python.append(token.lower())
            case _:
                python.append(str(token in allowed))
    return bool(eval(" ".join(python), {"__builtins__": {}}))


def problems(packages: list[dict], rules: dict) -> list[str]:
    allowed = set(rules["licenses"]["allow"])
    banned = {ban["name"]: ban["reason"] for ban in rules["bans"]["deny"]}
    found = []
    for package in packages:
        name = f"{package['name']} {package['version']}"
        licence = package["license"]
        if licence is None or not is_allowed(licence, allowed):
            found.append(f"{name}: licence {licence} is not allowed")
        if package["name"] in banned:
            found.append(f"{name}: banned, {banned[package['name']]}")
        if package["source"] is not None and not package["source"].startswith("registry+"):
            found.append(f"{name}: comes from {package['source']}, not from the registry")
    return found


def self_test(rules: dict) -> None:
    """The check must be able to fail."""
    bad = {"name": "tokio", "version": "1", "license": "GPL-3.0 AND MIT", "source": "git+somewhere"}
    good = {"name": "x", "version": "1", "license": "(MIT OR GPL-3.0) AND Zlib", "source": None}
    if len(problems([bad], rules)) != 3 or problems([good], rules):
        sys.exit("check_dependencies does not tell good from bad")


def main() -> None:
    rules = tomllib.loads((ROOT / "deny.toml").read_text())
    self_test(rules)
    metadata = subprocess.run(
        ["cargo", "metadata", "--locked", "--format-version", "1"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    packages = json.loads(metadata.stdout)["packages"]
    if found := problems(packages, rules):
        sys.exit("\n".join(found))
    print(f"dependencies: {len(packages)} packages keep the rules of deny.toml")


if __name__ == "__main__":
    main()
