//! Negative binomial purchases of customers who may leave after a purchase.

mod alive;
mod hessian;
mod likelihood;
mod mixture;
mod score;

use pulp::{Arch, Simd, WithSimd};

use super::fit::{Fit, FitOptions, Likelihood, maximise};
use super::model::positive;
use super::{Histories, HistoryBlock, PurchaseHistory, PurchaseModel};
use crate::error::Result;
use crate::math::elementary::{ln, ln_1p};
use crate::math::special::{ln_beta_ratio, ln_gamma_ratio, logistic_each};
use likelihood::Grouped;

/// The BG/NBD model. While alive a customer buys at random with the rate λ ~ Gamma(r, α), and after
/// each repeat purchase leaves for good with the probability p ~ Beta(a, b).
///
/// ```text
/// L(x, t_x, T) = B(a, b+x)/B(a, b) · Γ(r+x)/Γ(r) · α^r/(α+T)^(r+x) · (1 + odds)
/// odds of being dead = a/(b+x−1) · ((α+T)/(α+t_x))^(r+x) for x > 0, 0 for x = 0
/// given alive: BG/NBD(r+x, α+T, a, b+x)
/// ```
///
/// Source: Fader, Hardie & Lee (2005), "Counting your customers the easy way", eq. (6) to (11).
///
/// ```
/// use crm_core::prediction::{BgNbd, PurchaseHistory, PurchaseModel};
///
/// let model = BgNbd::new(0.2426, 4.4136, 0.7929, 2.4258)?; // CDNOW, in weeks
/// let history = PurchaseHistory::new(26.0, 30.86, 31.0)?;
/// assert!((model.expected_purchases(history, 52.0)? - 25.758).abs() < 5e-3);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BgNbd {
    r: f64,
    alpha: f64,
    a: f64,
    b: f64,
}

/// The MBG/NBD model: as [`BgNbd`], but a customer may leave after its first purchase too.
///
/// ```text
/// L(x, t_x, T) = B(a, b+x+1)/B(a, b) · Γ(r+x)/Γ(r) · α^r/(α+T)^(r+x) · (1 + odds)
/// odds of being dead = a/(b+x) · ((α+T)/(α+t_x))^(r+x)
/// given alive: BG/NBD(r+x, α+T, a, b+x+1)
/// ```
///
/// Source: Batislam, Denizel & Filiztekin (2007), "Empirical validation and comparison of models for
/// customer base analysis".
///
/// ```
/// use crm_core::prediction::{MbgNbd, PurchaseHistory, PurchaseModel};
///
/// let model = MbgNbd::new(0.5248, 6.183, 0.8914, 1.614)?;
/// let alive = model.probability_alive(PurchaseHistory::NEW, 0.0)?;
/// assert!((alive - 1.614 / (0.8914 + 1.614)).abs() < 1e-15); // b / (a + b)
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MbgNbd(BgNbd);

/// How often a customer with x repeat purchases could have left and did not: x or x + 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leaving {
    AfterRepeat,
    AfterAny,
}

const NAMES: [&str; 4] = ["r", "alpha", "a", "b"];

impl BgNbd {
    /// # Errors
    /// `NotFinite`; `OutOfRange` for a number that is not positive.
    pub fn new(r: f64, alpha: f64, a: f64, b: f64) -> Result<Self> {
        let [r, alpha, a, b] = positive(NAMES, [r, alpha, a, b])?;
        Ok(BgNbd { r, alpha, a, b })
    }

    /// The most likely parameters for `histories`.
    ///
    /// # Errors
    /// `NoSolution` for data that cannot tell parameters apart: nobody bought again, or all
    /// customers are alike; those of the options; `NotConverged`.
    pub fn fit(histories: &Histories, options: &FitOptions) -> Result<Fit<Self>> {
        fit(histories, options, Leaving::AfterRepeat)
    }

    pub(super) fn likelihood(histories: &Histories) -> impl Likelihood + use<> {
        Grouped::new(histories, Leaving::AfterRepeat)
    }

    fn log_likelihood_alive(&self, history: PurchaseHistory, leaving: Leaving) -> f64 {
        let x = history.frequency();
        let stays = leaving.stays(x);
        ln_beta_ratio(self.a, self.b, stays) + ln_gamma_ratio(self.r, x)
            - self.r * libm::log1p(history.age() / self.alpha)
            - x * libm::log(self.alpha + history.age())
    }

    /// Without a branch, for loops over many customers.
    #[inline(always)]
    fn log_odds_dead(&self, [x, t_x, age]: [f64; 3], leaving: Leaving) -> f64 {
        let stays = leaving.stays(x);
        let since = (age - t_x) / (self.alpha + t_x);
        let log_odds =
            (ln(self.a) - ln(self.b + (stays - 1.0))) + (self.r + x) * ln_1p(since.min(f64::MAX));
        if stays > 0.0 {
            log_odds
        } else {
            f64::NEG_INFINITY
        }
    }

