use serde::{Deserialize, Serialize};

use super::estimate::{of_proportion, symmetric};
use super::{
    Confidence, Estimate, check_codes, check_column, check_length, check_positive, positive, range,
};
use crate::error::{Error, ErrorKind, Result};
use crate::math::sum::Sum;
use crate::units::{Label, Terms};

/// How the variance of a systematic sample is estimated, of which no unbiased estimator exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum SystematicVariance {
    /// As of a simple random sample: for a frame in random order, and too large for one in a telling order.
    #[default]
    SimpleRandom = 0,
    /// From the differences of neighbours, Σ (y_i − y_{i−1})² / (2 (n − 1)) in place of s²: for a frame with a
    /// trend, rows in its order. Source: Wolter 2007, "Introduction to Variance Estimation", §8.2, v₂.
    SuccessiveDifferences = 1,
}

impl Label for SystematicVariance {
    const ALL: &'static [Self] = &[
        SystematicVariance::SimpleRandom,
        SystematicVariance::SuccessiveDifferences,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            SystematicVariance::SimpleRandom => (
                "simple_random",
                "As of a simple random sample",
                "按简单随机抽样",
            ),
            SystematicVariance::SuccessiveDifferences => (
                "successive_differences",
                "By successive differences",
                "逐次差分法",
            ),
        };
        Terms { name, en, zh }
    }
}

/// Who was drawn, and how: what estimates of the population need to know beside the answers.
///
/// A row is a respondent. It stands for `weight` units of the population and belongs to a primary unit (itself, or its
/// cluster), which belongs to a stratum. The estimates, with d = 1 in the domain and 0 outside:
///
/// - total Σ w d y, mean and proportion Σ w d y / Σ w d, ratio Σ w d y / Σ w d x;
/// - variance Σ_h (1 − f_h) n_h / (n_h − 1) Σ_i (z_hi − z̄_h)², where z_hi sums over primary unit i what a row adds to
///   the estimate, w u / Σ w (Taylor's linearisation: u = d (y − R x) Σ w / Σ w d x of a ratio R), and f_h is the share
///   of the stratum's primary units that were drawn (the finite population correction);
/// - in two stages, plus Σ_h f_h Σ_i (1 − f_hi) m_hi / (m_hi − 1) Σ_j (z_hij − z̄_hi)².
///
/// These are exact for simple random and stratified samples with known sizes and for totals of clusters; ratios
/// hold for large samples, as always. Degrees of freedom are primary units less strata.
///
/// Source: Cochran 1977, chapters 2, 5, 6, 9 and 11; Särndal, Swensson & Wretman 1992, chapters 4 and 5.
///
/// ```
/// use crm_core::survey::{Confidence, Sample};
///
/// // Four of 20 customers, drawn at random.
/// let sample = Sample::simple_random(4, Some(20))?;
/// let mean = sample.mean(&[6.0, 7.0, 9.0, 10.0], None, Confidence::P95)?;
/// assert_eq!(mean.value, 8.0);
/// // √((1 − 4/20) · (10/3) / 4)
/// assert!((mean.standard_error - (2.0_f64 / 3.0).sqrt()).abs() < 1e-15);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    weights: Vec<f64>,
    /// Primary unit of each row.
    units: Vec<usize>,
    /// Stratum of each primary unit.
    strata: Vec<usize>,
    /// Share of its primary units that were drawn, of each stratum.
    fractions: Vec<f64>,
    /// Share of its rows that were drawn, of each primary unit, where there are two stages.
    second_fractions: Option<Vec<f64>>,
    /// Units of the population, where the design knows them.
    population: Population,
    variance: SystematicVariance,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Population {
    /// Weights are relative: a total is not known.
    Unknown,
    /// Weights add up to the population, which is taken as large.
    Large,
    /// Its size.
    Finite(f64),
}

