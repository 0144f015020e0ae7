use serde::{Deserialize, Serialize};

use super::Component;
use crate::clv::Timing;
use crate::clv::individual::present_value;
use crate::error::{Error, Result};
use crate::kernels;
use crate::units::{Label, Language, Money, Rate};

/// Decimals of a present-valued component: few enough that adding components is exact.
const PLACES: u32 = 12;

/// The lifetime value of one customer, or of many, by component.
///
/// Every amount is given as the component is named: a cost of 400 is 400, and the total subtracts it.
///
/// ```
/// use crm_core::clv::components::{Breakdown, Component};
/// use crm_core::units::{Language, Money};
///
/// let breakdown = Breakdown::default()
///     .with(Component::BaseProfit, Money::from(2000))
///     .with(Component::RepeatPurchases, Money::from(1500))
///     .with(Component::AcquisitionCost, Money::from(400));
/// assert_eq!(breakdown.total()?, Money::from(3100));
/// let bars = breakdown.waterfall(Language::En)?;
/// assert_eq!(bars[8].label, "Acquisition cost");
/// assert_eq!((bars[8].start, bars[8].end), (Money::from(3500), Money::from(3100)));
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Breakdown {
    /// Profit of the first purchase.
    pub base_profit: Money,
    /// Profit of the purchases that follow.
    pub repeat_purchases: Money,
    /// Profit of other products bought.
    pub cross_selling: Money,
    /// What serving a customer who knows the firm saves.
    pub lower_cost_to_serve: Money,
    /// Profit from customers whom this one brought.
    pub referral_income: Money,
    /// What a loyal customer pays over the price that others pay.
    pub loyalty_price_premium: Money,
    /// Cost of keeping the relationship, subtracted.
    pub customer_cost: Money,
    /// Expected cost of losing the customer, subtracted.
    pub churn_cost: Money,
    /// Cost of acquiring the customer, subtracted.
    pub acquisition_cost: Money,
}

/// One bar of a waterfall chart: a component, from the sum of those before it to the sum with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WaterfallBar {
    /// The component.
    pub component: Component,
    /// Its term in the language asked for.
    pub label: &'static str,
    /// Where the bar starts: the sum of the components before.
    pub start: Money,
    /// Where it ends; below the start for a cost.
    pub end: Money,
}

impl Breakdown {
    /// This breakdown with `amount` for `component`.
    #[must_use]
    pub fn with(mut self, component: Component, amount: Money) -> Self {
        *self.place(component) = amount;
        self
    }

    /// The amount of `component`; a cost is positive.
    #[must_use]
    pub fn get(&self, component: Component) -> Money {
        let mut copy = *self;
        *copy.place(component)
    }

    fn place(&mut self, component: Component) -> &mut Money {
        match component {
            Component::BaseProfit => &mut self.base_profit,
            Component::RepeatPurchases => &mut self.repeat_purchases,
            Component::CrossSelling => &mut self.cross_selling,
            Component::LowerCostToServe => &mut self.lower_cost_to_serve,
            Component::ReferralIncome => &mut self.referral_income,
            Component::LoyaltyPricePremium => &mut self.loyalty_price_premium,
            Component::CustomerCost => &mut self.customer_cost,
            Component::ChurnCost => &mut self.churn_cost,
            Component::AcquisitionCost => &mut self.acquisition_cost,
        }
    }

    /// The lifetime value: the incomes less the costs.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn total(&self) -> Result<Money> {
        Component::ALL
            .iter()
            .try_fold(Money::ZERO, |sum, part| self.step(sum, *part))
    }

    /// The sum of the components before `component`, and this one.
    fn step(&self, before: Money, component: Component) -> Result<Money> {
        let amount = self.get(component);
        if component.is_cost() {
            before.subtract(amount)
        } else {
            before.add(amount)
        }
    }

    /// The bars of a waterfall chart, in the order of [`Component`]; the last one ends at the total.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn waterfall(&self, language: Language) -> Result<Vec<WaterfallBar>> {
        let mut start = Money::ZERO;
        Component::ALL
            .iter()
            .map(|&component| {
                let end = self.step(start, component)?;
                let label = component.label(language);
                let bar = WaterfallBar {
                    component,
                    label,
                    start,
                    end,
                };
                start = end;
                Ok(bar)
            })
            .collect()
    }

    /// The components of many customers, summed.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn sum<'a>(customers: impl IntoIterator<Item = &'a Breakdown>) -> Result<Breakdown> {
        let mut sum = Breakdown::default();
        for customer in customers {
            for component in Component::ALL {
                let place = sum.place(*component);
                *place = place.add(customer.get(*component))?;
            }
        }
        Ok(sum)
    }
}

