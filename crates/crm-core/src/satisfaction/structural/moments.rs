//! Means and covariances of the indicators in one pass over the rows.

#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of indicators or rows"
)]

use super::StructuralModel;
use super::cross_product::{CrossProduct, ROWS_PER_BLOCK, padded};
use super::em::Patterns;
use super::options::Missing;
use super::responses::Selected;
use crate::error::{Error, ErrorKind, Result};
use crate::parallel;

/// Rows that one task reads; fixed, so that results do not depend on the number of threads.
const ROWS_PER_TASK: usize = 64 * ROWS_PER_BLOCK;

/// Standard deviations between the mean and what was subtracted from every value in advance from which on the digits lost are fetched
/// back by a second pass.
const FAR: f64 = 30.0;

/// What a fit needs to know of the answers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Moments {
    pub(super) means: Vec<f64>,
    /// Row-major, with the divisor n − 1.
    pub(super) covariance: Vec<f64>,
    /// n: the sum of the weights of the rows used.
    pub(super) count: f64,
    pub(super) used: usize,
    pub(super) dropped: usize,
    /// Missing answers of each indicator, in rows.
    pub(super) missing: Vec<usize>,
}

impl Moments {
    /// # Errors
    /// As [`StructuralModel::fit`](super::StructuralModel::fit), of the answers.
    pub(super) fn new(
        model: &StructuralModel,
        answers: &Selected<'_>,
        missing: Missing,
    ) -> Result<Self> {
        let shift = shift(answers);
        let mut moments = Sums::over(model, answers, missing, &shift)?.moments(answers);
        if moments.is_far_from(&shift) {
            moments = Sums::over(model, answers, missing, &moments.means)?.moments(answers);
        }
        if moments.count.is_nan() || moments.count <= 1.0 || moments.used < 2 {
            let rule = "must have two rows without a missing answer at least";
            return Err(Error::new(ErrorKind::Empty, "responses", rule));
        }
        moments.check_variances(model, answers)?;
        if missing == Missing::Em && moments.missing.iter().any(|&missing| missing > 0) {
            let value = |j, row| answers.value(j, row);
            let rows = (0..answers.rows).filter(|&row| answers.weight(row) > 0.0);
            Patterns::new(moments.indicators(), rows, value)
                .maximise(&mut moments, value, |row| answers.weight(row))
                .map_err(|reason| reason.error(model))?;
        }
        Ok(moments)
    }

    pub(super) fn indicators(&self) -> usize {
        self.means.len()
    }

    pub(super) fn variance(&self, indicator: usize) -> f64 {
        self.covariance[indicator * self.indicators() + indicator]
    }

    pub(super) fn deviations(&self) -> Vec<f64> {
        let indicators = 0..self.indicators();
        indicators.map(|j| libm::sqrt(self.variance(j))).collect()
    }

    /// S, row-major.
    pub(super) fn correlation(&self) -> Vec<f64> {
        let size = self.indicators();
        let deviations = self.deviations();
        let mut correlation = self.covariance.clone();
        for j in 0..size {
            for k in 0..size {
                correlation[j * size + k] /= deviations[j] * deviations[k];
            }
            correlation[j * size + j] = 1.0;
        }
        correlation
    }

    fn is_far_from(&self, shift: &[f64]) -> bool {
        let deviations = self.deviations();
        let mut distances = self.means.iter().zip(shift).zip(deviations);
        distances.any(|((mean, shift), deviation)| (mean - shift).abs() > FAR * deviation)
    }

    /// Refuses an indicator of which all answers are equal.
    fn check_variances(&self, model: &StructuralModel, answers: &Selected<'_>) -> Result<()> {
        for (j, name) in model.indicators().enumerate() {
            let spread = libm::sqrt(self.variance(j));
            if spread.is_infinite() {
                return Err(Error::overflow("responses").with_value(name));
            }
            // Only what rounding alone may have made of equal answers is looked at again.
            if spread > 1e-10 * self.means[j].abs() {
                continue;
            }
            let rows = (0..answers.rows).filter(|&row| answers.weight(row) > 0.0);
            let mut values = rows
                .map(|row| answers.value(j, row))
                .filter(|v| !v.is_nan());
            let first = values.next();
            if first.is_none() || values.all(|value| Some(value) == first) {
                let rule = "must have different answers to every indicator: leave out the one that has not";
                return Err(Error::new(ErrorKind::OutOfRange, "responses", rule).with_value(name));
            }
        }
        Ok(())
    }
}

