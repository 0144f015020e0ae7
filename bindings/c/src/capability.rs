//! How able a firm is to manage its relationships: weights from comparisons in pairs, and trees of
//! indices that are evaluated from graded leaves.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;

use crm_core::capability::acceptability::{WeightBelief, rank_acceptability};
use crm_core::capability::ahp::PairwiseMatrix;
use crm_core::capability::crm::crm_capability;
use crm_core::capability::fuzzy::{Grade, GradeScale, Membership};
use crm_core::capability::tree::{Evaluated, Index, IndexTree};
use crm_core::units::Language;
use crm_core::{Error, ErrorKind};

use crate::boundary::{
    Failure, Outcome, Output, OutputSlice, respond, slice, text, write_optional, write_text,
};
use crate::categories::{crm_composition, crm_random_index};
use crate::category;
use crate::handle::{borrow, free, output};
use crate::status::crm_status;

/// How far judgements in pairs contradict each other.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_ahp_consistency {
    /// The principal eigenvalue λ: the number of criteria n without contradiction, else more.
    pub lambda_max: f64,
    /// CI = (λ − n) / (n − 1).
    pub consistency_index: f64,
    /// CR = CI / random index; above 0.1 the judgements contradict each other too much.
    pub consistency_ratio: f64,
    /// The criterion of the judgement to revise first, from 0.
    pub worst_row: u64,
    /// The criterion that it is compared with.
    pub worst_column: u64,
    /// That judgement; 0 if none is more than rounding away from what the weights imply.
    pub worst_given: f64,
    /// What the weights imply in its place; 0 if there is none.
    pub worst_implied: f64,
}

/// The weights of criteria from comparisons in pairs (analytic hierarchy process): the principal eigenvector of
/// the matrix of judgements a_ij, how many times i outweighs j, Σ w = 1. Source: Saaty 1980.
///
/// `CRM_STATUS_OUT_OF_RANGE` for a judgement that is no ratio, or that is not 1 / its counterpart to six digits, with
/// its row; and for more criteria than the table has.
///
/// @param judgements criteria × criteria ratios, row by row
/// @param criteria how many are compared
/// @param random_index the table that the consistency ratio is measured by
/// @param weights receives one weight per criterion
/// @param consistency receives how far the judgements contradict each other
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_ahp_priorities(
    judgements: *const f64,
    criteria: usize,
    random_index: MaybeUninit<crm_random_index>,
    weights: *mut f64,
    consistency: *mut crm_ahp_consistency,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let judgements = slice("judgements", judgements, entries(criteria)?)?;
        let table = category::read("random_index", random_index)?;
        let out = OutputSlice::new("weights", weights, criteria)?;
        let consistency = Output::new("consistency", consistency)?;
        let found = PairwiseMatrix::new(criteria, judgements)?.priorities(table)?;
        out.write("weights", &found.weights)?;
        let (row, column, given, implied) = found
            .worst
            .map_or((0, 0, 0.0, 0.0), |w| (w.row, w.column, w.given, w.implied));
        consistency.write(crm_ahp_consistency {
            lambda_max: found.lambda_max,
            consistency_index: found.consistency_index,
            consistency_ratio: found.consistency_ratio,
            worst_row: row as u64,
            worst_column: column as u64,
            worst_given: given,
            worst_implied: implied,
        });
        Ok(())
    })
}

/// The judgements of a group: the geometric mean of its members' judgements, weighted. Source: Aczél & Saaty 1983.
///
/// @param judgements members × criteria × criteria ratios
/// @param members how many judged
/// @param criteria how many are compared
/// @param weights one per member, of sum 1
/// @param out receives criteria × criteria ratios
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_ahp_group(
    judgements: *const f64,
    members: usize,
    criteria: usize,
    weights: *const f64,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let entries = entries(criteria)?;
        let total = entries.checked_mul(members);
        let total = total.ok_or_else(|| Error::overflow("judgements"))?;
        let judgements = slice("judgements", judgements, total)?;
        let weights = slice("weights", weights, members)?;
        let out = OutputSlice::new("out", out, entries)?;
        let read = |member: &[f64]| PairwiseMatrix::new(criteria, member);
        let matrices: crm_core::Result<Vec<_>> =
            judgements.chunks(entries.max(1)).map(read).collect();
        let joint = PairwiseMatrix::of_group(&matrices?, weights)?;
        out.write("out", joint.judgements())
    })
}

