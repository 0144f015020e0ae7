//! Price sensitivity by van Westendorp's four questions.
//!
//! At what price is it too cheap to be good, cheap, expensive, too expensive to buy? The shares of respondents to
//! whom a price is too cheap and cheap fall with the price, those to whom it is expensive and too expensive rise,
//! and where they cross are the price points.
//!
//! Sources: van Westendorp 1976, "NSS Price Sensitivity Meter (PSM): a new approach to study consumer perception of
//! prices", 29th ESOMAR Congress.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::math::proportion::upper_point;
use crate::math::quantile;
use crate::math::random::Stream;
use crate::parallel;
use crate::units::{Label, Probability, Terms};

/// What happens to respondents whose prices do not rise from too cheap to cheap to expensive to too expensive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum InconsistentPrices {
    /// They are left out, and counted.
    #[default]
    Exclude = 0,
    /// They are kept, and counted.
    Keep = 1,
}

impl Label for InconsistentPrices {
    const ALL: &'static [Self] = &[InconsistentPrices::Exclude, InconsistentPrices::Keep];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            InconsistentPrices::Exclude => ("exclude", "Left out", "剔除"),
            InconsistentPrices::Keep => ("keep", "Kept", "保留"),
        };
        Terms { name, en, zh }
    }
}

/// Which curves bound the acceptable prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum PriceRange {
    /// As van Westendorp 1976: too cheap × not cheap, too expensive × not expensive.
    #[default]
    Original = 0,
    /// As later practice has it: too cheap × expensive, too expensive × cheap.
    Narrower = 1,
}

impl Label for PriceRange {
    const ALL: &'static [Self] = &[PriceRange::Original, PriceRange::Narrower];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            PriceRange::Original => ("original", "Original range", "原始区间"),
            PriceRange::Narrower => ("narrower", "Narrower range", "收窄区间"),
        };
        Terms { name, en, zh }
    }
}

/// The prices that each respondent named, one row a respondent; NaN where not answered.
#[derive(Debug, Clone, Copy)]
pub struct PriceAnswers<'a> {
    /// So cheap that the quality cannot be good.
    pub too_cheap: &'a [f64],
    /// A bargain.
    pub cheap: &'a [f64],
    /// Expensive, but worth a thought.
    pub expensive: &'a [f64],
    /// Too expensive to buy.
    pub too_expensive: &'a [f64],
}

/// The four price points.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PricePoints {
    /// PMC, point of marginal cheapness: the lower end of the acceptable prices.
    pub marginal_cheapness: f64,
    /// PME, point of marginal expensiveness: the upper end.
    pub marginal_expensiveness: f64,
    /// IPP, indifference price point: as many find it cheap as expensive.
    pub indifference: f64,
    /// OPP, optimal price point: as few find it too cheap as too expensive.
    pub optimal: f64,
}

/// What the answers say of prices.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PriceSensitivity {
    /// Respondents whose answers count.
    pub respondents: u64,
    /// Respondents whose prices do not rise strictly; they count if they are kept.
    pub inconsistent: u64,
    /// Respondents who left out a price; they count for nothing else.
    pub missing: u64,
    /// The price points.
    pub points: PricePoints,
    /// Every price that was named, ascending.
    pub prices: Vec<f64>,
    /// Share to whom the price is too cheap: who named it or a higher one.
    pub too_cheap: Vec<f64>,
    /// Share to whom it is cheap or cheaper.
    pub cheap: Vec<f64>,
    /// Share to whom it is expensive or dearer: who named it or a lower one.
    pub expensive: Vec<f64>,
    /// Share to whom it is too expensive.
    pub too_expensive: Vec<f64>,
    #[serde(skip)]
    range: PriceRange,
    /// Per respondent the place of each of the four prices among `prices`.
    #[serde(skip)]
    places: Vec<[usize; 4]>,
}

/// An interval of a price point.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PriceInterval {
    /// The price point.
    pub estimate: f64,
    /// Standard deviation of the replicates.
    pub standard_error: f64,
    /// Lower quantile of the replicates.
    pub lower: f64,
    /// Upper quantile of the replicates.
    pub upper: f64,
}

/// Percentile intervals of the price points from a bootstrap of respondents.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PriceIntervals {
    /// PMC.
    pub marginal_cheapness: PriceInterval,
    /// PME.
    pub marginal_expensiveness: PriceInterval,
    /// IPP.
    pub indifference: PriceInterval,
    /// OPP.
    pub optimal: PriceInterval,
    /// Replicates whose curves do not cross; they are left out.
    pub undefined: u32,
}

