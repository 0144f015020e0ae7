//! Four types of customers by current and potential value, each with its strategy.
//!
//! | type | current value | potential value |
//! | --- | --- | --- |
//! | Golden 黄金客户 | high | high |
//! | Meteor 流星客户 | high | low |
//! | Stream 小溪客户 | low | high |
//! | Burden 负担客户 | low | low |

use serde::{Deserialize, Serialize};

use super::cuts::{Cuts, Direction};
use super::{check_column, check_finite, check_length, out_of_range, sort_by};
use crate::error::{Error, ErrorKind, Result};
use crate::math::sum::Sum;
use crate::parallel;
use crate::units::{Label, Language, Share, Terms};

/// A type of customer by current × potential value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum CustomerType {
    /// High current and high potential value.
    Golden = 0,
    /// High current, low potential value.
    Meteor = 1,
    /// Low current, high potential value.
    Stream = 2,
    /// Low current and low potential value.
    Burden = 3,
}

impl CustomerType {
    /// The type of a customer whose current and potential values are high or not.
    #[must_use]
    pub fn of(high_current: bool, high_potential: bool) -> Self {
        match (high_current, high_potential) {
            (true, true) => CustomerType::Golden,
            (true, false) => CustomerType::Meteor,
            (false, true) => CustomerType::Stream,
            (false, false) => CustomerType::Burden,
        }
    }

    /// Whether the current value of these customers is high.
    #[must_use]
    pub fn has_high_current(self) -> bool {
        matches!(self, CustomerType::Golden | CustomerType::Meteor)
    }

    /// Whether their potential value is high.
    #[must_use]
    pub fn has_high_potential(self) -> bool {
        matches!(self, CustomerType::Golden | CustomerType::Stream)
    }

    /// What to do with customers of this type.
    ///
    /// ```
    /// use crm_core::units::Language;
    /// use crm_core::value::types::CustomerType;
    ///
    /// assert!(CustomerType::Meteor.strategy(Language::En).starts_with("Earn"));
    /// ```
    #[must_use]
    pub fn strategy(self, language: Language) -> &'static str {
        let (en, zh) = match self {
            CustomerType::Golden => (
                "Keep: give the best service and personal attention, and deepen the relationship.",
                "重点保持：提供最优质的服务和专人关怀，不断深化关系。",
            ),
            CustomerType::Meteor => (
                "Earn while it lasts: keep the service that pays, without investing in growth.",
                "维持现状：保持能带来利润的服务，不为增长追加投入。",
            ),
            CustomerType::Stream => (
                "Develop: invest in the relationship, cross-sell and up-sell to turn potential into value.",
                "重点培养：投入资源发展关系，通过交叉销售和升级销售将潜力转化为价值。",
            ),
            CustomerType::Burden => (
                "Cut costs: serve by cheap channels or at a price that pays, or let go.",
                "降低成本：改用低成本渠道服务或提高价格，必要时放弃。",
            ),
        };
        match language {
            Language::En => en,
            Language::Zh => zh,
        }
    }
}

impl Label for CustomerType {
    const ALL: &'static [Self] = &[
        CustomerType::Golden,
        CustomerType::Meteor,
        CustomerType::Stream,
        CustomerType::Burden,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            CustomerType::Golden => ("golden", "Golden customers", "黄金客户"),
            CustomerType::Meteor => ("meteor", "Meteor customers", "流星客户"),
            CustomerType::Stream => ("stream", "Stream customers", "小溪客户"),
            CustomerType::Burden => ("burden", "Burden customers", "负担客户"),
        };
        Terms { name, en, zh }
    }
}

/// How the border between a low and a high value is found; a value is high if it lies above it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CutRule {
    /// This value.
    Given(f64),
    /// At most 1 − this share of the customers are high, as [`Cuts`] splits them; 0.5 is the median.
    Quantile(Share),
    /// The upper edge of the histogram bin with the greatest variance between the two classes, over
    /// this many bins of equal width, from 2 to 65,536 (256 is usual).
    ///
    /// Source: Otsu 1979, "A threshold selection method from gray-level histograms", eq. 18.
    Otsu {
        /// Number of bins.
        bins: u32,
    },
    /// Halfway between the means of the two clusters with the least sum of squares within, among
    /// all splits of the sorted values: the optimum of k-means with k = 2, not a local one. It is
    /// what [`CutRule::Otsu`] approaches with ever finer bins.
    ///
    /// Source: Fisher 1958, "On grouping for maximum homogeneity", JASA 53.
    KMeans,
}

/// The kind of a [`CutRule`], where its number is said apart from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum CutMethod {
    /// [`CutRule::Given`].
    Given = 0,
    /// [`CutRule::Quantile`].
    Quantile = 1,
    /// [`CutRule::Otsu`].
    Otsu = 2,
    /// [`CutRule::KMeans`].
    KMeans = 3,
}

