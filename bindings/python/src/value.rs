//! Customer value: concentration, cut points, tiers, types, RFM. A column of codes is `bytes`.

use crm_core::units::{Label, Language, Share};
use crm_core::value::cuts::{Cuts, Direction};
use crm_core::value::groups::{Group, summarise};
use crm_core::value::pareto::{self, Bootstrap, CurvePoint, Interval, Measure};
use crm_core::value::rfm::{self, RfmGrid, SegmentRule, SegmentTable};
use crm_core::value::tiers::{Pyramid, TierMigration, ValueGroups};
use crm_core::value::types::{CustomerType, CutRule, TypeCuts};
use crm_core::{Error, ErrorKind};
use pyo3::prelude::*;

use crate::buffers::{Floats, detached};
use crate::error::Result;
use crate::numbers::Number;

/// A column of codes, as Python's `bytes`.
type Codes = Vec<u8>;

#[derive(IntoPyObject)]
pub(crate) struct PointParts {
    customers: f64,
    profit: f64,
}

#[derive(IntoPyObject)]
pub(crate) struct IntervalParts {
    estimate: f64,
    lower: f64,
    upper: f64,
    standard_error: f64,
    undefined: u32,
}

impl From<Interval> for IntervalParts {
    fn from(interval: Interval) -> Self {
        IntervalParts {
            estimate: interval.estimate,
            lower: interval.lower,
            upper: interval.upper,
            standard_error: interval.standard_error,
            undefined: interval.undefined,
        }
    }
}

/// How the profit of a customer base is concentrated.
#[pyclass(frozen, module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct Concentration(pareto::Concentration);

impl Concentration {
    fn measure(&self, py: Python<'_>, measure: Measure) -> Result<f64> {
        detached(py, || self.0.measure(measure))
    }

    fn interval(
        &self,
        py: Python<'_>,
        measure: Measure,
        seed: u64,
        replicates: i64,
        level: &Number,
    ) -> Result<IntervalParts> {
        let bootstrap = Bootstrap {
            replicates: whole("replicates", replicates)?,
            level: level.probability("level")?,
            seed,
        };
        let intervals = detached(py, || self.0.confidence(&[measure], &bootstrap))?;
        let [interval] = array("measures", intervals)?;
        Ok(interval.into())
    }
}

#[pymethods]
impl Concentration {
    #[new]
    fn new(py: Python<'_>, profit: Floats, weight: Option<Floats>) -> Result<Self> {
        let profit = profit.slice("profit")?;
        let weight = weight.as_ref().map(|w| w.slice("weight")).transpose()?;
        let made = detached(py, || match weight {
            None => pareto::Concentration::new(profit),
            Some(weight) => pareto::Concentration::weighted(profit, weight),
        })?;
        Ok(Concentration(made))
    }

    fn customers(&self) -> f64 {
        self.0.customers()
    }

    fn total(&self) -> f64 {
        self.0.total()
    }

    fn mean(&self) -> f64 {
        self.0.mean()
    }

    fn top_share(&self, py: Python<'_>, share: Number) -> Result<f64> {
        self.measure(py, Measure::TopShare(share.share("share")?))
    }

    fn bottom_share(&self, py: Python<'_>, share: Number) -> Result<f64> {
        let share = share.share("share")?;
        detached(py, || self.0.bottom_share(share))
    }

    fn smallest_share(&self, py: Python<'_>, share: Number) -> Result<f64> {
        self.measure(py, Measure::SmallestShare(share.share("share")?))
    }

    fn gini(&self, py: Python<'_>) -> Result<f64> {
        self.measure(py, Measure::Gini)
    }

    fn gini_corrected(&self, py: Python<'_>) -> Result<f64> {
        detached(py, || self.0.gini_corrected())
    }

    fn peak(&self, py: Python<'_>) -> Result<PointParts> {
        let CurvePoint { customers, profit } = detached(py, || self.0.peak())?;
        Ok(PointParts { customers, profit })
    }

    /// Two lists: share of the customers, share of the profit.
    fn curve(&self, py: Python<'_>, points: i64) -> Result<(Vec<f64>, Vec<f64>)> {
        let points = whole("points", points)?;
        let points = detached(py, || self.0.curve(points))?;
        Ok(points.iter().map(|p| (p.customers, p.profit)).unzip())
    }

