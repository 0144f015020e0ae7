//! The assignment that the prices lead to, within places and money.

use super::dual::Prices;
use super::exact::Branch;
use super::{AssignmentReason, Problem, exact};
use crate::parallel;

/// Gains that differ by less than this part of a value are equal at the prices.
const EQUAL: f64 = 1e-5;

/// With more customers than this no pairs of them are tried.
const MOST_PAIRED: usize = 1_000;
/// Nor where what is found is below the bound by no more than this part of it.
const CLOSE: f64 = 1e-4;
/// Rounds of changes at most.
const MOST_ROUNDS: usize = 20;

/// What is left to give.
pub(super) struct Left {
    places: Vec<f64>,
    money: f64,
}

impl Left {
    pub(super) fn all(problem: &Problem<'_>) -> Self {
        let places = problem.offers.iter().map(|offer| offer.capacity);
        Left {
            places: places
                .map(|k| k.map_or(f64::INFINITY, |k| k as f64))
                .collect(),
            money: problem.budget.unwrap_or(f64::INFINITY),
        }
    }

    pub(super) fn allows(&self, offer: usize, cost: f64) -> bool {
        self.places.get(offer).is_some_and(|&places| places >= 1.0) && self.money >= cost
    }

    pub(super) fn take(&mut self, offer: usize, cost: f64) {
        if let Some(places) = self.places.get_mut(offer) {
            *places -= 1.0;
        }
        self.money -= cost;
    }

    pub(super) fn give_back(&mut self, offer: usize, cost: f64) {
        if let Some(places) = self.places.get_mut(offer) {
            *places += 1.0;
        }
        self.money += cost;
    }
}

/// Customers in the order of what they would lose by their next best offer at the prices take the best that is left; then those who got
/// nothing take what is left; then changes of one customer, and among few customers of two, are made as long as they gain and the
/// bound is not near. Of very few customers the best assignment is searched from there.
pub(super) fn assignment(problem: &Problem<'_>, prices: &Prices, bound: f64) -> Vec<Option<u32>> {
    let regret = parallel::map_range(problem.customers, |row| {
        let (mut best, mut second) = (0.0_f64, f64::NEG_INFINITY);
        for (offer, column) in problem.values.iter().enumerate() {
            let value = column.get(row).copied().unwrap_or(f64::NEG_INFINITY);
            let gain = prices.reduced(problem, offer, value);
            if gain > best {
                (best, second) = (gain, best);
            } else {
                second = second.max(gain);
            }
        }
        best - second
    });
    let mut order: Vec<(u64, u32)> = regret
        .iter()
        .enumerate()
        // All are 0 or more: their bits are in their order.
        .map(|(row, regret)| (!regret.max(0.0).to_bits(), row as u32))
        .collect();
    parallel::sort_by_key(&mut order, |&entry| entry);

    let mut left = Left::all(problem);
    let mut taken = vec![None; problem.customers];
    let take = |row: usize, least: f64, left: &mut Left| {
        let offer = best_left(problem, prices, row, least, left)?;
        left.take(offer, problem.offers.get(offer)?.cost);
        Some(offer as u32)
    };
    for &(_, row) in &order {
        let row = row as usize;
        if let Some(place) = taken.get_mut(row) {
            let scale = problem.values.iter().filter_map(|column| column.get(row));
            let scale = scale.copied().fold(0.0, f64::max);
            *place = take(row, -EQUAL * scale, &mut left);
        }
    }
    // Who got nothing at the prices may still take what nobody wanted.
    for &(_, row) in &order {
        let row = row as usize;
        if let Some(place) = taken.get_mut(row)
            && place.is_none()
        {
            *place = take(row, f64::NEG_INFINITY, &mut left);
        }
    }
    for _ in 0..MOST_ROUNDS {
        let mut changed = improve_one(problem, &mut taken, &mut left);
        let gap = bound - problem.total(&taken);
        if !changed && problem.customers <= MOST_PAIRED && gap > CLOSE * bound {
            let waverers = waverers(problem, prices, gap);
            changed = improve_pairs(problem, &waverers, &mut taken, &mut left);
        }
        if !changed {
            break;
        }
    }
    exact::improve(problem, prices, bound, &mut taken);
    taken
}

/// What a customer may get: nothing, of value 0, or an offer of a value of more than 0.
fn options<'a>(
    problem: &'a Problem<'_>,
    row: usize,
) -> impl Iterator<Item = (Option<u32>, f64)> + Clone + 'a {
    let made = problem
        .values
        .iter()
        .enumerate()
        .filter_map(move |(offer, column)| {
            let value = column.get(row).copied().filter(|&value| value > 0.0)?;
            Some((Some(offer as u32), value))
        });
    std::iter::once((None, 0.0)).chain(made)
}

fn cost(problem: &Problem<'_>, offer: Option<u32>) -> f64 {
    let terms = offer.and_then(|offer| problem.offers.get(offer as usize));
    terms.map_or(0.0, |terms| terms.cost)
}

/// Gives customers what is worth more to them and is left.
fn improve_one(problem: &Problem<'_>, taken: &mut [Option<u32>], left: &mut Left) -> bool {
    let mut changed = false;
    for (row, place) in taken.iter_mut().enumerate() {
        let mut best = (value(problem, *place, row), *place);
        for (offer, value) in options(problem, row) {
            let allowed = offer.is_none_or(|offer| {
                left.places
                    .get(offer as usize)
                    .is_some_and(|&places| places >= 1.0)
                    && left.money + cost(problem, *place) >= cost(problem, Some(offer))
            });
            if value > best.0 && allowed {
                best = (value, offer);
            }
        }
        if best.1 != *place {
            exchange(problem, place, best.1, left);
            changed = true;
        }
    }
    changed
}

