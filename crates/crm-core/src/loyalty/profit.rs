//! What a loyal customer earns, year after year.
//!
//! Source: Reichheld & Sasser 1990, "Zero defections"; Reichheld, "The Loyalty Effect", 1996, chapter 2.

use serde::{Deserialize, Serialize};

use crate::clv::components::{Component, ComponentFlows};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::Ledger;
use crate::units::{Date, Label, Money, Terms};

/// Where the profit of a loyal customer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum LoyaltyEffect {
    /// What the purchases of the first year would earn in every year.
    BaseProfit = 0,
    /// What the customer buys more, as time goes by.
    IncreasedPurchases = 1,
    /// What serving a customer who knows the firm saves.
    ReducedOperatingCost = 2,
    /// Profit from customers whom this one brought.
    Referrals = 3,
    /// What a loyal customer pays over the price that others pay.
    PricePremium = 4,
}

impl LoyaltyEffect {
    /// How many there are.
    pub const COUNT: usize = 5;

    /// The part of the lifetime value that it is.
    #[must_use]
    pub const fn component(self) -> Component {
        match self {
            LoyaltyEffect::BaseProfit => Component::BaseProfit,
            LoyaltyEffect::IncreasedPurchases => Component::RepeatPurchases,
            LoyaltyEffect::ReducedOperatingCost => Component::LowerCostToServe,
            LoyaltyEffect::Referrals => Component::ReferralIncome,
            LoyaltyEffect::PricePremium => Component::LoyaltyPricePremium,
        }
    }
}

impl Label for LoyaltyEffect {
    const ALL: &'static [Self] = &[
        LoyaltyEffect::BaseProfit,
        LoyaltyEffect::IncreasedPurchases,
        LoyaltyEffect::ReducedOperatingCost,
        LoyaltyEffect::Referrals,
        LoyaltyEffect::PricePremium,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            LoyaltyEffect::BaseProfit => ("base_profit", "Base profit", "基本利润"),
            LoyaltyEffect::IncreasedPurchases => (
                "increased_purchases",
                "Increased purchases",
                "购买量增加带来的利润",
            ),
            LoyaltyEffect::ReducedOperatingCost => (
                "reduced_operating_cost",
                "Reduced operating cost",
                "运营成本节约带来的利润",
            ),
            LoyaltyEffect::Referrals => ("referrals", "Referrals", "推荐带来的利润"),
            LoyaltyEffect::PricePremium => ("price_premium", "Price premium", "溢价带来的利润"),
        };
        Terms { name, en, zh }
    }
}

/// The profit of a customer by year of tenure: the acquisition cost in year 0, and each effect in the years 1, 2, ….
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoyaltyProfit {
    acquisition_cost: Money,
    /// One amount per year for each effect, all of the same length.
    effects: [Vec<Money>; LoyaltyEffect::COUNT],
}

/// One year of tenure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoyaltyYear {
    /// 0 for that of acquisition.
    pub year: u32,
    /// Less than nothing in year 0, nothing later.
    pub acquisition: Money,
    /// What each effect brings, by its place in [`LoyaltyEffect::ALL`](Label::ALL).
    pub effects: [Money; LoyaltyEffect::COUNT],
    /// All of the year.
    pub total: Money,
    /// All up to and with the year.
    pub cumulative: Money,
}

impl LoyaltyProfit {
    /// `effects` are one amount for each year from the first, by the place of the effect in [`LoyaltyEffect::ALL`](Label::ALL); an effect
    /// that ends before the others brings nothing more.
    ///
    /// ```
    /// use crm_core::loyalty::profit::LoyaltyProfit;
    /// use crm_core::units::Money;
    ///
    /// let money = |amounts: &[i64]| amounts.iter().map(|&amount| Money::from(amount)).collect::<Vec<_>>();
    /// let profit = LoyaltyProfit::new(
    ///     Money::from(51),
    ///     [money(&[30, 30, 30]), money(&[0, 9, 12]), money(&[0, 3, 6]), Vec::new(), Vec::new()],
    /// )?;
    /// assert_eq!(profit.break_even_year()?, Some(2));
    /// assert_eq!(profit.years()?[3].cumulative, Money::from(69));
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] for a negative acquisition cost.
    pub fn new(
        acquisition_cost: Money,
        mut effects: [Vec<Money>; LoyaltyEffect::COUNT],
    ) -> Result<Self> {
        if acquisition_cost < Money::ZERO {
            let error = Error::new(
                ErrorKind::OutOfRange,
                "acquisition_cost",
                "must be 0 or more",
            );
            return Err(error.with_value(acquisition_cost));
        }
        let years = effects.iter().map(Vec::len).max().unwrap_or_default();
        for effect in &mut effects {
            effect.resize(years, Money::ZERO);
        }
        Ok(LoyaltyProfit {
            acquisition_cost,
            effects,
        })
    }

    /// The years from 0 on.
    ///
    /// # Errors
    /// [`ErrorKind::Overflow`].
    pub fn years(&self) -> Result<Vec<LoyaltyYear>> {
        let acquisition = Money::ZERO.subtract(self.acquisition_cost)?;
        let mut years = vec![LoyaltyYear {
            year: 0,
            acquisition,
            effects: [Money::ZERO; LoyaltyEffect::COUNT],
            total: acquisition,
            cumulative: acquisition,
        }];
        let mut cumulative = acquisition;
        let mut columns = self
            .effects
            .each_ref()
            .map(|amounts| amounts.iter().copied());
        let mut year = 0;
        while let [
            Some(base),
            Some(more),
            Some(saved),
            Some(referred),
            Some(premium),
        ] = columns.each_mut().map(Iterator::next)
        {
            let effects = [base, more, saved, referred, premium];
            let total = Money::sum(effects)?;
            cumulative = cumulative.add(total)?;
            year += 1;
            years.push(LoyaltyYear {
                year,
                acquisition: Money::ZERO,
                effects,
                total,
                cumulative,
            });
        }
        Ok(years)
    }

    /// The first year at whose end the customer has earned its acquisition cost back; `None` if no year here does.
    ///
    /// # Errors
    /// [`ErrorKind::Overflow`].
    pub fn break_even_year(&self) -> Result<Option<u32>> {
        let years = self.years()?;
        let even = years.iter().find(|year| year.cumulative >= Money::ZERO);
        Ok(even.map(|year| year.year))
    }

    /// The same as flows of the components of a lifetime value, whose present values at a rate of 0 add up to the last cumulative profit.
    #[must_use]
    pub fn component_flows(&self) -> ComponentFlows {
        let mut flows =
            ComponentFlows::default().with(Component::AcquisitionCost, vec![self.acquisition_cost]);
        for (effect, amounts) in LoyaltyEffect::ALL.iter().zip(&self.effects) {
            let from_year_zero = [&[Money::ZERO], amounts.as_slice()].concat();
            flows = flows.with(effect.component(), from_year_zero);
        }
        flows
    }
}

