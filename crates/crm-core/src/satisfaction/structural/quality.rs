//! How well indicators measure their constructs, and the model the data.

#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of indicators or constructs"
)]

use super::composites::Plan;
use super::estimate::Estimates;
use super::fit::PlsFit;
use super::linear::inverse;
use super::moments::Moments;
use super::options::Estimator;

/// How reliably the indicators of a construct measure it; all are 1 for a single item.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Reliability {
    /// Cronbach's α of the answers: k/(k − 1) · (1 − Σ variances / variance of the sum) (Cronbach 1951).
    pub alpha: f64,
    /// Cronbach's α of the standardised answers.
    pub standardised_alpha: f64,
    /// ρ_A (Dijkstra & Henseler 2015, eq. 3); 1 in mode B.
    pub rho_a: f64,
    /// Composite reliability ρ_C = (Σλ)² / ((Σλ)² + Σ(1 − λ²)) (Jöreskog 1971).
    pub rho_c: f64,
    /// Average variance extracted, the mean of λ² (Fornell & Larcker 1981).
    pub ave: f64,
}

/// Standardised root mean square residual: the root of the mean of (r − r̂)² over all pairs of indicators and each with itself, p(p + 1)/2 in all.
///
/// r̂ of indicators of different constructs is λ ρ λ'. Within a composite r̂ = r, within a common factor r̂ = λ λ' (Henseler et al. 2014,
/// "Common beliefs and reality about PLS", Organizational Research Methods 17).
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Srmr {
    /// With the correlations ρ of the constructs as they are.
    pub saturated: f64,
    /// With the correlations that the paths imply.
    pub estimated: f64,
}

impl PlsFit {
    /// Reliability of every construct.
    #[must_use]
    pub fn reliability(&self) -> Vec<Reliability> {
        reliability(
            &self.plan,
            &self.moments,
            &self.correlation,
            &self.estimates,
        )
    }

    /// Variance inflation factor of every indicator among those of its construct, 1/(1 − R²) of the regression on the others; 1 for a single item,
    /// infinite for an indicator that depends linearly on them. In mode B it should be below 3 to 5, as weights are coefficients of that
    /// regression (Hair, Risher, Sarstedt & Ringle 2019).
    #[must_use]
    pub fn outer_inflation(&self) -> Vec<f64> {
        let mut inflation = vec![1.0; self.plan.indicators];
        for block in &self.plan.blocks {
            let rows = block.clone().flat_map(|i| {
                let row = &self.correlation[i * self.plan.indicators..];
                row[block.clone()].iter().copied()
            });
            let inverse = inverse(rows.collect(), block.len());
            for (place, i) in block.clone().enumerate() {
                inflation[i] = match &inverse {
                    Ok(inverse) => inverse[place * block.len() + place],
                    Err(_) => f64::INFINITY,
                };
            }
        }
        inflation
    }

    /// Fornell–Larcker: correlations of the constructs, with √AVE on the diagonal. A construct discriminates if its √AVE is above its
    /// other entries (Fornell & Larcker 1981).
    #[must_use]
    pub fn fornell_larcker(&self) -> Vec<f64> {
        let mut matrix = self.estimates.correlations.clone();
        for (j, reliability) in self.reliability().iter().enumerate() {
            matrix[j * self.plan.constructs() + j] = libm::sqrt(reliability.ave);
        }
        matrix
    }

    /// Heterotrait–monotrait ratio of correlations, with ones on the diagonal: the mean |r| of indicators of two constructs, over the geometric mean
    /// of the mean |r| within each, which is 1 for a single item. Below 0.85 or 0.9 constructs discriminate.
    ///
    /// Source: Henseler, Ringle & Sarstedt 2015, "A new criterion for assessing discriminant validity", JAMS 43; absolute values as in Ringle et al. 2023.
    #[must_use]
    pub fn htmt(&self) -> Vec<f64> {
        heterotrait_monotrait(&self.plan, &self.correlation)
    }

    /// Goodness of fit: √(mean λ² over the blocks of several indicators · mean R²) (Tenenhaus et al. 2005); NaN if no block has several.
    #[must_use]
    pub fn gof(&self) -> f64 {
        let blocks = self.plan.blocks.iter().filter(|block| block.len() > 1);
        let squares = blocks.flat_map(|block| &self.estimates.loadings[block.clone()]);
        let communality = mean(squares.map(|loading| loading * loading));
        let explained = self.explained();
        libm::sqrt(communality * mean(explained.iter().map(|e| e.r_squared)))
    }

    /// SRMR, saturated and estimated.
    #[must_use]
    pub fn srmr(&self) -> Srmr {
        let implied = implied_correlations(&self.plan, &self.estimates);
        Srmr {
            saturated: self.srmr_of(&self.estimates.correlations),
            estimated: self.srmr_of(&implied),
        }
    }

