//! The table of columnar kernels.
//!
//! A formula of numbers per customer is described once, as a [`Kernel`]: its name, its arguments
//! with the values each may take, its exact form on decimals and its form on columns of `f64`. The
//! C functions, the Python functions and their documentation are generated from this table, and
//! one test ties the two forms of every kernel together.
//!
//! A column is a slice, or one value for all rows. NaN in any argument of a row gives NaN in that
//! row; any other value that an argument does not allow is an error that names argument, row and
//! value.

use rust_decimal::Decimal;

use crate::clv;
use crate::error::{Error, ErrorKind, Result};
use crate::lifecycle::tenure;
use crate::loyalty::wallet;
use crate::satisfaction;
use crate::units::{Label, Terms};

/// Every kernel of the crate.
pub static KERNELS: &[&Kernel] = &[
    &clv::acquisition::ACQUIRED_CUSTOMER_VALUE,
    &clv::acquisition::CUSTOMER_EQUITY,
    &clv::acquisition::OPTIMAL_ACQUISITION_SPEND,
    &clv::acquisition::OPTIMAL_RETENTION_SPEND,
    &clv::acquisition::PROSPECT_VALUE,
    &clv::acquisition::RESPONSE_RATE,
    &clv::acquisition::RESPONSE_STEEPNESS,
    &clv::churn_loss::CHURN_LOSS,
    &clv::churn_loss::GROUP_CHURN_LOSS,
    &clv::churn_loss::WIN_BACK_BREAK_EVEN,
    &clv::churn_loss::WIN_BACK_WORTH,
    &clv::components::REFERRAL_CHAIN_VALUE,
    &clv::components::REFERRAL_VALUE,
    &clv::group::CONTINUOUS_TWO_PHASE_VALUE,
    &clv::group::CONTINUOUS_VALUE,
    &clv::group::GROUP_VALUE,
    &clv::group::LONG_CYCLE_VALUE,
    &clv::group::LOST_FOR_GOOD,
    &clv::group::RENEWAL_VALUE,
    &clv::group::RENEWAL_VALUE_OVER,
    &clv::group::RETENTION_VALUE,
    &clv::group::RETENTION_VALUE_OVER,
    &clv::group::SHORT_CYCLE_VALUE,
    &clv::group::TWO_PHASE_VALUE,
    &clv::group::YEARLY_VALUE,
    &clv::individual::ANNUITY,
    &clv::individual::ANNUITY_DUE,
    &clv::reading::CURRENT_VALUE,
    &clv::reading::POTENTIAL_VALUE,
    &clv::reading::READING_TOTAL,
    &clv::reading::WALLET_POTENTIAL,
    &clv::sensitivity::CUSTOMER_MODEL_VALUE,
    &wallet::SHARE_OF_WALLET,
    &satisfaction::delivered_value::DELIVERED_VALUE,
    &satisfaction::delivered_value::DELIVERED_VALUE_RATIO,
    &satisfaction::metrics::ARC_ELASTICITY,
    &satisfaction::ratio::DISCONFIRMATION,
    &satisfaction::ratio::SATISFACTION_DEGREE,
    &tenure::EXPECTED_TENURE,
    &tenure::SURVIVAL_PROBABILITY,
];

/// Rows that one task of the thread pool works on: enough to hide the cost of the hand-over.
#[cfg(feature = "parallel")]
const ROWS_PER_TASK: usize = 1 << 14;

/// One formula over columns of numbers.
#[derive(Debug)]
pub struct Kernel {
    /// Its name: the function of this name in C (`crm_` + name) and Python.
    pub name: &'static str,
    /// The public module that it belongs to, for example `clv`.
    pub module: &'static str,
    /// One line: what it computes.
    pub summary: &'static str,
    /// The formula, in the names of the arguments.
    pub formula: &'static str,
    /// Where the formula is published, or the notion that it computes.
    pub source: &'static str,
    /// When its sum has no finite value, which is refused as `Divergent`; `None` if it always has.
    pub diverges: Option<&'static str>,
    /// What it takes, in order.
    pub arguments: &'static [Argument],
    /// The exact form: one row of decimals in the order of `arguments`.
    pub exact: fn(&[Decimal]) -> Result<Decimal>,
    /// The columnar form; use [`Kernel::evaluate`], which documents it.
    pub columns: fn(&Kernel, &[Column<'_>], &mut [f64]) -> Result<()>,
}

/// One argument of a [`Kernel`].
#[derive(Debug, Clone, Copy)]
pub struct Argument {
    /// Its name, as in every language.
    pub name: &'static str,
    /// What it means, with its unit.
    pub meaning: &'static str,
    /// The values that it may take.
    pub domain: Domain,
}

/// The values that an argument of a kernel may take; all are finite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Domain {
    /// Any finite number.
    Finite,
    /// 0 or more.
    NonNegative,
    /// More than 0.
    Positive,
    /// More than −1.
    Rate,
    /// From 0 to 1.
    Probability,
    /// More than 0, up to 1.
    PositiveProbability,
    /// 0, 1, 2, …
    Count,
}

impl Domain {
    /// Whether `value` is allowed; NaN is not.
    #[must_use]
    #[inline]
    pub fn contains(self, value: f64) -> bool {
        match self {
            Domain::Finite => value.is_finite(),
            Domain::NonNegative => (0.0..=f64::MAX).contains(&value),
            Domain::Positive => value > 0.0 && value <= f64::MAX,
            Domain::Rate => value > -1.0 && value <= f64::MAX,
            Domain::Probability => (0.0..=1.0).contains(&value),
            Domain::PositiveProbability => value > 0.0 && value <= 1.0,
            Domain::Count => (0.0..=f64::MAX).contains(&value) && value == value.trunc(),
        }
    }

