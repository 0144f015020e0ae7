use serde::Serialize;

use super::{check_places, weighted_values};
use crate::error::Result;
use crate::parallel;
use crate::prediction::{Histories, PurchaseHistory, PurchaseModel};

/// How many customers made 0, 1, 2, … repeat purchases, and how many a model expects.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FrequencyHistogram {
    /// Customers with so many repeat purchases; the last place is of all with as many or more.
    pub actual: Vec<f64>,
    /// Customers that the model expects there.
    pub expected: Vec<f64>,
}

/// Customers by their repeat purchases from their first purchase to the end of observation, the last
/// place being that of `most` or more, beside the number that the model expects of customers who are
/// watched as long:
///
/// ```text
/// expected[n] = Σ w · P(X(T) = n),    expected[most] = Σ w · P(X(T) ≥ most)
/// ```
///
/// Source: Fader, Hardie & Lee (2005), "Counting your customers the easy way", Figure 2.
///
/// ```
/// use crm_core::prediction::{BgNbd, Histories, checking::frequency_histogram};
///
/// let histories = Histories::new(&[0.0, 3.0, 9.0], &[0.0, 20.0, 38.0], &[39.0, 39.0, 38.0])?;
/// let model = BgNbd::new(0.2426, 4.4136, 0.7929, 2.4258)?;
/// let histogram = frequency_histogram(&model, &histories, 4)?;
/// assert_eq!(histogram.actual, [1.0, 0.0, 0.0, 1.0, 1.0]);
/// assert!((histogram.expected.iter().sum::<f64>() - 3.0).abs() < 1e-12);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `OutOfRange` for a `most` of 0 or over 2²⁴; those of [`PurchaseModel::check`], with the row.
pub fn frequency_histogram(
    model: &impl PurchaseModel,
    histories: &Histories,
    most: usize,
) -> Result<FrequencyHistogram> {
    check_places("most", most)?;
    for (&history, &row) in histories.groups().iter().zip(histories.rows()) {
        model.check(history).map_err(|error| error.at_row(row))?;
    }
    let mut actual = vec![0.0; most + 1];
    for (history, weight) in histories.iter() {
        let place = history.frequency().min(most as f64) as usize;
        if let Some(customers) = actual.get_mut(place) {
            *customers += weight;
        }
    }
    let ages = weighted_values(
        histories
            .iter()
            .map(|(history, weight)| (history.age(), weight)),
    );
    let expected = |purchases: usize| -> Result<f64> {
        let mut total = 0.0;
        for &(age, weight) in &ages {
            let n = purchases as f64;
            let probability = if purchases < most {
                model.purchase_probability(PurchaseHistory::NEW, n, age)?
            } else {
                model.tail_probability(PurchaseHistory::NEW, n, age)?
            };
            total += weight * probability;
        }
        Ok(total)
    };
    let expected = parallel::map_range(most + 1, expected);
    Ok(FrequencyHistogram {
        actual,
        expected: expected.into_iter().collect::<Result<_>>()?,
    })
}
