use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Change, Tornado, kernel_tornado};
use crate::clv::arguments::{DISCOUNT_RATE, MARGIN, PERIODS, RETENTION};
use crate::clv::group::{GROWTH, retention_value_over};
use crate::error::Result;
use crate::kernels::{self, Argument, Domain, Kernel};
use crate::math;
use crate::units::{Money, Probability, Rate};

const REFERRAL_RATE: Argument = Argument {
    name: "referral_rate",
    meaning: "expected customers whom a customer brings per period",
    domain: Domain::NonNegative,
};
const REFERRED_VALUE: Argument = Argument {
    name: "referred_value",
    meaning: "lifetime value of a referred customer, when that customer comes",
    domain: Domain::Finite,
};
const MAINTENANCE_COST: Argument = Argument {
    name: "maintenance_cost",
    meaning: "cost of keeping up the relationship, per period",
    domain: Domain::Finite,
};
const MARKETING_COST: Argument = Argument {
    name: "marketing_cost",
    meaning: "marketing spent on the customer, per period",
    domain: Domain::Finite,
};
const ACQUISITION_COST: Argument = Argument {
    name: "acquisition_cost",
    meaning: "cost of acquiring the customer, now",
    domain: Domain::Finite,
};

/// A customer whose lifetime value hangs on the seven standard factors: time horizon, discount rate, retention
/// rate, referral rate, income change, relationship maintenance cost and marketing cost.
///
/// Whoever is still a customer in period t = 0 … n − 1, with probability r^t, brings the margin m (1+g)^t and
/// ρ customers worth V each, and costs c + k:
/// V = Σ r^t (1+i)^−t (m (1+g)^t + ρ V − c − k) − A, which is [`retention_value_over`] of the margin with
/// growth and of the rest without.
///
/// ```
/// use crm_core::clv::sensitivity::{Change, CustomerModel};
/// use crm_core::units::{Money, Probability, Rate};
///
/// let model = CustomerModel {
///     margin: Money::from(100),
///     retention: Probability::try_from(0.8)?,
///     discount_rate: Rate::try_from(0.1)?,
///     growth: Rate::try_from(0.02)?,
///     periods: 10,
///     referral_rate: "0.05".parse().unwrap(),
///     referred_value: Money::from(200),
///     maintenance_cost: Money::from(12),
///     marketing_cost: Money::from(8),
///     acquisition_cost: Money::from(90),
/// };
/// assert_eq!(model.value()?.round(2), "242.63".parse()?);
/// let table = model.tornado(Change::relative("0.1".parse().unwrap()), &[])?;
/// let names: Vec<&str> = table.sensitivities.iter().map(|s| s.name.as_str()).collect();
/// assert_eq!(names[..3], ["retention", "discount_rate", "periods"]);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerModel {
    /// m, net contribution of the first period, before the costs below.
    pub margin: Money,
    /// r, probability of staying for the next period.
    pub retention: Probability,
    /// i, per period.
    pub discount_rate: Rate,
    /// g, income change: growth of the margin per period.
    pub growth: Rate,
    /// n, the time horizon: margins are counted now and in the n − 1 periods after.
    pub periods: u64,
    /// ρ, expected customers whom a customer brings per period; 0 or more.
    pub referral_rate: Decimal,
    /// V, lifetime value of such a customer.
    pub referred_value: Money,
    /// c, cost of keeping up the relationship per period.
    pub maintenance_cost: Money,
    /// k, marketing spent on the customer per period.
    pub marketing_cost: Money,
    /// A, spent now to acquire the customer.
    pub acquisition_cost: Money,
}

impl CustomerModel {
    /// The seven standard factors, by the names of the arguments.
    pub const FACTORS: [&'static str; 7] = [
        "periods",
        "discount_rate",
        "retention",
        "referral_rate",
        "growth",
        "maintenance_cost",
        "marketing_cost",
    ];

    /// The lifetime value.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn value(&self) -> Result<Money> {
        let over = |amount: Money, growth: Rate| {
            retention_value_over(
                amount,
                self.retention,
                self.discount_rate,
                growth,
                self.periods,
            )
        };
        let level = self
            .referred_value
            .multiply(self.referral_rate)?
            .subtract(self.maintenance_cost)?
            .subtract(self.marketing_cost)?;
        over(self.margin, self.growth)?
            .add(over(level, Rate::ZERO)?)?
            .subtract(self.acquisition_cost)
    }

    /// [`tornado`](super::tornado) by the seven standard factors: each moved by `change`, or by what `others`
    /// says for it. A relative change leaves a factor of 0 where it is; give it an absolute one.
    ///
    /// # Errors
    /// As [`kernel_tornado`].
    pub fn tornado(&self, change: Change, others: &[(&str, Change)]) -> Result<Tornado> {
        let own = |name: &str| others.iter().find(|(other, _)| *other == name);
        let mut changes: Vec<(&str, Change)> = Self::FACTORS
            .iter()
            .map(|name| (*name, own(name).map_or(change, |(_, own)| *own)))
            .collect();
        let further = |(name, _): &&(&str, Change)| !Self::FACTORS.contains(name);
        changes.extend(others.iter().filter(further));
        kernel_tornado(&CUSTOMER_MODEL_VALUE, &self.row(), &changes)
    }

    /// In the order of the arguments of the kernel.
    fn row(&self) -> [Decimal; 10] {
        [
            self.margin.value(),
            self.retention.value(),
            self.discount_rate.value(),
            self.growth.value(),
            self.periods.into(),
            self.referral_rate,
            self.referred_value.value(),
            self.maintenance_cost.value(),
            self.marketing_cost.value(),
            self.acquisition_cost.value(),
        ]
    }
}

/// Columnar form of [`CustomerModel::value`].
pub static CUSTOMER_MODEL_VALUE: Kernel = Kernel {
    name: "customer_model_value",
    module: "clv",
    summary: "Lifetime value by seven factors: horizon, discount, retention, referral, growth and two costs.",
    formula: "sum of (retention / (1 + discount_rate))^t * (margin * (1 + growth)^t + referral_rate * referred_value - maintenance_cost - marketing_cost) for t = 0, ..., periods - 1, less acquisition_cost",
    source: "geometric retention with referrals and costs of the relationship",
    diverges: None,
    arguments: &[
        MARGIN,
        RETENTION,
        DISCOUNT_RATE,
        GROWTH,
        PERIODS,
        REFERRAL_RATE,
        REFERRED_VALUE,
        MAINTENANCE_COST,
        MARKETING_COST,
        ACQUISITION_COST,
    ],
    exact: |row| {
        let [m, r, i, g, n, referral_rate, v, c, k, a] = kernels::values(row)?;
        let [margin, referred_value, maintenance_cost] = [m, v, c].map(Money::new);
        let [marketing_cost, acquisition_cost] = [k, a].map(Money::new);
        let model = CustomerModel {
            margin,
            retention: Probability::named("retention", r)?,
            discount_rate: Rate::named("discount_rate", i)?,
            growth: Rate::named("growth", g)?,
            periods: kernels::count("periods", n)?,
            referral_rate,
            referred_value,
            maintenance_cost,
            marketing_cost,
            acquisition_cost,
        };
        Ok(model.value()?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |row| {
            let [m, r, i, g, n, referral_rate, v, c, k, a] = row;
            let step = r / (1.0 + i);
            m * math::float::geometric_sum(step * (1.0 + g), n)
                + (referral_rate * v - c - k) * math::float::geometric_sum(step, n)
                - a
        })
    },
};
