use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{
    ACQUISITION_SPEND, RETENTION_SPEND, ResponseCurve, acquired_customer_value,
    optimal_acquisition_spend, optimal_retention_spend, prospect_value, refuse_negative,
};
use crate::clv::group::spread;
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::Domain;
use crate::units::{Money, Probability, Rate};

/// A market of alike prospects: what its customers bring and how they respond to spending.
///
/// ```
/// use crm_core::clv::acquisition::{EquityModel, ResponseCurve};
/// use crm_core::units::{Money, Probability, Rate};
///
/// let probability = |p: f64| Probability::try_from(p);
/// let model = EquityModel {
///     margin: Money::from(50),
///     discount_rate: Rate::try_from(0.2)?,
///     acquisition: ResponseCurve::through(Money::from(5), probability(0.2)?, probability(0.4)?)?,
///     retention: ResponseCurve::through(Money::from(10), probability(0.4)?, probability(0.7)?)?,
/// };
/// let best = model.optimum()?;
/// assert_eq!(best.acquisition.spend.round(2), "9.21".parse()?);
/// assert_eq!(best.retention.spend.round(2), "15.87".parse()?);
/// assert_eq!(best.equity.round(2), "9.44".parse()?);
///
/// // With 10 per prospect for both in the first period.
/// let within = model.optimum_within(Money::from(10))?;
/// assert_eq!(within.outlay.round(20), Money::from(10));
/// assert!(within.equity < best.equity);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EquityModel {
    /// m, net contribution of a customer per period.
    pub margin: Money,
    /// d, per period.
    pub discount_rate: Rate,
    /// Acquisition rate by the spend per prospect.
    pub acquisition: ResponseCurve,
    /// Retention rate by the spend per customer and period.
    pub retention: ResponseCurve,
}

/// One of the two ways to spend, in an [`EquityPlan`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Spending {
    /// Per prospect, or per customer and period.
    pub spend: Money,
    /// The rate that it reaches.
    pub rate: Probability,
    /// What the next unit of spend adds to the equity, less itself: 0 at an optimum inside the range, where no
    /// budget binds.
    pub marginal_value: Decimal,
    /// Whether nothing is spent: an optimum at the corner, where the first unit would not pay.
    pub corner: bool,
}

/// What two spends lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EquityPlan {
    /// A and the acquisition rate a.
    pub acquisition: Spending,
    /// R and the retention rate r.
    pub retention: Spending,
    /// Value of an acquired customer, see [`acquired_customer_value`].
    pub customer_value: Money,
    /// Customer equity: value of a prospect, see [`customer_equity`](super::customer_equity).
    pub equity: Money,
    /// A + a R: spent per prospect in the first period.
    pub outlay: Money,
    /// What one more unit of budget would add to the equity (the multiplier of Lagrange); 0 where no budget
    /// binds.
    pub budget_value: Decimal,
}

/// Places in which the optimum on a budget is looked for before it is refined; the equity may have several local
/// maxima along the budget.
const PLACES: u32 = 128;

/// A spend on a budget is found this exactly.
const NARROW: Decimal = Decimal::from_parts(1, 0, 0, false, 24);

impl EquityModel {
    /// What these spends lead to.
    ///
    /// # Errors
    /// `OutOfRange` for a negative spend; `Divergent` where the retention rate is not less than 1 + d; `Overflow`.
    pub fn at(&self, acquisition_spend: Money, retention_spend: Money) -> Result<EquityPlan> {
        refuse_negative(ACQUISITION_SPEND.name, acquisition_spend)?;
        let acquired = self.acquisition.rate(acquisition_spend)?;
        let kept = Kept::new(self, retention_spend)?;
        let gain = kept
            .value
            .multiply(self.acquisition.slope(acquisition_spend)?)?;
        Ok(EquityPlan {
            acquisition: Spending {
                spend: acquisition_spend,
                rate: acquired,
                marginal_value: gain.subtract(Money::new(Decimal::ONE))?.value(),
                corner: acquisition_spend == Money::ZERO,
            },
            retention: Spending {
                spend: retention_spend,
                rate: kept.rate,
                marginal_value: Money::new(kept.slope).multiply(acquired.value())?.value(),
                corner: retention_spend == Money::ZERO,
            },
            customer_value: kept.value,
            equity: prospect_value(kept.value, acquired, acquisition_spend)?,
            outlay: retention_spend
                .multiply(acquired.value())?
                .add(acquisition_spend)?,
            budget_value: Decimal::ZERO,
        })
    }

    /// The two spends that together make the customer equity largest. The best R does not depend on A, as
    /// equity is a(A) · v(R) − A: first [`optimal_retention_spend`], then [`optimal_acquisition_spend`] for
    /// the value of a customer kept so.
    ///
    /// # Errors
    /// `Divergent` for a ceiling of retention over 1 + d, or of 1 + d where R = 0; `Overflow`.
    pub fn optimum(&self) -> Result<EquityPlan> {
        let retention = optimal_retention_spend(self.margin, &self.retention, self.discount_rate)?;
        let value = Kept::new(self, retention)?.value;
        self.at(
            optimal_acquisition_spend(value, &self.acquisition)?,
            retention,
        )
    }

