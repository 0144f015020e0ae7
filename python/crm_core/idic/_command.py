"""The command ``crm-core resolve``: clusters and golden records of one file, or of two."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from crm_core.idic._resolve import Resolution, link, resolve
from crm_core.idic._schema import ResolveOptions

if TYPE_CHECKING:
    import argparse

    import pyarrow as pa


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("records", metavar="A", help="CSV (any separator; .gz too) or Parquet, one row per record")
    parser.add_argument("others", metavar="B", nargs="?", help="a second file, with the same columns, to link to A")
    parser.add_argument("--out", metavar="DIR", required=True, help="folder to write to; made if it does not exist")
    parser.add_argument("--ignore", metavar="COL,…", default="", help="columns that do not say who the customer is")
    parser.add_argument(
        "--threshold", type=float, default=0.5, help="probability from which records are linked (default: %(default)s)"
    )
    parser.add_argument("--one-to-one", action="store_true", help="neither file has two records of one customer")
    parser.add_argument("--seed", type=int, default=1, help="of all draws (default: %(default)s)")
    parser.add_argument("--encoding", default="utf-8", help="of text files (default: %(default)s)")
    parser.add_argument("--quiet", action="store_true", help="print errors only")


def run(options: argparse.Namespace) -> str:
    """Resolve the files, write what was found and describe it."""
    from pyarrow import csv

    from crm_core.report import read_log

    paths = [options.records] + ([options.others] if options.others else [])
    tables = [read_log(path, encoding=options.encoding) for path in paths]
    ignored = [name.strip() for name in options.ignore.split(",") if name.strip()]
    settings = ResolveOptions(seed=options.seed)
    if len(tables) == 1:
        resolution = resolve(tables[0], ignore=ignored, threshold=options.threshold, options=settings)
    else:
        resolution = link(
            *tables,
            ignore=ignored,
            threshold=options.threshold,
            one_to_one=options.one_to_one,
            options=settings,
        )
    folder = Path(options.out)
    folder.mkdir(parents=True, exist_ok=True)
    results = {
        "clusters.csv": resolution.clusters(),
        "golden.csv": resolution.golden().table,
        "pairs.csv": resolution.pairs(),
        "model.csv": resolution.model(),
    }
    for name, table in results.items():
        csv.write_csv(_plain(table), folder / name)
    return "\n".join([_summary(resolution), *(str(folder / name) for name in results), ""])


def _plain(table: pa.Table) -> pa.Table:
    """Give a table without dictionaries, which the writer of CSV files does not take."""
    import pyarrow as pa

    fields = [
        pa.field(field.name, field.type.value_type if pa.types.is_dictionary(field.type) else field.type)
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))


def _summary(resolution: Resolution) -> str:
    report = resolution.report
    kinds = ", ".join(f"{field.name} ({field.kind.value})" for field in resolution.schema.fields)
    keys = ", ".join(" + ".join(key) for key in report.keys)
    return (
        f"{report.records:,} records of {report.customers:,} customers\n"
        f"fields: {kinds}\n"
        f"compared: {report.compared:,} pairs that agree on {keys}\n"
        f"share of the matches that these keys find, estimated: {report.recall:.2%}"
    )
