//! Where a value stands among those of all customers.

use crate::error::Result;
use crate::value::types::CutRule;

/// The known values of a column, ascending.
pub(super) struct Standing<'a> {
    sorted: Vec<f64>,
    known: std::borrow::Cow<'a, [f64]>,
}

/// A border and how many of the known values lie at or below it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Border {
    pub(super) cut: f64,
    below: usize,
}

impl<'a> Standing<'a> {
    /// `None` where no value is known.
    pub(super) fn new(column: Option<&'a [f64]>) -> Option<Self> {
        let values = column?;
        let known: std::borrow::Cow<'a, [f64]> = if values.iter().any(|value| value.is_nan()) {
            values
                .iter()
                .copied()
                .filter(|value| !value.is_nan())
                .collect()
        } else {
            values.into()
        };
        let mut sorted: Vec<f64> = known.iter().map(|value| value + 0.0).collect();
        crate::parallel::sort_floats(&mut sorted);
        (!sorted.is_empty()).then_some(Standing { sorted, known })
    }

    /// In the order of the table.
    pub(super) fn known(&self) -> &[f64] {
        &self.known
    }

    pub(super) fn border(&self, argument: &'static str, rule: CutRule) -> Result<Border> {
        Ok(self.at(rule.cut(argument, &self.known)?))
    }

    pub(super) fn at(&self, cut: f64) -> Border {
        Border {
            cut,
            below: self.sorted.partition_point(|&value| value <= cut),
        }
    }

    /// The share of the known values from this one to the border, itself included: how many would have to move for it to cross.
    pub(super) fn margin(&self, value: f64, border: &Border) -> f64 {
        let between = if value > border.cut {
            self.sorted.partition_point(|&other| other <= value) - border.below
        } else {
            border.below - self.sorted.partition_point(|&other| other < value)
        };
        between as f64 / self.sorted.len() as f64
    }
}
