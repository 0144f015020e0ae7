use serde::{Deserialize, Serialize};

use super::Valuation;
use super::gradient::along_simplex;
use crate::clv::switching::TransitionMatrix;
use crate::error::{Error, Result};
use crate::units::{Label, Terms};

/// An input of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum LeverInput {
    /// P_ab.
    Transition = 0,
    /// S_0a.
    Share = 1,
    /// π_a.
    Contribution = 2,
    /// F.
    Purchases = 3,
    /// r.
    DiscountRate = 4,
}

impl Label for LeverInput {
    const ALL: &'static [Self] = &[
        LeverInput::Transition,
        LeverInput::Share,
        LeverInput::Contribution,
        LeverInput::Purchases,
        LeverInput::DiscountRate,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            LeverInput::Transition => ("transition", "Switching probability", "转移概率"),
            LeverInput::Share => ("share", "Present share of purchases", "当前购买份额"),
            LeverInput::Contribution => {
                ("contribution", "Contribution per purchase", "每次购买贡献")
            }
            LeverInput::Purchases => ("purchases", "Purchases per period", "每期购买次数"),
            LeverInput::DiscountRate => ("discount_rate", "Discount rate", "贴现率"),
        };
        Terms { name, en, zh }
    }
}

/// What one input does to V.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Lever {
    /// Which input.
    pub input: LeverInput,
    /// a, counted from 0; `None` for purchases and discount rate, which are of no brand.
    pub brand: Option<usize>,
    /// b of P_ab.
    pub next_brand: Option<usize>,
    /// x, what the input is now.
    pub base: f64,
    /// dV/dx. Of probabilities and shares the others of their row give way in proportion to their size, so that the
    /// row still sums to what it does; see [`Gradient::transition_along_simplex`](super::Gradient).
    pub derivative: f64,
    /// x · dV/dx: a hundredth of it is what V gains if x grows by one percent.
    pub effect: f64,
    /// x · dV/dx / V, the percentage that V gains for one percent of x; NaN where V is 0.
    pub elasticity: f64,
}

impl Valuation {
    /// All inputs by what one percent of each does to V = Σ_j w_j · CLV(j), the largest |x · dV/dx| first: every P_ab, S_0a
    /// and π_a, then F and r, k² + 2k + 2 in all.
    ///
    /// Their derivatives are those of [`Valuation::gradient`], which are exact. A model of migration is one, too: with
    /// states for brands, the state of today as S_0, F = 1 and rewards for π, V is
    /// [`MigrationModel::value`](crate::clv::migration::MigrationModel::value) of that state.
    ///
    /// ```
    /// use crm_core::clv::switching::uncertainty::{LeverInput, Valuation};
    /// use crm_core::clv::switching::{Discounting, Horizon, Shares, TransitionMatrix};
    /// use crm_core::units::Rate;
    ///
    /// // Pfeifer & Carraway 2000: a mailing of 4 to who bought 1, 2, 3 or 4 periods ago; state 5 is lost.
    /// let matrix = TransitionMatrix::new(&[
    ///     [0.30, 0.70, 0.0, 0.0, 0.0],
    ///     [0.20, 0.0, 0.80, 0.0, 0.0],
    ///     [0.15, 0.0, 0.0, 0.85, 0.0],
    ///     [0.05, 0.0, 0.0, 0.0, 0.95],
    ///     [0.0, 0.0, 0.0, 0.0, 1.0],
    /// ])?;
    /// let buyer = Valuation::new(
    ///     &Shares::new([1.0, 0.0, 0.0, 0.0, 0.0])?,
    ///     1.0,
    ///     (&vec![36.0, -4.0, -4.0, -4.0, 0.0]).into(),
    ///     Discounting::new(Rate::try_from(0.2)?),
    ///     Horizon::Infinite,
    /// )?;
    /// let levers = buyer.levers(&matrix, &[1.0; 5])?;
    /// // After what a purchase brings, the probability of none in the next period moves the value most: downwards.
    /// assert_eq!((levers[0].input, levers[0].brand), (LeverInput::Contribution, Some(0)));
    /// let next = levers.iter().find(|lever| lever.input == LeverInput::Transition).unwrap();
    /// assert_eq!((next.brand, next.next_brand), (Some(0), Some(1)));
    /// assert!(next.derivative < 0.0);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Valuation::gradient`].
    pub fn levers(&self, matrix: &TransitionMatrix, weights: &[f64]) -> Result<Vec<Lever>> {
        let gradient = self.gradient(matrix, weights)?;
        let value = gradient.value;
        let lever = |input, brand, next_brand, base: f64, derivative: f64| {
            let effect = base * derivative;
            Lever {
                input,
                brand,
                next_brand,
                base,
                derivative,
                effect,
                elasticity: if value == 0.0 {
                    f64::NAN
                } else {
                    effect / value
                },
            }
        };
        let k = self.brands();
        let places = (0..k).flat_map(|a| (0..k).map(move |b| (a, b)));
        let entries = matrix
            .entries()
            .iter()
            .zip(&gradient.transition_along_simplex);
        let mut levers: Vec<Lever> = places
            .zip(entries)
            .map(|((a, b), (&p, &d))| lever(LeverInput::Transition, Some(a), Some(b), p, d))
            .collect();
        let shares = along_simplex(&self.shares, &gradient.shares);
        let brands = self.shares.iter().zip(shares).zip(&self.contribution);
        for (a, (((&share, d), &pi), &g)) in brands.zip(&gradient.contribution).enumerate() {
            levers.push(lever(LeverInput::Share, Some(a), None, share, d));
            levers.push(lever(LeverInput::Contribution, Some(a), None, pi, g));
        }
        let rate = self.discounting.rate().to_f64();
        let purchases = (self.purchases, gradient.purchases);
        levers.push(lever(
            LeverInput::Purchases,
            None,
            None,
            purchases.0,
            purchases.1,
        ));
        levers.push(lever(
            LeverInput::DiscountRate,
            None,
            None,
            rate,
            gradient.discount_rate,
        ));
        if !levers.iter().all(|lever| lever.effect.is_finite()) {
            return Err(Error::overflow("clv"));
        }
        levers.sort_by(|a, b| b.effect.abs().total_cmp(&a.effect.abs()));
        Ok(levers)
    }
}
