//! Net promoter score.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::math::normal;
use crate::units::{Probability, nearest_f64};

/// How many would recommend, on the scale of 0 to 10, and what they make together.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PromoterScore {
    /// Who said 9 or 10.
    pub promoters: u64,
    /// Who said 7 or 8.
    pub passives: u64,
    /// Who said 0 to 6.
    pub detractors: u64,
    /// NPS = p − d, between −1 and 1; times 100 it is the number that is usually printed.
    pub score: f64,
    /// √((p + d − (p − d)²) / n).
    pub standard_error: f64,
    /// The lower end of the interval NPS ± z · standard error.
    pub lower: f64,
    /// The upper end.
    pub upper: f64,
}

/// The net promoter score of answers to "how likely are you to recommend us?", with its interval of level `confidence`.
///
/// Source: Reichheld 2003; variance of a trinomial difference: Rocks 2016, equation 2.
///
/// ```
/// use crm_core::loyalty::promoter::net_promoter_score;
/// use crm_core::units::Probability;
///
/// let nps = net_promoter_score(&[10.0, 9.0, 9.0, 8.0, 3.0], Probability::try_from(0.95)?)?;
/// assert_eq!((nps.promoters, nps.passives, nps.detractors), (3, 1, 1));
/// assert!((nps.score - 0.4).abs() < 1e-15);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Empty`] for no answer, [`ErrorKind::OutOfRange`] for one that is no whole number from 0 to 10, with its row;
/// [`ErrorKind::OutOfRange`] for a confidence of 0 or 1.
pub fn net_promoter_score(answers: &[f64], confidence: Probability) -> Result<PromoterScore> {
    let mut counts = [0_u64; 3];
    for (row, &answer) in answers.iter().enumerate() {
        if !(0.0..=10.0).contains(&answer) || libm::trunc(answer) != answer {
            let rule = "must be a whole number from 0 to 10";
            let error = Error::new(ErrorKind::OutOfRange, "answers", rule);
            return Err(error.with_value(answer).at_row(row));
        }
        let [promoters, passives, detractors] = &mut counts;
        *(if answer >= 9.0 {
            promoters
        } else if answer >= 7.0 {
            passives
        } else {
            detractors
        }) += 1;
    }
    score_of_counts(counts, confidence)
}

/// The net promoter score of counts: promoters, passives, detractors.
///
/// # Errors
/// [`ErrorKind::Empty`] where nobody answered; [`ErrorKind::OutOfRange`] for a confidence of 0 or 1.
pub fn score_of_counts(
    [promoters, passives, detractors]: [u64; 3],
    confidence: Probability,
) -> Result<PromoterScore> {
    let answers = promoters as f64 + passives as f64 + detractors as f64;
    if answers == 0.0 {
        return Err(Error::empty("answers"));
    }
    let level = nearest_f64(confidence.value());
    if level <= 0.0 || level >= 1.0 {
        let error = Error::new(
            ErrorKind::OutOfRange,
            "confidence",
            "must lie between 0 and 1",
        );
        return Err(error.with_value(level));
    }
    let (p, d) = (promoters as f64 / answers, detractors as f64 / answers);
    let score = p - d;
    let standard_error = libm::sqrt(((p + d - score * score) / answers).max(0.0));
    let half = normal::quantile(0.5 + level / 2.0) * standard_error;
    Ok(PromoterScore {
        promoters,
        passives,
        detractors,
        score,
        standard_error,
        lower: (score - half).max(-1.0),
        upper: (score + half).min(1.0),
    })
}
