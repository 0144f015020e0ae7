"""From a transaction log to what each customer did: frequency, recency, age, and exact totals."""

from datetime import date
from decimal import Decimal

import pyarrow as pa

from crm_core.ledger import Ledger, Returns

LOG = pa.table(
    {
        "customer": ["ann", "bob", "ann", "bob", "ann", "cyd"],
        "date": [
            date.fromisoformat(text)
            for text in ("2025-01-31", "2025-02-01", "2025-02-28", "2025-02-01", "2025-03-15", "2025-03-20")
        ],
        # The negative amount is a return.
        "amount": [Decimal(text) for text in ("19.99", "5.00", "30.01", "7.50", "-5.00", "100.00")],
        "cost": [Decimal(text) for text in ("12.00", "2.50", "18.00", "4.00", "0.00", "80.00")],
    }
)


def main() -> None:
    """Print what is found."""
    ledger = Ledger(LOG, customer="customer", time="date", amount="amount", cost="cost")
    print(f"{'customer':<10}{'frequency':>10}{'recency':>10}{'age':>10}{'mean spend':>12}")
    for row in ledger.summary(returns=Returns.NET).to_pylist():
        print(
            f"{row['customer']:<10}{row['frequency']:>10.0f}{row['recency']:>10.0f}{row['age']:>10.0f}"
            f"{row['mean_spend']:>12.2f}"
        )
    print(f"\n{'customer':<10}{'orders':>10}{'returns':>10}{'revenue':>10}{'returned':>10}{'cost':>10}")
    for row in ledger.totals(exact=True).to_pylist():
        print(
            f"{row['customer']:<10}{row['orders']:>10}{row['returns']:>10}"
            f"{row['revenue']:>10}{row['returned']:>10}{row['cost']:>10}"
        )


if __name__ == "__main__":
    main()
