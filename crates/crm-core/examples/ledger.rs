//! From a transaction log to what each customer did: frequency, recency, age, and exact totals.
#![expect(clippy::print_stdout, reason = "an example prints what it finds")]

use crm_core::Result;
use crm_core::ledger::{
    AmountColumn, Chunk, CustomerColumn, CustomerId, Ledger, LedgerBuilder, Returns,
    SummaryOptions, TimeColumn,
};
use crm_core::units::Date;

const CUSTOMERS: &[&str] = &["ann", "bob", "ann", "bob", "ann", "cyd"];
const DATES: [&str; 6] = [
    "2025-01-31",
    "2025-02-01",
    "2025-02-28",
    "2025-02-01",
    "2025-03-15",
    "2025-03-20",
];
/// In cents; the negative amount is a return.
const AMOUNTS: [i64; 6] = [1999, 500, 3001, 750, -500, 10000];
const COSTS: [i64; 6] = [1200, 250, 1800, 400, 0, 8000];

fn main() -> Result<()> {
    let mut days = Vec::new();
    for date in DATES {
        days.push(date.parse::<Date>()?.days());
    }
    let cents = |units| AmountColumn::Minor { units, scale: 2 };
    let mut builder = LedgerBuilder::new();
    builder.push(&Chunk {
        customers: CustomerColumn::Texts(&CUSTOMERS),
        times: TimeColumn::Dates(&days),
        amounts: cents(&AMOUNTS),
        costs: Some(cents(&COSTS)),
    })?;
    let ledger = builder.finish()?;

    let summary = ledger.summary(&SummaryOptions {
        returns: Returns::Net,
        ..SummaryOptions::default()
    })?;
    println!(
        "{:<10}{:>10}{:>10}{:>10}{:>12}",
        "customer", "frequency", "recency", "age", "mean spend"
    );
    let times = summary
        .frequency
        .iter()
        .zip(&summary.recency)
        .zip(&summary.age);
    for ((&customer, ((frequency, recency), age)), mean_spend) in
        summary.customer.iter().zip(times).zip(&summary.mean_spend)
    {
        let name = name(&ledger, customer);
        println!("{name:<10}{frequency:>10}{recency:>10}{age:>10}{mean_spend:>12.2}");
    }

    let totals = ledger.totals()?;
    println!(
        "\n{:<10}{:>10}{:>10}{:>10}{:>10}{:>10}",
        "customer", "orders", "returns", "revenue", "returned", "cost"
    );
    if let Some(exact) = totals.exact
        && let Some(costs) = exact.cost
    {
        let counts = totals.orders.iter().zip(&totals.returns);
        let sums = exact.revenue.iter().zip(&exact.returned).zip(&costs);
        for (customer, ((orders, returns), ((revenue, returned), cost))) in
            counts.zip(sums).enumerate()
        {
            let name = name(&ledger, customer);
            println!(
                "{name:<10}{orders:>10}{returns:>10}{:>10}{:>10}{:>10}",
                revenue.to_string(),
                returned.to_string(),
                cost.to_string()
            );
        }
    }
    Ok(())
}

fn name(ledger: &Ledger, customer: usize) -> &str {
    match ledger.id(customer) {
        Some(CustomerId::Text(name)) => name,
        _ => "",
    }
}
