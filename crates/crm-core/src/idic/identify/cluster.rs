use super::model::{LinkageModel, weight_of_probability};
use super::records::Records;
use super::score::{ScoredPair, Scorer};
use crate::error::{Error, ErrorKind, Result};
use crate::parallel;

/// Which records are of one customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clusters {
    /// The cluster of each record: the row of its first record.
    pub of_record: Vec<u32>,
    /// How many clusters there are; a record without a match is one.
    pub count: usize,
    /// How many groups that hang together by pairs were split, because not all of them agree.
    pub split: usize,
}

/// Groups of more records are cut at a higher weight before they are looked at in full.
const LARGEST_GROUP: usize = 300;
/// By so many bits.
const RAISE: f64 = 3.0;
/// No pair counts for or against by more bits, so that one pair does not outweigh all others.
const MOST_SAID: f64 = 20.0;

/// Groups of records that are matches with a probability of `threshold` or more, directly or by others; and of these, what
/// holds together: beginning with single records, the two parts with the highest mean weight between their records are joined, as
/// long as it reaches the threshold. Pairs that no key has found are weighed as well.
///
/// # Errors
/// [`ErrorKind::OutOfRange`] unless `threshold` is above 0 and below 1, or if a pair is not of these records.
pub fn cluster(
    model: &LinkageModel,
    records: &Records,
    pairs: &[ScoredPair],
    threshold: f64,
) -> Result<Clusters> {
    let least = checked(records, pairs, threshold)?;
    let scorer = Scorer::new(model, records);
    let edges: Vec<ScoredPair> = pairs
        .iter()
        .copied()
        .filter(|pair| pair.weight >= least)
        .collect();
    let groups = groups(records.len(), &edges, least);
    let parted = parallel::map(groups, |group| {
        let parts = match group.len() {
            0..=2 => vec![group],
            _ => parts(&scorer, group, least),
        };
        (parts.len() > 1, parts)
    });
    let mut of_record: Vec<u32> = (0..records.len() as u32).collect();
    let mut split = 0;
    for (is_split, parts) in parted {
        split += usize::from(is_split);
        for part in parts {
            let first = part.iter().copied().min().unwrap_or_default();
            for row in part {
                if let Some(cluster) = of_record.get_mut(row as usize) {
                    *cluster = first;
                }
            }
        }
    }
    let count = (0..)
        .zip(&of_record)
        .filter(|&(row, &cluster): &(u32, &u32)| row == cluster)
        .count();
    Ok(Clusters {
        of_record,
        count,
        split,
    })
}

/// Each record of one file with at most one of the other: the pairs of a probability of `threshold` or more, the heaviest first, as long
/// as neither record has a partner yet; of pairs alike, the one of the earlier rows.
///
/// # Errors
/// As [`cluster`].
pub fn link_one_to_one(
    records: &Records,
    pairs: &[ScoredPair],
    threshold: f64,
) -> Result<Vec<ScoredPair>> {
    let least = checked(records, pairs, threshold)?;
    let mut heaviest: Vec<ScoredPair> = pairs
        .iter()
        .copied()
        .filter(|pair| pair.weight >= least)
        .collect();
    heaviest.sort_by(|x, y| {
        y.weight
            .total_cmp(&x.weight)
            .then((x.a, x.b).cmp(&(y.a, y.b)))
    });
    let mut is_taken = vec![false; records.len()];
    let taken = |is_taken: &[bool], row: u32| is_taken.get(row as usize).copied().unwrap_or(true);
    let mut linked = Vec::new();
    for pair in heaviest {
        if !taken(&is_taken, pair.a) && !taken(&is_taken, pair.b) {
            for row in [pair.a, pair.b] {
                if let Some(taken) = is_taken.get_mut(row as usize) {
                    *taken = true;
                }
            }
            linked.push(pair);
        }
    }
    linked.sort_by_key(|pair| (pair.a, pair.b));
    Ok(linked)
}

/// Possible links, for clerical review (Fellegi & Sunter 1969): the pairs of a probability of `review_threshold` or more that were not
/// linked, being less probable than a link or held together by too little.
///
/// # Errors
/// [`ErrorKind::OutOfRange`] unless `review_threshold` is above 0 and below 1, or if a pair is not of these records.
pub fn possible_links(
    clusters: &Clusters,
    pairs: &[ScoredPair],
    review_threshold: f64,
) -> Result<Vec<ScoredPair>> {
    if !(0.0 < review_threshold && review_threshold < 1.0) {
        let reason = "must be between 0 and 1";
        let error = Error::new(ErrorKind::OutOfRange, "review_threshold", reason);
        return Err(error.with_value(review_threshold));
    }
    check_rows(clusters.of_record.len(), pairs)?;
    let least = weight_of_probability(review_threshold);
    let of = |row: u32| clusters.of_record.get(row as usize);
    let is_possible = |pair: &&ScoredPair| pair.weight >= least && of(pair.a) != of(pair.b);
    Ok(pairs.iter().filter(is_possible).copied().collect())
}

/// Refuses a review threshold that is not above 0 and at most the threshold of a link.
pub(crate) fn check_review_threshold(review_threshold: f64, threshold: f64) -> Result<()> {
    if 0.0 < review_threshold && review_threshold <= threshold {
        return Ok(());
    }
    let reason = "must be above 0 and at most the threshold";
    let error = Error::new(ErrorKind::OutOfRange, "review_threshold", reason);
    Err(error.with_value(review_threshold))
}

