//! The three value disciplines: which kind of value a firm leads by, and whether it keeps up in the others.
//!
//! Source: Treacy & Wiersema 1993, "Customer intimacy and other value disciplines", Harvard Business Review 71; 1995, "The Discipline
//! of Market Leaders".

use serde::{Deserialize, Serialize};

use super::{check_length, out_of_range};
use crate::error::{Error, Result};
use crate::units::{Label, Language, Terms};

/// A way to lead a market by customer value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum ValueDiscipline {
    /// The best total cost: low prices, reliable and without trouble.
    OperationalExcellence = 0,
    /// The best product.
    ProductLeadership = 1,
    /// The best total solution for each customer.
    CustomerIntimacy = 2,
}

impl ValueDiscipline {
    /// How many there are.
    pub const COUNT: usize = 3;

    /// What the discipline promises to customers.
    ///
    /// ```
    /// use crm_core::units::Language;
    /// use crm_core::value::disciplines::ValueDiscipline;
    ///
    /// let promise = ValueDiscipline::ProductLeadership.promise(Language::En);
    /// assert_eq!(promise, "The best product: what is new and better, first.");
    /// ```
    #[must_use]
    pub fn promise(self, language: Language) -> &'static str {
        let [en, zh] = match self {
            ValueDiscipline::OperationalExcellence => [
                "The best total cost: reliable products and services at competitive prices, with the least trouble.",
                "最低总成本：以有竞争力的价格提供可靠的产品和服务，购买毫不费力。",
            ],
            ValueDiscipline::ProductLeadership => [
                "The best product: what is new and better, first.",
                "最优产品：率先提供创新而更好的产品。",
            ],
            ValueDiscipline::CustomerIntimacy => [
                "The best total solution: what this customer needs, tailored and accompanied for years.",
                "最优整体方案：按客户的特定需要量身定制，并长期相伴。",
            ],
        };
        match language {
            Language::En => en,
            Language::Zh => zh,
        }
    }
}

impl Label for ValueDiscipline {
    const ALL: &'static [Self] = &[
        ValueDiscipline::OperationalExcellence,
        ValueDiscipline::ProductLeadership,
        ValueDiscipline::CustomerIntimacy,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            ValueDiscipline::OperationalExcellence => (
                "operational_excellence",
                "Operational excellence",
                "运营卓越",
            ),
            ValueDiscipline::ProductLeadership => {
                ("product_leadership", "Product leadership", "产品领先")
            }
            ValueDiscipline::CustomerIntimacy => {
                ("customer_intimacy", "Customer intimacy", "客户亲密")
            }
        };
        Terms { name, en, zh }
    }
}

/// How a firm stands in the three disciplines.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DisciplineProfile {
    /// Mean rating of each discipline, 0 to 1, in the order of the members; NaN where none of its items is rated.
    pub scores: [f64; ValueDiscipline::COUNT],
    /// The discipline of the highest score; `None` where two share it, or nothing is rated.
    pub leading: Option<ValueDiscipline>,
    /// By how much it leads the next that is rated; NaN where there is no other.
    pub margin: f64,
    /// Whether each score keeps up with the standard of the market; not where it is NaN.
    pub keeps_up: [bool; ValueDiscipline::COUNT],
}

/// Scores the disciplines from the ratings of items: each item asks for one discipline, and each score is the mean of its items that
/// are rated. Market leaders excel in one discipline and keep up, by `standard`, in the others.
///
/// ```
/// use crm_core::value::disciplines::{ValueDiscipline, discipline_profile};
/// use ValueDiscipline::{CustomerIntimacy, OperationalExcellence, ProductLeadership};
///
/// let items = [OperationalExcellence, OperationalExcellence, ProductLeadership, CustomerIntimacy];
/// let firm = discipline_profile(&items, &[0.4, 0.6, 0.3, 0.9], 0.5)?;
/// assert_eq!(firm.leading, Some(CustomerIntimacy));
/// assert_eq!((firm.scores, firm.keeps_up), ([0.5, 0.3, 0.9], [true, false, true]));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Empty`, `LengthMismatch`; `OutOfRange` for a rating or a standard that is not from 0 to 1. A rating of NaN is not given.
pub fn discipline_profile(
    items: &[ValueDiscipline],
    ratings: &[f64],
    standard: f64,
) -> Result<DisciplineProfile> {
    if items.is_empty() {
        return Err(Error::empty("items"));
    }
    check_length("ratings", ratings.len(), items.len())?;
    let rule = "must be between 0 and 1";
    if !(0.0..=1.0).contains(&standard) {
        return Err(out_of_range("standard", standard, rule));
    }
    let mut scores = [f64::NAN; ValueDiscipline::COUNT];
    for (score, discipline) in scores.iter_mut().zip(ValueDiscipline::ALL) {
        let (mut sum, mut rated) = (0.0, 0_u32);
        for (row, (item, &rating)) in items.iter().zip(ratings).enumerate() {
            if !(rating.is_nan() || (0.0..=1.0).contains(&rating)) {
                return Err(out_of_range("ratings", rating, rule).at_row(row));
            }
            if item == discipline && !rating.is_nan() {
                sum += rating;
                rated += 1;
            }
        }
        if rated > 0 {
            *score = sum / f64::from(rated);
        }
    }
    let mut ranked: Vec<(f64, ValueDiscipline)> = scores
        .iter()
        .zip(ValueDiscipline::ALL)
        .filter(|(score, _)| !score.is_nan())
        .map(|(&score, &discipline)| (score, discipline))
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (leading, margin) = match ranked.as_slice() {
        [] => (None, f64::NAN),
        [(_, only)] => (Some(*only), f64::NAN),
        [(best, first), (next, _), ..] => ((best > next).then_some(*first), best - next),
    };
    Ok(DisciplineProfile {
        scores,
        leading,
        margin,
        keeps_up: scores.map(|score| score >= standard),
    })
}
