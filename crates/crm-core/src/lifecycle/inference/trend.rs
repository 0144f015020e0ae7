//! Robust trends of short series.

use super::options::{MOST_BLOCKS, RuleOptions};

/// Where a series of at most 32 values goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Direction {
    /// P(S ≥ s) of Kendall's S under no trend: small for a rise.
    pub(super) p_rise: f64,
    /// P(S ≤ s): small for a fall.
    pub(super) p_fall: f64,
}

/// Null distributions of Kendall's S for 0 to 32 points.
///
/// The number of orders of n points with k inversions follows the recursion of Kendall (1938):
/// c(n, k) = Σ_{j=0}^{n−1} c(n−1, k−j). With k inversions, S = n(n−1)/2 − 2k.
pub(super) struct KendallTables {
    /// `at_most[n][k]`: probability of k inversions or fewer among n points.
    at_most: Vec<Vec<f64>>,
    /// The least S among n points that is significant, and that is an inclination.
    significant: Vec<i32>,
    inclined: Vec<i32>,
}

impl KendallTables {
    pub(super) fn new(options: &RuleOptions) -> Self {
        let mut at_most = Vec::with_capacity(MOST_BLOCKS + 1);
        let mut probability = vec![1.0];
        for n in 0..=MOST_BLOCKS {
            if n > 1 {
                let pairs = n * (n - 1) / 2;
                let mut longer = vec![0.0; pairs + 1];
                for (k, p) in probability.iter().enumerate() {
                    for cell in longer.iter_mut().skip(k).take(n) {
                        *cell += p / n as f64;
                    }
                }
                probability = longer;
            }
            let mut sum = 0.0;
            at_most.push(
                probability
                    .iter()
                    .map(|p| {
                        sum = f64::min(sum + p, 1.0);
                        sum
                    })
                    .collect(),
            );
        }
        let mut tables = KendallTables {
            at_most,
            significant: Vec::new(),
            inclined: Vec::new(),
        };
        tables.significant = tables.critical_values(options.significance);
        tables.inclined = tables.critical_values(options.inclination);
        tables
    }

    /// For 0 to 32 points, the least S with P(S ≥ s) at or below `level`.
    fn critical_values(&self, level: f64) -> Vec<i32> {
        let critical = |n: usize| {
            let is_rare = |s: &i32| self.p_at_least(n, *s) <= level;
            (0..=pairs(n)).find(is_rare).unwrap_or(i32::MAX)
        };
        (0..=MOST_BLOCKS).map(critical).collect()
    }

    /// The least S of `n` points that speaks for a rise, at [`RuleOptions::significance`].
    pub(super) fn significant(&self, n: usize) -> i32 {
        self.significant.get(n).copied().unwrap_or(i32::MAX)
    }

    /// The same at [`RuleOptions::inclination`].
    pub(super) fn inclined(&self, n: usize) -> i32 {
        self.inclined.get(n).copied().unwrap_or(i32::MAX)
    }

    /// P(S ≥ s) among n points without a trend. Exact without ties; a tie counts 0 in S, which
    /// makes the probability too large, never too small.
    fn p_at_least(&self, n: usize, s: i32) -> f64 {
        let Ok(twice_the_inversions) = usize::try_from(pairs(n) - s) else {
            return 0.0;
        };
        let row = self.at_most.get(n);
        row.and_then(|row| row.get(twice_the_inversions / 2))
            .copied()
            .unwrap_or(1.0)
    }

    /// Kendall's test of the values y of points in order of x.
    ///
    /// Source: Mann 1945.
    pub(super) fn direction(&self, values: &[f64]) -> Direction {
        let mut s = 0;
        let mut rest = values;
        while let Some((y, later)) = rest.split_first() {
            s += above_less_below(later, *y);
            rest = later;
        }
        self.of(values.len(), s)
    }

    /// Kendall's test of an S of `n` points.
    pub(super) fn of(&self, n: usize, s: i32) -> Direction {
        Direction {
            p_rise: self.p_at_least(n, s),
            p_fall: self.p_at_least(n, -s),
        }
    }
}

