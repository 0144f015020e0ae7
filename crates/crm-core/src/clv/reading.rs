//! Three readings of a customer's value: history, present and potential.
//!
//! Historic value is what was realised, current value what the present run-rate brings if it holds, and
//! potential value what more could be reached. Current and potential value place a customer among
//! the four customer types.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Timing;
use super::arguments::{DISCOUNT_RATE, PERIODS};
use super::individual::annuity;
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::{self, Argument, Column, Domain, Kernel};
use crate::math;
use crate::units::{Money, Rate, Share};

const fn amount(name: &'static str, meaning: &'static str) -> Argument {
    Argument {
        name,
        meaning,
        domain: Domain::Finite,
    }
}

const RUN_RATE: Argument = amount("run_rate", "net contribution of the present period");
const WALLET: Argument = Argument {
    name: "wallet",
    meaning: "what the customer spends on the category per period, with all suppliers",
    domain: Domain::NonNegative,
};
const REACHABLE_SHARE: Argument = Argument {
    name: "reachable_share",
    meaning: "share of the wallet that the firm could reach",
    domain: Domain::Probability,
};
const SPEND: Argument = Argument {
    name: "spend",
    meaning: "what the customer spends with the firm per period",
    domain: Domain::NonNegative,
};
const MARGIN_RATE: Argument = Argument {
    name: "margin_rate",
    meaning: "contribution per unit of revenue",
    domain: Domain::Finite,
};

/// Historic value: the flows realised so far, compounded to now. `flows` is in order of time, one per
/// period, and the last one is now ([`Timing::Start`]) or one period ago ([`Timing::End`]); a rate of 0
/// gives the plain sum.
///
/// ```
/// use crm_core::clv::Timing;
/// use crm_core::clv::reading::historic_value;
/// use crm_core::units::{Money, Rate};
///
/// let flows = [-400, 300].map(Money::from);
/// let value = historic_value(&flows, Rate::try_from(0.1)?, Timing::Start)?;
/// assert_eq!(value, Money::from(300 - 440));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Empty` without flows, `Overflow`.
pub fn historic_value(flows: &[Money], rate: Rate, timing: Timing) -> Result<Money> {
    if flows.is_empty() {
        return Err(Error::empty("flows"));
    }
    let growth = rate.growth_factor()?;
    let value = flows.iter().try_fold(Money::ZERO, |before, flow| {
        before.multiply(growth)?.add(*flow)
    })?;
    match timing {
        Timing::Start => Ok(value),
        Timing::End => value.multiply(growth),
    }
}

/// Current value: what this period's run-rate brings if it holds for the next `periods` periods, paid at
/// period ends.
///
/// ```
/// use crm_core::clv::reading::current_value;
/// use crm_core::units::{Money, Rate};
///
/// assert_eq!(current_value(Money::from(50), Rate::ZERO, 4)?, Money::from(200));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Overflow`.
pub fn current_value(run_rate: Money, discount_rate: Rate, periods: u64) -> Result<Money> {
    annuity(run_rate, discount_rate, periods)
}

/// Columnar form of [`current_value`].
pub static CURRENT_VALUE: Kernel = Kernel {
    name: "current_value",
    module: "clv",
    summary: "What the present run-rate brings if it holds for the next periods.",
    formula: "run_rate * (1 - (1 + discount_rate)^(-periods)) / discount_rate",
    source: "current value of a customer",
    diverges: None,
    arguments: &[RUN_RATE, DISCOUNT_RATE, PERIODS],
    exact: |row| {
        let [run_rate, rate, periods] = kernels::values(row)?;
        let rate = Rate::named("discount_rate", rate)?;
        let periods = kernels::count("periods", periods)?;
        Ok(current_value(Money::new(run_rate), rate, periods)?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |[run_rate, rate, periods]| {
            run_rate * math::float::annuity_factor(rate, periods)
        })
    },
};

