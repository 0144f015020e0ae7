//! The odds that a customer is dead, a sum over the last opportunity at which it was alive.

use super::BgBb;
use crate::math::scaled::Scaled;
use crate::prediction::PurchaseHistory;

/// What is known of a customer who left after opportunity t_x or later, without knowing when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Death {
    /// ln of the odds of being dead; −∞ where t_x = n.
    pub(super) ln_odds: f64,
    /// Its derivatives by α, β, γ and δ.
    pub(super) gradient: [f64; 4],
}

impl Death {
    pub(super) fn new(model: &BgBb, history: PurchaseHistory) -> Death {
        let BgBb {
            alpha,
            beta,
            gamma,
            delta,
        } = *model;
        let x = history.frequency();
        // Term i of the odds is Π (α+β+k)/(β+k−x) · (γ+δ+k)/(δ+k) · γ/(γ+δ+i), k from i to n − 1.
        let mut product = Scaled::new(gamma);
        let mut logarithmic = [0.0; 4];
        let mut sums = [Scaled::new(0.0); 5];
        let mut i = history.age();
        while i > history.recency() {
            i -= 1.0;
            let (purchases, misses) = (1.0 / (alpha + beta + i), 1.0 / (beta + (i - x)));
            let (dropouts, stays) = (1.0 / (gamma + delta + i), 1.0 / (delta + i));
            product = product.times(misses / purchases * (stays / dropouts));
            for (sum, change) in logarithmic.iter_mut().zip([
                purchases,
                purchases - misses,
                dropouts,
                dropouts - stays,
            ]) {
                *sum += change;
            }
            let term = product.times(dropouts);
            let [by_alpha, by_beta, by_gamma, by_delta] = logarithmic;
            let changes = [
                1.0,
                by_alpha,
                by_beta,
                by_gamma + 1.0 / gamma - dropouts,
                by_delta - dropouts,
            ];
            for (sum, change) in sums.iter_mut().zip(changes) {
                *sum = sum.plus(term.times(change));
            }
        }
        let [odds, by_parameter @ ..] = sums;
        Death {
            ln_odds: odds.ln(),
            gradient: by_parameter.map(|sum| sum.over(odds)),
        }
    }
}
