//! Quantiles of samples.

/// The `p`-quantile of ascending values, straight between order statistics (type 7 of Hyndman & Fan
/// 1996); NaN if there are none.
pub(crate) fn of_sorted(values: &[f64], p: f64) -> f64 {
    let last = values.len().saturating_sub(1);
    let place = p * last as f64;
    let below = (place as usize).min(last);
    let at = |index: usize| values.get(index.min(last)).copied().unwrap_or(f64::NAN);
    at(below) + (place - below as f64) * (at(below + 1) - at(below))
}