/// Degrees of membership in grades: the share of judges who chose each.
///
/// @param votes how many chose each grade
/// @param grades how many grades there are
/// @param out receives one degree per grade
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_membership_from_votes(
    votes: *const u64,
    grades: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let votes = slice("votes", votes, grades)?;
        let out = OutputSlice::new("out", out, grades)?;
        out.write("out", Membership::from_votes(votes)?.degrees())
    })
}

/// Degrees of membership of a measured value: it belongs wholly to a grade at its peak, to two neighbours in proportion between
/// their peaks, and to an outer grade beyond its peak.
///
/// @param value the measure
/// @param peaks one per grade, rising or falling
/// @param grades how many grades there are
/// @param out receives one degree per grade
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_membership_from_measure(
    value: f64,
    peaks: *const f64,
    grades: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let peaks = slice("peaks", peaks, grades)?;
        let out = OutputSlice::new("out", out, grades)?;
        out.write("out", Membership::from_measure(value, peaks)?.degrees())
    })
}

/// A tree of indices with their weights, each index before its parts.
pub struct crm_index_tree {
    tree: IndexTree,
    /// The texts of the indices, in the order of the tree.
    texts: Vec<[CString; 3]>,
}

/// One index of a tree. Its texts live as long as the tree.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_index {
    /// What programs call it.
    pub name: *const c_char,
    /// The English term.
    pub en: *const c_char,
    /// The Chinese term.
    pub zh: *const c_char,
    /// Its weight among the parts of the index that it belongs to; 1 for the root.
    pub weight: f64,
    /// How many parts it is made of; 0 for a leaf, which is measured.
    pub parts: u64,
}

/// What an index comes to.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_evaluated_index {
    /// Its weight in the whole.
    pub share: f64,
    /// The verdict by weighted average: Σ degree × score of the grade.
    pub score: f64,
    /// The verdict by largest membership: the place of the grade, from 0.
    pub grade: u64,
    /// The degree of that grade.
    pub degree: f64,
    /// By how much it leads the second largest.
    pub margin: f64,
    /// How the score of the root changes with this weight while the other parts shrink in proportion; NaN for the root, an only
    /// part, and compositions other than the weighted average.
    pub sensitivity: f64,
}

/// The tree of CRM capability: customer insight, value creation and delivery, relationship management, with equal weights among
/// the parts of each index.
///
/// @param tree receives the handle; give it back to crm_index_tree_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_index_tree_crm_capability_new(
    tree: *mut Option<Box<crm_index_tree>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("tree", tree)?;
        out.write(Some(Box::new(handle(crm_capability()?)?)));
        Ok(())
    })
}

/// Reads a tree: `{"name": …, "en": …, "zh": …, "weight": 1, "parts": [{…}, …]}`; an index without parts is measured.
///
/// `CRM_STATUS_UNREADABLE` for other texts, `CRM_STATUS_NOT_STOCHASTIC` where the weights of parts do not sum to one,
/// `CRM_STATUS_OUT_OF_RANGE` for a name that occurs twice.
///
/// @param json the text
/// @param tree receives the handle; give it back to crm_index_tree_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_index_tree_from_json_new(
    json: *const c_char,
    tree: *mut Option<Box<crm_index_tree>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("tree", tree)?;
        let root: Index = serde_json::from_str(text("json", json)?).map_err(unreadable)?;
        out.write(Some(Box::new(handle(IndexTree::new(root)?)?)));
        Ok(())
    })
}

/// The same tree with other weights for the parts of an index, for example those of crm_ahp_priorities.
///
/// @param tree the tree, which stays as it is
/// @param name the index whose parts are weighted
/// @param weights one per part, of sum 1
/// @param parts how many parts it has
/// @param weighted receives the handle; give it back to crm_index_tree_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_index_tree_with_weights_new(
    tree: *const crm_index_tree,
    name: *const c_char,
    weights: *const f64,
    parts: usize,
    weighted: *mut Option<Box<crm_index_tree>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("weighted", weighted)?;
        let tree = borrow("tree", tree)?.tree.clone();
        let weights = slice("weights", weights, parts)?;
        let made = tree.with_weights(text("name", name)?, weights)?;
        out.write(Some(Box::new(handle(made)?)));
        Ok(())
    })
}

