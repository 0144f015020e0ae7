"""The command ``crm-core``: reports of a transaction log and of a satisfaction survey, entity resolution of records."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from crm_core.errors import CrmError
from crm_core.units import Language

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

DONE, REFUSED, USAGE, NO_FILE, INTERRUPTED = 0, 1, 2, 3, 130
_CODES = """exit codes:
  0    done
  1    the data were refused: a column is missing or not certain, a value cannot be read
  2    an option is wrong
  3    a file cannot be read or written
  130  interrupted"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; an error is one sentence on the standard error stream."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except CrmError as error:
        return _fail(str(error), REFUSED)
    except OSError as error:
        return _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error), NO_FILE)
    except ImportError as error:
        return _fail(f"the report needs {error.name}: pip install 'crm-core[report]'", USAGE)
    except KeyboardInterrupt:
        return _fail("interrupted", INTERRUPTED)


def _report(options: argparse.Namespace) -> int:
    from crm_core import report

    try:
        settings = report.Settings(**{f.name: getattr(options, f.name) for f in fields(report.Settings)})
    except CrmError as error:
        return _fail(str(error), USAGE)
    progress = _Progress(shown=sys.stderr.isatty() and not options.quiet)
    with progress:
        progress("reading the log")
        table = report.read_log(
            options.log, columns=options.columns, encoding=options.encoding, decimal_point=options.decimal_point
        )
        roles = {role: getattr(options, role) for role in ("customer", "time", "amount", "cost", "quantity")}
        columns = report.find_columns(table.schema, **roles)
        if columns.guessed and not options.quiet:
            progress.note(f"columns guessed: {columns.describe_guesses()}")
        analysis = report.analyse(
            table,
            **{role: getattr(columns, role) for role in roles},
            time_format=options.time_format,
            settings=settings,
            source=Path(options.log).name,
            progress=progress,
        )
        progress("writing the report")
        files = analysis.write(options.out)
    sys.stdout.write("\n".join([analysis.summary(), *map(str, files), ""]))
    return DONE


def _survey(options: argparse.Namespace) -> int:
    from crm_core.report import read_log
    from crm_core.report.survey import analyse_survey, example_survey, read_model
    from crm_core.satisfaction.structural import PlsOptions

    model, preset = read_model(options.model)
    if options.example is not None:
        example_survey(model, seed=options.seed).write_csv(options.example)
        sys.stdout.write(f"{options.example}\n")
        return DONE
    if options.data is None:
        sys.stdout.write(f"{model}\n")
        return DONE
    if options.out is None:
        return _fail("give the folder to write to: --out DIR", USAGE)
    progress = _Progress(shown=sys.stderr.isatty() and not options.quiet)
    with progress:
        progress("reading the answers")
        table = read_log(options.data, encoding=options.encoding, decimal_point=options.decimal_point)
        analysis = analyse_survey(
            table,
            preset or model,
            target=options.target,
            columns=options.columns,
            segments=options.by,
            weights=options.weights,
            kano_suffixes=options.kano,
            options=PlsOptions(missing=options.missing),
            resamples=options.resamples,
            seed=options.seed,
            language=options.language,
            source=Path(options.data).name,
            progress=progress,
        )
        progress("writing the report")
        files = analysis.write(options.out)
    sys.stdout.write("\n".join([analysis.summary(), *map(str, files), ""]))
    return DONE


def _resolve(options: argparse.Namespace) -> int:
    from crm_core.idic import _command

    text = _command.run(options)
    if not options.quiet:
        sys.stdout.write(text)
    return DONE


