use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::units::{Label, Money, Terms};

/// The largest period of a [`FlowLedger`]: days over more than 270 years. It bounds the length of the
/// list that [`FlowLedger::flows`] makes.
pub const MAX_PERIOD: u32 = 100_000;

/// What one customer brought and cost in a period. All amounts are zero or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FlowEntry {
    /// The period, counted from 0.
    pub period: u32,
    /// Revenue before refunds.
    pub revenue: Money,
    /// Cost of the products sold.
    pub product_cost: Money,
    /// Cost to serve this customer.
    pub service_cost: Money,
    /// Marketing spent on this customer.
    pub marketing_cost: Money,
    /// Revenue given back.
    pub refunds: Money,
}

/// Which flows of a customer are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum Basis {
    /// Revenue less refunds.
    Revenue = 0,
    /// Revenue less refunds and product cost.
    Profit = 1,
    /// Profit less the marketing and service cost of this customer.
    ProfitContribution = 2,
}

impl Label for Basis {
    const ALL: &'static [Self] = &[Basis::Revenue, Basis::Profit, Basis::ProfitContribution];

    fn terms(self) -> Terms {
        match self {
            Basis::Revenue => Terms {
                name: "revenue",
                en: "Revenue",
                zh: "收入",
            },
            Basis::Profit => Terms {
                name: "profit",
                en: "Profit",
                zh: "利润",
            },
            Basis::ProfitContribution => Terms {
                name: "profit_contribution",
                en: "Profit contribution",
                zh: "利润贡献",
            },
        }
    }
}

impl FlowEntry {
    /// The flow of this entry on `basis`.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn flow(&self, basis: Basis) -> Result<Money> {
        let revenue = self.revenue.subtract(self.refunds)?;
        match basis {
            Basis::Revenue => Ok(revenue),
            Basis::Profit => revenue.subtract(self.product_cost),
            Basis::ProfitContribution => self
                .flow(Basis::Profit)?
                .subtract(self.service_cost)?
                .subtract(self.marketing_cost),
        }
    }
}

/// The flows of one customer, from which the lifetime value is computed on any of three bases.
///
/// ```
/// use crm_core::clv::Timing;
/// use crm_core::clv::individual::{Basis, FlowEntry, FlowLedger, present_value};
/// use crm_core::units::{Money, Rate};
///
/// let ledger = FlowLedger::new(vec![
///     FlowEntry { period: 0, revenue: Money::from(100), product_cost: Money::from(60),
///         marketing_cost: Money::from(25), ..FlowEntry::default() },
///     FlowEntry { period: 2, revenue: Money::from(80), product_cost: Money::from(30),
///         refunds: Money::from(10), service_cost: Money::from(5), ..FlowEntry::default() },
/// ])?;
/// assert_eq!(ledger.flows(Basis::Revenue)?, [100, 0, 70].map(Money::from));
/// assert_eq!(ledger.flows(Basis::Profit)?, [40, 0, 40].map(Money::from));
/// let contribution = ledger.flows(Basis::ProfitContribution)?;
/// assert_eq!(contribution, [15, 0, 35].map(Money::from));
/// assert_eq!(present_value(&contribution, Rate::ZERO, Timing::Start)?, Money::from(50));
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<FlowEntry>", into = "Vec<FlowEntry>")]
pub struct FlowLedger(Vec<FlowEntry>);

impl FlowLedger {
    /// A ledger of these entries, in any order; a period may have none and may have several.
    ///
    /// # Errors
    /// `Empty`; `OutOfRange` for a negative amount or a period over [`MAX_PERIOD`], naming the row.
    pub fn new(entries: Vec<FlowEntry>) -> Result<Self> {
        if entries.is_empty() {
            return Err(Error::empty("entries"));
        }
        for (row, entry) in entries.iter().enumerate() {
            if entry.period > MAX_PERIOD {
                let reason = format!("must be at most {MAX_PERIOD}");
                return Err(Error::new(ErrorKind::OutOfRange, "period", reason)
                    .with_value(entry.period)
                    .at_row(row));
            }
            for (name, amount) in [
                ("revenue", entry.revenue),
                ("product_cost", entry.product_cost),
                ("service_cost", entry.service_cost),
                ("marketing_cost", entry.marketing_cost),
                ("refunds", entry.refunds),
            ] {
                if amount < Money::ZERO {
                    return Err(Error::new(ErrorKind::OutOfRange, name, "must be 0 or more")
                        .with_value(amount)
                        .at_row(row));
                }
            }
        }
        Ok(FlowLedger(entries))
    }

    /// The entries, as they were given.
    #[must_use]
    pub fn entries(&self) -> &[FlowEntry] {
        &self.0
    }

    /// How many periods the entries reach over: their last period + 1.
    #[must_use]
    pub fn periods(&self) -> usize {
        let last = self.0.iter().map(|entry| entry.period).max();
        last.map_or(0, |last| last as usize + 1)
    }

    /// One flow per period on `basis`, from period 0 to the last with an entry; a period without one
    /// has a flow of 0.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn flows(&self, basis: Basis) -> Result<Vec<Money>> {
        let mut flows = vec![Money::ZERO; self.periods()];
        for entry in &self.0 {
            if let Some(flow) = flows.get_mut(entry.period as usize) {
                *flow = flow.add(entry.flow(basis)?)?;
            }
        }
        Ok(flows)
    }
}

impl TryFrom<Vec<FlowEntry>> for FlowLedger {
    type Error = Error;

    fn try_from(entries: Vec<FlowEntry>) -> Result<Self> {
        FlowLedger::new(entries)
    }
}

impl From<FlowLedger> for Vec<FlowEntry> {
    fn from(ledger: FlowLedger) -> Self {
        ledger.0
    }
}