    /// The rule in words, completing "must be …".
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Domain::Finite => "a finite number",
            Domain::NonNegative => "0 or more",
            Domain::Positive => "greater than 0",
            Domain::Rate => "greater than -1",
            Domain::Probability => "between 0 and 1",
            Domain::PositiveProbability => "greater than 0 and at most 1",
            Domain::Count => "a whole number, 0 or more",
        }
    }

    /// Whether the exact `value` is allowed.
    #[must_use]
    pub fn contains_exact(self, value: Decimal) -> bool {
        match self {
            Domain::Finite => true,
            Domain::NonNegative => value >= Decimal::ZERO,
            Domain::Positive => value > Decimal::ZERO,
            Domain::Rate => value > Decimal::NEGATIVE_ONE,
            Domain::Probability => (Decimal::ZERO..=Decimal::ONE).contains(&value),
            Domain::PositiveProbability => value > Decimal::ZERO && value <= Decimal::ONE,
            Domain::Count => value >= Decimal::ZERO && value.is_integer(),
        }
    }

    /// The allowed value that is nearest to `value`; none where a bound is near that is not allowed itself, and
    /// where a count is not whole.
    #[must_use]
    pub fn nearest(self, value: Decimal) -> Option<Decimal> {
        let (least, most) = match self {
            Domain::Finite => (Decimal::MIN, Decimal::MAX),
            Domain::NonNegative | Domain::Positive | Domain::Count => (Decimal::ZERO, Decimal::MAX),
            Domain::Rate => (Decimal::NEGATIVE_ONE, Decimal::MAX),
            Domain::Probability | Domain::PositiveProbability => (Decimal::ZERO, Decimal::ONE),
        };
        let nearest = value.clamp(least, most);
        self.contains_exact(nearest).then_some(nearest)
    }

    pub(crate) fn refuse(self, argument: &'static str, value: f64) -> Error {
        if value.is_finite() {
            let reason = format!("must be {}", self.rule());
            Error::new(ErrorKind::OutOfRange, argument, reason).with_value(value)
        } else {
            Error::not_finite(argument, value)
        }
    }
}

impl Label for Domain {
    const ALL: &'static [Self] = &[
        Domain::Finite,
        Domain::NonNegative,
        Domain::Positive,
        Domain::Rate,
        Domain::Probability,
        Domain::PositiveProbability,
        Domain::Count,
    ];

    fn terms(self) -> Terms {
        let (name, zh) = match self {
            Domain::Finite => ("finite", "有限数"),
            Domain::NonNegative => ("non_negative", "不小于 0"),
            Domain::Positive => ("positive", "大于 0"),
            Domain::Rate => ("rate", "大于 −1"),
            Domain::Probability => ("probability", "0 到 1 之间"),
            Domain::PositiveProbability => ("positive_probability", "大于 0 且不大于 1"),
            Domain::Count => ("count", "不小于 0 的整数"),
        };
        let en = self.rule();
        Terms { name, en, zh }
    }
}

