use rust_decimal::Decimal;

use crate::clv::arguments::{DISCOUNT_RATE, RETENTION};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::{self, Argument, Domain, Kernel};
use crate::math::{self, decimal::real_power};
use crate::units::{Money, Probability, Rate};

const GROSS_CONTRIBUTION: Argument = Argument {
    name: "gross_contribution",
    meaning: "gross contribution margin per customer and sale",
    domain: Domain::Finite,
};
const PROMOTION_COST: Argument = Argument {
    name: "promotion_cost",
    meaning: "promotion cost per customer and year, spent at mid-year",
    domain: Domain::Finite,
};
const CYCLE_RETENTION: Argument = Argument {
    name: "retention",
    meaning: "probability that a customer stays for the next sales cycle",
    domain: Domain::Probability,
};
const YEARS: Argument = Argument {
    name: "years",
    meaning: "years over which the flows are projected",
    domain: Domain::Count,
};
const CYCLE_YEARS: Argument = Argument {
    name: "cycle_years",
    meaning: "years from one sale to the next; at least 1",
    domain: Domain::Count,
};
const SALES_PER_YEAR: Argument = Argument {
    name: "sales_per_year",
    meaning: "sales in a year; at least 1",
    domain: Domain::Count,
};

/// One sale a year, the first now; promotion at mid-year to those who bought at the start of the year:
/// GC Σ_{i=0..n} r^i (1+d)^−i − M Σ_{i=1..n} r^(i−1) (1+d)^−(i−0.5).
///
/// Source: Berger & Nasr 1998, case 1, eq. 1. Their insurance company (GC = 260, M = 50, r = 0.75,
/// d = 0.2, n = 10):
///
/// ```
/// use crm_core::clv::group::yearly_value;
/// use crm_core::units::{Money, Probability, Rate};
///
/// let (retention, rate) = (Probability::try_from(0.75)?, Rate::try_from(0.2)?);
/// let value = yearly_value(Money::from(260), Money::from(50), retention, rate, 10)?;
/// assert_eq!(value.round(2), "568.78".parse()?);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Overflow`.
pub fn yearly_value(
    gross_contribution: Money,
    promotion_cost: Money,
    retention: Probability,
    discount_rate: Rate,
    years: u64,
) -> Result<Money> {
    let years = Years {
        discount_rate,
        years,
    };
    let growth = discount_rate.growth_factor()?;
    let ratio = quotient(retention.value(), growth)?;
    years.value(
        (gross_contribution, ratio, Some(years.years)),
        (promotion_cost, ratio),
    )
}

/// A sale every q years, the first now, and promotion at the middle of each year; r' is the retention
/// from one sale to the next:
/// GC' Σ_{i=0..⌊n/q⌋} r'^i (1+d)^−iq − M Σ_{i=1..n} r'^((i−1)/q) (1+d)^−(i−0.5).
///
/// Source: Berger & Nasr 1998, case 2a, eq. 2.
///
/// ```
/// use crm_core::clv::group::{long_cycle_value, yearly_value};
/// use crm_core::units::{Money, Probability, Rate};
///
/// let (margin, cost) = (Money::from(260), Money::from(50));
/// let (retention, rate) = (Probability::try_from(0.75)?, Rate::try_from(0.2)?);
/// assert_eq!(
///     long_cycle_value(margin, cost, retention, rate, 1, 10)?,
///     yearly_value(margin, cost, retention, rate, 10)?,
/// );
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `OutOfRange` for a cycle of 0 years, `Overflow`.
pub fn long_cycle_value(
    gross_contribution: Money,
    promotion_cost: Money,
    retention: Probability,
    discount_rate: Rate,
    cycle_years: u64,
    years: u64,
) -> Result<Money> {
    let sales = years
        .checked_div(cycle_years)
        .ok_or_else(|| zero("cycle_years"))?;
    let years = Years {
        discount_rate,
        years,
    };
    let growth = discount_rate.growth_factor()?;
    let cycle = Decimal::from(cycle_years);
    let sale_ratio = quotient(retention.value(), real_power(growth, cycle)?)?;
    let yearly_retention = probability_power(retention, quotient(Decimal::ONE, cycle)?)?;
    years.value(
        (gross_contribution, sale_ratio, Some(sales)),
        (promotion_cost, quotient(yearly_retention, growth)?),
    )
}

