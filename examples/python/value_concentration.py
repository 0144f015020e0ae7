"""The value groups of a Beijing appliance maker: who makes the profit?

Published per group: the mean value of a customer and the group's share of the customers, %.
"""

from crm_core.value import Concentration, ValueGroup

VALUE = [-4.12, -2.10, 7.45, 30.49, 107.76]
CUSTOMERS = [42.2, 20.5, 26.3, 9.2, 1.8]


def main() -> None:
    """Print what is found."""
    base = Concentration(VALUE, weight=CUSTOMERS)
    print(f"{'group':<18}{'customers':>12}{'profit per head':>16}")
    for group, value, customers in zip(ValueGroup, VALUE, CUSTOMERS, strict=True):
        contribution = value * customers / base.customers
        print(f"{group.label():<18}{customers:>10} %{contribution:>16.5f}")
    print(f"mean value of a customer: {base.mean:.5f}")
    print(f"the lowest 62.7 % of the customers bring {base.bottom_share(0.627) * base.mean:.5f} of it")
    print(f"the best 11 % of the customers make {100 * base.top_share(0.11):.1f} % of the profit")
    peak = base.peak()
    customers, profit = 100 * peak.customers, 100 * peak.profit
    print(f"without the others, {customers:.1f} % of the customers would make {profit:.1f} % of it")
    print(f"80 % of the profit comes from {100 * base.smallest_share(0.8):.2f} % of the customers")
    print(f"Gini (Raffinetti, Siletti & Vernizzi): {base.gini():.4f}")


if __name__ == "__main__":
    main()
