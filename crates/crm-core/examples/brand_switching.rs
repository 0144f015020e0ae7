//! A published exercise whose answers cannot be right, and how the library says so.
//!
//! Brands A, B and C share a market of one purchase a month, each worth 300. Today's shares are .5, .3 and
//! .2; a switching matrix gives next month's. At 10 % a month over t = 0, 1 the published values are
//! 267.2, 199.0 and 114.5 (the matrix itself is lost).
#![expect(clippy::print_stdout, reason = "an example prints what it finds")]

use crm_core::clv::switching::{
    Discounting, SharePath, ShareRule, ShareSource, Shares, SpendingAllocation, TransitionMatrix,
};
use crm_core::units::Rate;

fn main() -> crm_core::Result<()> {
    let monthly = Discounting::new(Rate::try_from(0.1)?);
    let value =
        |shares| SpendingAllocation::new(shares, 1.0.into(), 300.0.into())?.clv(monthly, 1.into());

    // Every purchase goes to one of the brands, so the three values must add up to 300 now and 300
    // discounted once: 572.73. The published ones add up to 580.7. Working back, next month's
    // shares must have been:
    let published = [[0.5, 0.3, 0.2], [0.43, 0.40, 0.20]];

    // Shares that do not sum to one are refused, with the row and its sum.
    if let Err(refusal) = SharePath::new(&published, ShareRule::SumToOne) {
        println!("by default    {refusal}");
    }

    // Whoever wants the published numbers says that the shares need not sum to one.
    let path = SharePath::new(&published, ShareRule::Any)?;
    print("as published", &value(ShareSource::Path(path))?);

    // Normalising is a step that the caller takes. The values then add up.
    let path = SharePath::normalized(&published)?;
    print("normalised", &value(ShareSource::Path(path))?);

    // With a switching matrix the slip cannot happen: its rows are checked once, and shares that
    // sum to one keep doing so. Row i says what the buyers of brand i buy next.
    let matrix = TransitionMatrix::new(&[[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]])?;
    let switching = ShareSource::Switching {
        initial: Shares::new([0.5, 0.3, 0.2])?,
        transition: matrix.into(),
    };
    print("by a matrix", &value(switching)?);
    Ok(())
}

fn print(how: &str, clv: &[f64]) {
    if let [a, b, c] = clv {
        println!(
            "{how:<13} A {a:.2}  B {b:.2}  C {c:.2}  together {:.2}",
            a + b + c
        );
    }
}
