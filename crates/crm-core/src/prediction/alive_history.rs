use super::{PurchaseHistory, PurchaseModel};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::each_row;

/// The probability that one customer was alive at each of `times`, given what was known of it then.
///
/// `purchases` are the times of all its purchases, the first one too, in rising order; they and
/// `times` count from any common beginning, in the unit of the model. At the time t the history is: x,
/// the purchases after the first one up to t; t_x and T, from the first one to the last of them and to t.
///
/// ```
/// use crm_core::prediction::{BgNbd, probability_alive_history_into};
///
/// let model = BgNbd::new(0.2426, 4.4136, 0.7929, 2.4258)?;
/// let mut curve = [0.0; 3];
/// probability_alive_history_into(&model, &[2.0, 4.0, 9.0], &[2.0, 9.0, 30.0], &mut curve)?;
/// assert_eq!(curve[0], 1.0); // in this model nobody leaves before a repeat purchase
/// assert!(curve[2] < curve[1]);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Empty` without a purchase; `NotFinite` and `OutOfRange` with the row for purchases that do not rise and for
/// times before the first one; `LengthMismatch`; those of [`PurchaseModel::check`], with the row of `times`.
pub fn probability_alive_history_into(
    model: &impl PurchaseModel,
    purchases: &[f64],
    times: &[f64],
    out: &mut [f64],
) -> Result<()> {
    let Some(&first) = purchases.first() else {
        return Err(Error::empty("purchases"));
    };
    let mut before = first;
    for (row, &time) in purchases.iter().enumerate() {
        if !time.is_finite() {
            return Err(Error::not_finite("purchases", time).at_row(row));
        }
        if time < before {
            let reason = format!("must not be before the purchase at {before}");
            return Err(refused("purchases", reason, time, row));
        }
        before = time;
    }
    if times.len() != out.len() {
        return Err(Error::length("times", times.len(), out.len()));
    }
    each_row(out, |row, alive| {
        let time = times.get(row).copied().unwrap_or(f64::NAN);
        if !time.is_finite() {
            return Err(Error::not_finite("times", time).at_row(row));
        }
        if time < first {
            let reason = format!("must not be before the first purchase at {first}");
            return Err(refused("times", reason, time, row));
        }
        let made = purchases.partition_point(|purchase| *purchase <= time);
        let last = purchases.get(made - 1).copied().unwrap_or(first);
        let frequency = (made - 1) as f64;
        *alive = PurchaseHistory::new(frequency, last - first, time - first)
            .and_then(|history| model.probability_alive(history, 0.0))
            .map_err(|error| error.at_row(row))?;
        Ok(())
    })
}

fn refused(argument: &'static str, reason: String, value: f64, row: usize) -> Error {
    Error::new(ErrorKind::OutOfRange, argument, reason)
        .with_value(value)
        .at_row(row)
}