/// A column of numbers, or one number for all rows.
#[derive(Debug, Clone, Copy)]
pub enum Column<'a> {
    /// The same value in every row.
    Constant(f64),
    /// One value a row.
    Values(&'a [f64]),
    /// Row `i` is element `i · stride`, as in one column of a row-major table; stride 1 or more.
    Strided(&'a [f64], usize),
    /// One whole number a row.
    Integers(&'a [i64]),
}

impl Column<'_> {
    pub(crate) fn get(self, row: usize) -> f64 {
        match self {
            Column::Constant(value) => value,
            Column::Values(values) => values.get(row).copied().unwrap_or(f64::NAN),
            Column::Strided(values, stride) => {
                values.get(row * stride).copied().unwrap_or(f64::NAN)
            }
            Column::Integers(values) => values.get(row).map_or(f64::NAN, |&value| value as f64),
        }
    }

    /// The N rows from `first` on.
    pub(crate) fn block<const N: usize>(self, first: usize) -> [f64; N] {
        match self {
            Column::Constant(value) => [value; N],
            Column::Values(values) => {
                let rows = values.get(first..first + N);
                rows.and_then(|rows| rows.try_into().ok())
                    .unwrap_or([f64::NAN; N])
            }
            Column::Strided(..) | Column::Integers(_) => {
                std::array::from_fn(|row| self.get(first + row))
            }
        }
    }

    /// Refuses a column of another number of rows.
    pub(crate) fn require_rows(self, argument: &'static str, rows: usize) -> Result<()> {
        match self.rows() {
            Some(found) if found != rows => Err(Error::length(argument, found, rows)),
            _ => Ok(()),
        }
    }

    /// How many rows it has; `None` for a constant.
    pub(crate) fn rows(self) -> Option<usize> {
        match self {
            Column::Constant(_) => None,
            Column::Values(values) => Some(values.len()),
            Column::Strided(values, stride) => Some(values.len().div_ceil(stride.max(1))),
            Column::Integers(values) => Some(values.len()),
        }
    }
}

impl From<f64> for Column<'_> {
    fn from(value: f64) -> Self {
        Column::Constant(value)
    }
}

impl<'a> From<&'a [f64]> for Column<'a> {
    fn from(values: &'a [f64]) -> Self {
        Column::Values(values)
    }
}

impl<'a> From<&'a Vec<f64>> for Column<'a> {
    fn from(values: &'a Vec<f64>) -> Self {
        Column::Values(values)
    }
}