    fn srmr_of(&self, between: &[f64]) -> f64 {
        let (indicators, constructs) = (self.plan.indicators, self.plan.constructs());
        let loadings = &self.estimates.loadings;
        let mut squares = 0.0;
        for (a, rows) in self.plan.blocks.iter().enumerate() {
            for (b, columns) in self.plan.blocks.iter().enumerate() {
                let correlation = if a != b {
                    between[a * constructs + b]
                } else if self.options.estimator == Estimator::Consistent && self.plan.is_factor(a)
                {
                    1.0
                } else {
                    continue;
                };
                for i in rows.clone() {
                    for k in columns.clone().filter(|&k| k < i) {
                        let implied = loadings[i] * correlation * loadings[k];
                        let residual = self.correlation[i * indicators + k] - implied;
                        squares += residual * residual;
                    }
                }
            }
        }
        libm::sqrt(squares / (0.5 * (indicators * (indicators + 1)) as f64))
    }
}

/// Reliability of every construct, from the moments and correlations of the indicators.
pub(super) fn reliability(
    plan: &Plan,
    moments: &Moments,
    correlation: &[f64],
    estimates: &Estimates,
) -> Vec<Reliability> {
    let of = |(construct, block): (usize, &std::ops::Range<usize>)| {
        let count = block.len() as f64;
        let loadings = &estimates.loadings[block.clone()];
        let sum: f64 = loadings.iter().sum();
        let squares: f64 = loadings.iter().map(|loading| loading * loading).sum();
        Reliability {
            alpha: alpha(&moments.covariance, plan.indicators, block.clone()),
            standardised_alpha: alpha(correlation, plan.indicators, block.clone()),
            rho_a: estimates.rho_a[construct],
            rho_c: sum * sum / (sum * sum + (count - squares)),
            ave: squares / count,
        }
    };
    plan.blocks.iter().enumerate().map(of).collect()
}

/// Cronbach's α of the indicators of a block, from the covariances of all indicators.
fn alpha(covariance: &[f64], indicators: usize, block: std::ops::Range<usize>) -> f64 {
    if block.len() == 1 {
        return 1.0;
    }
    let count = block.len() as f64;
    let variances: f64 = block.clone().map(|i| covariance[i * indicators + i]).sum();
    let rows = block
        .clone()
        .flat_map(|i| &covariance[i * indicators..][block.clone()]);
    count / (count - 1.0) * (1.0 - variances / rows.sum::<f64>())
}

/// HTMT of all pairs of constructs, row-major.
pub(super) fn heterotrait_monotrait(plan: &Plan, s: &[f64]) -> Vec<f64> {
    let constructs = plan.constructs();
    let mean_of = |rows: &std::ops::Range<usize>, columns: &std::ops::Range<usize>| {
        let row = |i: usize| s[i * plan.indicators..][columns.clone()].iter();
        let pairs = rows
            .clone()
            .flat_map(|i| row(i).zip(columns.clone()).map(move |p| (i, p)));
        mean(
            pairs
                .filter(|(i, (_, k))| i != k)
                .map(|(_, (r, _))| r.abs()),
        )
    };
    let within = |block: &std::ops::Range<usize>| {
        if block.len() == 1 {
            1.0
        } else {
            mean_of(block, block)
        }
    };
    let monotrait: Vec<f64> = plan.blocks.iter().map(within).collect();
    let mut ratios = vec![1.0; constructs * constructs];
    for j in 0..constructs {
        for k in j + 1..constructs {
            let heterotrait = mean_of(&plan.blocks[j], &plan.blocks[k]);
            let ratio = heterotrait / libm::sqrt(monotrait[j] * monotrait[k]);
            ratios[j * constructs + k] = ratio;
            ratios[k * constructs + j] = ratio;
        }
    }
    ratios
}

/// Correlations of the constructs that the paths imply, those without drivers being correlated as they are.
fn implied_correlations(plan: &Plan, estimates: &Estimates) -> Vec<f64> {
    let constructs = plan.constructs();
    let mut implied = estimates.correlations.clone();
    for (known, &j) in plan.order.iter().enumerate() {
        if plan.drivers[j].is_empty() {
            continue;
        }
        for &k in &plan.order[..known] {
            let terms = plan.drivers[j].iter();
            let r = terms
                .map(|&(driver, path)| estimates.paths[path] * implied[driver * constructs + k]);
            let r: f64 = r.sum();
            implied[j * constructs + k] = r;
            implied[k * constructs + j] = r;
        }
    }
    implied
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
    sum / f64::from(count)
}
