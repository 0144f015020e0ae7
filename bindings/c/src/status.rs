//! What a call says about itself.

use crm_core::ErrorKind;

/// What every function that can fail returns. Numbers are never reused and only ever added, so
/// treat an unknown one as a failure.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum crm_status {
    /// Success: the outputs are written.
    Ok = 0,
    /// A number is NaN or infinite where a finite one is needed.
    NotFinite = 1,
    /// A value lies outside the range that its meaning allows.
    OutOfRange = 2,
    /// A table, list or text that must hold something is empty.
    Empty = 3,
    /// Two arguments that must have matching lengths or shapes have not, or a buffer is too small.
    LengthMismatch = 4,
    /// Probabilities or shares that must sum to one do not.
    NotStochastic = 5,
    /// The result, or a size in bytes, does not fit into its type.
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
    /// A pointer that must not be NULL is.
    NullPointer = 100,
    /// A defect of the library, caught before it could harm the program: please report it.
    Panic = 101,
    /// A pointer is not aligned for what it points to.
    MisalignedPointer = 102,
    /// The function that a long call told its progress asked to stop.
    Stopped = 103,
}

impl From<ErrorKind> for crm_status {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::NotFinite => crm_status::NotFinite,
            ErrorKind::OutOfRange => crm_status::OutOfRange,
            ErrorKind::Empty => crm_status::Empty,
            ErrorKind::LengthMismatch => crm_status::LengthMismatch,
            ErrorKind::NotStochastic => crm_status::NotStochastic,
            ErrorKind::Overflow => crm_status::Overflow,
            ErrorKind::Divergent => crm_status::Divergent,
            ErrorKind::IllegalTransition => crm_status::IllegalTransition,
            ErrorKind::NoSolution => crm_status::NoSolution,
            ErrorKind::NotConverged => crm_status::NotConverged,
            ErrorKind::WrongType => crm_status::WrongType,
            ErrorKind::MixedTimeZones => crm_status::MixedTimeZones,
            ErrorKind::Missing => crm_status::Missing,
            ErrorKind::Unreadable => crm_status::Unreadable,
            ErrorKind::NotFound => crm_status::NotFound,
            // `tests/status.rs` proves that every kind has its line above.
            _ => crm_status::Panic,
        }
    }
}
