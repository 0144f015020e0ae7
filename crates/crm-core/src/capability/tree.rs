//! A tree of indices, evaluated from its leaves to its root.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::check_weights;
use super::fuzzy::{Composition, GradeScale, Membership, Verdict, compose};
use crate::error::{Error, ErrorKind, Result};
use crate::units::Language;

/// An index: measured, or made of others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Index {
    /// What programs call it; no two of a tree have the same.
    pub name: String,
    /// The English term.
    pub en: String,
    /// The Chinese term.
    pub zh: String,
    /// Its weight among the parts of the index that it belongs to; they sum to one. That of the root is 1.
    pub weight: f64,
    /// What it is made of; none for a leaf, which is measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Index>,
}

impl Index {
    /// The term in `language`.
    #[must_use]
    pub fn label(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Zh => &self.zh,
        }
    }

    /// This index and all below it, each before its parts.
    fn all(&self) -> Vec<&Index> {
        let mut found = vec![self];
        for part in &self.parts {
            found.extend(part.all());
        }
        found
    }

    fn find_mut(&mut self, name: &str) -> Option<&mut Index> {
        if self.name == name {
            return Some(self);
        }
        self.parts.iter_mut().find_map(|part| part.find_mut(name))
    }

    fn check(&self, names: &mut HashSet<String>) -> Result<()> {
        if !names.insert(self.name.clone()) {
            let reason = "must be a name that no other index has";
            return Err(Error::new(ErrorKind::OutOfRange, "name", reason).with_value(&self.name));
        }
        if !self.parts.is_empty() {
            let weights: Vec<f64> = self.parts.iter().map(|part| part.weight).collect();
            check_weights("weight", &weights, weights.len()).map_err(|error| {
                let parts = format!("weight of the parts of {}", self.name);
                error.named(parts)
            })?;
        }
        self.parts.iter().try_for_each(|part| part.check(names))
    }
}

/// A tree of indices whose weights sum to one wherever an index has parts.
///
/// Indices are in the order in which a reader meets them: each before its parts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Index", into = "Index")]
pub struct IndexTree(Index);

impl IndexTree {
    /// # Errors
    /// [`ErrorKind::OutOfRange`] for a name that occurs twice, a negative weight, or a root whose weight is not 1,
    /// [`ErrorKind::NotStochastic`] for parts whose weights do not sum to one: it names the index.
    pub fn new(root: Index) -> Result<Self> {
        if root.weight != 1.0 {
            let error = Error::new(ErrorKind::OutOfRange, "weight", "must be 1 for the root");
            return Err(error.with_value(root.weight));
        }
        root.check(&mut HashSet::new())?;
        Ok(IndexTree(root))
    }

    /// The index of the whole.
    #[must_use]
    pub fn root(&self) -> &Index {
        &self.0
    }

    /// Every index.
    #[must_use]
    pub fn indices(&self) -> Vec<&Index> {
        self.0.all()
    }

    /// The indices that are measured.
    #[must_use]
    pub fn leaves(&self) -> Vec<&Index> {
        let mut all = self.indices();
        all.retain(|index| index.parts.is_empty());
        all
    }

    /// The same tree with other weights for the parts of the index `name`, for example of
    /// [`Priorities`](super::ahp::Priorities).
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] where no index has that name, [`ErrorKind::LengthMismatch`] for other weights than parts,
    /// [`ErrorKind::NotStochastic`] and [`ErrorKind::OutOfRange`] for the weights.
    pub fn with_weights(mut self, name: &str, weights: &[f64]) -> Result<Self> {
        let index = self.0.find_mut(name).ok_or_else(|| {
            Error::new(ErrorKind::NotFound, "name", "must be an index of the tree").with_value(name)
        })?;
        check_weights("weights", weights, index.parts.len())?;
        for (part, &weight) in index.parts.iter_mut().zip(weights) {
            part.weight = weight;
        }
        Ok(self)
    }

    /// Evaluates every index; `memberships` are those of the [`leaves`](Self::leaves), in their order.
    ///
    /// The sensitivity of the score S of the root to the weight w of an index with score s, in a whole with score t and weight W in
    /// the root, is ∂S/∂w = W (s − t) / (1 − w): the weights of the other parts shrink in proportion. It is exact for the
    /// composition by weighted average, and not given for the others.
    ///
    /// # Errors
    /// [`ErrorKind::LengthMismatch`] for other memberships than leaves, or another number of degrees than grades, with the leaf as row.
    pub fn evaluate(
        &self,
        memberships: &[Membership],
        scale: &GradeScale,
        composition: Composition,
    ) -> Result<Evaluated> {
        let leaves = self.leaves();
        if memberships.len() != leaves.len() {
            let found = memberships.len();
            return Err(Error::length("memberships", found, leaves.len()));
        }
        for (row, membership) in memberships.iter().enumerate() {
            let degrees = membership.degrees().len();
            if degrees != scale.len() {
                return Err(Error::length("memberships", degrees, scale.len()).at_row(row));
            }
        }
        Evaluation {
            scale,
            composition,
            memberships: memberships.iter(),
        }
        .of(&self.0, 1.0)
    }
}

impl TryFrom<Index> for IndexTree {
    type Error = Error;

    fn try_from(root: Index) -> Result<Self> {
        IndexTree::new(root)
    }
}

impl From<IndexTree> for Index {
    fn from(tree: IndexTree) -> Self {
        tree.0
    }
}

/// What an index comes to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluated {
    /// The name of the index.
    pub name: String,
    /// Its weight in the whole: the product of the weights down to it.
    pub share: f64,
    /// Its degrees in the grades.
    pub membership: Membership,
    /// The verdict by weighted average.
    pub score: f64,
    /// The verdict by largest membership.
    pub verdict: Verdict,
    /// How the root's score changes with this weight; `None` for the root, an only part, and compositions other than the weighted
    /// average.
    pub sensitivity: Option<f64>,
    /// What it is made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Evaluated>,
}

impl Evaluated {
    /// This index and all below it, in the order of [`IndexTree::indices`].
    #[must_use]
    pub fn indices(&self) -> Vec<&Evaluated> {
        let mut found = vec![self];
        for part in &self.parts {
            found.extend(part.indices());
        }
        found
    }
}

/// An evaluation under way: the memberships of leaves that it has not come to yet.
struct Evaluation<'a> {
    scale: &'a GradeScale,
    composition: Composition,
    memberships: std::slice::Iter<'a, Membership>,
}

impl Evaluation<'_> {
    fn of(&mut self, index: &Index, share: f64) -> Result<Evaluated> {
        let mut parts = Vec::with_capacity(index.parts.len());
        for part in &index.parts {
            parts.push(self.of(part, share * part.weight)?);
        }
        let membership = if parts.is_empty() {
            let next = self.memberships.next().cloned();
            next.ok_or_else(|| Error::empty("memberships"))?
        } else {
            let weights: Vec<f64> = index.parts.iter().map(|part| part.weight).collect();
            let memberships: Vec<&Membership> = parts.iter().map(|part| &part.membership).collect();
            compose(&weights, &memberships, self.composition)?
        };
        let score = membership.score(self.scale)?;
        if self.composition == Composition::WeightedAverage {
            for (part, Index { weight, .. }) in parts.iter_mut().zip(&index.parts) {
                let others = 1.0 - weight;
                part.sensitivity = (others > 0.0).then(|| share * (part.score - score) / others);
            }
        }
        Ok(Evaluated {
            name: index.name.clone(),
            share,
            verdict: membership.verdict(),
            membership,
            score,
            sensitivity: None,
            parts,
        })
    }
}