/// How many bytes the JSON text of a tree has, with its terminating NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_index_tree_json_size(
    tree: *const crm_index_tree,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let json = json(&borrow("tree", tree)?.tree)?;
        Output::new("out", out)?.write(json.len() + 1);
        Ok(())
    })
}

/// Writes a tree as JSON.
///
/// @param buffer receives the text with its terminating NUL
/// @param capacity size of the buffer; too small is `CRM_STATUS_LENGTH_MISMATCH`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_index_tree_to_json(
    tree: *const crm_index_tree,
    buffer: *mut c_char,
    capacity: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let tree = &borrow("tree", tree)?.tree;
        OutputSlice::new("buffer", buffer, capacity)?;
        write_text(&json(tree)?, buffer, capacity)
    })
}

/// How many indices a tree has, and how many of them are leaves.
///
/// @param indices receives the number of indices
/// @param leaves receives the number of leaves
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_index_tree_size(
    tree: *const crm_index_tree,
    indices: *mut usize,
    leaves: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let tree = &borrow("tree", tree)?.tree;
        let (indices, leaves) = (
            Output::new("indices", indices)?,
            Output::new("leaves", leaves)?,
        );
        indices.write(tree.indices().len());
        leaves.write(tree.leaves().len());
        Ok(())
    })
}

/// What an index of a tree is called, and how it weighs; `CRM_STATUS_NOT_FOUND` if there is no such index.
///
/// @param place its place in the tree, from 0, the root
/// @param out receives it
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_index_tree_index(
    tree: *const crm_index_tree,
    place: usize,
    out: *mut crm_index,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let tree = borrow("tree", tree)?;
        let out = Output::new("out", out)?;
        let index = tree.tree.indices().get(place).copied();
        let (index, [name, en, zh]) = index.zip(tree.texts.get(place)).ok_or_else(|| {
            let reason = format!("must be below {}", tree.texts.len());
            Error::new(ErrorKind::NotFound, "place", reason).with_value(place)
        })?;
        out.write(crm_index {
            name: name.as_ptr(),
            en: en.as_ptr(),
            zh: zh.as_ptr(),
            weight: index.weight,
            parts: index.parts.len() as u64,
        });
        Ok(())
    })
}

/// Evaluates every index of a tree from the memberships of its leaves (fuzzy comprehensive evaluation).
///
/// @param memberships leaves × grades degrees, each leaf's of sum 1, leaves in the order of the tree
/// @param leaves how many leaves the tree has
/// @param scores what each grade counts in a weighted average: rising or falling
/// @param grades how many grades there are
/// @param composition how the memberships of parts make that of the whole
/// @param indices how many indices the tree has
/// @param evaluated receives what each index comes to, in the order of the tree
/// @param degrees receives indices × grades degrees; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_index_tree_evaluate(
    tree: *const crm_index_tree,
    memberships: *const f64,
    leaves: usize,
    scores: *const f64,
    grades: usize,
    composition: MaybeUninit<crm_composition>,
    indices: usize,
    evaluated: *mut crm_evaluated_index,
    degrees: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let tree = &borrow("tree", tree)?.tree;
        let size = |rows: usize| {
            let size = rows.checked_mul(grades);
            size.ok_or_else(|| Error::overflow("grades"))
        };
        let memberships = slice("memberships", memberships, size(leaves)?)?;
        let scores = slice("scores", scores, grades)?;
        let composition = category::read("composition", composition)?;
        let out = OutputSlice::new("evaluated", evaluated, indices)?;
        let degrees = OutputSlice::optional("degrees", degrees, size(indices)?)?;
        let scale = scores.iter().map(|&score| Grade {
            name: String::new(),
            score,
        });
        let scale = GradeScale::new(scale.collect())?;
        let read = |(row, leaf): (usize, &[f64])| {
            Membership::new(leaf.to_vec()).map_err(|error| error.named("memberships").at_row(row))
        };
        let leaves = memberships.chunks(grades.max(1)).enumerate().map(read);
        let leaves: crm_core::Result<Vec<Membership>> = leaves.collect();
        let found = tree.evaluate(&leaves?, &scale, composition)?;
        let found = found.indices();
        let rows: Vec<crm_evaluated_index> = found.iter().map(|index| row(index)).collect();
        out.write("evaluated", &rows)?;
        if let Some(degrees) = degrees {
            let all: Vec<f64> = found
                .iter()
                .flat_map(|index| index.membership.degrees().iter().copied())
                .collect();
            degrees.write("degrees", &all)?;
        }
        Ok(())
    })
}