    /// The best two spends of which no more than `budget` is spent per prospect in the first period, A + a R.
    ///
    /// Where the budget binds, R = (B − A)/a(A) and one variable is left; with λ, the value of one more unit
    /// of budget, the condition of Lagrange is a′(A) (v − λR) = 1 + λ and v′(R) = λ. Equity may have several
    /// local maxima in A: the best of 129 places is refined by bisection of its slope.
    ///
    /// Source: Berger & Bechwati 2001.
    ///
    /// # Errors
    /// As [`EquityModel::optimum`]; `OutOfRange` unless the budget is greater than 0.
    pub fn optimum_within(&self, budget: Money) -> Result<EquityPlan> {
        if budget <= Money::ZERO {
            let reason = format!("must be {}", Domain::Positive.rule());
            return Err(Error::new(ErrorKind::OutOfRange, "budget", reason).with_value(budget));
        }
        let free = self.optimum()?;
        if free.outlay <= budget {
            return Ok(free);
        }
        let all = Budget {
            model: self,
            budget,
        };
        all.plan(all.best(free.retention.spend)?)
    }
}

/// An acquired customer whom a retention spend keeps.
struct Kept {
    rate: Probability,
    /// v = m + (r m − R)/(1 + d − r).
    value: Money,
    /// v′(R) = (r′ ((1 + d) m − R) − (1 + d − r))/(1 + d − r)².
    slope: Decimal,
}

impl Kept {
    fn new(model: &EquityModel, spend: Money) -> Result<Self> {
        refuse_negative(RETENTION_SPEND.name, spend)?;
        let rate = model.retention.rate(spend)?;
        let value = acquired_customer_value(model.margin, rate, spend, model.discount_rate)?;
        let spread = spread(rate, model.discount_rate, Rate::ZERO)?;
        let slope = model
            .margin
            .multiply(model.discount_rate.growth_factor()?)?
            .subtract(spend)?
            .multiply(model.retention.slope(spend)?)?
            .subtract(Money::new(spread))?
            .divide(spread)?
            .divide(spread)?;
        Ok(Kept {
            rate,
            value,
            slope: slope.value(),
        })
    }
}

/// All of a budget spent: on a prospect A, and the rest, (B − A)/a(A), on each customer.
struct Budget<'a> {
    model: &'a EquityModel,
    budget: Money,
}

impl Budget<'_> {
    /// A with the largest equity; `most` is the retention spend that would be best without a budget.
    fn best(&self, most: Money) -> Result<Money> {
        let least = self.least(most)?;
        let step = self.budget.subtract(least)?.divide(PLACES.into())?;
        let place = |i: u32| match i {
            PLACES => Ok(self.budget),
            i => step.multiply(i.into())?.add(least),
        };
        let mut best = (least, self.plan(least)?.equity, 0);
        for i in 1..=PLACES {
            let spend = place(i)?;
            let equity = self.plan(spend)?.equity;
            if equity > best.1 {
                best = (spend, equity, i);
            }
        }
        let (spend, _, i) = best;
        if self.slope(spend)? < Decimal::ZERO {
            self.level(place(i.saturating_sub(1))?, spend)
        } else if i < PLACES {
            self.level(spend, place(i + 1)?)
        } else {
            Ok(spend)
        }
    }

    /// The A at which A + a(A) · R is the whole budget. That is concave in A and rises, so that Newton's
    /// steps from 0 go up to it.
    fn least(&self, retention: Money) -> Result<Money> {
        let curve = &self.model.acquisition;
        let mut spend = Money::ZERO;
        loop {
            let kept = retention.multiply(curve.rate(spend)?.value())?;
            let left = self.budget.subtract(spend)?.subtract(kept)?;
            let slope = retention
                .multiply(curve.slope(spend)?)?
                .add(Money::new(Decimal::ONE))?;
            let next = spend.add(left.divide(slope.value())?)?;
            if next <= spend {
                return Ok(spend);
            }
            spend = next;
        }
    }

    fn plan(&self, acquisition: Money) -> Result<EquityPlan> {
        let rate = self.model.acquisition.rate(acquisition)?;
        let rest = self.budget.subtract(acquisition)?.max(Money::ZERO);
        let retention = if rest == Money::ZERO {
            rest
        } else {
            rest.divide(rate.value())?
        };
        let plan = self.model.at(acquisition, retention)?;
        let cost = retention
            .multiply(self.model.acquisition.slope(acquisition)?)?
            .add(Money::new(Decimal::ONE))?;
        Ok(EquityPlan {
            budget_value: Money::new(plan.acquisition.marginal_value)
                .divide(cost.value())?
                .value(),
            ..plan
        })
    }

    /// dE/dA along the budget: a′ (v − v′ R) − (1 + v′).
    fn slope(&self, acquisition: Money) -> Result<Decimal> {
        let plan = self.plan(acquisition)?;
        let kept = Kept::new(self.model, plan.retention.spend)?;
        let gain = plan
            .customer_value
            .subtract(plan.retention.spend.multiply(kept.slope)?)?
            .multiply(self.model.acquisition.slope(acquisition)?)?;
        gain.value()
            .checked_sub(kept.slope)
            .and_then(|gain| gain.checked_sub(Decimal::ONE))
            .ok_or_else(|| Error::overflow("equity"))
    }

    /// Where the slope, 0 or more at `low`, turns negative before `high`.
    fn level(&self, mut low: Money, mut high: Money) -> Result<Money> {
        while high.subtract(low)?.value() > NARROW {
            let middle = low.add(high)?.divide(Decimal::TWO)?;
            if self.slope(middle)? < Decimal::ZERO {
                high = middle;
            } else {
                low = middle;
            }
        }
        Ok(low)
    }
}