/// What a larger share of the customer's wallet would bring per period:
/// (wallet · reachable share − spend) · margin rate, and nothing where the firm already has that share.
///
/// [`current_value`] turns it into a present value over several periods.
///
/// ```
/// use crm_core::clv::reading::wallet_potential;
/// use crm_core::units::{Money, Share};
///
/// let (wallet, spend) = (Money::from(1000), Money::from(250));
/// let more = wallet_potential(wallet, Share::try_from(0.6)?, spend, "0.2".parse().unwrap())?;
/// assert_eq!(more, Money::from(70));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Overflow`.
pub fn wallet_potential(
    wallet: Money,
    reachable_share: Share,
    spend: Money,
    margin_rate: Decimal,
) -> Result<Money> {
    wallet
        .multiply(reachable_share.value())?
        .subtract(spend)?
        .max(Money::ZERO)
        .multiply(margin_rate)
}

/// Columnar form of [`wallet_potential`].
pub static WALLET_POTENTIAL: Kernel = Kernel {
    name: "wallet_potential",
    module: "clv",
    summary: "What a larger share of the customer's wallet would bring per period.",
    formula: "max(wallet * reachable_share - spend, 0) * margin_rate",
    source: "potential value by share of wallet",
    diverges: None,
    arguments: &[WALLET, REACHABLE_SHARE, SPEND, MARGIN_RATE],
    exact: |row| {
        let [wallet, share, spend, margin_rate] = kernels::values(row)?;
        let share = Share::named("reachable_share", share)?;
        let (wallet, spend) = (Money::new(wallet), Money::new(spend));
        Ok(wallet_potential(wallet, share, spend, margin_rate)?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(
            kernel,
            columns,
            out,
            |[wallet, share, spend, margin_rate]| (wallet * share - spend).max(0.0) * margin_rate,
        )
    },
};

/// Potential value: present values of what more could be reached with a customer, by where it would
/// come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PotentialValue {
    /// From products that the customer does not buy yet.
    pub cross_selling: Money,
    /// From better or more of the products that the customer buys.
    pub up_selling: Money,
    /// From a larger share of the customer's wallet, see [`wallet_potential`].
    pub share_of_wallet: Money,
    /// From customers whom this one could bring, see [`super::components::referral_value`].
    pub referral: Money,
}

impl PotentialValue {
    /// The potential value: the sum of its parts.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn total(&self) -> Result<Money> {
        Money::sum([
            self.cross_selling,
            self.up_selling,
            self.share_of_wallet,
            self.referral,
        ])
    }
}

/// Columnar form of [`PotentialValue::total`].
pub static POTENTIAL_VALUE: Kernel = Kernel {
    name: "potential_value",
    module: "clv",
    summary: "Present value of what more could be reached with a customer: the sum of its parts.",
    formula: "cross_selling + up_selling + share_of_wallet + referral",
    source: "potential value of a customer",
    diverges: None,
    arguments: &[
        amount(
            "cross_selling",
            "from products that the customer does not buy yet",
        ),
        amount(
            "up_selling",
            "from better or more of the products that the customer buys",
        ),
        amount(
            "share_of_wallet",
            "from a larger share of the customer's wallet",
        ),
        amount("referral", "from customers whom this one could bring"),
    ],
    exact: |row| {
        let [cross_selling, up_selling, share_of_wallet, referral] =
            kernels::values(row)?.map(Money::new);
        let potential = PotentialValue {
            cross_selling,
            up_selling,
            share_of_wallet,
            referral,
        };
        Ok(potential.total()?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |[cross, up, wallet, referral]| {
            cross + up + wallet + referral
        })
    },
};

/// The three readings of one customer's value.
///
/// ```
/// use crm_core::clv::reading::{PotentialValue, Reading};
/// use crm_core::units::Money;
///
/// let potential = PotentialValue { cross_selling: Money::from(30), ..PotentialValue::default() };
/// let reading = Reading {
///     historic: Money::from(50),
///     current: Money::from(120),
///     potential: potential.total()?,
/// };
/// assert_eq!(reading.total()?, Money::from(200));
/// assert_eq!(reading.split()?.current.to_f64(), 0.6);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reading {
    /// Realised so far, see [`historic_value`].
    pub historic: Money,
    /// What the present run-rate brings, see [`current_value`].
    pub current: Money,
    /// What more could be reached, see [`PotentialValue::total`].
    pub potential: Money,
}

