"""From a transaction log to a report, a table of customers, and single charts."""

import tempfile

from matplotlib.figure import Figure

from crm_core import plotting, report
from crm_core.ledger import simulate

log = simulate(customers=500, seed=1)
result = report.analyse(log, customer="customer", time="time", amount="amount", cost="cost")
print(result.summary())

# One row per customer, as the kind of table that the log is: here pyarrow.
best = result.customers.sort_by([("clv", "descending")]).slice(0, 3)
for row in best.select(["customer", "stage", "tier", "clv"]).to_pylist():
    print(row["customer"], row["stage"], row["tier"], round(row["clv"], 2))

# The whole report: report.html, customers.parquet, customers.csv.
with tempfile.TemporaryDirectory() as folder:
    for path in result.write(folder):
        print(path.name, path.stat().st_size > 0)

# One chart, on axes of your own.
ax = plotting.distribution(result.customers["clv"], ax=Figure(figsize=(8, 4)).subplots())
print(ax.get_xlabel())