impl CutMethod {
    /// The rule of this kind: `number` is the value, the share, or the number of bins; k-means has none.
    ///
    /// # Errors
    /// `NotFinite`; `OutOfRange` for a share or a number of bins that cannot be.
    pub fn with(self, number: f64) -> Result<CutRule> {
        Ok(match self {
            CutMethod::Given if number.is_finite() => CutRule::Given(number),
            CutMethod::Given => return Err(Error::not_finite("cut", number)),
            CutMethod::Quantile => CutRule::Quantile(Share::try_from(number)?),
            CutMethod::Otsu if (2.0..=f64::from(MOST_BINS)).contains(&number) => CutRule::Otsu {
                bins: number as u32,
            },
            CutMethod::Otsu => {
                let rule = format!("must be from 2 to {MOST_BINS}");
                return Err(out_of_range("bins", number, rule));
            }
            CutMethod::KMeans => CutRule::KMeans,
        })
    }
}

impl Label for CutMethod {
    const ALL: &'static [Self] = &[
        CutMethod::Given,
        CutMethod::Quantile,
        CutMethod::Otsu,
        CutMethod::KMeans,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            CutMethod::Given => ("given", "Given", "给定值"),
            CutMethod::Quantile => ("quantile", "Quantile", "分位数"),
            CutMethod::Otsu => ("otsu", "Otsu", "大津法"),
            CutMethod::KMeans => ("k_means", "k-means", "k均值"),
        };
        Terms { name, en, zh }
    }
}

/// The most bins of [`CutRule::Otsu`].
const MOST_BINS: u32 = 1 << 16;

impl CutRule {
    /// The border on this column. Errors speak of `argument`.
    ///
    /// ```
    /// use crm_core::value::types::CutRule;
    ///
    /// let values = [1.0, 2.0, 3.0, 10.0, 11.0];
    /// assert_eq!(CutRule::KMeans.cut("values", &values)?, 6.25);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `Empty`, `NotFinite`; `OutOfRange` for a share or a number of bins that cannot be;
    /// `NoSolution` if Otsu or k-means finds all values equal; `Overflow` if they span more than
    /// the number type.
    pub fn cut(self, argument: &'static str, values: &[f64]) -> Result<f64> {
        match self {
            CutRule::Given(cut) if cut.is_finite() => Ok(cut),
            CutRule::Given(cut) => Err(Error::not_finite("cut", cut)),
            CutRule::Quantile(share) => {
                let cuts = Cuts::quantiles(argument, values, &[share], Direction::HigherIsBetter)?;
                cuts.thresholds()
                    .first()
                    .copied()
                    .ok_or_else(|| Error::empty(argument))
            }
            CutRule::Otsu { bins } => otsu(argument, values, bins),
            CutRule::KMeans => two_means(argument, values),
        }
    }
}

/// The least and the greatest value, which must differ by a finite number.
fn range(argument: &'static str, values: &[f64]) -> Result<(f64, f64)> {
    check_column(argument, values)?;
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let greatest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if least == greatest {
        let error = Error::new(
            ErrorKind::NoSolution,
            argument,
            "must not all be equal: there are no two classes",
        );
        return Err(error.with_value(least));
    }
    if (greatest - least).is_finite() {
        Ok((least, greatest))
    } else {
        Err(Error::overflow(argument))
    }
}

/// Maximises σ²_B(k) = (μ_T ω(k) − μ(k))² / (ω(k) (1 − ω(k))) over the bins k; the first of equals.
fn otsu(argument: &'static str, values: &[f64], bins: u32) -> Result<f64> {
    if !(2..=MOST_BINS).contains(&bins) {
        let rule = format!("must be from 2 to {MOST_BINS}");
        return Err(out_of_range("bins", bins, rule));
    }
    let (least, greatest) = range(argument, values)?;
    let width = (greatest - least) / f64::from(bins);
    let mut histogram = vec![0_u64; bins as usize];
    for value in values {
        // The bin is (least + bin · width, least + (bin + 1) · width]; the first also has `least`.
        let bin = libm::ceil((value - least) / width) - 1.0;
        let bin = (bin.max(0.0) as usize).min(histogram.len() - 1);
        if let Some(count) = histogram.get_mut(bin) {
            *count += 1;
        }
    }
    let count = values.len() as f64;
    let level = |bin: usize, values: &u64| bin as f64 * (*values as f64 / count);
    let mean: f64 = histogram
        .iter()
        .enumerate()
        .map(|(bin, n)| level(bin, n))
        .sum();
    let (mut below, mut first_moment) = (0_u64, 0.0);
    let (mut best, mut best_bin) = (f64::NEG_INFINITY, 0);
    for (bin, values) in histogram.iter().enumerate() {
        below += values;
        first_moment += level(bin, values);
        let omega = below as f64 / count;
        if below == 0 || omega >= 1.0 {
            continue;
        }
        let distance = mean * omega - first_moment;
        let between = distance * distance / (omega * (1.0 - omega));
        if between > best {
            (best, best_bin) = (between, bin);
        }
    }
    Ok(least + (best_bin + 1) as f64 * width)
}