/// The weight of the threshold.
fn checked(records: &Records, pairs: &[ScoredPair], threshold: f64) -> Result<f64> {
    if !(0.0 < threshold && threshold < 1.0) {
        let error = Error::new(
            ErrorKind::OutOfRange,
            "threshold",
            "must be between 0 and 1",
        );
        return Err(error.with_value(threshold));
    }
    check_rows(records.len(), pairs)?;
    Ok(weight_of_probability(threshold))
}

fn check_rows(records: usize, pairs: &[ScoredPair]) -> Result<()> {
    let is_foreign = |pair: &ScoredPair| pair.a.max(pair.b) as usize >= records || pair.a == pair.b;
    match pairs.iter().position(is_foreign) {
        Some(row) => {
            let reason = "must be of two rows of the records";
            Err(Error::new(ErrorKind::OutOfRange, "pairs", reason).at_row(row))
        }
        None => Ok(()),
    }
}

/// The connected components of two records or more; too large ones at a higher weight.
fn groups(rows: usize, edges: &[ScoredPair], least: f64) -> Vec<Vec<u32>> {
    let mut components = Components::new(rows);
    for edge in edges.iter().filter(|edge| edge.weight >= least) {
        components.join(edge.a, edge.b);
    }
    let mut members: Vec<(u32, u32)> = edges
        .iter()
        .filter(|edge| edge.weight >= least)
        .flat_map(|edge| [edge.a, edge.b])
        .map(|row| (components.root(row), row))
        .collect();
    parallel::sort_by_key(&mut members, |&member| member);
    members.dedup();
    let mut groups = Vec::new();
    for group in members.chunk_by(|a, b| a.0 == b.0) {
        let group: Vec<u32> = group.iter().map(|&(_, row)| row).collect();
        if group.len() <= LARGEST_GROUP || least > MOST_RAISED {
            groups.push(group);
        } else {
            let inside = |edge: &&ScoredPair| group.binary_search(&edge.a).is_ok();
            let edges: Vec<ScoredPair> = edges.iter().filter(inside).copied().collect();
            groups.extend(self::groups(rows, &edges, least + RAISE));
        }
    }
    groups
}

/// Above this weight records are the same, however many.
const MOST_RAISED: f64 = 200.0;

/// Parts of a group, by average linkage.
fn parts(scorer: &Scorer<'_>, group: Vec<u32>, least: f64) -> Vec<Vec<u32>> {
    let size = group.len();
    if size > LARGEST_GROUP {
        return vec![group];
    }
    let between = |a: u32, b: u32| {
        let weight = scorer
            .weight(a.min(b), a.max(b), -MOST_SAID)
            .unwrap_or(-MOST_SAID);
        (weight - least).clamp(-MOST_SAID, MOST_SAID)
    };
    let mut sums: Vec<Vec<f64>> = group
        .iter()
        .map(|&a| {
            group
                .iter()
                .map(|&b| if a == b { 0.0 } else { between(a, b) })
                .collect()
        })
        .collect();
    let mut parts: Vec<Vec<u32>> = group.into_iter().map(|row| vec![row]).collect();
    while let Some((first, second)) = closest(&sums, &parts) {
        let joined = parts.swap_remove(second);
        if let Some(part) = parts.get_mut(first) {
            part.extend(joined);
        }
        let moved = sums.swap_remove(second);
        for (row, sum) in sums.iter_mut().enumerate() {
            let with_second = sum.swap_remove(second);
            if let Some(with_first) = sum.get_mut(first) {
                *with_first += if row == first { 0.0 } else { with_second };
            }
        }
        let mut moved = moved;
        moved.swap_remove(second);
        if let Some(sum) = sums.get_mut(first) {
            for (place, (sum, moved)) in sum.iter_mut().zip(moved).enumerate() {
                *sum += if place == first { 0.0 } else { moved };
            }
        }
    }
    parts
}

/// The two parts with the highest mean weight between them, if it is not negative.
fn closest(sums: &[Vec<f64>], parts: &[Vec<u32>]) -> Option<(usize, usize)> {
    let mut best: Option<(f64, usize, usize)> = None;
    for (second, (row, part)) in sums.iter().zip(parts).enumerate() {
        for (first, (sum, other)) in row.iter().zip(parts).enumerate().take(second) {
            let mean = sum / (part.len() * other.len()) as f64;
            if mean >= 0.0 && best.is_none_or(|(highest, ..)| mean > highest) {
                best = Some((mean, first, second));
            }
        }
    }
    best.map(|(_, first, second)| (first, second))
}

/// Disjoint sets (Tarjan 1975), whose root is their smallest member.
struct Components(Vec<u32>);

impl Components {
    fn new(count: usize) -> Self {
        Components((0..count as u32).collect())
    }

    fn parent(&self, member: u32) -> u32 {
        self.0.get(member as usize).copied().unwrap_or(member)
    }

    fn root(&mut self, mut member: u32) -> u32 {
        while self.parent(member) != member {
            let grandparent = self.parent(self.parent(member));
            self.set(member, grandparent);
            member = grandparent;
        }
        member
    }

    fn set(&mut self, member: u32, parent: u32) {
        if let Some(place) = self.0.get_mut(member as usize) {
            *place = parent;
        }
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.set(a.max(b), a.min(b));
    }
}