/// What customers of one year of tenure brought, on average.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TenureYear {
    /// From 1.
    pub year: u32,
    /// Customers whom the log shows through the whole of the year.
    pub observed: u64,
    /// Of those, who bought in it.
    pub active: u64,
    /// Mean amount per active customer.
    pub revenue: f64,
    /// Mean amount less cost per active customer.
    pub profit: f64,
}

/// Days of a year of tenure.
const YEAR: f64 = 365.25;

/// The mean revenue and profit of active customers by year of tenure, counted from the first purchase. Only customers whose year had ended
/// by `observation_end` count in it; years that no customer bought in are left out, and so are those after them.
///
/// # Errors
/// [`ErrorKind::Missing`] for a log without costs; [`ErrorKind::OutOfRange`] for an observation that ends before the last transaction.
pub fn tenure_years(ledger: &Ledger, observation_end: Date) -> Result<Vec<TenureYear>> {
    let end = f64::from(observation_end.days());
    let mut years: Vec<TenureYear> = Vec::new();
    for customer in 0..ledger.customers() {
        let mut first = None;
        let mut own: Vec<(bool, f64, f64)> = Vec::new();
        for transaction in ledger.transactions(customer) {
            let day = f64::from(transaction.date.days());
            let cost = transaction.cost.ok_or_else(|| {
                Error::new(ErrorKind::Missing, "cost", "is needed for the profit")
            })?;
            if day > end {
                let rule = "must not lie before the last transaction";
                let error = Error::new(ErrorKind::OutOfRange, "observation_end", rule);
                return Err(error.with_value(observation_end).at_row(transaction.row));
            }
            let since = day - *first.get_or_insert(day);
            let place = libm::floor(since / YEAR) as usize;
            if own.len() <= place {
                own.resize(place + 1, (false, 0.0, 0.0));
            }
            if let Some((bought, revenue, profit)) = own.get_mut(place) {
                *bought = true;
                *revenue += transaction.amount;
                *profit += transaction.amount - cost;
            }
        }
        let seen = first.map_or(0, |first| libm::floor((end - first) / YEAR) as usize);
        while years.len() < seen {
            years.push(TenureYear {
                year: years.len() as u32 + 1,
                observed: 0,
                active: 0,
                revenue: 0.0,
                profit: 0.0,
            });
        }
        for (place, total) in years.iter_mut().take(seen).enumerate() {
            total.observed += 1;
            if let Some((true, revenue, profit)) = own.get(place) {
                total.active += 1;
                total.revenue += revenue;
                total.profit += profit;
            }
        }
    }
    let bought = years.iter().take_while(|year| year.active > 0).count();
    years.truncate(bought);
    for year in &mut years {
        year.revenue /= year.active as f64;
        year.profit /= year.active as f64;
    }
    Ok(years)
}

impl LoyaltyProfit {
    /// Estimates the effects that a log shows from [`tenure_years`]. With R_y and G_y the revenue and the profit of year y: base profit G_1,
    /// increased purchases (R_y − R_1) G_1 / R_1, reduced operating cost G_y − G_1 R_y / R_1; they add up to G_y. Referrals and price
    /// premium cannot be seen in a log: they are 0.
    ///
    /// # Errors
    /// Those of [`new`](Self::new) and [`tenure_years`]; [`ErrorKind::Empty`] where no customer is seen through a whole year,
    /// [`ErrorKind::NoSolution`] where the first year has no revenue.
    pub fn from_ledger(
        ledger: &Ledger,
        observation_end: Date,
        acquisition_cost: Money,
    ) -> Result<Self> {
        let years = tenure_years(ledger, observation_end)?;
        let Some(first) = years.first() else {
            return Err(Error::empty("ledger"));
        };
        if first.revenue <= 0.0 {
            let reason = "must have revenue in the first year of tenure";
            return Err(Error::new(ErrorKind::NoSolution, "ledger", reason));
        }
        let margin = first.profit / first.revenue;
        let base = Money::try_from(first.profit)?;
        let mut effects: [Vec<Money>; LoyaltyEffect::COUNT] = Default::default();
        let [bases, more, saved, ..] = &mut effects;
        for year in &years {
            let increased = Money::try_from((year.revenue - first.revenue) * margin)?;
            bases.push(base);
            more.push(increased);
            saved.push(
                Money::try_from(year.profit)?
                    .subtract(base)?
                    .subtract(increased)?,
            );
        }
        Self::new(acquisition_cost, effects)
    }
}
