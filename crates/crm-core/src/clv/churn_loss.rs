//! What a lost customer costs, and what winning one back may cost.

use rust_decimal::Decimal;

use super::arguments::{CUSTOMERS, LIFETIME_VALUE};
use crate::error::Result;
use crate::kernels::{self, Argument, Domain, Kernel};
use crate::units::{Money, Probability};

const SPENT: Argument = Argument {
    name: "spent",
    meaning: "spent on the customer so far",
    domain: Domain::Finite,
};
const REALISED_VALUE: Argument = Argument {
    name: "realised_value",
    meaning: "part of the lifetime value that has been realised so far",
    domain: Domain::Finite,
};
const CHURN: Argument = Argument {
    name: "churn",
    meaning: "part of the customers lost in a period",
    domain: Domain::Probability,
};
const SECOND_LIFETIME_VALUE: Argument = Argument {
    name: "second_lifetime_value",
    meaning: "lifetime value of a customer after being won back",
    domain: Domain::Finite,
};
const SUCCESS: Argument = Argument {
    name: "success",
    meaning: "probability that winning back succeeds",
    domain: Domain::Probability,
};
const COST: Argument = Argument {
    name: "cost",
    meaning: "cost of the attempt, paid whether or not it succeeds",
    domain: Domain::Finite,
};

/// What the loss of one customer costs: V_l = C_t + (V_k − V_t), spent so far plus the lifetime value
/// not yet realised.
///
/// A realised value over the lifetime value is legal: the customer has brought more than expected,
/// the remaining value is negative and makes the loss smaller, below zero even.
///
/// ```
/// use crm_core::clv::churn_loss::churn_loss;
/// use crm_core::units::Money;
///
/// let loss = churn_loss(Money::from(400), Money::from(3500), Money::from(1200))?;
/// assert_eq!(loss, Money::from(2700));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Overflow`.
pub fn churn_loss(spent: Money, lifetime_value: Money, realised_value: Money) -> Result<Money> {
    spent.add(lifetime_value.subtract(realised_value)?)
}

/// What the customers that a group loses in one period cost: V_{q,l} = N · r_l · V_k.
///
/// ```
/// use crm_core::clv::churn_loss::group_churn_loss;
/// use crm_core::units::{Money, Probability};
///
/// let loss = group_churn_loss(1000, Probability::try_from(0.05)?, Money::from(3500))?;
/// assert_eq!(loss, Money::from(175_000));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Overflow`.
pub fn group_churn_loss(
    customers: u64,
    churn: Probability,
    lifetime_value: Money,
) -> Result<Money> {
    lifetime_value
        .multiply(churn.value())?
        .multiply(Decimal::from(customers))
}

/// What an attempt to win a customer back is worth: expected second lifetime value less its cost,
/// V' · s − c.
///
/// ```
/// use crm_core::clv::churn_loss::win_back_worth;
/// use crm_core::units::{Money, Probability};
///
/// let worth = win_back_worth(Money::from(1500), Probability::try_from(0.2)?, Money::from(120))?;
/// assert_eq!(worth, Money::from(180));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Overflow`.
pub fn win_back_worth(
    second_lifetime_value: Money,
    success: Probability,
    cost: Money,
) -> Result<Money> {
    win_back_break_even(second_lifetime_value, success)?.subtract(cost)
}

/// The spend on winning a customer back at which nothing is gained or lost: V' · s.
///
/// ```
/// use crm_core::clv::churn_loss::win_back_break_even;
/// use crm_core::units::{Money, Probability};
///
/// let spend = win_back_break_even(Money::from(1500), Probability::try_from(0.2)?)?;
/// assert_eq!(spend, Money::from(300));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Overflow`.
pub fn win_back_break_even(second_lifetime_value: Money, success: Probability) -> Result<Money> {
    second_lifetime_value.multiply(success.value())
}

/// Columnar form of [`churn_loss`].
pub static CHURN_LOSS: Kernel = Kernel {
    name: "churn_loss",
    module: "clv",
    summary: "What the loss of a customer costs: spent so far plus the value not yet realised.",
    formula: "spent + lifetime_value - realised_value",
    source: "churn loss of a single customer",
    diverges: None,
    arguments: &[SPENT, LIFETIME_VALUE, REALISED_VALUE],
    exact: |row| {
        let [spent, value, realised] = kernels::values(row)?.map(Money::new);
        Ok(churn_loss(spent, value, realised)?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |[spent, value, realised]| {
            spent + (value - realised)
        })
    },
};

/// Columnar form of [`group_churn_loss`].
pub static GROUP_CHURN_LOSS: Kernel = Kernel {
    name: "group_churn_loss",
    module: "clv",
    summary: "What the customers that a group loses in one period cost.",
    formula: "customers * churn * lifetime_value",
    source: "churn loss of a customer group",
    diverges: None,
    arguments: &[CUSTOMERS, CHURN, LIFETIME_VALUE],
    exact: |row| {
        let [customers, churn, value] = kernels::values(row)?;
        let customers = kernels::count("customers", customers)?;
        let churn = Probability::named("churn", churn)?;
        Ok(group_churn_loss(customers, churn, Money::new(value))?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |[customers, churn, value]| {
            value * churn * customers
        })
    },
};

/// Columnar form of [`win_back_worth`].
pub static WIN_BACK_WORTH: Kernel = Kernel {
    name: "win_back_worth",
    module: "clv",
    summary: "What an attempt to win a customer back is worth.",
    formula: "second_lifetime_value * success - cost",
    source: "expected value of a win-back",
    diverges: None,
    arguments: &[SECOND_LIFETIME_VALUE, SUCCESS, COST],
    exact: |row| {
        let [value, success, cost] = kernels::values(row)?;
        let success = Probability::named("success", success)?;
        Ok(win_back_worth(Money::new(value), success, Money::new(cost))?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |[value, success, cost]| {
            value * success - cost
        })
    },
};

/// Columnar form of [`win_back_break_even`].
pub static WIN_BACK_BREAK_EVEN: Kernel = Kernel {
    name: "win_back_break_even",
    module: "clv",
    summary: "The spend on winning a customer back at which nothing is gained or lost.",
    formula: "second_lifetime_value * success",
    source: "expected value of a win-back",
    diverges: None,
    arguments: &[SECOND_LIFETIME_VALUE, SUCCESS],
    exact: |row| {
        let [value, success] = kernels::values(row)?;
        let success = Probability::named("success", success)?;
        Ok(win_back_break_even(Money::new(value), success)?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |[value, success]| value * success)
    },
};