    /// Two lists: share of the customers, share of the profit.
    fn lorenz(&self, py: Python<'_>, points: i64) -> Result<(Vec<f64>, Vec<f64>)> {
        let points = whole("points", points)?;
        let points = detached(py, || self.0.lorenz(points))?;
        Ok(points.iter().map(|p| (p.customers, p.profit)).unzip())
    }

    fn top_share_interval(
        &self,
        py: Python<'_>,
        share: Number,
        seed: u64,
        replicates: i64,
        level: Number,
    ) -> Result<IntervalParts> {
        let measure = Measure::TopShare(share.share("share")?);
        self.interval(py, measure, seed, replicates, &level)
    }

    fn smallest_share_interval(
        &self,
        py: Python<'_>,
        share: Number,
        seed: u64,
        replicates: i64,
        level: Number,
    ) -> Result<IntervalParts> {
        let measure = Measure::SmallestShare(share.share("share")?);
        self.interval(py, measure, seed, replicates, &level)
    }

    fn gini_interval(
        &self,
        py: Python<'_>,
        seed: u64,
        replicates: i64,
        level: Number,
    ) -> Result<IntervalParts> {
        self.interval(py, Measure::Gini, seed, replicates, &level)
    }
}

/// A whole number that the core takes in a smaller type.
fn whole<T: TryFrom<i64>>(argument: &'static str, number: i64) -> crm_core::Result<T> {
    T::try_from(number).map_err(|_| {
        let error = Error::new(ErrorKind::OutOfRange, argument, "is beyond all limits");
        error.with_value(number)
    })
}

fn direction(lower_is_better: bool) -> Direction {
    if lower_is_better {
        Direction::LowerIsBetter
    } else {
        Direction::HigherIsBetter
    }
}

fn shares(numbers: &[Number]) -> crm_core::Result<Vec<Share>> {
    let share = |(row, n): (usize, &Number)| n.share("shares").map_err(|e| e.at_row(row));
    numbers.iter().enumerate().map(share).collect()
}

/// `N` numbers of a list.
fn array<const N: usize, T>(argument: &'static str, list: Vec<T>) -> crm_core::Result<[T; N]> {
    let found = list.len();
    list.try_into().map_err(|_| {
        let error = Error::new(
            ErrorKind::LengthMismatch,
            argument,
            format!("must have length {N}"),
        );
        error.with_value(format_args!("of length {found}"))
    })
}

#[pyfunction]
pub(crate) fn cuts_equal_parts(
    py: Python<'_>,
    values: Floats,
    parts: i64,
    lower_is_better: bool,
) -> Result<Vec<f64>> {
    let values = values.slice("values")?;
    let (parts, direction) = (whole("parts", parts)?, direction(lower_is_better));
    let cuts = detached(py, || Cuts::equal_parts("values", values, parts, direction))?;
    Ok(cuts.thresholds().to_vec())
}

#[pyfunction]
pub(crate) fn cuts_quantiles(
    py: Python<'_>,
    values: Floats,
    shares: Vec<Number>,
    lower_is_better: bool,
) -> Result<Vec<f64>> {
    let values = values.slice("values")?;
    let (shares, direction) = (self::shares(&shares)?, direction(lower_is_better));
    let cuts = detached(py, || Cuts::quantiles("values", values, &shares, direction))?;
    Ok(cuts.thresholds().to_vec())
}

#[pyfunction]
pub(crate) fn cuts_assign(
    py: Python<'_>,
    values: Floats,
    thresholds: Vec<f64>,
    lower_is_better: bool,
) -> Result<Codes> {
    let values = values.slice("values")?;
    detached(py, || {
        let cuts = Cuts::new(&thresholds, direction(lower_is_better))?;
        let mut parts = vec![0; values.len()];
        cuts.parts_into("values", values, &mut parts)?;
        Ok(parts)
    })
}

#[pyfunction]
pub(crate) fn pyramid_thresholds(
    py: Python<'_>,
    profit: Floats,
    shares: Option<Vec<Number>>,
) -> Result<Vec<f64>> {
    let profit = profit.slice("profit")?;
    let shares = shares.as_deref().map(self::shares).transpose()?;
    let pyramid = match shares {
        None => detached(py, || Pyramid::new(profit))?,
        Some(shares) => {
            let shares = array("shares", shares)?;
            detached(py, || Pyramid::with_shares(profit, &shares))?
        }
    };
    Ok(pyramid.thresholds().to_vec())
}

