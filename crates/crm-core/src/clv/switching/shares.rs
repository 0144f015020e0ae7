use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::math::double_double::DoubleDouble;
use crate::units::{Label, Terms};

/// How far the sum of a row may be from one: the rounding of shares that are printed with nine
/// digits or more, and far above what adding `f64`s leaves. Shares in single precision or with
/// fewer digits must be normalised by an explicit step.
pub const SUM_TOLERANCE: f64 = 1e-9;

/// What the shares of one row must sum to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum ShareRule {
    /// One, within [`SUM_TOLERANCE`]: every purchase goes to one of the brands.
    #[default]
    SumToOne = 0,
    /// Anything: some brands are left out, or the numbers are taken as they were published.
    Any = 1,
}

impl Label for ShareRule {
    const ALL: &'static [Self] = &[ShareRule::SumToOne, ShareRule::Any];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            ShareRule::SumToOne => ("sum_to_one", "Sum to one", "合计为一"),
            ShareRule::Any => ("any", "Any sum", "合计不限"),
        };
        Terms { name, en, zh }
    }
}

/// The share of a customer's purchases that each brand gets: between 0 and 1, together one.
///
/// ```
/// use crm_core::clv::switching::Shares;
///
/// let shares = Shares::new([0.5, 0.3, 0.2])?;
/// assert_eq!(shares.values(), [0.5, 0.3, 0.2]);
/// assert_eq!(
///     Shares::new([0.43, 0.40, 0.20]).unwrap_err().to_string(),
///     "shares is of sum 1.03: must sum to 1; normalize it, or say that it need not"
/// );
/// assert_eq!(Shares::normalized([5.0, 3.0, 2.0])?, shares);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<f64>", into = "Vec<f64>")]
pub struct Shares(Vec<f64>);

impl Shares {
    /// Shares that sum to one within [`SUM_TOLERANCE`].
    ///
    /// # Errors
    /// [`ErrorKind::Empty`], [`ErrorKind::NotFinite`], [`ErrorKind::OutOfRange`] for a share outside
    /// [0, 1], [`ErrorKind::NotStochastic`] with the sum.
    pub fn new(values: impl Into<Vec<f64>>) -> Result<Self> {
        let values = values.into();
        check_row("shares", &values, ShareRule::SumToOne)?;
        Ok(Shares(values))
    }

    /// The parts of a whole that `weights` (purchase counts, say) stand for: each divided by their sum.
    ///
    /// # Errors
    /// [`ErrorKind::Empty`], [`ErrorKind::NotFinite`], [`ErrorKind::OutOfRange`] for a negative
    /// weight, [`ErrorKind::NotStochastic`] for a sum of 0.
    pub fn normalized(weights: impl Into<Vec<f64>>) -> Result<Self> {
        let mut values = weights.into();
        normalize_row("shares", &mut values)?;
        Ok(Shares(values))
    }

    /// The shares in the order of the brands.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.0
    }
}

impl TryFrom<Vec<f64>> for Shares {
    type Error = Error;

    fn try_from(values: Vec<f64>) -> Result<Self> {
        Self::new(values)
    }
}

impl From<Shares> for Vec<f64> {
    fn from(shares: Shares) -> Self {
        shares.0
    }
}

/// Shares of every brand in each period t = 0, 1, …, T: one row a period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawPath", into = "RawPath")]
pub struct SharePath {
    brands: usize,
    values: Vec<f64>,
    rule: ShareRule,
}

/// How a path is written: its rows, and what they sum to.
#[derive(Debug, Serialize, Deserialize)]
struct RawPath {
    rows: Vec<Vec<f64>>,
    #[serde(default)]
    rule: ShareRule,
}

impl SharePath {
    /// A path whose rows sum to what `rule` says.
    ///
    /// ```
    /// use crm_core::clv::switching::{SharePath, ShareRule};
    ///
    /// let published = [[0.5, 0.3, 0.2], [0.43, 0.40, 0.20]];
    /// assert_eq!(
    ///     SharePath::new(&published, ShareRule::SumToOne).unwrap_err().to_string(),
    ///     "shares (row 1) is of sum 1.03: must sum to 1; normalize it, or say that it need not"
    /// );
    /// assert_eq!(SharePath::new(&published, ShareRule::Any)?.periods(), 2);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// With the number of the row: [`ErrorKind::Empty`], [`ErrorKind::LengthMismatch`] for rows of
    /// different lengths, [`ErrorKind::NotFinite`], [`ErrorKind::OutOfRange`] for a share outside
    /// [0, 1], [`ErrorKind::NotStochastic`] with the sum.
    pub fn new(rows: &[impl AsRef<[f64]>], rule: ShareRule) -> Result<Self> {
        let (brands, values) = flatten("shares", rows)?;
        for (i, row) in values.chunks_exact(brands).enumerate() {
            check_row("shares", row, rule).map_err(|error| error.at_row(i))?;
        }
        Ok(SharePath {
            brands,
            values,
            rule,
        })
    }