impl Sample {
    /// `rows` of a `population` drawn at random without replacement; `None` is a population far larger than the
    /// sample, of unknown size.
    ///
    /// # Errors
    /// `OutOfRange` for less than 2 rows, or a population smaller than the sample.
    pub fn simple_random(rows: usize, population: Option<u64>) -> Result<Self> {
        if rows < 2 {
            return Err(range("rows", rows, "must be 2 or more"));
        }
        let size = population.map(|units| units as f64);
        if let Some(units) = population {
            check_population("population", rows, units)?;
        }
        let rows_drawn = rows as f64;
        Ok(Sample {
            weights: vec![size.map_or(1.0, |units| units / rows_drawn); rows],
            units: (0..rows).collect(),
            strata: vec![0; rows],
            fractions: vec![size.map_or(0.0, |units| rows_drawn / units)],
            second_fractions: None,
            population: size.map_or(Population::Unknown, Population::Finite),
            variance: SystematicVariance::SimpleRandom,
        })
    }

    /// `rows` of a `population` in equal steps, in the order of the frame.
    ///
    /// # Errors
    /// As [`Sample::simple_random`].
    pub fn systematic(
        rows: usize,
        population: Option<u64>,
        variance: SystematicVariance,
    ) -> Result<Self> {
        let simple = Sample::simple_random(rows, population)?;
        Ok(Sample { variance, ..simple })
    }

    /// A simple random sample of each stratum: `stratum` of each row, and the `populations` of the strata.
    ///
    /// # Errors
    /// `OutOfRange` for a stratum that is not in `populations`, or one smaller than its sample; `Empty` for no
    /// rows; `NoSolution` for a stratum with less than two rows, of which no variance can be estimated (one row is
    /// enough of a stratum of one).
    pub fn stratified(stratum: &[usize], populations: &[u64]) -> Result<Self> {
        check_groups("stratum", stratum, "populations", populations.len())?;
        let drawn = counts(stratum, populations.len());
        for (h, (&rows, &units)) in drawn.iter().zip(populations).enumerate() {
            check_population("populations", rows, units).map_err(|error| error.at_row(h))?;
            if rows == 0 || (rows == 1 && units > 1) {
                return Err(lonely("stratum", h, "two rows"));
            }
        }
        let fractions: Vec<f64> = ratios(&drawn, populations);
        let weights = stratum.iter().map(|&h| 1.0 / at(&fractions, h));
        Ok(Sample {
            weights: weights.collect(),
            units: (0..stratum.len()).collect(),
            strata: stratum.to_vec(),
            population: Population::Finite(populations.iter().map(|&units| units as f64).sum()),
            fractions,
            second_fractions: None,
            variance: SystematicVariance::SimpleRandom,
        })
    }

    /// Whole clusters, drawn at random from `clusters_in_population`: `cluster` of each row, from 0 on.
    ///
    /// # Errors
    /// `Empty` for no rows, or a number below the largest code that no row has; `NoSolution` for one cluster;
    /// `OutOfRange` for more clusters than there are.
    pub fn clusters(cluster: &[usize], clusters_in_population: u64) -> Result<Self> {
        let drawn = check_clusters(cluster)?.len();
        check_population("clusters_in_population", drawn, clusters_in_population)?;
        let fraction = drawn as f64 / clusters_in_population as f64;
        Ok(Sample {
            weights: vec![1.0 / fraction; cluster.len()],
            units: cluster.to_vec(),
            strata: vec![0; drawn],
            fractions: vec![fraction],
            second_fractions: None,
            population: Population::Large,
            variance: SystematicVariance::SimpleRandom,
        })
    }

    /// Clusters drawn at random, and some units of each at random: `cluster` of each row, from 0 on, and the number of
    /// units that each of these clusters has.
    ///
    /// # Errors
    /// As [`Sample::clusters`]; `LengthMismatch` unless there is a size for each cluster; `OutOfRange` for a cluster
    /// with more rows than units; `NoSolution` for one row of a cluster that has more units.
    pub fn two_stage(
        cluster: &[usize],
        cluster_sizes: &[u64],
        clusters_in_population: u64,
    ) -> Result<Self> {
        let one_stage = Sample::clusters(cluster, clusters_in_population)?;
        let second = second_fractions(cluster, cluster_sizes)?;
        for (i, (&rows, &units)) in counts(cluster, second.len())
            .iter()
            .zip(cluster_sizes)
            .enumerate()
        {
            if rows == 1 && units > 1 {
                return Err(lonely("cluster", i, "two rows"));
            }
        }
        let both = one_stage.weights.iter().zip(cluster);
        Ok(Sample {
            weights: both.map(|(w, &i)| w / at(&second, i)).collect(),
            second_fractions: Some(second),
            ..one_stage
        })
    }

