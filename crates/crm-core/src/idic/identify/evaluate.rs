use hashbrown::HashSet;

use super::score::ScoredPair;
use crate::error::{Error, ErrorKind, Result};

/// What is found if all pairs of a probability of `threshold` or more are taken for matches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PrecisionRecall {
    /// The probability of the least likely pair that is taken.
    pub threshold: f64,
    /// The share of the pairs taken that are matches.
    pub precision: f64,
    /// The share of the matches that are taken.
    pub recall: f64,
    /// 2·precision·recall / (precision + recall).
    pub f1: f64,
}

/// Precision and recall at each weight that a pair has, from the heaviest pair on, against all pairs that are matches.
///
/// # Errors
/// [`ErrorKind::Empty`] without matches; [`ErrorKind::NotFinite`] for a weight that is NaN.
pub fn precision_recall(
    pairs: &[ScoredPair],
    matches: &[(u32, u32)],
) -> Result<Vec<PrecisionRecall>> {
    let ordered = |&(a, b): &(u32, u32)| (a.min(b), a.max(b));
    let matches: HashSet<(u32, u32), foldhash::fast::FixedState> =
        matches.iter().map(ordered).collect();
    if matches.is_empty() {
        return Err(Error::empty("matches"));
    }
    if let Some(row) = pairs.iter().position(|pair| pair.weight.is_nan()) {
        return Err(Error::new(ErrorKind::NotFinite, "weight", "must be a number").at_row(row));
    }
    let mut heaviest: Vec<&ScoredPair> = pairs.iter().collect();
    heaviest.sort_by(|x, y| y.weight.total_cmp(&x.weight));
    let (mut taken, mut right) = (0.0, 0.0);
    let mut curve = Vec::new();
    for alike in heaviest.chunk_by(|x, y| x.weight == y.weight) {
        taken += alike.len() as f64;
        right += alike
            .iter()
            .filter(|pair| matches.contains(&ordered(&(pair.a, pair.b))))
            .count() as f64;
        curve.push(PrecisionRecall {
            threshold: alike.first().map_or(0.0, |pair| pair.probability()),
            precision: right / taken,
            recall: right / matches.len() as f64,
            f1: 2.0 * right / (taken + matches.len() as f64),
        });
    }
    Ok(curve)
}