impl PriceSensitivity {
    /// The curves and price points of these answers.
    ///
    /// The curves run straight between the prices that were named; where two of them coincide over a stretch, the
    /// point is its middle.
    ///
    /// ```
    /// use crm_core::satisfaction::price::{InconsistentPrices, PriceAnswers, PriceRange, PriceSensitivity};
    ///
    /// let answers = PriceAnswers {
    ///     too_cheap: &[1.0, 2.0],
    ///     cheap: &[3.0, 4.0],
    ///     expensive: &[5.0, 6.0],
    ///     too_expensive: &[7.0, 8.0],
    /// };
    /// let found = PriceSensitivity::new(&answers, InconsistentPrices::Exclude, PriceRange::Original)?;
    /// assert_eq!((found.points.indifference, found.points.optimal), (4.5, 4.5));
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `LengthMismatch`; `OutOfRange` or `NotFinite`, with the row, for a price that is negative or infinite; `Empty`
    /// if nobody's answers count; `NoSolution` if curves do not cross, which only kept answers can bring about.
    pub fn new(
        answers: &PriceAnswers<'_>,
        inconsistent: InconsistentPrices,
        range: PriceRange,
    ) -> Result<Self> {
        let mut rows = Vec::new();
        let (mut missing, mut unordered) = (0, 0);
        let columns = [
            ("too_cheap", answers.too_cheap),
            ("cheap", answers.cheap),
            ("expensive", answers.expensive),
            ("too_expensive", answers.too_expensive),
        ];
        let respondents = answers.too_cheap.len();
        for (argument, column) in columns {
            if column.len() != respondents {
                return Err(Error::length(argument, column.len(), respondents));
            }
        }
        for row in 0..respondents {
            let price = |(argument, column): (&'static str, &[f64])| {
                let price = column.get(row).copied().unwrap_or(f64::NAN);
                check_price(argument, price, row)
            };
            let [a, b, c, d] = columns.map(price);
            let prices = [a?, b?, c?, d?];
            let rising = prices.is_sorted_by(|one, next| one < next);
            if prices.iter().any(|price| price.is_nan()) {
                missing += 1;
            } else {
                unordered += u64::from(!rising);
                if rising || inconsistent == InconsistentPrices::Keep {
                    rows.push(prices);
                }
            }
        }
        if rows.is_empty() {
            return Err(Error::empty("answers"));
        }
        let mut prices: Vec<f64> = rows.iter().flatten().copied().collect();
        prices.sort_unstable_by(f64::total_cmp);
        prices.dedup();
        let place = |price: f64| prices.partition_point(|known| *known < price);
        let places: Vec<[usize; 4]> = rows.iter().map(|row| row.map(place)).collect();
        let curves = Curves::of(&prices, places.iter().map(|row| (*row, 1)));
        let share = |counts: &[u64]| {
            let shares = counts.iter().map(|n| *n as f64 / places.len() as f64);
            shares.collect()
        };
        Ok(PriceSensitivity {
            respondents: places.len() as u64,
            inconsistent: unordered,
            missing,
            points: curves.points(range)?,
            too_cheap: share(&curves.too_cheap),
            cheap: share(&curves.cheap),
            expensive: share(&curves.expensive),
            too_expensive: share(&curves.too_expensive),
            range,
            places,
            prices,
        })
    }

    /// Percentile intervals (Efron 1979) of the price points: respondents are drawn with replacement, replicate b from
    /// stream b of the seed, so that results are the same bits for any number of threads.
    ///
    /// # Errors
    /// `OutOfRange` for fewer than 2 replicates or a confidence of 0 or 1; `NoSolution` if curves cross in fewer than
    /// two replicates.
    pub fn intervals(
        &self,
        replicates: u32,
        confidence: Probability,
        seed: u64,
    ) -> Result<PriceIntervals> {
        let upper = upper_point(confidence)?;
        if replicates < 2 {
            let error = Error::new(ErrorKind::OutOfRange, "replicates", "must be 2 or more");
            return Err(error.with_value(replicates));
        }
        let drawn = parallel::map_range(replicates as usize, |b| self.replicate(seed, b as u64));
        let known: Vec<PricePoints> = drawn.into_iter().flatten().collect();
        if known.len() < 2 {
            let reason = "has curves that cross in fewer than two replicates";
            return Err(Error::new(ErrorKind::NoSolution, "answers", reason));
        }
        let interval = |point: fn(&PricePoints) -> f64| {
            let mut values: Vec<f64> = known.iter().map(point).collect();
            values.sort_unstable_by(f64::total_cmp);
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            let squares: f64 = values.iter().map(|x| (x - mean) * (x - mean)).sum();
            PriceInterval {
                estimate: point(&self.points),
                standard_error: libm::sqrt(squares / (n - 1.0)),
                lower: quantile::of_sorted(&values, 1.0 - upper),
                upper: quantile::of_sorted(&values, upper),
            }
        };
        Ok(PriceIntervals {
            marginal_cheapness: interval(|points| points.marginal_cheapness),
            marginal_expensiveness: interval(|points| points.marginal_expensiveness),
            indifference: interval(|points| points.indifference),
            optimal: interval(|points| points.optimal),
            undefined: replicates - known.len() as u32,
        })
    }