/// About the mean of each indicator, so that sums of squares do not cancel: the mean of the first rows.
fn shift(answers: &Selected<'_>) -> Vec<f64> {
    let mean = |column: &&[f64]| {
        let first = column.iter().take(ROWS_PER_BLOCK).filter(|x| x.is_finite());
        let count = first.clone().count();
        first.sum::<f64>() / count.max(1) as f64
    };
    answers.columns.iter().map(mean).collect()
}

/// Sums over rows of x − shift and of its products.
struct Sums {
    shift: Vec<f64>,
    /// Where an answer is missing, 0 stands for x − shift.
    sums: Vec<f64>,
    /// Upper triangle, row-major with the length of a row of [`padded`].
    products: Vec<f64>,
    count: f64,
    used: usize,
    dropped: usize,
    missing: Vec<usize>,
    missing_weight: Vec<f64>,
    /// Rows used with a missing answer.
    incomplete: Vec<usize>,
}

impl Sums {
    fn none(shift: &[f64]) -> Self {
        let width = padded(shift.len());
        Sums {
            shift: shift.to_vec(),
            sums: vec![0.0; width],
            products: vec![0.0; width * width],
            count: 0.0,
            used: 0,
            dropped: 0,
            missing: vec![0; shift.len()],
            missing_weight: vec![0.0; shift.len()],
            incomplete: Vec::new(),
        }
    }

    fn over(
        model: &StructuralModel,
        answers: &Selected<'_>,
        missing: Missing,
        shift: &[f64],
    ) -> Result<Self> {
        let tasks = answers.rows.div_ceil(ROWS_PER_TASK);
        let partial = parallel::map_range(tasks, |task| {
            let first = task * ROWS_PER_TASK;
            let end = answers.rows.min(first + ROWS_PER_TASK);
            Sums::of_rows(model, answers, missing, shift, first, end)
        });
        let mut total = Sums::none(shift);
        for part in partial {
            total.add(part?);
        }
        Ok(total)
    }

    /// The rows from `first` to `end`.
    fn of_rows(
        model: &StructuralModel,
        answers: &Selected<'_>,
        missing: Missing,
        shift: &[f64],
        first: usize,
        end: usize,
    ) -> Result<Self> {
        let mut sums = Sums::none(shift);
        let mut cross = CrossProduct::new(shift.len());
        let width = cross.width();
        let mut block = vec![0.0; width * ROWS_PER_BLOCK];
        for start in (first..end).step_by(ROWS_PER_BLOCK) {
            let rows = ROWS_PER_BLOCK.min(end - start);
            let is_complete = transpose(answers, shift, start, rows, width, &mut block);
            let block = &mut block[..rows * width];
            if is_complete && answers.weights.is_none() {
                cross.add_block(block);
                sums.count += rows as f64;
                sums.used += rows;
                continue;
            }
            for (row, values) in block.chunks_exact_mut(width).enumerate() {
                let row = start + row;
                let weight = answers.weight(row);
                if weight > 0.0 && sums.admit(model, missing, row, weight, values)? {
                    cross.add(values, weight);
                }
            }
        }
        let (totals, products) = cross.finish();
        sums.sums.copy_from_slice(totals);
        sums.products.copy_from_slice(products);
        Ok(sums)
    }

    /// Counts a row and puts 0 where an answer is missing; false if the row is dropped.
    fn admit(
        &mut self,
        model: &StructuralModel,
        missing: Missing,
        row: usize,
        weight: f64,
        values: &mut [f64],
    ) -> Result<bool> {
        let values = &mut values[..self.shift.len()];
        if let Some(j) = values.iter().position(|value| value.is_infinite()) {
            let name = model.indicators().nth(j).unwrap_or_default();
            let rule = "must hold finite numbers, or NaN for a missing answer";
            let error = Error::new(ErrorKind::NotFinite, "responses", rule);
            let value = format_args!("{} in {name}", values[j]);
            return Err(error.with_value(value).at_row(row));
        }
        let absent = values.iter().filter(|value| value.is_nan()).count();
        let is_dropped = match missing {
            Missing::Mean => false,
            Missing::Listwise => absent > 0,
            Missing::Em => absent == values.len(),
        };
        for (j, value) in values.iter_mut().enumerate() {
            if value.is_nan() {
                *value = 0.0;
                self.missing[j] += 1;
                self.missing_weight[j] += if is_dropped { 0.0 } else { weight };
            }
        }
        if is_dropped {
            self.dropped += 1;
            return Ok(false);
        }
        self.count += weight;
        self.used += 1;
        if absent > 0 {
            self.incomplete.push(row);
        }
        Ok(true)
    }

