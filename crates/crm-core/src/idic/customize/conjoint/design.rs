use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// An attribute of a product and its levels.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    /// What it is called.
    pub name: String,
    /// Its levels, two or more.
    pub levels: Vec<String>,
}

/// What a level of an attribute is worth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LevelWorth {
    /// The part-worth; those of an attribute sum to zero.
    pub worth: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// The part-worths of a product's attributes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PartWorths {
    /// The attributes.
    pub attributes: Vec<Attribute>,
    /// For each attribute, its levels.
    pub levels: Vec<Vec<LevelWorth>>,
}

impl PartWorths {
    /// The utility of a product, one level per attribute: Σ of their part-worths.
    ///
    /// # Errors
    /// [`ErrorKind::LengthMismatch`], and [`ErrorKind::OutOfRange`] for a level that there is not, with the attribute as row.
    pub fn utility(&self, product: &[u32]) -> Result<f64> {
        if product.len() != self.levels.len() {
            return Err(Error::length("product", product.len(), self.levels.len()));
        }
        let mut sum = 0.0;
        for (row, (levels, &level)) in self.levels.iter().zip(product).enumerate() {
            let worth = levels.get(level as usize);
            let worth =
                worth.ok_or_else(|| no_level("product", level, levels.len()).at_row(row))?;
            sum += worth.worth;
        }
        Ok(sum)
    }

    /// How much each attribute can matter: its range of part-worths over the sum of all ranges. Source: Green & Rao 1971.
    #[must_use]
    pub fn importance(&self) -> Vec<f64> {
        let range = |levels: &Vec<LevelWorth>| {
            let worths = levels.iter().map(|level| level.worth);
            let (low, high) = worths.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), w| {
                (low.min(w), high.max(w))
            });
            high - low
        };
        let ranges: Vec<f64> = self.levels.iter().map(range).collect();
        let total: f64 = ranges.iter().sum();
        ranges.iter().map(|range| range / total).collect()
    }

    /// The product of the highest utility less cost, one level per attribute, where each level costs so many units of utility more;
    /// equal ones: the first level.
    ///
    /// # Errors
    /// [`ErrorKind::LengthMismatch`]; [`ErrorKind::NotFinite`] with the attribute as row.
    pub fn best_product(&self, costs: Option<&[Vec<f64>]>) -> Result<Vec<u32>> {
        if let Some(costs) = costs {
            if costs.len() != self.levels.len() {
                return Err(Error::length("costs", costs.len(), self.levels.len()));
            }
            for (row, (costs, levels)) in costs.iter().zip(&self.levels).enumerate() {
                if costs.len() != levels.len() {
                    return Err(Error::length("costs", costs.len(), levels.len()).at_row(row));
                }
                if let Some(&cost) = costs.iter().find(|cost| !cost.is_finite()) {
                    return Err(Error::not_finite("costs", cost).at_row(row));
                }
            }
        }
        let cost = |attribute: usize, level: usize| {
            let of_attribute = costs.and_then(|costs| costs.get(attribute));
            of_attribute
                .and_then(|costs| costs.get(level))
                .copied()
                .unwrap_or(0.0)
        };
        let best = |(attribute, levels): (usize, &Vec<LevelWorth>)| {
            let mut best = (f64::NEG_INFINITY, 0);
            for (level, worth) in levels.iter().enumerate() {
                let net = worth.worth - cost(attribute, level);
                if net > best.0 {
                    best = (net, level as u32);
                }
            }
            best.1
        };
        Ok(self.levels.iter().enumerate().map(best).collect())
    }

    /// From the coefficients of all levels but the last of each attribute, and their covariances.
    pub(super) fn of(
        attributes: &[Attribute],
        coefficients: &[f64],
        covariance: &DMatrix<f64>,
    ) -> Self {
        let mut first = 0;
        let mut levels = Vec::with_capacity(attributes.len());
        for attribute in attributes {
            let free = attribute.levels.len() - 1;
            let block = covariance.view((first, first), (free, free));
            let of_attribute = coefficients.get(first..first + free).unwrap_or_default();
            let mut worths: Vec<LevelWorth> = of_attribute
                .iter()
                .zip(block.diagonal().iter())
                .map(|(&worth, &variance)| LevelWorth {
                    worth,
                    standard_error: libm::sqrt(variance),
                })
                .collect();
            worths.push(LevelWorth {
                worth: -of_attribute.iter().sum::<f64>(),
                standard_error: libm::sqrt(block.sum()),
            });
            levels.push(worths);
            first += free;
        }
        PartWorths {
            attributes: attributes.to_vec(),
            levels,
        }
    }
}

/// How many coefficients the attributes have.
pub(super) fn check_attributes(attributes: &[Attribute]) -> Result<usize> {
    if attributes.is_empty() {
        return Err(Error::empty("attributes"));
    }
    let mut count = 0;
    for (row, attribute) in attributes.iter().enumerate() {
        if attribute.levels.len() < 2 {
            let reason = "must have two levels or more";
            let error = Error::new(ErrorKind::OutOfRange, "attributes", reason).at_row(row);
            return Err(error.with_value(format_args!("of {} levels", attribute.levels.len())));
        }
        count += attribute.levels.len() - 1;
    }
    Ok(count)
}

/// The columns of effects coding: 1 for the level, −1 for the last level of its attribute, 0 otherwise. `products` has a column of levels
/// per attribute.
pub(super) fn coded(attributes: &[Attribute], products: &[&[u32]]) -> Result<Vec<Vec<f64>>> {
    let count = check_attributes(attributes)?;
    if products.len() != attributes.len() {
        return Err(Error::length("products", products.len(), attributes.len()));
    }
    let rows = products.first().map_or(0, |column| column.len());
    if rows == 0 {
        return Err(Error::empty("products"));
    }
    let mut columns = Vec::with_capacity(count);
    for (attribute, levels) in attributes.iter().zip(products) {
        if levels.len() != rows {
            return Err(Error::length("products", levels.len(), rows));
        }
        let last = attribute.levels.len() as u32 - 1;
        if let Some((row, &level)) = (0..).zip(*levels).find(|(_, level)| **level > last) {
            return Err(no_level("products", level, attribute.levels.len()).at_row(row));
        }
        for free in 0..last {
            let code = |&level: &u32| {
                if level == free {
                    1.0
                } else if level == last {
                    -1.0
                } else {
                    0.0
                }
            };
            columns.push(levels.iter().map(code).collect());
        }
    }
    Ok(columns)
}

fn no_level(argument: &'static str, level: u32, levels: usize) -> Error {
    let reason = format!("must be a level, less than {levels}");
    Error::new(ErrorKind::OutOfRange, argument, reason).with_value(level)
}