    /// The price points of replicate b; `None` if curves do not cross.
    fn replicate(&self, seed: u64, b: u64) -> Option<PricePoints> {
        let mut stream = Stream::new(seed, b);
        let mut drawn = vec![0_u64; self.places.len()];
        for _ in 0..self.places.len() {
            let row = (stream.uniform() * self.places.len() as f64) as usize;
            if let Some(times) = drawn.get_mut(row) {
                *times += 1;
            }
        }
        let rows = self.places.iter().copied().zip(drawn);
        Curves::of(&self.prices, rows).points(self.range).ok()
    }
}

fn check_price(argument: &'static str, price: f64, row: usize) -> Result<f64> {
    if price.is_nan() || (0.0..=f64::MAX).contains(&price) {
        Ok(price)
    } else if price.is_finite() {
        let error = Error::new(ErrorKind::OutOfRange, argument, "must be 0 or more");
        Err(error.with_value(price).at_row(row))
    } else {
        Err(Error::not_finite(argument, price).at_row(row))
    }
}

/// How many respondents find each price what.
struct Curves<'a> {
    prices: &'a [f64],
    respondents: u64,
    /// Falling.
    too_cheap: Vec<u64>,
    cheap: Vec<u64>,
    /// Rising.
    expensive: Vec<u64>,
    too_expensive: Vec<u64>,
}

impl<'a> Curves<'a> {
    /// From the places of the four prices and how often each respondent counts.
    fn of(prices: &'a [f64], rows: impl Iterator<Item = ([usize; 4], u64)>) -> Self {
        let mut named = [const { Vec::new() }; 4].map(|_: Vec<u64>| vec![0_u64; prices.len()]);
        let mut respondents = 0;
        for (places, times) in rows {
            respondents += times;
            for (counts, place) in named.iter_mut().zip(places) {
                if let Some(count) = counts.get_mut(place) {
                    *count += times;
                }
            }
        }
        let [mut too_cheap, mut cheap, mut expensive, mut too_expensive] = named;
        for falling in [&mut too_cheap, &mut cheap] {
            cumulate(falling.iter_mut().rev());
        }
        for rising in [&mut expensive, &mut too_expensive] {
            cumulate(rising.iter_mut());
        }
        Curves {
            prices,
            respondents,
            too_cheap,
            cheap,
            expensive,
            too_expensive,
        }
    }

    fn points(&self, range: PriceRange) -> Result<PricePoints> {
        let (not_cheap, not_expensive) = (self.others(&self.cheap), self.others(&self.expensive));
        let (lower, upper) = match range {
            PriceRange::Original => (&not_cheap, &not_expensive),
            PriceRange::Narrower => (&self.expensive, &self.cheap),
        };
        Ok(PricePoints {
            marginal_cheapness: self.crossing(&self.too_cheap, lower)?,
            marginal_expensiveness: self.crossing(upper, &self.too_expensive)?,
            indifference: self.crossing(&self.cheap, &self.expensive)?,
            optimal: self.crossing(&self.too_cheap, &self.too_expensive)?,
        })
    }

    /// Respondents who do not find so.
    fn others(&self, counts: &[u64]) -> Vec<u64> {
        counts
            .iter()
            .map(|count| self.respondents - count)
            .collect()
    }

    /// The price at which a falling and a rising curve meet, each straight between prices.
    fn crossing(&self, falling: &[u64], rising: &[u64]) -> Result<f64> {
        let lead = falling
            .iter()
            .zip(rising)
            .map(|(f, r)| *f as f64 - *r as f64);
        let mut points = self.prices.iter().copied().zip(lead);
        let (mut price, mut ahead) = points.next().unwrap_or((f64::NAN, f64::NAN));
        let none = || {
            Error::new(
                ErrorKind::NoSolution,
                "answers",
                "has curves that do not cross",
            )
        };
        if ahead < 0.0 {
            return Err(none());
        }
        let mut level = (ahead == 0.0).then_some(price);
        for (next, lead) in points {
            if let Some(first) = level {
                if lead < 0.0 {
                    return Ok(f64::midpoint(first, price));
                }
            } else if lead == 0.0 {
                level = Some(next);
            } else if lead < 0.0 {
                return Ok(price + (next - price) * (ahead / (ahead - lead)));
            }
            (price, ahead) = (next, lead);
        }
        level
            .map(|first| f64::midpoint(first, price))
            .ok_or_else(none)
    }
}

fn cumulate<'a>(counts: impl Iterator<Item = &'a mut u64>) {
    let mut total = 0;
    for count in counts {
        total += *count;
        *count = total;
    }
}