/// Frees a tree; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_index_tree_free(tree: Option<Box<crm_index_tree>>) {
    free(tree);
}

fn row(index: &Evaluated) -> crm_evaluated_index {
    crm_evaluated_index {
        share: index.share,
        score: index.score,
        grade: index.verdict.grade as u64,
        degree: index.verdict.degree,
        margin: index.verdict.margin,
        sensitivity: index.sensitivity.unwrap_or(f64::NAN),
    }
}

fn entries(criteria: usize) -> Outcome<usize> {
    let entries = criteria.checked_mul(criteria);
    entries.ok_or_else(|| Error::overflow("judgements").into())
}

fn handle(tree: IndexTree) -> Outcome<crm_index_tree> {
    let c_text = |text: &str| {
        let reason = "must have no NUL in its texts";
        CString::new(text).map_err(|_| Error::new(ErrorKind::Unreadable, "json", reason))
    };
    let texts = |index: &&Index| {
        Ok([
            c_text(&index.name)?,
            c_text(index.label(Language::En))?,
            c_text(index.label(Language::Zh))?,
        ])
    };
    let texts: crm_core::Result<Vec<_>> = tree.indices().iter().map(texts).collect();
    Ok(crm_index_tree {
        texts: texts?,
        tree,
    })
}

/// How sure the ranks of alternatives are while the weights of criteria are not: weights are drawn at random, alternatives are
/// ranked by their weighted sums of scores, and the shares of draws are counted. Equal scores share their ranks. The same seed gives
/// the same bits for any number of threads. Source: Lahdelma, Hokkanen & Salminen 1998; Lahdelma & Salminen 2001.
///
/// @param scores row-major: a row for each alternative, a column for each criterion; more is better
/// @param alternatives how many there are
/// @param criteria how many there are
/// @param weights mean weights of the criteria, which sum to one; may be NULL: all weights are equally likely
/// @param concentration κ, above 0: how sure the weights are; the variance of a weight w is w (1 − w) / (κ + 1); not read without
///     `weights`
/// @param draws how many, 1 to 100,000,000
/// @param seed of the random numbers
/// @param ranks receives alternatives × alternatives shares, row-major: of each alternative (row) at each rank (column)
/// @param mean_ranks receives one number for each alternative; may be NULL
/// @param central_weights receives alternatives × criteria numbers, row-major: the mean of the weights that make an alternative the first
///     one; NaN where it never is; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_rank_acceptability(
    scores: *const f64,
    alternatives: usize,
    criteria: usize,
    weights: *const f64,
    concentration: f64,
    draws: u32,
    seed: u64,
    ranks: *mut f64,
    mean_ranks: *mut f64,
    central_weights: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let cells = alternatives.saturating_mul(criteria);
        let scores = slice("scores", scores, cells)?;
        let belief = match weights.is_null() {
            true => WeightBelief::Uniform,
            false => WeightBelief::Around {
                weights: slice("weights", weights, criteria)?.to_vec(),
                concentration,
            },
        };
        let ranks = OutputSlice::new("ranks", ranks, alternatives.saturating_mul(alternatives))?;
        let mean_ranks = OutputSlice::optional("mean_ranks", mean_ranks, alternatives)?;
        let central_weights = OutputSlice::optional("central_weights", central_weights, cells)?;
        let found = rank_acceptability(scores, criteria, &belief, draws, seed)?;
        write_optional(mean_ranks, "mean_ranks", &found.mean_ranks)?;
        write_optional(central_weights, "central_weights", &found.central_weights)?;
        ranks.write("ranks", &found.ranks)
    })
}

fn json(tree: &IndexTree) -> Outcome<String> {
    serde_json::to_string(tree).map_err(unreadable)
}

fn unreadable(error: serde_json::Error) -> Failure {
    let reason = format!("must be a tree of indices: {error}");
    Error::new(ErrorKind::Unreadable, "json", reason).into()
}