/// The flows of a customer by component, one amount per period; a cost is positive. A component
/// without flows stays empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ComponentFlows([Vec<Money>; Component::COUNT]);

impl ComponentFlows {
    /// These flows with `flows` for `component`.
    #[must_use]
    pub fn with(mut self, component: Component, flows: Vec<Money>) -> Self {
        if let Some(place) = self.0.get_mut(component as usize) {
            *place = flows;
        }
        self
    }

    /// The present value of each component, rounded half-even to 12 decimals, so that the components
    /// add up to the total exactly (while they stay under 10¹⁶) in whatever order they are summed.
    ///
    /// ```
    /// use crm_core::clv::Timing;
    /// use crm_core::clv::components::{Component, ComponentFlows};
    /// use crm_core::units::{Money, Rate};
    ///
    /// let flows = ComponentFlows::default()
    ///     .with(Component::BaseProfit, vec![Money::from(100)])
    ///     .with(Component::RepeatPurchases, [0, 125, 125].map(Money::from).to_vec())
    ///     .with(Component::AcquisitionCost, vec![Money::from(30)]);
    /// let breakdown = flows.present_values(Rate::try_from(0.25)?, Timing::Start)?;
    /// assert_eq!(breakdown.repeat_purchases, Money::from(180));
    /// assert_eq!(breakdown.total()?, Money::from(250));
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `Overflow`.
    pub fn present_values(&self, discount_rate: Rate, timing: Timing) -> Result<Breakdown> {
        let mut breakdown = Breakdown::default();
        for (component, flows) in Component::ALL.iter().zip(&self.0) {
            if !flows.is_empty() {
                let value = present_value(flows, discount_rate, timing)?;
                *breakdown.place(*component) = value.round(PLACES);
            }
        }
        Ok(breakdown)
    }
}

/// The total of each customer from a table of components: 9 columns in the order of [`Component`],
/// row after row, costs positive. `out` has one place per customer. NaN in a row gives NaN.
///
/// ```
/// use crm_core::clv::components::component_totals_into;
///
/// let table = [2000.0, 1500.0, 0.0, 0.0, 50.0, 0.0, 120.0, 0.0, 400.0];
/// let mut totals = [0.0];
/// component_totals_into(&table, &mut totals)?;
/// assert_eq!(totals, [3030.0]);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `LengthMismatch`; `NotFinite` for an infinite amount, naming component and row; `Overflow`.
pub fn component_totals_into(components: &[f64], out: &mut [f64]) -> Result<()> {
    let expected = Component::COUNT
        .checked_mul(out.len())
        .ok_or_else(|| Error::overflow("components"))?;
    if components.len() != expected {
        return Err(Error::length("components", components.len(), expected));
    }
    kernels::each_row(out, |row, total| {
        let first = row * Component::COUNT;
        let amounts = components
            .get(first..first + Component::COUNT)
            .unwrap_or(&[]);
        *total = 0.0;
        for (component, amount) in Component::ALL.iter().zip(amounts) {
            if amount.is_infinite() {
                return Err(Error::not_finite(component.name(), *amount).at_row(row));
            }
            *total += if component.is_cost() {
                -amount
            } else {
                *amount
            };
        }
        if total.is_infinite() {
            return Err(Error::overflow("total").at_row(row));
        }
        Ok(())
    })
}

/// The sum of each component over a table of customers as in [`component_totals_into`], in the order of
/// the rows. NaN anywhere in a column gives NaN for it.
///
/// ```
/// use crm_core::clv::components::{Component, aggregate_components};
///
/// let mut table = [0.0; 18];
/// table[0] = 2000.0;
/// table[9] = 500.0;
/// let sums = aggregate_components(&table)?;
/// assert_eq!(sums[Component::BaseProfit as usize], 2500.0);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `LengthMismatch` unless the table has whole rows of 9; `NotFinite` for an infinite amount, naming
/// component and row; `Overflow`.
pub fn aggregate_components(components: &[f64]) -> Result<[f64; Component::COUNT]> {
    let rows = components.chunks_exact(Component::COUNT);
    if !rows.remainder().is_empty() {
        let whole = components.len() - rows.remainder().len();
        return Err(Error::length("components", components.len(), whole));
    }
    let mut sums = [0.0; Component::COUNT];
    for (row, amounts) in rows.enumerate() {
        for ((sum, amount), component) in sums.iter_mut().zip(amounts).zip(Component::ALL) {
            if amount.is_infinite() {
                return Err(Error::not_finite(component.name(), *amount).at_row(row));
            }
            *sum += amount;
            if sum.is_infinite() {
                return Err(Error::overflow(component.name()).at_row(row));
            }
        }
    }
    Ok(sums)
}