    /// Clusters drawn with probability proportional to size, with replacement or as good as that: `cluster` of each
    /// row, from 0 on, and the `probabilities` p of each of these clusters in one draw (its size over that of all). A
    /// cluster that was drawn twice is two clusters. Where only some units of each were asked, `cluster_sizes` says how
    /// many it has. The estimator is that of Hansen and Hurwitz: weight 1 / (n p), times units per row.
    ///
    /// # Errors
    /// As [`Sample::two_stage`]; `OutOfRange` unless 0 < p ≤ 1.
    pub fn proportional_to_size(
        cluster: &[usize],
        probabilities: &[f64],
        cluster_sizes: Option<&[u64]>,
    ) -> Result<Self> {
        let drawn = check_clusters(cluster)?.len();
        check_length("probabilities", probabilities.len(), drawn)?;
        check_positive("probabilities", probabilities)?;
        if let Some(i) = probabilities.iter().position(|&p| p > 1.0) {
            let rule = "must be between 0 and 1";
            return Err(range("probabilities", at(probabilities, i), rule).at_row(i));
        }
        let second = match cluster_sizes {
            Some(sizes) => second_fractions(cluster, sizes)?,
            None => vec![1.0; drawn],
        };
        let weight = |&i: &usize| 1.0 / (drawn as f64 * at(probabilities, i) * at(&second, i));
        Ok(Sample {
            weights: cluster.iter().map(weight).collect(),
            units: cluster.to_vec(),
            strata: vec![0; drawn],
            fractions: vec![0.0],
            second_fractions: None,
            population: Population::Large,
            variance: SystematicVariance::SimpleRandom,
        })
    }

    /// Any design, by its `weights`: rows drawn independently, or clusters of them, within strata, of a large
    /// population. Clusters and strata are counted from 0 and a cluster lies in one stratum.
    ///
    /// # Errors
    /// `OutOfRange` for a weight of 0 or less and a cluster in two strata; `LengthMismatch`; `Empty` for a stratum or
    /// cluster without rows; `NoSolution` for a stratum with one primary unit.
    pub fn weighted(
        weights: &[f64],
        stratum: Option<&[usize]>,
        cluster: Option<&[usize]>,
    ) -> Result<Self> {
        check_positive("weights", weights)?;
        let rows = weights.len();
        let units = match cluster {
            Some(cluster) => {
                check_length("cluster", cluster.len(), rows)?;
                check_clusters(cluster)?;
                cluster.to_vec()
            }
            None => (0..rows).collect(),
        };
        let mut strata = vec![None; units.iter().max().map_or(0, |last| last + 1)];
        let codes = match stratum {
            Some(stratum) => stratum.to_vec(),
            None => vec![0; rows],
        };
        check_length("stratum", codes.len(), rows)?;
        for (row, (&unit, &h)) in units.iter().zip(&codes).enumerate() {
            if let Some(place) = strata.get_mut(unit) {
                if place.is_some_and(|other| other != h) {
                    return Err(range("cluster", unit, "must lie in one stratum").at_row(row));
                }
                *place = Some(h);
            }
        }
        let strata: Vec<usize> = strata.into_iter().flatten().collect();
        let sizes = check_dense("stratum", &strata)?;
        if let Some(h) = sizes.iter().position(|&size| size < 2) {
            return Err(lonely("stratum", h, "two primary units"));
        }
        Ok(Sample {
            weights: weights.to_vec(),
            units,
            strata,
            fractions: vec![0.0; sizes.len()],
            second_fractions: None,
            population: Population::Large,
            variance: SystematicVariance::SimpleRandom,
        })
    }