/// How many of these values lie above y, less how many lie below.
pub(super) fn above_less_below(values: &[f64], y: f64) -> i32 {
    let signs = values.iter();
    signs.map(|&v| i32::from(v > y) - i32::from(v < y)).sum()
}

/// How many pairs n points have.
fn pairs(n: usize) -> i32 {
    i32::try_from(n * n.saturating_sub(1) / 2).unwrap_or(i32::MAX)
}

/// The change over `blocks` blocks of this slope, as part of the mean of the absolute values; 0 where all are 0.
pub(super) fn change(slope: f64, values: &[f64], blocks: usize) -> f64 {
    let mean = mean_size(values);
    if mean > 0.0 {
        slope * (blocks - 1) as f64 / mean
    } else {
        0.0
    }
}

/// The mean of the absolute values.
pub(super) fn mean_size(values: &[f64]) -> f64 {
    values.iter().map(|v| v.abs()).sum::<f64>() / values.len() as f64
}

/// The median of the slopes of all pairs of points (x, y) given in order of x; 0 for fewer than 2 points.
///
/// Source: Theil 1950; Sen 1968.
pub(super) fn theil_sen(
    points: impl Iterator<Item = (f64, f64)> + Clone,
    slopes: &mut Vec<f64>,
) -> f64 {
    slopes.clear();
    let mut rest = points;
    while let Some((x, y)) = rest.next() {
        slopes.extend(
            rest.clone()
                .map(|(later_x, later_y)| (later_y - y) / (later_x - x)),
        );
    }
    median(slopes).unwrap_or(0.0)
}

/// The median; `values` are reordered.
fn median(values: &mut [f64]) -> Option<f64> {
    let middle = values.len() / 2;
    if values.is_empty() {
        return None;
    }
    let even = values.len().is_multiple_of(2);
    let (below, &mut upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    if !even {
        return Some(upper);
    }
    let lower = below.iter().copied().max_by(f64::total_cmp)?;
    Some(f64::midpoint(lower, upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Kendall & Gibbons 1990, appendix table 1: P(S ≥ s).
    #[test]
    fn published_null_distribution() {
        let tables = KendallTables::new(&RuleOptions::default());
        for (n, s, p) in [
            (4, 6, 0.042),
            (4, 4, 0.167),
            (4, 0, 0.625),
            (5, 8, 0.042),
            (5, 6, 0.117),
            (8, 16, 0.031),
            (8, 28, 0.000_025),
            (10, 19, 0.054),
            (10, 21, 0.036),
        ] {
            let found = tables.p_at_least(n, s);
            assert!((found - p).abs() < 5e-4, "n={n} S={s}: {found}");
        }
    }

    /// Sen 1968, section 6: the slope of the worked example is 4.
    #[test]
    fn published_slope() {
        let points = [
            (1.0, 9.0),
            (2.0, 15.0),
            (3.0, 19.0),
            (4.0, 20.0),
            (10.0, 45.0),
            (12.0, 55.0),
            (18.0, 78.0),
        ];
        let slope = theil_sen(points.iter().copied(), &mut Vec::new());
        assert_eq!(slope, 4.0);
        let direction =
            KendallTables::new(&RuleOptions::default()).direction(&points.map(|(_, y)| y));
        assert!((direction.p_rise - 1.0 / 5040.0).abs() < 1e-16);
        assert!((direction.p_fall - 1.0).abs() < 1e-15);
    }

    #[test]
    fn too_few_points_have_no_trend() {
        let tables = KendallTables::new(&RuleOptions::default());
        for values in [&[][..], &[1.0]] {
            let direction = tables.direction(values);
            assert_eq!((direction.p_rise, direction.p_fall), (1.0, 1.0));
            let points = values.iter().map(|y| (0.0, *y));
            assert_eq!(theil_sen(points, &mut Vec::new()), 0.0);
        }
    }
}