impl Kernel {
    /// The kernel of this name.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`].
    pub fn find(name: &str) -> Result<&'static Kernel> {
        let found = KERNELS.iter().find(|kernel| kernel.name == name);
        found.copied().ok_or_else(|| {
            Error::new(ErrorKind::NotFound, "kernel", "is not a kernel of crm-core")
                .with_value(format_args!("{name:?}"))
        })
    }

    /// Computes one result per row of `out` from `columns`, in the order of the arguments.
    ///
    /// # Errors
    /// [`ErrorKind::LengthMismatch`] for a wrong number of columns or rows; the kind that fits the
    /// first row that the formula refuses. `out` then holds nothing of use.
    pub fn evaluate(&self, columns: &[Column<'_>], out: &mut [f64]) -> Result<()> {
        if columns.len() != self.arguments.len() {
            return Err(Error::length(
                "columns",
                columns.len(),
                self.arguments.len(),
            ));
        }
        for (argument, column) in self.arguments.iter().zip(columns) {
            column.require_rows(argument.name, out.len())?;
        }
        (self.columns)(self, columns, out)
    }

    /// The exact result for one row of decimals, in the order of the arguments.
    ///
    /// # Errors
    /// [`ErrorKind::LengthMismatch`] for a wrong number of values; what the formula refuses.
    pub fn evaluate_exact(&self, values: &[Decimal]) -> Result<Decimal> {
        if values.len() != self.arguments.len() {
            return Err(Error::length("values", values.len(), self.arguments.len()));
        }
        for (argument, value) in self.arguments.iter().zip(values) {
            if !argument.domain.contains_exact(*value) {
                let reason = format!("must be {}", argument.domain.rule());
                return Err(
                    Error::new(ErrorKind::OutOfRange, argument.name, reason).with_value(value)
                );
            }
        }
        (self.exact)(values).map_err(|error| match error.kind() {
            ErrorKind::Overflow => Error::overflow(self.name),
            _ => error,
        })
    }

    /// The exact form of `row`, as the nearest `f64`.
    fn exact_row(&self, row: impl IntoIterator<Item = f64>) -> Result<f64> {
        let values: Result<Vec<Decimal>> = self
            .arguments
            .iter()
            .zip(row)
            .map(|(argument, value)| crate::units::decimal(argument.name, value))
            .collect();
        Ok(crate::units::nearest_f64(self.evaluate_exact(&values?)?))
    }

    /// Why `row` has no result: what an argument does not allow, else what the exact form says,
    /// else an overflow.
    fn refusal(&self, columns: &[Column<'_>], row: usize) -> Error {
        for (argument, column) in self.arguments.iter().zip(columns) {
            let value = column.get(row);
            if !argument.domain.contains(value) {
                return argument.domain.refuse(argument.name, value).at_row(row);
            }
        }
        match self.exact_row(columns.iter().map(|column| column.get(row))) {
            Err(error) if error.kind() != ErrorKind::Overflow => error.at_row(row),
            _ => Error::overflow(self.name).at_row(row),
        }
    }
}

/// Applies `formula` to every row: the body of a kernel's `columns`. A result that is not finite
/// (where no argument is NaN) leaves the row to the exact form, which has a result or refuses the row.
pub(crate) fn rows<const N: usize>(
    kernel: &Kernel,
    columns: &[Column<'_>],
    out: &mut [f64],
    formula: impl Fn([f64; N]) -> f64 + Sync,
) -> Result<()> {
    let Ok(columns) = <[Column<'_>; N]>::try_from(columns) else {
        return Err(Error::length("columns", columns.len(), N));
    };
    let domains: [Domain; N] =
        std::array::from_fn(|i| kernel.arguments.get(i).map_or(Domain::Finite, |a| a.domain));
    let task = |first: usize, out: &mut [f64]| -> Option<usize> {
        let mut refused = None;
        for (offset, result) in out.iter_mut().enumerate() {
            let row: [f64; N] = columns.map(|column| column.get(first + offset));
            let allowed = row
                .iter()
                .zip(&domains)
                .all(|(&v, domain)| domain.contains(v));
            *result = if allowed { formula(row) } else { f64::NAN };
            if !result.is_finite() && !row.iter().any(|v| v.is_nan()) && refused.is_none() {
                match kernel.exact_row(row) {
                    Ok(exact) if allowed => *result = exact,
                    _ => refused = Some(first + offset),
                }
            }
        }
        refused
    };
    match first_refusal(out, task) {
        Some(row) => Err(kernel.refusal(&columns, row)),
        None => Ok(()),
    }
}

/// Applies `work` to every place of `out` with its row; the error of the first row that has one.
pub(crate) fn each_row(
    out: &mut [f64],
    work: impl Fn(usize, &mut f64) -> Result<()> + Sync,
) -> Result<()> {
    each_block(out, |_, _: &mut [f64; 1]| false, work)
}

/// As [`each_row`]; but `block` may do N rows at once, to the same bits. Where it says that it did not, `work` does.
pub(crate) fn each_block<const N: usize>(
    out: &mut [f64],
    block: impl Fn(usize, &mut [f64; N]) -> bool + Sync,
    work: impl Fn(usize, &mut f64) -> Result<()> + Sync,
) -> Result<()> {
    let by_row = |first: usize, out: &mut [f64]| {
        (first..)
            .zip(out)
            .find_map(|(row, result)| work(row, result).is_err().then_some(row))
    };
    let refused = first_refusal(out, |first, out| {
        let (blocks, rest) = out.as_chunks_mut::<N>();
        let first_of_rest = first + N * blocks.len();
        let mut blocks = (first..).step_by(N).zip(blocks);
        let refused = blocks.find_map(|(first, out)| match block(first, out) {
            true => None,
            false => by_row(first, out),
        });
        refused.or_else(|| by_row(first_of_rest, rest))
    });
    match refused {
        Some(row) => work(row, &mut 0.0),
        None => Ok(()),
    }
}

/// The whole number that an argument of [`Domain::Count`] is.
pub(crate) fn count(argument: &'static str, value: Decimal) -> Result<u64> {
    u64::try_from(value).map_err(|_| Error::overflow(argument).with_value(value))
}

/// The `N` values of one row of a kernel's exact form.
pub(crate) fn values<const N: usize>(values: &[Decimal]) -> Result<[Decimal; N]> {
    <[Decimal; N]>::try_from(values).map_err(|_| Error::length("values", values.len(), N))
}

#[cfg(feature = "parallel")]
fn first_refusal(
    out: &mut [f64],
    task: impl Fn(usize, &mut [f64]) -> Option<usize> + Sync,
) -> Option<usize> {
    use rayon::prelude::*;
    if out.len() <= ROWS_PER_TASK {
        return task(0, out);
    }
    out.par_chunks_mut(ROWS_PER_TASK)
        .enumerate()
        .filter_map(|(i, chunk)| task(i * ROWS_PER_TASK, chunk))
        .min()
}

#[cfg(not(feature = "parallel"))]
fn first_refusal(
    out: &mut [f64],
    task: impl Fn(usize, &mut [f64]) -> Option<usize>,
) -> Option<usize> {
    task(0, out)
}