    /// A path whose rows are divided by their sums.
    ///
    /// # Errors
    /// As [`Shares::normalized`], with the number of the row.
    pub fn normalized(rows: &[impl AsRef<[f64]>]) -> Result<Self> {
        let (brands, mut values) = flatten("shares", rows)?;
        for (i, row) in values.chunks_exact_mut(brands).enumerate() {
            normalize_row("shares", row).map_err(|error| error.at_row(i))?;
        }
        Ok(SharePath {
            brands,
            values,
            rule: ShareRule::SumToOne,
        })
    }

    /// The number of brands.
    #[must_use]
    pub fn brands(&self) -> usize {
        self.brands
    }

    /// The number of periods, T + 1.
    #[must_use]
    pub fn periods(&self) -> usize {
        self.values.len() / self.brands
    }

    /// What the rows sum to.
    #[must_use]
    pub fn rule(&self) -> ShareRule {
        self.rule
    }

    /// The shares of each period in turn.
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        self.values.chunks_exact(self.brands)
    }
}

impl TryFrom<RawPath> for SharePath {
    type Error = Error;

    fn try_from(path: RawPath) -> Result<Self> {
        Self::new(&path.rows, path.rule)
    }
}

impl From<SharePath> for RawPath {
    fn from(path: SharePath) -> Self {
        RawPath {
            rows: path.rows().map(<[f64]>::to_vec).collect(),
            rule: path.rule,
        }
    }
}

/// Rows of one length as one row-major table: (length of a row, values).
pub(super) fn flatten(
    argument: &'static str,
    rows: &[impl AsRef<[f64]>],
) -> Result<(usize, Vec<f64>)> {
    let columns = rows.first().map_or(0, |row| row.as_ref().len());
    if columns == 0 {
        return Err(Error::empty(argument));
    }
    let mut values = Vec::with_capacity(rows.len() * columns);
    for (i, row) in rows.iter().enumerate() {
        if row.as_ref().len() != columns {
            return Err(Error::length(argument, row.as_ref().len(), columns).at_row(i));
        }
        values.extend_from_slice(row.as_ref());
    }
    Ok((columns, values))
}

/// Whether all `values` are between 0 and 1; NaN is not.
#[inline(always)]
pub(super) fn are_shares(values: &[f64]) -> bool {
    let mut fine = true;
    for &value in values {
        fine &= (0.0..=1.0).contains(&value);
    }
    fine
}

/// Whether `row` sums to one.
#[inline(always)]
pub(super) fn sums_to_one(row: &[f64]) -> bool {
    let mut sum = 0.0;
    for share in row {
        sum += share;
    }
    (sum - 1.0_f64).abs() <= SUM_TOLERANCE
}

/// Whether `row` holds shares that sum to what `rule` says.
pub(super) fn row_holds(row: &[f64], rule: ShareRule) -> bool {
    are_shares(row) && (rule == ShareRule::Any || sums_to_one(row))
}

/// Why [`row_holds`] is false.
pub(crate) fn check_row(argument: &'static str, row: &[f64], rule: ShareRule) -> Result<()> {
    if row.is_empty() {
        return Err(Error::empty(argument));
    }
    if row_holds(row, rule) {
        return Ok(());
    }
    for &share in row {
        if !share.is_finite() {
            return Err(Error::not_finite(argument, share));
        }
        if !(0.0..=1.0).contains(&share) {
            return Err(
                Error::new(ErrorKind::OutOfRange, argument, "must be between 0 and 1")
                    .with_value(share),
            );
        }
    }
    let reason = "must sum to 1; normalize it, or say that it need not";
    Err(wrong_sum(argument, row, reason))
}

/// Divides a row of weights, 0 or more, by its sum.
pub(super) fn normalize_row(argument: &'static str, row: &mut [f64]) -> Result<()> {
    if row.is_empty() {
        return Err(Error::empty(argument));
    }
    for &weight in row.iter() {
        if !weight.is_finite() {
            return Err(Error::not_finite(argument, weight));
        }
        if weight < 0.0 {
            return Err(
                Error::new(ErrorKind::OutOfRange, argument, "must be 0 or more").with_value(weight),
            );
        }
    }
    let sum = DoubleDouble::sum(row.iter().copied()).to_f64();
    if sum == 0.0 {
        let reason = "must have a positive sum to be normalized";
        return Err(wrong_sum(argument, row, reason));
    }
    if !sum.is_finite() {
        return Err(Error::overflow(argument));
    }
    row.iter_mut().for_each(|weight| *weight /= sum);
    Ok(())
}

pub(in crate::clv) fn wrong_sum(
    argument: &'static str,
    row: &[f64],
    reason: &'static str,
) -> Error {
    let sum = DoubleDouble::sum(row.iter().copied()).to_f64();
    Error::new(ErrorKind::NotStochastic, argument, reason).with_value(format_args!("of sum {sum}"))
}