    /// The same rows with other weights, such as those of [`rake`](super::weighting::rake). The standard errors
    /// take the new weights as given: those of estimates that raking makes more precise are too large.
    ///
    /// # Errors
    /// `LengthMismatch`; `OutOfRange` for a weight of 0 or less.
    pub fn with_weights(&self, weights: &[f64]) -> Result<Self> {
        check_length("weights", weights.len(), self.rows())?;
        check_positive("weights", weights)?;
        Ok(Sample {
            weights: weights.to_vec(),
            ..self.clone()
        })
    }

    /// Number of respondents.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.weights.len()
    }

    /// Units of the population that each row stands for.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Σ w y over the rows of the domain (`None`: all rows).
    ///
    /// # Errors
    /// `LengthMismatch`, `NotFinite` with the row; `Empty` for a domain without rows; `NoSolution` for a simple
    /// random sample of a population of unknown size.
    pub fn total(
        &self,
        values: &[f64],
        domain: Option<&[bool]>,
        confidence: Confidence,
    ) -> Result<Estimate> {
        let inside = self.domain(domain)?;
        self.check("values", values)?;
        if self.population == Population::Unknown {
            let reason = "must be known for a total";
            return Err(Error::new(ErrorKind::NoSolution, "population", reason));
        }
        let size = self.size();
        let total = self.weighted_sum(|row| inside(row) * at(values, row));
        let variances = self.variances(|row| inside(row) * size * at(values, row));
        Ok(self.estimate(total, variances, &inside, confidence))
    }

    /// Σ w y / Σ w over the rows of the domain (`None`: all rows).
    ///
    /// # Errors
    /// As [`Sample::total`].
    pub fn mean(
        &self,
        values: &[f64],
        domain: Option<&[bool]>,
        confidence: Confidence,
    ) -> Result<Estimate> {
        self.check("values", values)?;
        self.quotient(|row| at(values, row), |_| 1.0, domain, confidence)
    }

    /// The share of those with `flags`, with the interval of Korn and Graubard, which stays between 0 and 1.
    ///
    /// # Errors
    /// As [`Sample::mean`].
    pub fn proportion(
        &self,
        flags: &[bool],
        domain: Option<&[bool]>,
        confidence: Confidence,
    ) -> Result<Estimate> {
        check_length("flags", flags.len(), self.rows())?;
        let flag = |row: usize| f64::from(u8::from(flags.get(row) == Some(&true)));
        let mean = self.quotient(flag, |_| 1.0, domain, confidence)?;
        Ok(of_proportion(mean, confidence))
    }

    /// Σ w y / Σ w x over the rows of the domain (`None`: all rows).
    ///
    /// # Errors
    /// As [`Sample::mean`]; `NoSolution` where Σ w x is 0.
    pub fn ratio(
        &self,
        numerator: &[f64],
        denominator: &[f64],
        domain: Option<&[bool]>,
        confidence: Confidence,
    ) -> Result<Estimate> {
        self.check("numerator", numerator)?;
        self.check("denominator", denominator)?;
        let (y, x) = (|row| at(numerator, row), |row| at(denominator, row));
        self.quotient(y, x, domain, confidence)
    }

    /// [`mean`](Sample::mean) of each of `count` domains, given by the code of each row.
    ///
    /// # Errors
    /// As [`Sample::mean`]; `OutOfRange` for a code that is not below `count`; `Empty` with the domain as row.
    pub fn domain_means(
        &self,
        values: &[f64],
        domains: &[usize],
        count: usize,
        confidence: Confidence,
    ) -> Result<Vec<Estimate>> {
        check_length("domains", domains.len(), self.rows())?;
        check_codes("domains", domains, count)?;
        let mean = |code| {
            let inside: Vec<bool> = domains.iter().map(|&other| other == code).collect();
            self.mean(values, Some(&inside), confidence)
                .map_err(|error| {
                    if error.argument() == "domain" {
                        error.named("domains").at_row(code)
                    } else {
                        error
                    }
                })
        };
        (0..count).map(mean).collect()
    }

    fn quotient(
        &self,
        y: impl Fn(usize) -> f64,
        x: impl Fn(usize) -> f64,
        domain: Option<&[bool]>,
        confidence: Confidence,
    ) -> Result<Estimate> {
        let inside = self.domain(domain)?;
        let below = self.weighted_sum(|row| inside(row) * x(row));
        if below == 0.0 {
            let reason = "must not add up to 0 over the domain";
            return Err(Error::new(ErrorKind::NoSolution, "denominator", reason));
        }
        let ratio = self.weighted_sum(|row| inside(row) * y(row)) / below;
        let scale = self.size() / below;
        let variances = self.variances(|row| inside(row) * scale * (y(row) - ratio * x(row)));
        Ok(self.estimate(ratio, variances, &inside, confidence))
    }

    fn estimate(
        &self,
        value: f64,
        variances: (f64, f64),
        inside: &impl Fn(usize) -> f64,
        confidence: Confidence,
    ) -> Estimate {
        let rows = (0..self.rows()).filter(|&row| inside(row) > 0.0).count();
        let degrees = self.strata.len() - self.fractions.len();
        symmetric(value, variances, degrees, rows, confidence)
    }

    /// Variance of Σ w u / Σ w under the design, and under simple random sampling of as many rows.
    fn variances(&self, u: impl Fn(usize) -> f64) -> (f64, f64) {
        let size = self.size();
        let parts: Vec<f64> = (0..self.rows())
            .map(|row| at(&self.weights, row) * u(row) / size)
            .collect();
        let units = Group::of(&self.units, &parts, self.strata.len(), self.variance);
        let totals: Vec<f64> = units.iter().map(|unit| unit.total.value()).collect();
        let strata = Group::of(&self.strata, &totals, self.fractions.len(), self.variance);
        let between = strata.iter().zip(&self.fractions);
        let mut variance: Sum = between.map(|(h, f)| (1.0 - f) * h.variance()).collect();
        for ((unit, &h), &second) in units
            .iter()
            .zip(&self.strata)
            .zip(self.second_fractions.iter().flatten())
        {
            variance.add(at(&self.fractions, h) * (1.0 - second) * unit.variance());
        }
        (variance.value(), self.simple_variance(u))
    }

    /// (1 − n/N) S² / n with S² = n / (n − 1) · Σ w (u − ū)² / Σ w.
    fn simple_variance(&self, u: impl Fn(usize) -> f64) -> f64 {
        let (rows, size) = (self.rows() as f64, self.size());
        let mean = self.weighted_sum(&u) / size;
        let squares = self.weighted_sum(|row| (u(row) - mean) * (u(row) - mean));
        let fraction = match self.population {
            Population::Finite(units) => rows / units,
            Population::Unknown | Population::Large => 0.0,
        };
        (1.0 - fraction) * squares / size / (rows - 1.0)
    }

    fn weighted_sum(&self, value: impl Fn(usize) -> f64) -> f64 {
        let terms = self
            .weights
            .iter()
            .enumerate()
            .map(|(row, w)| w * value(row));
        terms.collect::<Sum>().value()
    }

    /// Σ w.
    fn size(&self) -> f64 {
        self.weights.iter().copied().collect::<Sum>().value()
    }

    /// 1 of the rows in the domain, 0 of the others.
    fn domain<'a>(&self, domain: Option<&'a [bool]>) -> Result<impl Fn(usize) -> f64 + 'a> {
        if let Some(domain) = domain {
            check_length("domain", domain.len(), self.rows())?;
            if !domain.contains(&true) {
                return Err(Error::empty("domain"));
            }
        }
        Ok(move |row: usize| {
            let inside = domain.is_none_or(|domain| domain.get(row) == Some(&true));
            f64::from(u8::from(inside))
        })
    }

    fn check(&self, argument: &'static str, values: &[f64]) -> Result<()> {
        check_length(argument, values.len(), self.rows())?;
        check_column(argument, values)
    }
}

