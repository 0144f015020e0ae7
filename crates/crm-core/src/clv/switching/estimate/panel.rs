use serde::{Deserialize, Serialize};

use super::TransitionCounts;
use super::counts::{MOST_BRANDS, brand, check_brands};
use crate::error::{Error, ErrorKind, Result};
use crate::parallel;
use crate::units::{Label, Terms};

/// More counts than this are refused: they would fill memory.
const LARGEST_TABLE: usize = 1 << 27;

/// What two purchases of one customer at the same time are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum Ties {
    /// An error that names the row: which brand came first is not known.
    #[default]
    Refuse = 0,
    /// Two purchases, in the order of the rows.
    RowOrder = 1,
}

impl Label for Ties {
    const ALL: &'static [Self] = &[Ties::Refuse, Ties::RowOrder];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Ties::Refuse => ("refuse", "Refuse", "拒绝"),
            Ties::RowOrder => ("row_order", "Order of rows", "按行序"),
        };
        Terms { name, en, zh }
    }
}

/// How purchases become sequences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PanelRules {
    /// What two purchases of one customer at the same time are; an error by default.
    pub ties: Ties,
    /// Two purchases further apart than this, in the unit of the times, are no switch: the sequence is
    /// cut between them. `None`, the default: a purchase is followed by the next one, whenever it comes.
    pub longest_gap: Option<u64>,
}

/// The purchases of a panel of customers, as sequences of brands in the order of time.
///
/// Row by row a customer, a time (day, microsecond, or place in the sequence) and the code of a brand,
/// counted from 0; rows may come in any order. The first purchase of a customer is no switch, and
/// what came before it or will come after the last one is not known.
///
/// ```
/// use crm_core::clv::switching::estimate::{PanelRules, PurchasePanel};
///
/// // Customer 7 buys brands 0, 0, 1, customer 9 buys 1, 1.
/// let panel = PurchasePanel::new(
///     2,
///     &[7, 9, 7, 9, 7],
///     &[1, 1, 2, 5, 8],
///     &[0, 1, 0, 1, 1],
///     PanelRules::default(),
/// )?;
/// assert_eq!(panel.counts().counts(), [1.0, 1.0, 0.0, 1.0]);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PurchasePanel {
    brands: usize,
    /// Brand and time, sequence after sequence.
    purchases: Vec<(usize, i64)>,
    /// Where each sequence ends.
    ends: Vec<usize>,
}

impl PurchasePanel {
    /// Sequences from the rows of a table.
    ///
    /// # Errors
    /// `Empty` for no brands or no rows, `LengthMismatch`, `OutOfRange` for more than [`MOST_BRANDS`]
    /// brands, and with the row `OutOfRange` for a brand that is not below `brands` or for the later
    /// of two rows of one customer at the same time, unless `rules` allow it.
    pub fn new(
        brands: usize,
        customers: &[i64],
        times: &[i64],
        codes: &[u32],
        rules: PanelRules,
    ) -> Result<Self> {
        check_brands(brands, MOST_BRANDS)?;
        if customers.is_empty() {
            return Err(Error::empty("customer"));
        }
        for (argument, length) in [("time", times.len()), ("brand", codes.len())] {
            if length != customers.len() {
                return Err(Error::length(argument, length, customers.len()));
            }
        }
        let mut rows = Vec::with_capacity(codes.len());
        for (row, ((&customer, &time), &code)) in customers.iter().zip(times).zip(codes).enumerate()
        {
            rows.push((customer, time, row, brand("brand", brands, code, row)?));
        }
        parallel::sort_by_key(&mut rows, |&(customer, time, row, _)| (customer, time, row));

        let mut ends = Vec::new();
        for (place, pair) in rows.windows(2).enumerate() {
            let &[(customer, time, ..), (next_customer, next_time, row, _)] = pair else {
                continue;
            };
            if customer != next_customer {
                ends.push(place + 1);
            } else if time == next_time && rules.ties == Ties::Refuse {
                return Err(tie(row, next_time));
            } else if rules
                .longest_gap
                .is_some_and(|gap| next_time.abs_diff(time) > gap)
            {
                ends.push(place + 1);
            }
        }
        ends.push(rows.len());
        let purchases = rows.into_iter().map(|(_, time, _, code)| (code, time));
        Ok(PurchasePanel {
            brands,
            purchases: purchases.collect(),
            ends,
        })
    }

    /// The number of brands.
    #[must_use]
    pub fn brands(&self) -> usize {
        self.brands
    }

    /// The number of purchases.
    #[must_use]
    pub fn purchases(&self) -> usize {
        self.purchases.len()
    }

    /// The number of sequences: one per customer, and one more for each gap that cuts.
    #[must_use]
    pub fn sequences(&self) -> usize {
        self.ends.len()
    }

    /// Every pair of a purchase and the next one.
    #[must_use]
    pub fn counts(&self) -> TransitionCounts {
        let mut counts = TransitionCounts::zero(self.brands);
        for pair in self.runs().flat_map(|run| run.windows(2)) {
            if let &[(from, _), (to, _)] = pair {
                counts.add(from, to, 1.0);
            }
        }
        counts
    }

    /// The counts of each period of time: before the first boundary, between two, from the last one
    /// on. A switch belongs to the period of its second purchase.
    ///
    /// # Errors
    /// `OutOfRange` with the row of a boundary that is not later than the one before, and for tables of more than 2²⁷
    /// counts together.
    pub fn counts_by_period(&self, boundaries: &[i64]) -> Result<Vec<TransitionCounts>> {
        for (row, pair) in boundaries.windows(2).enumerate() {
            if let &[earlier, later] = pair
                && later <= earlier
            {
                let reason = "must be later than the one before";
                let error = Error::new(ErrorKind::OutOfRange, "boundaries", reason);
                return Err(error.with_value(later).at_row(row + 1));
            }
        }
        let size = (self.brands * self.brands).saturating_mul(boundaries.len() + 1);
        if size > LARGEST_TABLE {
            let reason = format!("must give tables of at most {LARGEST_TABLE} counts");
            let error = Error::new(ErrorKind::OutOfRange, "boundaries", reason);
            return Err(error.with_value(format_args!("of length {}", boundaries.len())));
        }
        let mut periods = vec![TransitionCounts::zero(self.brands); boundaries.len() + 1];
        for pair in self.runs().flat_map(|run| run.windows(2)) {
            if let &[(from, _), (to, time)] = pair {
                let period = boundaries.partition_point(|&boundary| boundary <= time);
                if let Some(counts) = periods.get_mut(period) {
                    counts.add(from, to, 1.0);
                }
            }
        }
        Ok(periods)
    }

    /// The purchases of each sequence in turn.
    pub(super) fn runs(&self) -> impl Iterator<Item = &[(usize, i64)]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .filter_map(|(start, &end)| self.purchases.get(start..end))
    }
}

fn tie(row: usize, time: i64) -> Error {
    let reason = "must differ from the time of the customer's other purchases; say that the order \
                  of rows is the order of time, or give finer times";
    Error::new(ErrorKind::OutOfRange, "time", reason)
        .with_value(time)
        .at_row(row)
}