#[pyfunction]
pub(crate) fn pyramid_assign(
    py: Python<'_>,
    profit: Floats,
    thresholds: Vec<f64>,
) -> Result<Codes> {
    let profit = profit.slice("profit")?;
    let pyramid = Pyramid::at(&array("thresholds", thresholds)?)?;
    detached(py, || {
        let mut tiers = vec![0; profit.len()];
        pyramid.assign_into(profit, &mut tiers)?;
        Ok(tiers)
    })
}

#[pyfunction]
pub(crate) fn value_group_thresholds(
    py: Python<'_>,
    profit: Floats,
    shares: Option<Vec<Number>>,
) -> Result<Vec<f64>> {
    let profit = profit.slice("profit")?;
    let shares = shares.as_deref().map(self::shares).transpose()?;
    let groups = match shares {
        None => detached(py, || ValueGroups::fifths(profit))?,
        Some(shares) => {
            let shares = array("shares", shares)?;
            detached(py, || ValueGroups::with_shares(profit, &shares))?
        }
    };
    Ok(groups.thresholds().to_vec())
}

#[pyfunction]
pub(crate) fn value_group_assign(
    py: Python<'_>,
    profit: Floats,
    thresholds: Vec<f64>,
) -> Result<Codes> {
    let profit = profit.slice("profit")?;
    let cuts = ValueGroups::at(&array("thresholds", thresholds)?)?;
    detached(py, || {
        let mut groups = vec![0; profit.len()];
        cuts.assign_into(profit, &mut groups)?;
        Ok(groups)
    })
}

#[derive(IntoPyObject)]
pub(crate) struct GroupParts {
    customers: u64,
    share_of_customers: f64,
    profit: f64,
    share_of_profit: Option<f64>,
    mean_profit: Option<f64>,
}

impl From<Group> for GroupParts {
    fn from(group: Group) -> Self {
        GroupParts {
            customers: group.customers,
            share_of_customers: group.share_of_customers,
            profit: group.profit,
            share_of_profit: group.share_of_profit,
            mean_profit: group.mean_profit,
        }
    }
}

#[pyfunction]
pub(crate) fn group_table(
    py: Python<'_>,
    codes: &[u8],
    profit: Floats,
    groups: i64,
) -> Result<Vec<GroupParts>> {
    let profit = profit.slice("profit")?;
    let groups = whole("groups", groups)?;
    let table = detached(py, || summarise(codes, profit, groups))?;
    Ok(table.into_iter().map(Into::into).collect())
}

#[derive(IntoPyObject)]
pub(crate) struct MigrationParts {
    counts: Vec<Vec<u64>>,
    rates: Vec<Option<Vec<f64>>>,
}

#[pyfunction]
pub(crate) fn tier_migration(
    py: Python<'_>,
    before: &[u8],
    after: &[u8],
    tiers: i64,
) -> Result<MigrationParts> {
    let tiers = whole("tiers", tiers)?;
    let moves = detached(py, || TierMigration::new(before, after, tiers))?;
    let rows = 0..moves.tiers();
    Ok(MigrationParts {
        counts: rows
            .clone()
            .map(|from| moves.counts(from).to_vec())
            .collect(),
        rates: rows.map(|from| moves.rates(from)).collect(),
    })
}

fn cut(py: Python<'_>, values: &Floats, rule: CutRule) -> Result<f64> {
    let values = values.slice("values")?;
    detached(py, || rule.cut("values", values))
}

#[pyfunction]
pub(crate) fn quantile_cut(py: Python<'_>, values: Floats, share: Number) -> Result<f64> {
    cut(py, &values, CutRule::Quantile(share.share("share")?))
}

#[pyfunction]
pub(crate) fn otsu_cut(py: Python<'_>, values: Floats, bins: i64) -> Result<f64> {
    cut(
        py,
        &values,
        CutRule::Otsu {
            bins: whole("bins", bins)?,
        },
    )
}

#[pyfunction]
pub(crate) fn k_means_cut(py: Python<'_>, values: Floats) -> Result<f64> {
    cut(py, &values, CutRule::KMeans)
}

#[pyfunction]
pub(crate) fn customer_types(
    py: Python<'_>,
    current: Floats,
    potential: Floats,
    current_cut: Number,
    potential_cut: Number,
) -> Result<Codes> {
    let (current, potential) = (current.slice("current")?, potential.slice("potential")?);
    let cuts = TypeCuts::new(
        current_cut.f64("current_cut")?,
        potential_cut.f64("potential_cut")?,
    )?;
    detached(py, || {
        let mut types = vec![0; current.len()];
        cuts.classify_into(current, potential, &mut types)?;
        Ok(types)
    })
}