/// Maximises the sum of squares between, n_l n_h (m_h − m_l)² / n with the sizes n and means m of the
/// low and the high cluster; the first of equals.
fn two_means(argument: &'static str, values: &[f64]) -> Result<f64> {
    let (least, greatest) = range(argument, values)?;
    // A power of two, so that scaling is exact; squares then stay within the number type.
    let scale = libm::ldexp(1.0, libm::frexp(greatest - least).1 - 1);
    let scaled = |value: f64| (value - least) / scale;
    let mut sorted: Vec<f64> = values.to_vec();
    sort_by(&mut sorted, f64::total_cmp);
    let total = sorted.iter().map(|v| scaled(*v)).collect::<Sum>().value();
    let mut sum = Sum::default();
    let (mut best, mut cut) = (f64::NEG_INFINITY, least);
    for (index, (value, next)) in sorted.iter().zip(sorted.iter().skip(1)).enumerate() {
        sum.add(scaled(*value));
        if value == next {
            continue;
        }
        let low = (index + 1) as f64;
        let high = sorted.len() as f64 - low;
        let (low_mean, high_mean) = (sum.value() / low, (total - sum.value()) / high);
        let distance = high_mean - low_mean;
        let between = low * high * (distance * distance);
        if between > best {
            let halfway = least + scale * ((low_mean + high_mean) / 2.0);
            best = between;
            // Rounding must not move a value across the border.
            cut = if (*value..*next).contains(&halfway) {
                halfway
            } else {
                *value
            };
        }
    }
    Ok(cut)
}

/// Rows that one task classifies.
const ROWS_PER_BLOCK: usize = 1 << 15;

/// The borders between low and high current and potential value.
///
/// ```
/// use crm_core::value::types::{CustomerType, CutRule, TypeCuts};
///
/// let current = [90.0, 80.0, 5.0, 10.0];
/// let potential = [70.0, 5.0, 60.0, 1.0];
/// let cuts = TypeCuts::find(&current, CutRule::KMeans, &potential, CutRule::Given(50.0))?;
/// assert_eq!(cuts.classify(90.0, 70.0), CustomerType::Golden);
/// let mut types = [0; 4];
/// cuts.classify_into(&current, &potential, &mut types)?;
/// assert_eq!(types, [0, 1, 2, 3]);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TypeCuts {
    current: f64,
    potential: f64,
}

impl TypeCuts {
    /// Given borders: a value is high above its border.
    ///
    /// # Errors
    /// `NotFinite`.
    pub fn new(current_cut: f64, potential_cut: f64) -> Result<Self> {
        for (argument, cut) in [
            ("current_cut", current_cut),
            ("potential_cut", potential_cut),
        ] {
            if !cut.is_finite() {
                return Err(Error::not_finite(argument, cut));
            }
        }
        Ok(TypeCuts {
            current: current_cut,
            potential: potential_cut,
        })
    }

    /// The borders that the two rules find on these columns.
    ///
    /// # Errors
    /// Those of [`CutRule::cut`].
    pub fn find(
        current: &[f64],
        current_rule: CutRule,
        potential: &[f64],
        potential_rule: CutRule,
    ) -> Result<Self> {
        Ok(TypeCuts {
            current: current_rule.cut("current", current)?,
            potential: potential_rule.cut("potential", potential)?,
        })
    }

    /// The border of the current value.
    #[must_use]
    pub fn current(&self) -> f64 {
        self.current
    }

    /// The border of the potential value.
    #[must_use]
    pub fn potential(&self) -> f64 {
        self.potential
    }

    /// The type of one customer.
    #[must_use]
    #[inline]
    pub fn classify(&self, current: f64, potential: f64) -> CustomerType {
        CustomerType::of(current > self.current, potential > self.potential)
    }

    /// Writes the code of every customer's type into `out`.
    ///
    /// # Errors
    /// `LengthMismatch`, `NotFinite`.
    pub fn classify_into(&self, current: &[f64], potential: &[f64], out: &mut [u8]) -> Result<()> {
        check_length("potential", potential.len(), current.len())?;
        check_length("out", out.len(), current.len())?;
        check_finite("current", current)?;
        check_finite("potential", potential)?;
        let columns = current
            .chunks(ROWS_PER_BLOCK)
            .zip(potential.chunks(ROWS_PER_BLOCK));
        let mut blocks: Vec<_> = columns.zip(out.chunks_mut(ROWS_PER_BLOCK)).collect();
        parallel::for_each_mut(&mut blocks, |_, ((current, potential), out)| {
            for ((current, potential), out) in current.iter().zip(*potential).zip(out.iter_mut()) {
                *out = self.classify(*current, *potential) as u8;
            }
        });
        Ok(())
    }
}
