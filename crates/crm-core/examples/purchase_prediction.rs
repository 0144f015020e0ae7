//! Who will buy again? A BG/NBD model of 1,501 customers, whose histories are counted by kind.
#![expect(clippy::print_stdout, reason = "an example prints what it finds")]

use crm_core::Result;
use crm_core::prediction::checking::{expected_tracking, frequency_histogram};
use crm_core::prediction::fit::FitOptions;
use crm_core::prediction::{BgNbd, Histories, PurchaseHistory, PurchaseModel};

/// Repeat purchases, weeks from the first to the last purchase, weeks since the first, customers.
const FREQUENCY: [f64; 12] = [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 2.0, 2.0, 3.0, 4.0, 6.0, 11.0];
const RECENCY: [f64; 12] = [
    0.0, 0.0, 0.0, 1.5, 8.0, 33.0, 5.5, 34.0, 12.0, 30.5, 37.0, 38.0,
];
const AGE: [f64; 12] = [
    39.0, 33.0, 28.0, 38.0, 36.0, 35.0, 39.0, 36.0, 34.0, 33.0, 39.0, 38.5,
];
const CUSTOMERS: [f64; 12] = [
    300.0, 420.0, 390.0, 90.0, 80.0, 85.0, 40.0, 45.0, 20.0, 15.0, 11.0, 5.0,
];

fn main() -> Result<()> {
    let histories = Histories::with_weights(&FREQUENCY, &RECENCY, &AGE, &CUSTOMERS)?;
    let fit = BgNbd::fit(&histories, &FitOptions::default())?;
    let [r, alpha, a, b] = fit.model.parameters();
    println!("r {r:.4}, alpha {alpha:.4}, a {a:.4}, b {b:.4}");
    println!("log-likelihood {:.4}", fit.report.log_likelihood);

    println!("purchases  last week  alive  expected in 39 weeks");
    for (x, last) in [(0.0, 0.0), (2.0, 5.5), (2.0, 34.0), (11.0, 38.0)] {
        let history = PurchaseHistory::new(x, last, 39.0)?;
        let alive = 100.0 * fit.model.probability_alive(history, 0.0)?;
        let expected = fit.model.expected_purchases(history, 39.0)?;
        println!("{x:>9.0}{last:>11.1}{alive:>6.1}%{expected:>22.3}");
    }

    let histogram = frequency_histogram(&fit.model, &histories, 3)?;
    for (n, (actual, expected)) in histogram.actual.iter().zip(&histogram.expected).enumerate() {
        println!("{n} repeat purchases: {actual:.0} customers, {expected:.1} expected");
    }
    let tracking = expected_tracking(&fit.model, &[0.0], Some(&[1000.0]), 13.0, 4)?;
    for (quarter, purchases) in tracking.incremental.iter().enumerate() {
        println!(
            "quarter {} of 1000 new customers: {purchases:.1}",
            quarter + 1
        );
    }
    Ok(())
}
