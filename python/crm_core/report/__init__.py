"""The main job: from a transaction log to customers valued, staged and tiered, as a report and a table.

Needs the extra ``report``: ``pip install 'crm-core[report]'``. From a shell: ``crm-core report LOG --out DIR``.

>>> from crm_core.ledger import simulate
>>> result = analyse(simulate(customers=100, seed=1), customer="customer", time="time", amount="amount")
>>> print(result.summary().splitlines()[0])
100 customers brought 8,156 of revenue
"""

from crm_core.report.guessing import LogColumns, find_columns
from crm_core.report.pipeline import analyse, silent
from crm_core.report.reading import read_log
from crm_core.report.results import Analysis
from crm_core.report.settings import Every, Settings

__all__ = ["Analysis", "Every", "LogColumns", "Settings", "analyse", "find_columns", "read_log", "silent"]
