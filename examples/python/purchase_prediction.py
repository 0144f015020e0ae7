"""Who will buy again? A BG/NBD model of 1,501 customers, whose histories are counted by kind."""

import polars as pl

from crm_core.prediction import BgNbd

# Repeat purchases, weeks from the first to the last purchase, weeks since the first, customers.
table = pl.DataFrame(
    {
        "frequency": [0.0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 6, 11],
        "recency": [0.0, 0, 0, 1.5, 8, 33, 5.5, 34, 12, 30.5, 37, 38],
        "age": [39.0, 33, 28, 38, 36, 35, 39, 36, 34, 33, 39, 38.5],
        "customers": [300.0, 420, 390, 90, 80, 85, 40, 45, 20, 15, 11, 5],
    }
)
model = BgNbd().fit(table, weights="customers")
print(", ".join(f"{name} {value:.4f}" for name, value in model.parameters.items()))
print(f"log-likelihood {model.log_likelihood_:.4f}")

print("purchases  last week  alive  expected in 39 weeks")
for x, last in [(0, 0.0), (2, 5.5), (2, 34.0), (11, 38.0)]:
    alive, expected = model.probability_alive(x, last, 39), model.expected_purchases(39, x, last, 39)
    print(f"{x:>9}{last:>11.1f}{100 * alive:>6.1f}%{expected:>22.3f}")

histogram = model.frequency_histogram(table, most=3, weights="customers")
for n, (seen, told) in enumerate(zip(histogram.actual, histogram.expected, strict=True)):
    print(f"{n} repeat purchases: {seen:.0f} customers, {told:.1f} expected")
for quarter, purchases in enumerate(model.expected_tracking([0.0], 4, period=13, weights=[1000.0]).incremental, 1):
    print(f"quarter {quarter} of 1000 new customers: {purchases:.1f}")
