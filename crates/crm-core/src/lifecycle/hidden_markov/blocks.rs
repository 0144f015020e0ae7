//! Histories in the order in which they are worked on: packs of equal length, blocks of packs.

use super::Panel;
use super::emission::EmissionFamily;
use crate::parallel;

/// Customers in the lanes of vectors.
pub(super) const LANES: usize = 8;

/// One number for each customer of a pack.
pub(super) type Vector = [f64; LANES];

/// Rows that one task works on, about; fixed, so that results do not depend on the number of threads.
const ROWS_PER_BLOCK: usize = 1 << 13;

/// Customers of equal length, one in each lane; spare lanes hold the last one again.
#[derive(Debug, Clone)]
pub(super) struct Pack {
    pub(super) customers: [usize; LANES],
    /// Lanes that are not spare.
    pub(super) used: usize,
    pub(super) periods: usize,
    /// Where its codes start.
    pub(super) first: usize,
}

/// Some packs, with the different values of their rows.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub(super) packs: Vec<Pack>,
    /// For each period of each pack, the code of each lane: 0 if the value is missing, else its place in `values` plus 1.
    pub(super) codes: Vec<u32>,
    /// The different values, increasing.
    pub(super) values: Vec<f64>,
    /// Their logarithms: [`EmissionFamily::logarithm`].
    pub(super) logarithms: Vec<f64>,
    /// How many rows have each.
    pub(super) counts: Vec<f64>,
}

/// The histories of a panel that have a row, shortest first.
pub(super) fn blocks(panel: &Panel, family: EmissionFamily) -> Vec<Block> {
    let mut customers: Vec<usize> = (0..panel.customers())
        .filter(|&customer| !panel.range(customer).is_empty())
        .collect();
    parallel::sort_by_key(&mut customers, |&customer| {
        (panel.range(customer).len(), customer)
    });
    let same_length = |a: &usize, b: &usize| panel.range(*a).len() == panel.range(*b).len();
    let packs = customers
        .chunk_by(same_length)
        .flat_map(|customers| customers.chunks(LANES));
    let (mut groups, mut rows) = (Vec::new(), ROWS_PER_BLOCK);
    for pack in packs {
        if rows >= ROWS_PER_BLOCK {
            groups.push(Vec::new());
            rows = 0;
        }
        rows += LANES
            * pack
                .first()
                .map_or(0, |&customer| panel.range(customer).len());
        if let Some(group) = groups.last_mut() {
            group.push(pack);
        }
    }
    parallel::map(groups, |packs| Block::new(panel, family, &packs))
}

impl Block {
    fn new(panel: &Panel, family: EmissionFamily, packs: &[&[usize]]) -> Self {
        let value = |row: usize| panel.values().get(row).copied().unwrap_or(f64::NAN);
        let rows = || packs.iter().flat_map(|pack| pack.iter());
        let mut values: Vec<f64> = rows()
            .flat_map(|&customer| panel.range(customer).map(value))
            .filter(|value| !value.is_nan())
            .collect();
        values.sort_unstable_by(f64::total_cmp);
        values.dedup();
        let mut counts = vec![0.0; values.len()];
        let (mut made, mut codes) = (Vec::with_capacity(packs.len()), Vec::new());
        for pack in packs {
            let last = pack.last().copied().unwrap_or_default();
            let customer = |lane: usize| pack.get(lane).copied().unwrap_or(last);
            let customers: [usize; LANES] = std::array::from_fn(customer);
            let periods = panel.range(last).len();
            made.push(Pack {
                customers,
                used: pack.len(),
                periods,
                first: codes.len(),
            });
            for t in 0..periods {
                for (lane, &customer) in customers.iter().enumerate() {
                    let value = value(panel.range(customer).start + t);
                    let place = values.binary_search_by(|known| known.total_cmp(&value));
                    // NaN is not among the values.
                    let code = place.map_or(0, |place| place + 1);
                    if let Some(count) = code.checked_sub(1).and_then(|place| counts.get_mut(place))
                        && lane < pack.len()
                    {
                        *count += 1.0;
                    }
                    codes.push(code as u32);
                }
            }
        }
        let logarithms = values
            .iter()
            .map(|&value| family.logarithm(value))
            .collect();
        Block {
            packs: made,
            codes,
            values,
            logarithms,
            counts,
        }
    }
}