class _Progress:
    """One line per step on a terminal, with the time it took."""

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown
        self._step: str | None = None
        self._since = 0.0

    def __call__(self, step: str) -> None:
        self._finish()
        self._step, self._since = step, time.monotonic()
        self._show(f"  {step} …")

    def note(self, text: str) -> None:
        self._finish()
        sys.stderr.write(f"{text}\n")

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._finish()
        elif self._step is not None:
            self._show("\n")

    def _finish(self) -> None:
        if self._step is not None:
            self._show(f"\r  {self._step}: {time.monotonic() - self._since:.1f} s\n")
        self._step = None

    def _show(self, text: str) -> None:
        if self._shown:
            sys.stderr.write(text)
            sys.stderr.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="crm-core", description="Customer-relationship analytics.")
    parser.add_argument("--version", action="version", version=f"crm-core {version('crm-core')}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    report = commands.add_parser(
        "report",
        help="value, stage and tier the customers of a transaction log",
        description="Reads a transaction log and writes report.html, customers.parquet and customers.csv.",
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    report.add_argument("log", metavar="LOG", help="CSV (any separator; .gz too) or Parquet, one row per transaction")
    report.add_argument("--out", metavar="DIR", required=True, help="folder to write to; made if it does not exist")
    report.add_argument("--quiet", action="store_true", help="print errors and results only")
    _add_columns(report.add_argument_group("columns of the log (guessed if not given)"))
    _add_format(report.add_argument_group("how the log is written"))
    _add_settings(report.add_argument_group("assumptions (printed in the report)"))
    report.set_defaults(run=_report)
    survey = commands.add_parser(
        "survey",
        help="satisfaction index, its drivers and what to improve first, from the answers of a survey",
        description="Fits a model, writes report.html and respondents.csv. Without DATA, prints the model.",
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_survey(survey)
    survey.set_defaults(run=_survey)
    records = commands.add_parser(
        "resolve",
        help="find the records of one file, or of two, that are of one customer",
        description="Writes clusters.csv (of A's rows, then B's), golden.csv, pairs.csv and model.csv.",
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_records(records)
    records.set_defaults(run=_resolve)
    return parser


def _add_records(parser: argparse.ArgumentParser) -> None:
    from crm_core.idic import _command

    _command.add_arguments(parser)


def _add_survey(parser: argparse.ArgumentParser) -> None:
    from crm_core.report.survey import KANO_SUFFIXES
    from crm_core.satisfaction.structural import MissingAnswers

    parser.add_argument("data", metavar="DATA", nargs="?", help="CSV or Parquet, one row per respondent")
    parser.add_argument(
        "--model", metavar="MODEL", required=True, help="scsb, acsi, ecsi, ccsi, or a file with a model"
    )
    parser.add_argument("--out", metavar="DIR", help="folder to write to; made if it does not exist")
    parser.add_argument("--example", metavar="CSV", help="write generated answers to this model there, to try it with")
    parser.add_argument("--quiet", action="store_true", help="print errors and results only")
    parser.add_argument("--target", metavar="CONSTRUCT", default="satisfaction", help="(default: %(default)s)")
    parser.add_argument(
        "--columns",
        metavar="INDICATOR=COLUMN,…",
        type=_mapping,
        default={},
        help="columns that are not named as the indicators of the model; or a file with one such pair per line",
    )
    parser.add_argument("--by", metavar="COL", help="column of segments")
    parser.add_argument("--weights", metavar="COL", help="column of weights")
    parser.add_argument(
        "--kano",
        metavar="IF_THERE,IF_NOT[,IMPORTANCE]",
        type=_kano,
        default=KANO_SUFFIXES,
        help="how the columns of Kano's questions end; attributes with both get a chapter "
        "(default: _functional,_dysfunctional,_importance)",
    )
    parser.add_argument(
        "--missing",
        type=MissingAnswers,
        choices=list(MissingAnswers),
        default=MissingAnswers.MEAN,
        help="what stands for a missing answer (default: %(default)s)",
    )
    parser.add_argument("--resamples", type=int, default=2000, help="of the bootstrap (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the bootstrap (default: %(default)s)")
    parser.add_argument(
        "--language", type=Language, choices=list(Language), default=Language.EN, help="(default: %(default)s)"
    )
    parser.add_argument("--decimal-point", metavar="SIGN", default=".", help="in numbers (default: %(default)s)")
    parser.add_argument("--encoding", default="utf-8", help="of text files (default: %(default)s)")


def _kano(text: str) -> tuple[str, ...]:
    suffixes = tuple(part.strip() for part in text.split(","))
    if len(suffixes) not in (2, 3) or not all(suffixes):
        message = "give IF_THERE,IF_NOT or IF_THERE,IF_NOT,IMPORTANCE"
        raise argparse.ArgumentTypeError(message)
    return suffixes


def _mapping(text: str) -> dict[str, str]:
    pairs = Path(text).read_text(encoding="utf-8").splitlines() if Path(text).is_file() else text.split(",")
    pairs = [pair for pair in pairs if pair.strip()]
    if not all("=" in pair for pair in pairs):
        message = "give INDICATOR=COLUMN,INDICATOR=COLUMN,…"
        raise argparse.ArgumentTypeError(message)
    split = (pair.split("=", 1) for pair in pairs)
    return {indicator.strip(): column.strip() for indicator, column in split}


def _add_columns(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--customer", metavar="COL", help="who bought")
    group.add_argument("--time", metavar="COL", help="when: date or time stamp")
    group.add_argument("--amount", metavar="COL", help="for how much; negative for a return")
    group.add_argument("--cost", metavar="COL", help="what it cost the firm; with it, value is profit, not revenue")
    group.add_argument("--quantity", metavar="COL", help="number of pieces, if amount and cost are per piece")


def _add_format(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--columns", metavar="A,B,…", type=_names, help="names of all columns, for a file without a header line"
    )
    group.add_argument("--time-format", metavar="FORMAT", help="of dates that are text, for example %%d.%%m.%%Y")
    group.add_argument("--decimal-point", metavar="SIGN", default=".", help="in numbers (default: %(default)s)")
    group.add_argument("--encoding", default="utf-8", help="of text files (default: %(default)s)")


def _add_settings(group: argparse._ArgumentGroup) -> None:
    from crm_core.report.settings import Every, Settings

    default = Settings()
    group.add_argument(
        "--period", type=Every, choices=list(Every), default=default.period, help="(default: %(default)s)"
    )
    group.add_argument(
        "--discount-rate",
        metavar="RATE",
        type=float,
        default=default.discount_rate,
        help="per year (default: %(default)s)",
    )
    group.add_argument(
        "--margin",
        type=float,
        default=default.margin,
        help="contribution per unit of revenue, if there is no cost column (default: %(default)s)",
    )
    group.add_argument(
        "--horizon",
        metavar="PERIODS",
        type=int,
        default=default.horizon,
        help="how far lifetime value looks ahead (default: %(default)s)",
    )
    group.add_argument(
        "--acquisition-cost",
        metavar="MONEY",
        type=float,
        default=default.acquisition_cost,
        help="to win one customer (default: %(default)s)",
    )
    group.add_argument(
        "--customer-cost",
        metavar="MONEY",
        type=float,
        default=default.customer_cost,
        help="per customer and period (default: %(default)s)",
    )
    group.add_argument(
        "--tier-shares",
        metavar="A,B,C,D",
        type=_shares,
        default=default.tier_shares,
        help="of the customers: VIP, major, regular, small (default: 0.01,0.04,0.15,0.8)",
    )
    group.add_argument(
        "--type-cut",
        metavar="SHARE",
        type=float,
        default=default.type_cut,
        help="current and potential values above this quantile are high (default: %(default)s)",
    )
    group.add_argument(
        "--reachable",
        metavar="SHARE",
        type=float,
        default=default.reachable,
        help="what customers could spend: this quantile of active customers with similar orders (default: %(default)s)",
    )
    group.add_argument(
        "--language", type=Language, choices=list(Language), default=default.language, help="(default: %(default)s)"
    )
    group.add_argument("--seed", type=int, default=default.seed, help="of the bootstrap (default: %(default)s)")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


def _shares(text: str) -> tuple[float, ...]:
    shares = tuple(float(part) for part in text.split(","))
    if len(shares) != 4:
        message = "give four shares"
        raise argparse.ArgumentTypeError(message)
    return shares


def _fail(text: str, code: int) -> int:
    sys.stderr.write(f"crm-core: {text}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