/// English and Chinese, for every type in the order of their numbers.
#[pyfunction]
pub(crate) fn customer_type_strategies() -> Vec<(&'static str, &'static str)> {
    let both = |kind: &CustomerType| (kind.strategy(Language::En), kind.strategy(Language::Zh));
    CustomerType::ALL.iter().map(both).collect()
}

/// The cut points of the three scores and the segments.
#[pyclass(frozen, module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct Rfm(rfm::FittedRfm);

/// A name and three ranges of scores.
type Rule = (String, (u8, u8), (u8, u8), (u8, u8));

fn segments(scores: u8, rules: Option<Vec<Rule>>) -> crm_core::Result<Option<SegmentTable>> {
    let Some(rules) = rules else {
        return Ok((scores == 5).then(SegmentTable::standard));
    };
    let rule = |(segment, r, f, m): Rule| SegmentRule {
        segment,
        recency: r.0..=r.1,
        frequency: f.0..=f.1,
        monetary: m.0..=m.1,
    };
    let rules: Vec<SegmentRule> = rules.into_iter().map(rule).collect();
    SegmentTable::new(scores, &rules).map(Some)
}

#[pymethods]
impl Rfm {
    #[staticmethod]
    fn fit(
        py: Python<'_>,
        recency: Floats,
        frequency: Floats,
        monetary: Floats,
        scores: i64,
        lower_is_better: bool,
        rules: Option<Vec<Rule>>,
    ) -> Result<Self> {
        let recency = recency.slice("recency")?;
        let frequency = frequency.slice("frequency")?;
        let monetary = monetary.slice("monetary")?;
        let scores = whole("scores", scores)?;
        let options = rfm::Rfm {
            scores,
            recency: direction(lower_is_better),
            segments: segments(scores, rules)?,
        };
        detached(py, || options.fit(recency, frequency, monetary)).map(Rfm)
    }

    #[staticmethod]
    fn from_thresholds(
        recency: Vec<f64>,
        frequency: Vec<f64>,
        monetary: Vec<f64>,
        lower_is_better: bool,
        rules: Option<Vec<Rule>>,
    ) -> Result<Self> {
        let cuts = |argument, thresholds: &[f64], direction| {
            Cuts::new(thresholds, direction).map_err(|error| error.named(argument))
        };
        let higher = Direction::HigherIsBetter;
        let recency = cuts("recency", &recency, direction(lower_is_better))?;
        let scores = u8::try_from(recency.parts()).unwrap_or(u8::MAX);
        let fitted = rfm::FittedRfm::new(
            recency,
            cuts("frequency", &frequency, higher)?,
            cuts("monetary", &monetary, higher)?,
            segments(scores, rules)?,
        )?;
        Ok(Rfm(fitted))
    }

    /// Recency, frequency, monetary.
    fn thresholds(&self) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
        let of = |cuts: &Cuts| cuts.thresholds().to_vec();
        (
            of(self.0.recency()),
            of(self.0.frequency()),
            of(self.0.monetary()),
        )
    }

    /// The names of the segments, if any.
    fn segments(&self) -> Option<Vec<String>> {
        self.0.segments().map(|table| table.names().to_vec())
    }

    /// Recency, frequency and monetary scores; codes of the segments, if any.
    fn score(
        &self,
        py: Python<'_>,
        recency: Floats,
        frequency: Floats,
        monetary: Floats,
    ) -> Result<(Codes, Codes, Codes, Option<Codes>)> {
        let recency = recency.slice("recency")?;
        let frequency = frequency.slice("frequency")?;
        let monetary = monetary.slice("monetary")?;
        let scores = detached(py, || self.0.score(recency, frequency, monetary))?;
        Ok((
            scores.recency,
            scores.frequency,
            scores.monetary,
            scores.segment,
        ))
    }
}

#[derive(IntoPyObject)]
pub(crate) struct GridParts {
    customers: Vec<u64>,
    revenue: Vec<f64>,
}

#[pyfunction]
pub(crate) fn rfm_grid(
    py: Python<'_>,
    recency: &[u8],
    frequency: &[u8],
    revenue: Floats,
    scores: i64,
) -> Result<GridParts> {
    let revenue = revenue.slice("revenue")?;
    let scores = whole("scores", scores)?;
    let grid = detached(py, || RfmGrid::new(recency, frequency, revenue, scores))?;
    Ok(GridParts {
        customers: grid.customers,
        revenue: grid.revenue,
    })
}
