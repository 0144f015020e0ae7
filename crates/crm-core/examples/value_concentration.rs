//! The value groups of a Beijing appliance maker: who makes the profit?
//!
//! Published per group: the mean value of a customer and the group's share of the customers, %.
#![expect(clippy::print_stdout, reason = "an example prints what it finds")]

use crm_core::Result;
use crm_core::units::{Label, Language, Share};
use crm_core::value::pareto::Concentration;
use crm_core::value::tiers::ValueGroup;

const VALUE: [f64; 5] = [-4.12, -2.10, 7.45, 30.49, 107.76];
const CUSTOMERS: [f64; 5] = [42.2, 20.5, 26.3, 9.2, 1.8];

fn main() -> Result<()> {
    let base = Concentration::weighted(&VALUE, &CUSTOMERS)?;
    let mean = base.mean();
    println!(
        "{:<18}{:>12}{:>16}",
        "group", "customers", "profit per head"
    );
    for ((group, value), customers) in ValueGroup::ALL.iter().zip(VALUE).zip(CUSTOMERS) {
        let contribution = value * customers / base.customers();
        let label = group.label(Language::En);
        println!("{label:<18}{customers:>10} %{contribution:>16.5}");
    }
    println!("mean value of a customer: {mean:.5}");

    let lowest_two = base.bottom_share(Share::try_from(0.627)?)?;
    println!(
        "the lowest 62.7 % of the customers bring {:.5} of it",
        lowest_two * mean
    );
    let best = base.top_share(Share::try_from(0.11)?)?;
    println!(
        "the best 11 % of the customers make {:.1} % of the profit",
        100.0 * best
    );
    let peak = base.peak()?;
    println!(
        "without the others, {:.1} % of the customers would make {:.1} % of it",
        100.0 * peak.customers,
        100.0 * peak.profit
    );
    let eighty = base.smallest_share(Share::try_from(0.8)?)?;
    println!(
        "80 % of the profit comes from {:.2} % of the customers",
        100.0 * eighty
    );
    println!("Gini (Raffinetti, Siletti & Vernizzi): {:.4}", base.gini()?);
    Ok(())
}
