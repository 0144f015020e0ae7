//! The textbook exercise on a single customer, read in both ways that its text allows.
//!
//! A customer is acquired for 400, makes a first purchase of 2000 and is kept for 5 years, "then 500
//! per year"; the discount rate is 9 %. What is the customer worth?

#![allow(clippy::print_stdout, reason = "an example prints its result")]

use crm_core::Result;
use crm_core::clv::Timing;
use crm_core::clv::individual::{annuity, present_value};
use crm_core::units::{Money, Rate};

fn main() -> Result<()> {
    let rate = Rate::try_from(0.09)?;
    let acquisition = Money::from(400);

    // First reading: 2000 now, and a level 500 at the end of each of the five years.
    let level =
        Money::from(2000)
            .subtract(acquisition)?
            .add(annuity(Money::from(500), rate, 5)?)?;

    // Second reading: a flow at year ends that starts at 2000 and grows by 500 a year.
    let flows = [2000, 2500, 3000, 3500, 4000].map(Money::from);
    let growing = present_value(&flows, rate, Timing::End)?.subtract(acquisition)?;

    println!("500 as a level flow:  {}", level.round(10));
    println!("500 as yearly growth: {}", growing.round(10));
    Ok(())
}