/// Customers with more than one choice that a better assignment may hold: each takes its slack off the bound, and so must have less of it
/// than is left to gain.
fn waverers(problem: &Problem<'_>, prices: &Prices, gap: f64) -> Vec<(usize, Vec<Branch>)> {
    let each = (0..problem.customers).map(|row| {
        let mut choices = exact::branches(problem, prices, row);
        choices.retain(|choice| choice.slack < gap);
        (row, choices)
    });
    each.filter(|(_, choices)| choices.len() > 1).collect()
}

/// Gives two customers together what is worth more to both.
fn improve_pairs(
    problem: &Problem<'_>,
    waverers: &[(usize, Vec<Branch>)],
    taken: &mut [Option<u32>],
    left: &mut Left,
) -> bool {
    let mut changed = false;
    for (place, (second, choices_b)) in waverers.iter().enumerate() {
        for (first, choices_a) in waverers.iter().take(place) {
            let (Some(&old_a), Some(&old_b)) = (taken.get(*first), taken.get(*second)) else {
                continue;
            };
            let known = value(problem, old_a, *first) + value(problem, old_b, *second);
            let (mut a, mut b) = (old_a, old_b);
            exchange(problem, &mut a, None, left);
            exchange(problem, &mut b, None, left);
            let mut best = (known, old_a, old_b);
            for for_a in choices_a {
                for for_b in choices_b {
                    let gain = for_a.value + for_b.value;
                    if gain > best.0 && both_left(problem, left, for_a.offer, for_b.offer) {
                        best = (gain, for_a.offer, for_b.offer);
                    }
                }
            }
            changed |= (best.1, best.2) != (old_a, old_b);
            exchange(problem, &mut a, best.1, left);
            exchange(problem, &mut b, best.2, left);
            for (row, offer) in [(*first, a), (*second, b)] {
                if let Some(place) = taken.get_mut(row) {
                    *place = offer;
                }
            }
        }
    }
    changed
}

fn both_left(problem: &Problem<'_>, left: &Left, a: Option<u32>, b: Option<u32>) -> bool {
    let places = |offer: Option<u32>, wanted: f64| {
        let places = offer.and_then(|offer| left.places.get(offer as usize));
        places.is_none_or(|&places| places >= wanted)
    };
    let wanted = if a == b { 2.0 } else { 1.0 };
    places(a, wanted) && places(b, wanted) && left.money >= cost(problem, a) + cost(problem, b)
}

fn value(problem: &Problem<'_>, offer: Option<u32>, row: usize) -> f64 {
    let value = offer.and_then(|offer| problem.value(offer as usize, row));
    value.unwrap_or(0.0)
}

fn exchange(problem: &Problem<'_>, place: &mut Option<u32>, offer: Option<u32>, left: &mut Left) {
    if let Some(old) = place.take() {
        left.give_back(old as usize, cost(problem, Some(old)));
    }
    if let Some(new) = offer {
        left.take(new as usize, cost(problem, Some(new)));
    }
    *place = offer;
}

/// The offer with the largest gain at the prices, of at least `least`, that has a value and is left.
fn best_left(
    problem: &Problem<'_>,
    prices: &Prices,
    row: usize,
    least: f64,
    left: &Left,
) -> Option<usize> {
    let mut best: Option<(f64, usize)> = None;
    for (offer, (column, terms)) in problem.values.iter().zip(problem.offers).enumerate() {
        let value = column.get(row).copied().unwrap_or(f64::NEG_INFINITY);
        if value <= 0.0 || !left.allows(offer, terms.cost) {
            continue;
        }
        let gain = prices.reduced(problem, offer, value);
        if gain >= least && best.is_none_or(|(most, _)| gain > most) {
            best = Some((gain, offer));
        }
    }
    best.map(|(_, offer)| offer)
}

pub(super) fn reason(
    problem: &Problem<'_>,
    prices: &Prices,
    row: usize,
    taken: Option<u32>,
) -> AssignmentReason {
    let value = |offer: usize| problem.value(offer, row).unwrap_or(f64::NEG_INFINITY);
    let best = (0..problem.offers.len()).max_by(|&a, &b| f64::total_cmp(&value(a), &value(b)));
    let Some(best) = best else {
        return AssignmentReason::NotEligible;
    };
    if value(best) == f64::NEG_INFINITY {
        return AssignmentReason::NotEligible;
    }
    if value(best) <= 0.0 {
        return AssignmentReason::NoGain;
    }
    if taken.is_some_and(|offer| value(offer as usize) == value(best)) {
        return AssignmentReason::Best;
    }
    let (places, money) = match (prices.places.get(best), problem.offers.get(best)) {
        (Some(places), Some(offer)) => (*places, prices.money * offer.cost),
        _ => (0.0, 0.0),
    };
    if places >= money
        && problem
            .offers
            .get(best)
            .is_some_and(|o| o.capacity.is_some())
    {
        AssignmentReason::PlacesElsewhere
    } else {
        AssignmentReason::MoneyElsewhere
    }
}
