//! Covariates as a fit sees them: with mean 0 and variance 1.

use nalgebra::DMatrix;

use super::model::Side;
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::Column;
use crate::math::sum;

/// Standardised covariates of one side, one row per group, row-major.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Design {
    values: Vec<f64>,
    means: Vec<f64>,
    deviations: Vec<f64>,
}

/// Less of the variance of a covariate than this, left by those before it, is rounding.
const COLLINEAR: f64 = 1e-10;

impl Design {
    /// Of these rows, each for as many customers as its weight.
    pub(super) fn new(
        side: Side,
        names: &[String],
        columns: &[Column<'_>],
        rows: &[usize],
        weights: &[f64],
    ) -> Result<Self> {
        let customers: f64 = weights.iter().sum();
        let mean = |value: &(dyn Fn(usize) -> f64 + Sync)| {
            let sums = sum::blocks(rows.len(), 1, |group, sums| {
                let (Some(&row), Some(weight), [sum]) = (rows.get(group), weights.get(group), sums)
                else {
                    return;
                };
                *sum += weight * value(row);
            });
            sums.first().map_or(f64::NAN, |sum| sum / customers)
        };
        let (mut means, mut deviations) = (Vec::new(), Vec::new());
        for (name, column) in names.iter().zip(columns) {
            let first = rows.first().map_or(f64::NAN, |row| column.get(*row));
            if rows.iter().all(|row| column.get(*row) == first) {
                return Err(refuse(side, name, "is the same for all customers"));
            }
            let center = mean(&|row| column.get(row));
            let variance = mean(&|row| {
                let distance = column.get(row) - center;
                distance * distance
            });
            means.push(center);
            deviations.push(libm::sqrt(variance));
        }
        let scales = || means.iter().zip(&deviations);
        let standardised = |row: &usize| -> Vec<f64> {
            let scaled = columns.iter().zip(scales());
            scaled
                .map(|(column, (mean, deviation))| (column.get(*row) - mean) / deviation)
                .collect()
        };
        let design = Design {
            values: rows.iter().flat_map(standardised).collect(),
            means,
            deviations,
        };
        design.require_independent(side, names, weights, customers)?;
        Ok(design)
    }

    /// The covariates of a group.
    pub(super) fn row(&self, group: usize) -> &[f64] {
        let width = self.means.len();
        let range = group * width..(group + 1) * width;
        self.values.get(range).unwrap_or_default()
    }

    /// Mean and standard deviation of each covariate.
    pub(super) fn scales(&self) -> impl Iterator<Item = (f64, f64)> {
        let means = self.means.iter().copied();
        means.zip(self.deviations.iter().copied())
    }

    /// Refuses the first covariate that the ones before it determine: a pivot of the Cholesky factor of the
    /// correlations, 1 − R², is 0.
    fn require_independent(
        &self,
        side: Side,
        names: &[String],
        weights: &[f64],
        customers: f64,
    ) -> Result<()> {
        let width = self.means.len();
        let sums = sum::blocks(weights.len(), width * width, |group, sums| {
            let row = self.row(group);
            let weight = weights.get(group).copied().unwrap_or_default();
            let products = row.iter().flat_map(|a| row.iter().map(move |b| a * b));
            for (sum, product) in sums.iter_mut().zip(products) {
                *sum += weight * product;
            }
        });
        let mut left = DMatrix::from_row_slice(width, width, &sums) / customers;
        for (k, name) in names.iter().enumerate() {
            let column = left.column(k).clone_owned();
            let pivot = column.get(k).copied().unwrap_or(f64::NAN);
            if pivot.is_nan() || pivot < COLLINEAR {
                let reason = "is determined by the covariates before it";
                return Err(refuse(side, name, reason));
            }
            left -= &column * column.transpose() / pivot;
        }
        Ok(())
    }
}

fn refuse(side: Side, name: &str, reason: &'static str) -> Error {
    let reason = format!("{reason}: no coefficient can be told");
    Error::new(ErrorKind::NoSolution, side.argument(), reason).with_value(format_args!("{name:?}"))
}