/// p sales a year, the first now, and promotion at the middle of each year; r' is the retention from
/// one sale to the next:
/// GC' Σ_{i=0..pn} r'^i (1+d)^−(i/p) − M Σ_{i=1..n} r'^(p(i−1)) (1+d)^−(i−0.5).
///
/// Source: Berger & Nasr 1998, case 2b, eq. 3.
///
/// ```
/// use crm_core::clv::group::short_cycle_value;
/// use crm_core::units::{Money, Probability, Rate};
///
/// // Two sales in the one year of a customer who surely stays, without discount: three margins.
/// let (margin, cost) = (Money::from(100), Money::from(25));
/// let value = short_cycle_value(margin, cost, Probability::ONE, Rate::ZERO, 2, 1)?;
/// assert_eq!(value, Money::from(300 - 25));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `OutOfRange` for 0 sales a year, `Overflow`.
pub fn short_cycle_value(
    gross_contribution: Money,
    promotion_cost: Money,
    retention: Probability,
    discount_rate: Rate,
    sales_per_year: u64,
    years: u64,
) -> Result<Money> {
    if sales_per_year == 0 {
        return Err(zero("sales_per_year"));
    }
    let sales = years.checked_mul(sales_per_year);
    let years = Years {
        discount_rate,
        years,
    };
    let growth = discount_rate.growth_factor()?;
    let per_year = Decimal::from(sales_per_year);
    let cycle_growth = real_power(growth, quotient(Decimal::ONE, per_year)?)?;
    let yearly_retention = probability_power(retention, per_year)?;
    years.value(
        (
            gross_contribution,
            quotient(retention.value(), cycle_growth)?,
            sales,
        ),
        (promotion_cost, quotient(yearly_retention, growth)?),
    )
}

/// The years of a projection.
#[derive(Clone, Copy)]
struct Years {
    discount_rate: Rate,
    years: u64,
}

impl Years {
    /// GC Σ_{i=0..sales} (sale ratio)^i − M (1+d)^−½ Σ_{i=0..n−1} (promotion ratio)^i, where a ratio
    /// is the retention times the discount from one flow to the next.
    fn value(
        self,
        (gross_contribution, sale_ratio, sales): (Money, Decimal, Option<u64>),
        (promotion_cost, promotion_ratio): (Money, Decimal),
    ) -> Result<Money> {
        let terms = sales
            .and_then(|sales| sales.checked_add(1))
            .ok_or_else(|| Error::overflow("years").with_value(self.years))?;
        let half_a_year = Decimal::new(-5, 1);
        let mid_year = real_power(self.discount_rate.growth_factor()?, half_a_year)?;
        let promotions = math::decimal::geometric_sum(promotion_ratio, self.years)?;
        let sales = math::decimal::geometric_sum(sale_ratio, terms)?;
        gross_contribution
            .multiply(sales)?
            .subtract(promotion_cost.multiply(promotions)?.multiply(mid_year)?)
    }
}

fn zero(argument: &'static str) -> Error {
    Error::new(ErrorKind::OutOfRange, argument, "must be 1 or more").with_value(0)
}

fn quotient(dividend: Decimal, divisor: Decimal) -> Result<Decimal> {
    dividend
        .checked_div(divisor)
        .ok_or_else(|| Error::overflow("discount_rate"))
}

/// pˣ for x > 0.
fn probability_power(probability: Probability, exponent: Decimal) -> Result<Decimal> {
    if probability == Probability::ZERO {
        Ok(Decimal::ZERO)
    } else {
        real_power(probability.value(), exponent)
    }
}

