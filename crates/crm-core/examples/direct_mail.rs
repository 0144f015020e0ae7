//! Whom to send the catalogue: Pfeifer & Carraway's direct mail.
//!
//! A purchase brings 40, a catalogue costs 4, a year's discount is 20 %. Of customers who bought one, two, three and
//! four years ago, 30, 20, 15 and 5 % buy again when they get the catalogue; who has not bought for longer is lost.
#![expect(clippy::print_stdout, reason = "an example prints what it finds")]

use crm_core::clv::migration::RecencyChain;
use crm_core::clv::switching::Horizon;
use crm_core::units::{Money, Probability, Rate};

fn main() -> crm_core::Result<()> {
    let repurchase =
        ["0.30", "0.20", "0.15", "0.05"].map(|p| p.parse::<Money>()?.value().try_into());
    let chain = RecencyChain::new(
        repurchase
            .into_iter()
            .collect::<Result<Vec<Probability>, _>>()?,
    )?;
    let (margin, cost, rate) = (Money::from(40), Money::from(4), Rate::try_from(0.2)?);

    // To mail every customer who is not lost.
    let mail = chain.direct_mail(margin, cost)?;
    let five_years = mail.value(rate, Horizon::Periods(4))?;
    let everybody = mail.value(rate, Horizon::Infinite)?;
    let deviation = mail.moments(rate, Horizon::Infinite)?.standard_deviation();

    // To mail those who are worth it, and to let the others go.
    let decision = chain.contact_decision(margin, cost)?;
    let best = decision.policy_iteration(rate, Some(&[1, 1, 1, 1, 0]))?;

    println!("state      five years  without end      sd  best policy");
    let rows = five_years
        .values
        .iter()
        .zip(&everybody.values)
        .zip(deviation);
    let rows = rows.zip(best.value.iter().zip(&best.policy));
    for (state, (((five, end), sd), (value, action))) in rows.enumerate() {
        let name = if state < 4 {
            format!("recency {}", state + 1)
        } else {
            "lost".to_owned()
        };
        let action = if *action == RecencyChain::CONTACT {
            "mail"
        } else {
            "no mail"
        };
        println!("{name:<9} {five:>11.2} {end:>12.2} {sd:>7.2} {value:>7.2} {action}");
    }

    // Where a thousand customers who have just bought are after four years, if all are mailed.
    let path = mail
        .transitions()
        .distribution(&[1000.0, 0.0, 0.0, 0.0, 0.0], 4)?;
    if let Some([first, second, third, fourth, lost]) = path.rows().last() {
        println!(
            "after four years: {first:.0}, {second:.0}, {third:.0}, {fourth:.0}, lost {lost:.0} of 1000"
        );
    }
    Ok(())
}