/// The members of a stratum or of a primary unit.
#[derive(Debug, Clone, Copy, Default)]
struct Group {
    members: usize,
    total: Sum,
    /// Σ (z − z̄)², or half the sum of the squared differences of neighbours.
    squares: Sum,
    last: Option<f64>,
}

impl Group {
    fn of(
        codes: &[usize],
        values: &[f64],
        count: usize,
        variance: SystematicVariance,
    ) -> Vec<Self> {
        let mut groups = vec![Group::default(); count];
        for (&code, &value) in codes.iter().zip(values) {
            if let Some(group) = groups.get_mut(code) {
                group.members += 1;
                group.total.add(value);
                if let (Some(last), SystematicVariance::SuccessiveDifferences) =
                    (group.last, variance)
                {
                    group.squares.add(0.5 * (value - last) * (value - last));
                }
                group.last = Some(value);
            }
        }
        if variance == SystematicVariance::SimpleRandom {
            for (&code, &value) in codes.iter().zip(values) {
                if let Some(group) = groups.get_mut(code) {
                    let deviation = value - group.total.value() / group.members as f64;
                    group.squares.add(deviation * deviation);
                }
            }
        }
        groups
    }

    /// n / (n − 1) Σ (z − z̄)²; 0 of one member, which is then all there are.
    fn variance(&self) -> f64 {
        if self.members < 2 {
            return 0.0;
        }
        let members = self.members as f64;
        members / (members - 1.0) * self.squares.value()
    }
}

