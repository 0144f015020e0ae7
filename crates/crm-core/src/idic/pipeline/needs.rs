//! Groups of customers by their needs.

use std::collections::BTreeSet;

use serde::Serialize;

use super::options::{ChoiceQuestion, IdicOptions, NeedsOptions};
use crate::error::{Error, ErrorKind, Result};
use crate::idic::differentiate::{
    ClusterCount, Clustering, choose_clusters, choose_modes, k_means, k_modes,
};
use crate::ledger::TextColumn;
use crate::math::random::Stream;

/// Groups of customers by their needs.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct NeedsGroups {
    /// The group of each customer; `None` for who has not answered all questions.
    pub group: Vec<Option<u32>>,
    /// Customers of each group.
    pub sizes: Vec<u64>,
    /// The mean answers of each group to the questions for numbers.
    pub centers: Vec<Vec<f64>>,
    /// The most frequent answer of each group to each question with answers to choose from, by its place among them.
    pub modes: Vec<Vec<u32>>,
    /// How well each number of groups fits, where the number was to be found; of more than 50,000 customers those of 50,000 drawn by the
    /// seed.
    pub tried: Vec<ClusterCount>,
}

/// Of more customers than this the number of groups is chosen by a part.
const MOST_TRIED: usize = 50_000;
/// Which stream of the seed the part is drawn from.
const PART: u64 = u64::MAX - 1;

/// By the answers in numbers or in words, question by question, of which one kind is there.
pub(super) fn grouped(
    customers: usize,
    options: &IdicOptions,
    numbers: &[Vec<f64>],
    chosen: &[Vec<Option<u32>>],
) -> Result<NeedsGroups> {
    let needs = &options.needs;
    let search = options.search();
    let of_needs = |error: Error| error.named("needs").without_row();
    let mut found = NeedsGroups {
        group: vec![None; customers],
        ..NeedsGroups::default()
    };
    let numbers = Answered::of(customers, numbers, |x| (!x.is_nan()).then_some(*x));
    if let Some(answered) = numbers {
        let columns = answered.columns();
        let scaling = needs.scaling;
        let count = found.count(needs, || {
            let part = answered.part(search.seed);
            let most = part.most(needs, |x| x.to_bits());
            choose_clusters(&part.columns(), most, scaling, search)
        });
        let means = k_means(&columns, count.map_err(of_needs)?, scaling, search);
        let means = means.map_err(of_needs)?;
        found.take(&answered.rows, means.clustering);
        found.centers = means.centers;
    }
    if let Some(answered) = Answered::of(customers, chosen, |answer| *answer) {
        let columns = answered.columns();
        let count = found.count(needs, || {
            let part = answered.part(search.seed);
            let most = part.most(needs, |answer| u64::from(*answer));
            choose_modes(&part.columns(), most, search)
        });
        let modes = k_modes(&columns, count.map_err(of_needs)?, search).map_err(of_needs)?;
        found.take(&answered.rows, modes.clustering);
        found.modes = modes.modes;
    }
    Ok(found)
}

/// The customers who have answered all questions, and their answers, question by question.
struct Answered<T> {
    rows: Vec<usize>,
    answers: Vec<Vec<T>>,
}

impl<T: Copy> Answered<T> {
    /// `None` if there are none.
    fn of<A>(
        customers: usize,
        answers: &[Vec<A>],
        known: impl Fn(&A) -> Option<T>,
    ) -> Option<Self> {
        let of = |column: &Vec<A>, row: usize| column.get(row).and_then(&known);
        let has_all = |row: &usize| answers.iter().all(|column| of(column, *row).is_some());
        let rows: Vec<usize> = (0..customers).filter(has_all).collect();
        if answers.is_empty() || rows.is_empty() {
            return None;
        }
        let column = |column| rows.iter().filter_map(|&row| of(column, row)).collect();
        Some(Answered {
            answers: answers.iter().map(column).collect(),
            rows,
        })
    }