    fn add(&mut self, other: Sums) {
        let add = |to: &mut [f64], from: &[f64]| {
            to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
        };
        add(&mut self.sums, &other.sums);
        add(&mut self.products, &other.products);
        add(&mut self.missing_weight, &other.missing_weight);
        self.count += other.count;
        self.used += other.used;
        self.dropped += other.dropped;
        let missing = self.missing.iter_mut().zip(other.missing);
        missing.for_each(|(to, from)| *to += from);
        self.incomplete.extend(other.incomplete);
    }

    /// The moments with the mean of the answers in the place of missing ones.
    fn moments(mut self, answers: &Selected<'_>) -> Moments {
        let size = self.shift.len();
        let width = padded(size);
        let means: Vec<f64> = (0..size)
            .map(|j| self.sums[j] / (self.count - self.missing_weight[j]))
            .collect();
        for &row in &self.incomplete {
            let weight = answers.weight(row);
            let place = |j: usize| {
                let value = answers.value(j, row) - self.shift[j];
                if value.is_nan() {
                    (0.0, means[j])
                } else {
                    (value, 0.0)
                }
            };
            let (known, filled): (Vec<f64>, Vec<f64>) = (0..size).map(place).unzip();
            for j in 0..size {
                for k in j..size {
                    self.products[j * width + k] += weight
                        * (known[j] * filled[k] + filled[j] * known[k] + filled[j] * filled[k]);
                }
            }
        }
        let mut covariance = vec![0.0; size * size];
        for j in 0..size {
            for k in j..size {
                let sum = self.products[j * width + k] - self.count * means[j] * means[k];
                covariance[j * size + k] = sum / (self.count - 1.0);
                covariance[k * size + j] = covariance[j * size + k];
            }
        }
        Moments {
            means: self.shift.iter().zip(&means).map(|(s, m)| s + m).collect(),
            covariance,
            count: self.count,
            used: self.used,
            dropped: self.dropped,
            missing: self.missing,
        }
    }
}

/// Writes the rows from `start` on, less the shift, into a row-major block; whether all are finite.
fn transpose(
    answers: &Selected<'_>,
    shift: &[f64],
    start: usize,
    rows: usize,
    width: usize,
    block: &mut [f64],
) -> bool {
    let mut is_complete = true;
    for (j, (column, shift)) in answers.columns.iter().zip(shift).enumerate() {
        let column = &column[start..start + rows];
        for (value, row) in column.iter().zip(block.chunks_exact_mut(width)) {
            let value = value - shift;
            is_complete &= value.is_finite();
            row[j] = value;
        }
    }
    is_complete
}

#[cfg(test)]
mod tests {
    use super::super::{Construct, Mode, Responses, Weights};
    use super::*;

    fn model() -> StructuralModel {
        let constructs = vec![
            Construct::new("a", Mode::A, ["x", "y"]),
            Construct::new("b", Mode::A, ["z"]),
        ];
        StructuralModel::new(constructs, &[("a", "b")]).unwrap()
    }

    fn moments(
        x: &[f64],
        y: &[f64],
        z: &[f64],
        weights: Weights<'_>,
        missing: Missing,
    ) -> Result<Moments> {
        let responses = Responses::new([("x", x), ("y", y), ("z", z)])?.weighted(weights)?;
        Moments::new(&model(), &responses.select(&model())?, missing)
    }

    const X: [f64; 5] = [1.0, 2.0, 4.0, 4.0, 9.0];
    const Y: [f64; 5] = [3.0, 1.0, 1.0, 0.0, 5.0];
    const Z: [f64; 5] = [2.0, 2.0, 3.0, 7.0, 1.0];

    #[test]
    fn means_and_covariances() {
        let found = moments(&X, &Y, &Z, Weights::Equal, Missing::Mean).unwrap();
        assert_eq!(found.means, [4.0, 2.0, 3.0]);
        // Σ(x − 4)² = 38, Σ(x − 4)(y − 2) = 14, Σ(x − 4)(z − 3) = −5, …
        let expected = [38.0, 14.0, -5.0, 14.0, 16.0, -14.0, -5.0, -14.0, 22.0];
        for (found, expected) in found.covariance.iter().zip(expected) {
            assert!((found - expected / 4.0).abs() < 1e-14, "{found} {expected}");
        }
    }