/// Columnar form of [`yearly_value`].
pub static YEARLY_VALUE: Kernel = Kernel {
    name: "yearly_value",
    module: "clv",
    summary: "Expected value of a customer with one sale a year, promotion at mid-year.",
    formula: "gross_contribution * (sum of retention^i * (1 + discount_rate)^(-i) for i = 0, ..., years) - promotion_cost * (sum of retention^(i - 1) * (1 + discount_rate)^(0.5 - i) for i = 1, ..., years)",
    source: "Berger & Nasr 1998, case 1",
    diverges: None,
    arguments: &[
        GROSS_CONTRIBUTION,
        PROMOTION_COST,
        RETENTION,
        DISCOUNT_RATE,
        YEARS,
    ],
    exact: |row| {
        let [margin, cost, retention, rate, years] = kernels::values(row)?;
        let (retention, rate) = typed(retention, rate)?;
        let years = kernels::count("years", years)?;
        let (margin, cost) = (Money::new(margin), Money::new(cost));
        Ok(yearly_value(margin, cost, retention, rate, years)?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(
            kernel,
            columns,
            out,
            |[margin, cost, retention, rate, years]| {
                let ratio = retention / (1.0 + rate);
                value_f64((margin, ratio, years), (cost, ratio, years), rate)
            },
        )
    },
};

/// Columnar form of [`long_cycle_value`].
pub static LONG_CYCLE_VALUE: Kernel = Kernel {
    name: "long_cycle_value",
    module: "clv",
    summary: "Expected value of a customer with a sale every cycle_years years, promotion at mid-year.",
    formula: "gross_contribution * (sum of retention^i * (1 + discount_rate)^(-i * cycle_years) for i = 0, ..., floor(years / cycle_years)) - promotion_cost * (sum of retention^((i - 1) / cycle_years) * (1 + discount_rate)^(0.5 - i) for i = 1, ..., years)",
    source: "Berger & Nasr 1998, case 2a",
    diverges: None,
    arguments: &[
        GROSS_CONTRIBUTION,
        PROMOTION_COST,
        CYCLE_RETENTION,
        DISCOUNT_RATE,
        CYCLE_YEARS,
        YEARS,
    ],
    exact: |row| {
        let [margin, cost, retention, rate, cycle, years] = kernels::values(row)?;
        let (retention, rate) = typed(retention, rate)?;
        let cycle = kernels::count("cycle_years", cycle)?;
        let years = kernels::count("years", years)?;
        let (margin, cost) = (Money::new(margin), Money::new(cost));
        Ok(long_cycle_value(margin, cost, retention, rate, cycle, years)?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(
            kernel,
            columns,
            out,
            |[margin, cost, retention, rate, cycle, years]| {
                if cycle == 0.0 {
                    return f64::NAN;
                }
                let sale_ratio = retention * math::float::growth_power(rate, -cycle);
                let promotion_ratio = libm::pow(retention, 1.0 / cycle) / (1.0 + rate);
                let sales = libm::floor(years / cycle);
                value_f64(
                    (margin, sale_ratio, sales),
                    (cost, promotion_ratio, years),
                    rate,
                )
            },
        )
    },
};

/// Columnar form of [`short_cycle_value`].
pub static SHORT_CYCLE_VALUE: Kernel = Kernel {
    name: "short_cycle_value",
    module: "clv",
    summary: "Expected value of a customer with several sales a year, promotion at mid-year.",
    formula: "gross_contribution * (sum of retention^i * (1 + discount_rate)^(-i / sales_per_year) for i = 0, ..., sales_per_year * years) - promotion_cost * (sum of retention^(sales_per_year * (i - 1)) * (1 + discount_rate)^(0.5 - i) for i = 1, ..., years)",
    source: "Berger & Nasr 1998, case 2b",
    diverges: None,
    arguments: &[
        GROSS_CONTRIBUTION,
        PROMOTION_COST,
        CYCLE_RETENTION,
        DISCOUNT_RATE,
        SALES_PER_YEAR,
        YEARS,
    ],
    exact: |row| {
        let [margin, cost, retention, rate, sales, years] = kernels::values(row)?;
        let (retention, rate) = typed(retention, rate)?;
        let sales = kernels::count("sales_per_year", sales)?;
        let years = kernels::count("years", years)?;
        let (margin, cost) = (Money::new(margin), Money::new(cost));
        Ok(short_cycle_value(margin, cost, retention, rate, sales, years)?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(
            kernel,
            columns,
            out,
            |[margin, cost, retention, rate, sales, years]| {
                if sales == 0.0 {
                    return f64::NAN;
                }
                let sale_ratio = retention * math::float::growth_power(rate, -1.0 / sales);
                let promotion_ratio = libm::pow(retention, sales) / (1.0 + rate);
                value_f64(
                    (margin, sale_ratio, sales * years),
                    (cost, promotion_ratio, years),
                    rate,
                )
            },
        )
    },
};

fn typed(retention: Decimal, rate: Decimal) -> Result<(Probability, Rate)> {
    let retention = Probability::named("retention", retention)?;
    Ok((retention, Rate::named("discount_rate", rate)?))
}

/// As [`Years::value`].
fn value_f64(
    (margin, sale_ratio, sales): (f64, f64, f64),
    (cost, promotion_ratio, years): (f64, f64, f64),
    discount_rate: f64,
) -> f64 {
    let mid_year = math::float::growth_power(discount_rate, -0.5);
    margin * math::float::geometric_sum(sale_ratio, sales + 1.0)
        - cost * mid_year * math::float::geometric_sum(promotion_ratio, years)
}
