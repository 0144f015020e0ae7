//! The one error type of the crate.

use std::borrow::Cow;
use std::fmt::{self, Display};

/// The result of every fallible function of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong, as a stable number: the same in Rust, in `crm_status` of the C header, and in
/// the exception classes of Python. Numbers are never reused and only ever added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A number is NaN or infinite where a finite one is needed.
    NotFinite = 1,
    /// A value lies outside the range that its meaning allows.
    OutOfRange = 2,
    /// A table, list or text that must hold something is empty.
    Empty = 3,
    /// Two arguments that must have matching lengths or shapes have not.
    LengthMismatch = 4,
    /// Probabilities or shares that must sum to one do not.
    NotStochastic = 5,
    /// The result does not fit into the number type.
    Overflow = 6,
    /// A sum over an infinite horizon has no finite value.
    Divergent = 7,
    /// The lifecycle has no such move.
    IllegalTransition = 8,
    /// The equation has no solution, for example an internal rate of return without a sign change.
    NoSolution = 9,
    /// An iteration stopped before it met its tolerance.
    NotConverged = 10,
    /// A column or value has a type that the function does not take.
    WrongType = 11,
    /// Naive and UTC time stamps were given together.
    MixedTimeZones = 12,
    /// A value is missing (null) where one is needed.
    Missing = 13,
    /// A text could not be read as what it must say.
    Unreadable = 14,
    /// No such customer, kernel or column.
    NotFound = 15,
}

impl ErrorKind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [ErrorKind; 15] = [
        ErrorKind::NotFinite,
        ErrorKind::OutOfRange,
        ErrorKind::Empty,
        ErrorKind::LengthMismatch,
        ErrorKind::NotStochastic,
        ErrorKind::Overflow,
        ErrorKind::Divergent,
        ErrorKind::IllegalTransition,
        ErrorKind::NoSolution,
        ErrorKind::NotConverged,
        ErrorKind::WrongType,
        ErrorKind::MixedTimeZones,
        ErrorKind::Missing,
        ErrorKind::Unreadable,
        ErrorKind::NotFound,
    ];

    /// The stable number.
    #[must_use]
    pub const fn code(self) -> i32 {
        self as i32
    }
}

/// Why a call was refused: the kind, the argument, the row (counted from 0) and the value.
///
/// ```
/// use crm_core::{ErrorKind, units::Probability};
///
/// let error = Probability::try_from(1.2).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::OutOfRange);
/// assert_eq!(error.to_string(), "probability is 1.2: must be between 0 and 1");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Error(Box<Details>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Details {
    kind: ErrorKind,
    argument: Cow<'static, str>,
    row: Option<usize>,
    value: Option<String>,
    reason: Cow<'static, str>,
}

impl Error {
    /// An error of `kind` about `argument`; `reason` completes the sentence "argument …: reason".
    pub fn new(
        kind: ErrorKind,
        argument: impl Into<Cow<'static, str>>,
        reason: impl Into<Cow<'static, str>>,
    ) -> Self {
        Error(Box::new(Details {
            kind,
            argument: argument.into(),
            row: None,
            value: None,
            reason: reason.into(),
        }))
    }

    /// Adds the offending value.
    #[must_use]
    pub fn with_value(mut self, value: impl Display) -> Self {
        self.0.value = Some(value.to_string());
        self
    }

    /// Adds the row (counted from 0) that holds the offending value.
    #[must_use]
    pub fn at_row(mut self, row: usize) -> Self {
        self.0.row = Some(row);
        self
    }

    /// Takes the row away, where the caller gave one value and not a column.
    #[must_use]
    pub fn without_row(mut self) -> Self {
        self.0.row = None;
        self
    }

    /// Names the argument by the name that the caller knows it by.
    #[must_use]
    pub fn named(mut self, argument: impl Into<Cow<'static, str>>) -> Self {
        self.0.argument = argument.into();
        self
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The argument that was refused.
    #[must_use]
    pub fn argument(&self) -> &str {
        &self.0.argument
    }

    /// The row of the argument, counted from 0, where it has rows.
    #[must_use]
    pub fn row(&self) -> Option<usize> {
        self.0.row
    }

    /// The value that was refused, as text.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.0.value.as_deref()
    }

    /// `argument` holds NaN or an infinity.
    #[must_use]
    pub fn not_finite(argument: &'static str, value: f64) -> Self {
        Error::new(ErrorKind::NotFinite, argument, "must be a finite number").with_value(value)
    }

    /// The result called `argument` does not fit into the number type.
    pub fn overflow(argument: impl Into<Cow<'static, str>>) -> Self {
        Error::new(
            ErrorKind::Overflow,
            argument,
            "does not fit into the number type",
        )
    }

    /// `argument` holds nothing.
    #[must_use]
    pub fn empty(argument: &'static str) -> Self {
        Error::new(ErrorKind::Empty, argument, "must not be empty")
    }

    /// `argument` has the length `found` where `expected` is needed.
    #[must_use]
    pub fn length(argument: &'static str, found: usize, expected: usize) -> Self {
        Error::new(
            ErrorKind::LengthMismatch,
            argument,
            format!("must have length {expected}"),
        )
        .with_value(format_args!("of length {found}"))
    }
}

impl Display for Details {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.argument)?;
        if let Some(row) = self.row {
            write!(f, " (row {row})")?;
        }
        if let Some(value) = &self.value {
            write!(f, " is {value}")?;
        }
        write!(f, ": {}", self.reason)
    }
}