    fn alive_each(
        &self,
        histories: &HistoryBlock,
        leaving: Leaving,
        out: &mut [f64; HistoryBlock::LEN],
    ) -> bool {
        Arch::new().dispatch(AliveEach {
            model: self,
            leaving,
            histories,
            out,
        })
    }

    fn given_alive(&self, history: PurchaseHistory, leaving: Leaving) -> BgNbd {
        BgNbd {
            r: self.r + history.frequency(),
            alpha: self.alpha + history.age(),
            a: self.a,
            b: self.b + leaving.stays(history.frequency()),
        }
    }
}

impl MbgNbd {
    /// # Errors
    /// `NotFinite`; `OutOfRange` for a number that is not positive.
    pub fn new(r: f64, alpha: f64, a: f64, b: f64) -> Result<Self> {
        BgNbd::new(r, alpha, a, b).map(MbgNbd)
    }

    /// The most likely parameters for `histories`.
    ///
    /// # Errors
    /// As [`BgNbd::fit`].
    pub fn fit(histories: &Histories, options: &FitOptions) -> Result<Fit<Self>> {
        Ok(fit(histories, options, Leaving::AfterAny)?.map(MbgNbd))
    }

    pub(super) fn likelihood(histories: &Histories) -> impl Likelihood + use<> {
        Grouped::new(histories, Leaving::AfterAny)
    }
}

fn fit(histories: &Histories, options: &FitOptions, leaving: Leaving) -> Result<Fit<BgNbd>> {
    histories.require_identifiable()?;
    let report = maximise(&Grouped::new(histories, leaving), options)?;
    let estimates = <[f64; 4]>::try_from(report.estimates.as_slice()).unwrap_or([f64::NAN; 4]);
    let [r, alpha, a, b] = positive(NAMES, estimates)?;
    Ok(Fit::new(BgNbd { r, alpha, a, b }, report))
}

/// P(alive) of each history.
struct AliveEach<'a> {
    model: &'a BgNbd,
    leaving: Leaving,
    histories: &'a HistoryBlock,
    out: &'a mut [f64; HistoryBlock::LEN],
}

impl WithSimd for AliveEach<'_> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> bool {
        let HistoryBlock {
            frequency,
            recency,
            age,
        } = self.histories;
        let numbers = frequency.iter().zip(recency).zip(age);
        for (((&x, &t_x), &age), alive) in numbers.zip(&mut *self.out) {
            *alive = -self.model.log_odds_dead([x, t_x, age], self.leaving);
        }
        logistic_each(self.out);
        self.histories.is_valid()
    }
}

impl Leaving {
    #[inline(always)]
    fn stays(self, frequency: f64) -> f64 {
        match self {
            Leaving::AfterRepeat => frequency,
            Leaving::AfterAny => frequency + 1.0,
        }
    }
}

impl PurchaseModel for BgNbd {
    type Alive = BgNbd;

    fn names(&self) -> [&'static str; 4] {
        NAMES
    }

    fn parameters(&self) -> [f64; 4] {
        [self.r, self.alpha, self.a, self.b]
    }

    fn with_parameters(&self, [r, alpha, a, b]: [f64; 4]) -> Result<Self> {
        BgNbd::new(r, alpha, a, b)
    }

    fn log_likelihood_alive(&self, history: PurchaseHistory) -> f64 {
        self.log_likelihood_alive(history, Leaving::AfterRepeat)
    }

    fn log_odds_dead(&self, history: PurchaseHistory) -> f64 {
        self.log_odds_dead(history.numbers(), Leaving::AfterRepeat)
    }

    fn alive_each(&self, histories: &HistoryBlock, out: &mut [f64; HistoryBlock::LEN]) -> bool {
        self.alive_each(histories, Leaving::AfterRepeat, out)
    }

    fn given_alive(&self, history: PurchaseHistory) -> BgNbd {
        self.given_alive(history, Leaving::AfterRepeat)
    }
}

impl PurchaseModel for MbgNbd {
    type Alive = BgNbd;

    fn names(&self) -> [&'static str; 4] {
        NAMES
    }

    fn parameters(&self) -> [f64; 4] {
        self.0.parameters()
    }

    fn with_parameters(&self, [r, alpha, a, b]: [f64; 4]) -> Result<Self> {
        MbgNbd::new(r, alpha, a, b)
    }

    fn log_likelihood_alive(&self, history: PurchaseHistory) -> f64 {
        self.0.log_likelihood_alive(history, Leaving::AfterAny)
    }

    fn log_odds_dead(&self, history: PurchaseHistory) -> f64 {
        self.0.log_odds_dead(history.numbers(), Leaving::AfterAny)
    }

    fn alive_each(&self, histories: &HistoryBlock, out: &mut [f64; HistoryBlock::LEN]) -> bool {
        self.0.alive_each(histories, Leaving::AfterAny, out)
    }

    fn given_alive(&self, history: PurchaseHistory) -> BgNbd {
        self.0.given_alive(history, Leaving::AfterAny)
    }
}
