use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::units::{Label, Terms};

/// How utilities become choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum ChoiceRule {
    /// exp u / Σ exp u.
    Logit = 0,
    /// Everybody takes the product of the highest utility; equal ones share.
    FirstChoice = 1,
    /// u / Σ u, of utilities that are not negative (Bradley & Terry 1952, Luce 1959).
    BradleyTerryLuce = 2,
}

impl Label for ChoiceRule {
    const ALL: &'static [Self] = &[
        ChoiceRule::Logit,
        ChoiceRule::FirstChoice,
        ChoiceRule::BradleyTerryLuce,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            ChoiceRule::Logit => ("logit", "Logit", "Logit 法则"),
            ChoiceRule::FirstChoice => ("first_choice", "First choice", "最大效用法则"),
            ChoiceRule::BradleyTerryLuce => {
                ("bradley_terry_luce", "Bradley–Terry–Luce", "BTL 法则")
            }
        };
        Terms { name, en, zh }
    }
}

/// The share of choices of each product, over respondents with equal weight. `utilities` has a column per product with its utility to each
/// respondent.
///
/// ```
/// use crm_core::idic::customize::conjoint::{ChoiceRule, choice_shares};
///
/// let shares = choice_shares(&[&[2.0, 0.0, 1.0], &[1.0, 3.0, 0.0]], ChoiceRule::FirstChoice)?;
/// assert_eq!(shares, [2.0 / 3.0, 1.0 / 3.0]);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Empty`; `LengthMismatch`; `NotFinite` with the row; `OutOfRange` with the row for a negative utility, and for a respondent with no
/// utility at all, by the rule of Bradley, Terry and Luce.
pub fn choice_shares(utilities: &[&[f64]], rule: ChoiceRule) -> Result<Vec<f64>> {
    let Some(first) = utilities.first().filter(|column| !column.is_empty()) else {
        return Err(Error::empty("utilities"));
    };
    let respondents = first.len();
    for column in utilities {
        if column.len() != respondents {
            return Err(Error::length("utilities", column.len(), respondents));
        }
        if let Some((row, &value)) = (0..).zip(*column).find(|(_, u)| !u.is_finite()) {
            return Err(Error::not_finite("utilities", value).at_row(row));
        }
    }
    let mut shares = vec![0.0; utilities.len()];
    for row in 0..respondents {
        let of_respondent = utilities
            .iter()
            .filter_map(|column| column.get(row).copied());
        let parts: Vec<f64> = parts(of_respondent.collect(), rule, row)?;
        let sum: f64 = parts.iter().sum();
        for (share, part) in shares.iter_mut().zip(parts) {
            *share += part / sum;
        }
    }
    shares
        .iter_mut()
        .for_each(|share| *share /= respondents as f64);
    Ok(shares)
}

/// In proportion to the probabilities of one respondent.
fn parts(utilities: Vec<f64>, rule: ChoiceRule, row: usize) -> Result<Vec<f64>> {
    let most = utilities.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Ok(match rule {
        ChoiceRule::Logit => utilities.iter().map(|u| libm::exp(u - most)).collect(),
        ChoiceRule::FirstChoice => utilities
            .iter()
            .map(|&u| f64::from(u8::from(u == most)))
            .collect(),
        ChoiceRule::BradleyTerryLuce => {
            let refused = |value: f64, reason| {
                let kind = crate::error::ErrorKind::OutOfRange;
                Err(Error::new(kind, "utilities", reason)
                    .with_value(value)
                    .at_row(row))
            };
            if let Some(&negative) = utilities.iter().find(|u| **u < 0.0) {
                return refused(negative, "must be 0 or more");
            }
            if most == 0.0 {
                return refused(0.0, "must be more than 0 for some product");
            }
            utilities
        }
    })
}