    #[test]
    fn frequencies_are_equal_rows() {
        let frequencies = [2.0, 0.0, 1.0, 3.0, 1.0];
        let weighted = moments(
            &X,
            &Y,
            &Z,
            Weights::Frequencies(&frequencies),
            Missing::Mean,
        );
        let repeat = |column: &[f64]| -> Vec<f64> {
            let rows = column.iter().zip(frequencies);
            rows.flat_map(|(&x, times)| vec![x; times as usize])
                .collect()
        };
        let repeated = moments(
            &repeat(&X),
            &repeat(&Y),
            &repeat(&Z),
            Weights::Equal,
            Missing::Mean,
        );
        let (weighted, repeated) = (weighted.unwrap(), repeated.unwrap());
        assert_eq!(weighted.count, repeated.count);
        assert_eq!((weighted.used, repeated.used), (4, 7));
        for (a, b) in weighted.covariance.iter().zip(&repeated.covariance) {
            assert!((a - b).abs() < 1e-14);
        }
    }

    /// A mean far from the first rows costs no digits.
    #[test]
    fn far_from_the_first_rows() {
        let column = |scale: f64| -> Vec<f64> {
            let value = |i: usize| {
                if i < 64 {
                    0.0
                } else {
                    1e9 + scale * (i % 7) as f64
                }
            };
            (0..70_064).map(value).collect()
        };
        let frequencies: Vec<f64> = (0..70_064).map(|i| f64::from(u8::from(i >= 64))).collect();
        let (x, y, z) = (column(1.0), column(-1.0), column(3.0));
        let found = moments(
            &x,
            &y,
            &z,
            Weights::Frequencies(&frequencies),
            Missing::Mean,
        )
        .unwrap();
        let variance = 4.0 * 70_000.0 / 69_999.0; // of 0, …, 6
        assert!((found.variance(0) / variance - 1.0).abs() < 1e-12);
        assert!((found.correlation()[1] + 1.0).abs() < 1e-12);
    }

    #[test]
    fn missing_answers() {
        let y = [3.0, f64::NAN, 1.0, 0.0, 5.0];
        let listwise = moments(&X, &y, &Z, Weights::Equal, Missing::Listwise).unwrap();
        assert_eq!((listwise.used, listwise.dropped), (4, 1));
        assert_eq!(listwise.missing, [0, 1, 0]);
        assert_eq!(listwise.means, [4.5, 2.25, 3.25]);
        let mean = moments(&X, &y, &Z, Weights::Equal, Missing::Mean).unwrap();
        let filled = [3.0, 2.25, 1.0, 0.0, 5.0];
        let filled = moments(&X, &filled, &Z, Weights::Equal, Missing::Mean).unwrap();
        assert_eq!(mean.means, filled.means);
        for (a, b) in mean.covariance.iter().zip(&filled.covariance) {
            assert!((a - b).abs() < 1e-14);
        }
    }

    #[test]
    fn what_is_refused() {
        let refusal = |x: &[f64], missing| {
            let error = moments(x, &Y, &Z, Weights::Equal, missing).unwrap_err();
            (error.kind(), error.value().map(str::to_owned), error.row())
        };
        let infinite = [1.0, 2.0, f64::INFINITY, 4.0, 9.0];
        assert_eq!(
            refusal(&infinite, Missing::Mean),
            (ErrorKind::NotFinite, Some("inf in x".to_owned()), Some(2))
        );
        let constant = [0.1; 5];
        assert_eq!(
            refusal(&constant, Missing::Mean),
            (ErrorKind::OutOfRange, Some("x".to_owned()), None)
        );
        let none = [f64::NAN; 5];
        assert_eq!(refusal(&none, Missing::Mean).1.as_deref(), Some("x"));
        assert_eq!(refusal(&none, Missing::Listwise).0, ErrorKind::Empty);
        let negative = Responses::new([("x", &X[..])]).unwrap();
        let negative = negative.weighted(Weights::Sampling(&[1.0, 1.0, -1.0, 1.0, 1.0]));
        assert_eq!(negative.unwrap_err().row(), Some(2));
        let halved = Responses::new([("x", &X[..])]).unwrap();
        let halved = halved.weighted(Weights::Frequencies(&[1.0, 0.5, 1.0, 1.0, 1.0]));
        assert_eq!(halved.unwrap_err().row(), Some(1));
    }
}
