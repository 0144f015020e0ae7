use super::{HistoryBlock, PurchaseHistory};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::Domain;
use crate::math::special::{logistic, softplus};

/// A buy-till-you-die model of purchases with known parameters: what it says of a customer with a
/// history, and of a new customer, whose history is [`PurchaseHistory::NEW`].
///
/// A model says three things, from which all predictions follow: the likelihood of a history of
/// a customer who is alive, the odds that the customer is not, and how a customer who is alive goes
/// on. The last is a process with parameters of its own, since such a customer is again like
/// a new one, but better known.
///
/// Time is in the unit of the parameters. Horizons count from the end of the history, T. Models of
/// discrete time count opportunities: there recency, age and horizon are whole numbers.
pub trait PurchaseModel: Sync {
    /// How a customer who is alive goes on.
    type Alive: AliveProcess;

    /// The names of the parameters, in the order of [`parameters`](Self::parameters).
    fn names(&self) -> [&'static str; 4];

    /// The parameters; all are positive.
    fn parameters(&self) -> [f64; 4];

    /// The same model with other parameters.
    ///
    /// # Errors
    /// `NotFinite`; `OutOfRange` for a number that is not positive.
    fn with_parameters(&self, parameters: [f64; 4]) -> Result<Self>
    where
        Self: Sized;

    /// The times that the model knows: any, or whole numbers.
    fn time(&self) -> Domain {
        Domain::NonNegative
    }

    /// ln of the part of the likelihood that belongs to a customer who is alive at T. The history
    /// has passed [`check`](Self::check), here and below.
    fn log_likelihood_alive(&self, history: PurchaseHistory) -> f64;

    /// ln of the odds that the customer is dead at T: −∞ where that is impossible.
    fn log_odds_dead(&self, history: PurchaseHistory) -> f64;

    /// [`probability_alive`](Self::probability_alive) now of each history, to the same bits, where a closed form of it
    /// takes less time than a search for equal histories. `false` where the model has none, or one of them is no
    /// history: then `out` says nothing.
    fn alive_each(&self, histories: &HistoryBlock, out: &mut [f64; HistoryBlock::LEN]) -> bool {
        let _ = (histories, out);
        false
    }

    /// How the customer goes on, given that it is alive at T.
    fn given_alive(&self, history: PurchaseHistory) -> Self::Alive;

    /// Refuses a history that the model cannot make.
    ///
    /// # Errors
    /// `OutOfRange` for a recency or an age that is not in [`time`](Self::time), and for more
    /// purchases than a model of discrete time has opportunities.
    fn check(&self, history: PurchaseHistory) -> Result<()> {
        let time = self.time();
        for (argument, value) in [("recency", history.recency()), ("age", history.age())] {
            if !time.contains(value) {
                return Err(time.refuse(argument, value));
            }
        }
        Ok(())
    }

    /// ln of the likelihood of the history.
    ///
    /// # Errors
    /// Those of [`check`](Self::check).
    fn log_likelihood(&self, history: PurchaseHistory) -> Result<f64> {
        self.check(history)?;
        let dead = softplus(self.log_odds_dead(history));
        Ok(self.log_likelihood_alive(history) + dead)
    }

    /// The probability that the customer is alive `horizon` after T; now for 0.
    ///
    /// # Errors
    /// Those of [`check`](Self::check); `NotFinite` and `OutOfRange` for the horizon.
    fn probability_alive(&self, history: PurchaseHistory, horizon: f64) -> Result<f64> {
        self.check(history)?;
        check_horizon(self.time(), horizon)?;
        let alive = logistic(-self.log_odds_dead(history));
        if horizon == 0.0 {
            return Ok(alive);
        }
        Ok(alive * self.given_alive(history).survival(horizon))
    }

    /// E\[Y\]: the expected number of purchases in (T, T + horizon].
    ///
    /// # Errors
    /// Those of [`check`](Self::check); `NotFinite` and `OutOfRange` for the horizon.
    fn expected_purchases(&self, history: PurchaseHistory, horizon: f64) -> Result<f64> {
        self.check(history)?;
        check_horizon(self.time(), horizon)?;
        let alive = logistic(-self.log_odds_dead(history));
        Ok(alive * self.given_alive(history).mean(horizon))
    }

    /// P(Y = n): the probability of exactly `purchases` purchases in (T, T + horizon].
    ///
    /// # Errors
    /// Those of [`check`](Self::check); `NotFinite` and `OutOfRange` for the horizon and for
    /// purchases that are not a whole number.
    fn purchase_probability(
        &self,
        history: PurchaseHistory,
        purchases: f64,
        horizon: f64,
    ) -> Result<f64> {
        self.check(history)?;
        check_purchases(purchases)?;
        check_horizon(self.time(), horizon)?;
        let odds = self.log_odds_dead(history);
        let process = self.given_alive(history);
        let given_alive = logistic(-odds) * process.probability(purchases, horizon);
        Ok(if purchases == 0.0 {
            logistic(odds) + given_alive
        } else {
            given_alive
        })
    }

    /// P(Y ≥ n): the probability of `purchases` purchases or more in (T, T + horizon]. Not computed as
    /// 1 − Σ, so that a small one is right too.
    ///
    /// # Errors
    /// As [`purchase_probability`](Self::purchase_probability).
    fn tail_probability(
        &self,
        history: PurchaseHistory,
        purchases: f64,
        horizon: f64,
    ) -> Result<f64> {
        self.check(history)?;
        check_purchases(purchases)?;
        check_horizon(self.time(), horizon)?;
        if purchases == 0.0 {
            return Ok(1.0);
        }
        let alive = logistic(-self.log_odds_dead(history));
        Ok(alive * self.given_alive(history).tail(purchases, horizon))
    }

    /// Expected purchases in (T, T + horizon], each discounted by (1 + `discount_rate`)^−u if it comes
    /// u after T; an infinite horizon counts all that will ever come (DERT). Times the margin per
    /// purchase this is the lifetime value that is left.
    ///
    /// # Errors
    /// Those of [`check`](Self::check); `NotFinite` and `OutOfRange` for a horizon that is negative or
    /// NaN and a discount rate of −1 or less; `Divergent` where the sum has no finite value.
    fn discounted_purchases(
        &self,
        history: PurchaseHistory,
        horizon: f64,
        discount_rate: f64,
    ) -> Result<f64> {
        self.check(history)?;
        if horizon != f64::INFINITY {
            check_horizon(self.time(), horizon)?;
        }
        if !Domain::Rate.contains(discount_rate) {
            return Err(Domain::Rate.refuse("discount_rate", discount_rate));
        }
        let force = libm::log1p(discount_rate);
        let alive = logistic(-self.log_odds_dead(history));
        let value = alive * self.given_alive(history).discounted(horizon, force);
        if value.is_finite() {
            return Ok(value);
        }
        let reason = "is so low that purchases without end have no finite value";
        Err(Error::new(ErrorKind::Divergent, "discount_rate", reason).with_value(discount_rate))
    }
}

/// How a customer who is alive now goes on. Arguments have been checked: a finite horizon in the
/// model's [`time`](PurchaseModel::time), a whole number of purchases.
pub trait AliveProcess {
    /// The expected number of purchases in the time `horizon` from now.
    fn mean(&self, horizon: f64) -> f64;