/// The part of each reading in their sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Split {
    /// Historic value / total.
    pub historic: Share,
    /// Current value / total.
    pub current: Share,
    /// Potential value / total.
    pub potential: Share,
}

impl Reading {
    /// The sum of the three.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn total(&self) -> Result<Money> {
        Money::sum([self.historic, self.current, self.potential])
    }

    /// The share of each reading in the total.
    ///
    /// # Errors
    /// `OutOfRange` for a negative reading or a total of 0, which have no shares; `Overflow`.
    pub fn split(&self) -> Result<Split> {
        let total = self.total()?;
        let share = |name: &'static str, value: Money| {
            if value < Money::ZERO {
                let reason = "must be 0 or more to be a share of the total";
                return Err(Error::new(ErrorKind::OutOfRange, name, reason).with_value(value));
            }
            if total == Money::ZERO {
                return Err(Domain::Positive.refuse("total", 0.0));
            }
            Share::named(name, value.divide(total.value())?.value())
        };
        Ok(Split {
            historic: share("historic", self.historic)?,
            current: share("current", self.current)?,
            potential: share("potential", self.potential)?,
        })
    }
}

/// Columnar form of [`Reading::total`].
pub static READING_TOTAL: Kernel = Kernel {
    name: "reading_total",
    module: "clv",
    summary: "The sum of historic, current and potential value.",
    formula: "historic + current + potential",
    source: "readings of customer value",
    diverges: None,
    arguments: &[
        amount("historic", "value realised so far"),
        amount("current", "what the present run-rate brings"),
        amount("potential", "what more could be reached"),
    ],
    exact: |row| {
        let [historic, current, potential] = kernels::values(row)?.map(Money::new);
        let reading = Reading {
            historic,
            current,
            potential,
        };
        Ok(reading.total()?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |[historic, current, potential]| {
            historic + current + potential
        })
    },
};

/// The shares of the three readings in their sum for each customer: `out` holds historic, current and
/// potential share, row after row. A row with a NaN gives NaN.
///
/// ```
/// use crm_core::clv::reading::splits_into;
///
/// let mut shares = [0.0; 3];
/// splits_into(50.0.into(), 120.0.into(), 30.0.into(), &mut shares)?;
/// assert_eq!(shares, [0.25, 0.6, 0.15]);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `LengthMismatch`; `OutOfRange` and `NotFinite` for a reading that is negative or infinite, and for a
/// total of 0, naming the row; `Overflow`.
pub fn splits_into(
    historic: Column<'_>,
    current: Column<'_>,
    potential: Column<'_>,
    out: &mut [f64],
) -> Result<()> {
    if !out.len().is_multiple_of(3) {
        let whole = out.len() - out.len() % 3;
        return Err(Error::length("out", out.len(), whole));
    }
    let columns = [
        ("historic", historic),
        ("current", current),
        ("potential", potential),
    ];
    for (name, column) in columns {
        column.require_rows(name, out.len() / 3)?;
    }
    for (row, shares) in out.chunks_exact_mut(3).enumerate() {
        for (name, column) in columns {
            let value = column.get(row);
            if !value.is_nan() && !Domain::NonNegative.contains(value) {
                return Err(Domain::NonNegative.refuse(name, value).at_row(row));
            }
        }
        let [h, c, p] = columns.map(|(_, column)| column.get(row));
        let total = h + c + p;
        if total.is_infinite() {
            return Err(Error::overflow("total").at_row(row));
        }
        if total == 0.0 {
            return Err(Domain::Positive.refuse("total", total).at_row(row));
        }
        for (share, value) in shares.iter_mut().zip([h, c, p]) {
            *share = value / total;
        }
    }
    Ok(())
}