/// Codes and counts come from one place, so that every code has a value.
fn at(values: &[f64], index: usize) -> f64 {
    values.get(index).copied().unwrap_or(f64::NAN)
}

fn counts(codes: &[usize], count: usize) -> Vec<usize> {
    let mut counts = vec![0; count];
    for &code in codes {
        if let Some(count) = counts.get_mut(code) {
            *count += 1;
        }
    }
    counts
}

fn ratios(drawn: &[usize], units: &[u64]) -> Vec<f64> {
    let both = drawn.iter().zip(units);
    both.map(|(&rows, &units)| rows as f64 / units as f64)
        .collect()
}

fn check_groups(
    argument: &'static str,
    codes: &[usize],
    list: &'static str,
    count: usize,
) -> Result<()> {
    if codes.is_empty() {
        return Err(Error::empty(argument));
    }
    if count == 0 {
        return Err(Error::empty(list));
    }
    check_codes(argument, codes, count)
}

/// Rows of each code from 0 to the largest; each must have some.
fn check_dense(argument: &'static str, codes: &[usize]) -> Result<Vec<usize>> {
    let count = codes.iter().max().ok_or(Error::empty(argument))?;
    // More codes than rows cannot all be there: refused before memory is taken for them.
    let counts = counts(codes, count.saturating_add(1).min(codes.len() + 1));
    match counts.iter().position(|&rows| rows == 0) {
        Some(code) => {
            let reason = "must have rows of every number from 0 to the largest";
            Err(Error::new(ErrorKind::Empty, argument, reason).with_value(format!("never {code}")))
        }
        None => Ok(counts),
    }
}

fn check_clusters(cluster: &[usize]) -> Result<Vec<usize>> {
    let sizes = check_dense("cluster", cluster)?;
    if sizes.len() < 2 {
        return Err(lonely("cluster", 0, "another cluster"));
    }
    Ok(sizes)
}

fn second_fractions(cluster: &[usize], sizes: &[u64]) -> Result<Vec<f64>> {
    let rows = check_dense("cluster", cluster)?;
    check_length("cluster_sizes", sizes.len(), rows.len())?;
    for (i, (&rows, &units)) in rows.iter().zip(sizes).enumerate() {
        check_population("cluster_sizes", rows, units).map_err(|error| error.at_row(i))?;
    }
    Ok(ratios(&rows, sizes))
}

fn check_population(argument: &'static str, rows: usize, units: u64) -> Result<()> {
    if units == 0 {
        return Err(positive(argument, units));
    }
    if units < rows as u64 {
        let rule = format!("must not be less than the {rows} that were drawn");
        return Err(range(argument, units, rule));
    }
    Ok(())
}

fn lonely(argument: &'static str, code: usize, needs: &str) -> Error {
    let reason = format!("needs {needs} for a variance");
    Error::new(ErrorKind::NoSolution, argument, reason).with_value(code)
}