    fn columns(&self) -> Vec<&[T]> {
        self.answers.iter().map(Vec::as_slice).collect()
    }

    /// The customers by whom the number of groups is chosen: all, or as many as are enough, drawn by the seed.
    fn part(&self, seed: u64) -> Self {
        let mut places = Stream::new(seed, PART).permutation(self.rows.len());
        places.truncate(MOST_TRIED);
        places.sort_unstable();
        let of = |column: &Vec<T>| {
            let each = places
                .iter()
                .filter_map(|&place| column.get(place).copied());
            each.collect()
        };
        Answered {
            rows: places
                .iter()
                .filter_map(|&p| self.rows.get(p).copied())
                .collect(),
            answers: self.answers.iter().map(of).collect(),
        }
    }

    /// How many groups are tried at most: no more than there are different answers, and fewer than customers.
    fn most(&self, needs: &NeedsOptions, key: impl Fn(&T) -> u64) -> usize {
        let most = (needs.most as usize).min(self.rows.len().saturating_sub(1));
        let mut different = BTreeSet::new();
        for row in 0..self.rows.len() {
            let answers = self.answers.iter().filter_map(|column| column.get(row));
            different.insert(answers.map(&key).collect::<Vec<u64>>());
            if different.len() >= most {
                break;
            }
        }
        most.min(different.len()).max(2)
    }
}

impl NeedsGroups {
    /// How many groups: as many as were asked for, or the number of the highest mean silhouette.
    fn count(
        &mut self,
        needs: &NeedsOptions,
        choose: impl FnOnce() -> Result<Vec<ClusterCount>>,
    ) -> Result<usize> {
        if let Some(groups) = needs.groups {
            return Ok(groups as usize);
        }
        self.tried = choose()?;
        let best = self.tried.iter().max_by(|a, b| {
            let by_fit = a.silhouette.total_cmp(&b.silhouette);
            by_fit.then(b.clusters.cmp(&a.clusters))
        });
        Ok(best.map_or(1, |best| best.clusters as usize))
    }

    fn take(&mut self, rows: &[usize], found: Clustering) {
        for (&row, &group) in rows.iter().zip(&found.cluster) {
            if let Some(place) = self.group.get_mut(row) {
                *place = Some(group);
            }
        }
        self.sizes = found.sizes;
    }
}

/// The most frequent of the answers that the keys of each customer gave to a question; of equally frequent ones that which the question
/// names first.
///
/// # Errors
/// `LengthMismatch` for another number of answers than of keys; `NotFound` with the row for an answer that the question does not have.
pub(super) fn chosen(
    question: &ChoiceQuestion,
    answers: &dyn TextColumn,
    rows: &[Option<u32>],
    customers: usize,
) -> Result<Vec<Option<u32>>> {
    if answers.len() != rows.len() {
        return Err(Error::length("choices", answers.len(), rows.len()));
    }
    let mut given: Vec<(u32, u32)> = Vec::with_capacity(rows.len());
    for (place, row) in rows.iter().enumerate() {
        let text = answers.get(place);
        if text.is_empty() {
            continue;
        }
        let known = question.answers.iter().position(|answer| answer == text);
        let code = known.ok_or_else(|| {
            let reason = "has an answer that the options do not name";
            Error::new(ErrorKind::NotFound, "choices", reason).at_row(place)
        })?;
        given.extend(row.map(|row| (row, code as u32)));
    }
    given.sort_unstable();
    let mut chosen = vec![None; customers];
    for of_customer in given.chunk_by(|a, b| a.0 == b.0) {
        let mut most = 0;
        for alike in of_customer.chunk_by(|a, b| a == b) {
            if let (true, Some((row, code))) = (alike.len() > most, alike.first())
                && let Some(place) = chosen.get_mut(*row as usize)
            {
                (most, *place) = (alike.len(), Some(*code));
            }
        }
    }
    Ok(chosen)
}
