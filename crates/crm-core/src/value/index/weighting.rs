//! Weights that the data say, from indicators that are normalised to 0…1.

use crate::error::{Error, ErrorKind, Result};
use crate::math::moments::Moments;
use crate::math::sum::{self, Sum};

/// Below this part of the deviations, what CRITIC finds is rounding.
const ROUNDING: f64 = 1e-12;

/// wⱼ = dⱼ / Σ d, d = 1 − e.
pub(super) fn entropy(columns: &[Vec<f64>]) -> Vec<f64> {
    normalised(columns.iter().map(|column| diversity(column)).collect())
}

/// 1 − e, e = −Σ p ln p / ln n = (ln S − Σ z ln z / S) / ln n with S = Σ z; 0 ln 0 = 0.
fn diversity(column: &[f64]) -> f64 {
    let sums = sum::blocks(column.len(), 2, |row, sums| {
        let z = column.get(row).copied().unwrap_or(0.0);
        if let [total, logarithms] = sums {
            *total += z;
            *logarithms += if z > 0.0 { z * libm::log(z) } else { 0.0 };
        }
    });
    let (total, logarithms) = match sums.as_slice() {
        [total, logarithms] => (*total, *logarithms),
        _ => (0.0, 0.0),
    };
    let entropy = libm::log(total) - logarithms / total;
    1.0 - entropy / libm::log(column.len() as f64)
}

/// wⱼ = cⱼ / Σ c, cⱼ = σⱼ Σₖ (1 − rⱼₖ); 1 for a single indicator.
pub(super) fn critic(columns: &[Vec<f64>]) -> Result<Vec<f64>> {
    if columns.len() == 1 {
        return Ok(vec![1.0]);
    }
    let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let rows = slices.first().map_or(0, |column| column.len());
    let moments = Moments::of(&slices, rows, |_| 1.0);
    let correlations = moments.correlation();
    let deviations: Vec<f64> = moments
        .products
        .diagonal()
        .iter()
        .map(|&s| libm::sqrt(s))
        .collect();
    let conflicts = correlations
        .row_iter()
        .map(|row| row.iter().map(|r| 1.0 - r).sum::<f64>());
    let information: Vec<f64> = deviations
        .iter()
        .zip(conflicts)
        .map(|(s, c)| s * c)
        .collect();
    let total: f64 = information.iter().sum();
    if total <= ROUNDING * deviations.iter().sum::<f64>() {
        let reason = "must not all say the same: CRITIC weighs by what tells indicators apart";
        return Err(Error::new(ErrorKind::NoSolution, "indicators", reason));
    }
    Ok(normalised(information))
}

fn normalised(values: Vec<f64>) -> Vec<f64> {
    let total = values.iter().copied().collect::<Sum>().value();
    values.into_iter().map(|value| value / total).collect()
}