    /// The probability to be alive after the time `horizon`.
    fn survival(&self, horizon: f64) -> f64;

    /// The probability of exactly `purchases` purchases in the time `horizon` from now.
    fn probability(&self, purchases: f64, horizon: f64) -> f64;

    /// The probability of `purchases` purchases (1 or more) or more.
    fn tail(&self, purchases: f64, horizon: f64) -> f64;

    /// The expected number of purchases, each discounted by e^(−`force`·u) at the time u from now; the
    /// horizon may be infinite. ∞ where there is no finite value.
    fn discounted(&self, horizon: f64, force: f64) -> f64;
}

pub(super) fn check_horizon(time: Domain, horizon: f64) -> Result<()> {
    if time.contains(horizon) {
        Ok(())
    } else {
        Err(time.refuse("horizon", horizon))
    }
}

fn check_purchases(purchases: f64) -> Result<()> {
    if Domain::Count.contains(purchases) {
        Ok(())
    } else {
        Err(Domain::Count.refuse("purchases", purchases))
    }
}

/// `parameters`, if all are positive numbers.
pub(super) fn positive<const N: usize>(
    names: [&'static str; N],
    parameters: [f64; N],
) -> Result<[f64; N]> {
    for (name, value) in names.into_iter().zip(parameters) {
        if !Domain::Positive.contains(value) {
            return Err(Domain::Positive.refuse(name, value));
        }
    }
    Ok(parameters)
}
