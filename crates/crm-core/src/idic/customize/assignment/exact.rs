//! The best assignment of few customers, by branch and bound.

use super::Problem;
use super::dual::Prices;
use super::primal::Left;

/// With more customers than this nothing is searched.
const MOST_CUSTOMERS: usize = 100;
/// Assignments of some of the customers that are looked at before the search is given up.
const MOST_LOOKS: u32 = 200_000;

/// What a customer may take, and what the bound loses by it.
pub(super) struct Branch {
    pub(super) slack: f64,
    pub(super) offer: Option<u32>,
    cost: f64,
    pub(super) value: f64,
}

struct Search {
    /// Customers, those first whose second choice loses most, with their choices, the best at the prices first.
    branches: Vec<(usize, Vec<Branch>)>,
    left: Left,
    chosen: Vec<Option<u32>>,
    best: Vec<Option<u32>>,
    best_value: f64,
    looks: u32,
}

/// Makes `taken` the best assignment of all, unless there are too many customers or the search is too long. At the prices each choice but
/// the best takes its slack off the bound (Fisher 1981): a part of an assignment whose bound is no more than what is found is left.
pub(super) fn improve(
    problem: &Problem<'_>,
    prices: &Prices,
    bound: f64,
    taken: &mut Vec<Option<u32>>,
) {
    if problem.customers > MOST_CUSTOMERS {
        return;
    }
    let mut branches: Vec<_> = (0..problem.customers)
        .map(|row| (row, branches(problem, prices, row)))
        .collect();
    let regret = |(_, choices): &(usize, Vec<Branch>)| choices.get(1).map_or(0.0, |b| b.slack);
    branches.sort_by(|a, b| regret(b).total_cmp(&regret(a)));
    let mut search = Search {
        branches,
        left: Left::all(problem),
        chosen: vec![None; problem.customers],
        best: taken.clone(),
        best_value: problem.total(taken),
        looks: 0,
    };
    search.from(0, bound, 0.0);
    *taken = search.best;
}

/// The choices of a customer, the best at the prices first.
pub(super) fn branches(problem: &Problem<'_>, prices: &Prices, row: usize) -> Vec<Branch> {
    let nothing = Branch {
        slack: 0.0,
        offer: None,
        cost: 0.0,
        value: 0.0,
    };
    let offers = problem.offers.iter().enumerate();
    let made = offers.filter_map(|(offer, terms)| {
        let value = problem.value(offer, row).filter(|&value| value > 0.0)?;
        Some(Branch {
            slack: -prices.reduced(problem, offer, value),
            offer: Some(offer as u32),
            cost: terms.cost,
            value,
        })
    });
    let mut each: Vec<Branch> = std::iter::once(nothing).chain(made).collect();
    each.sort_by(|a, b| a.slack.total_cmp(&b.slack));
    let least = each.first().map_or(0.0, |branch| branch.slack);
    each.iter_mut().for_each(|branch| branch.slack -= least);
    each
}

impl Search {
    /// All ways to go on from a customer; `bound` is that of what was chosen before, `value` its value.
    fn from(&mut self, place: usize, bound: f64, value: f64) {
        self.looks += 1;
        if value > self.best_value {
            (self.best_value, self.best) = (value, self.chosen.clone());
        }
        let choices = self.branches.get(place).map_or(0, |(_, each)| each.len());
        for choice in 0..choices {
            let Some((row, branch)) = self
                .branches
                .get(place)
                .and_then(|(row, each)| Some((*row, each.get(choice)?)))
            else {
                return;
            };
            let (offer, cost) = (branch.offer, branch.cost);
            let (below, gained) = (bound - branch.slack, value + branch.value);
            // Choices come by their slack: the others are no better.
            if below <= self.best_value || self.looks > MOST_LOOKS {
                return;
            }
            if !offer.is_none_or(|offer| self.left.allows(offer as usize, cost)) {
                continue;
            }
            self.give(row, offer, cost);
            self.from(place + 1, below, gained);
            self.take_back(row, offer, cost);
        }
    }

    fn give(&mut self, row: usize, offer: Option<u32>, cost: f64) {
        if let Some(offer) = offer {
            self.left.take(offer as usize, cost);
        }
        if let Some(place) = self.chosen.get_mut(row) {
            *place = offer;
        }
    }

    fn take_back(&mut self, row: usize, offer: Option<u32>, cost: f64) {
        if let Some(offer) = offer {
            self.left.give_back(offer as usize, cost);
        }
        if let Some(place) = self.chosen.get_mut(row) {
            *place = None;
        }
    }
}
