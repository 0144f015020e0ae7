//! Constructs of constructs: what is estimated in their place.

#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of constructs or indicators"
)]

use super::construct::Scale;
use super::estimate::Estimates;
use super::fit::PlsFit;
use super::index::IndexFormula;
use super::moments::Moments;
use super::options::{HigherOrder, PlsOptions};
use super::table::Unusable;
use super::{Construct, ExpectedSign, Indicator, Mode, NamedPath, StructuralModel};
use crate::error::Result;

/// The limits of an index.
const INDEX: (f64, f64) = (0.0, 100.0);

/// What the model of a fit was made of.
#[derive(Debug, Clone)]
pub(super) struct Lower {
    /// As it was given.
    pub(super) model: StructuralModel,
    /// Of its indicators.
    pub(super) moments: Moments,
    /// In two stages: the fit of the components.
    pub(super) first: Option<Box<PlsFit>>,
    pub(super) lift: Lift,
    sources: Vec<Source>,
}

/// What an indicator of a fit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// An indicator of the model that was given.
    Asked(usize),
    /// The index of a construct of the first stage.
    Component(usize),
}

/// The indicators of a fit as sums y = c + A x of those that were asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lift {
    constants: Vec<f64>,
    /// The entries of A that are not 0, by rows.
    terms: Vec<Vec<(usize, f64)>>,
}

impl Lower {
    /// What stands below `model`, and the model that is estimated; nothing if it has no construct of constructs.
    pub(super) fn new(
        model: &StructuralModel,
        moments: &Moments,
        options: &PlsOptions,
    ) -> Result<Option<(Self, StructuralModel)>> {
        if !model.is_higher_order() {
            return Ok(None);
        }
        let (upper, sources, first) = match options.higher_order {
            HigherOrder::TwoStage => {
                let first = first_stage(model)?.estimate(moments.clone(), options)?;
                let (upper, sources) = second_stage(model, &first.model)?;
                (upper, sources, Some(Box::new(first)))
            }
            HigherOrder::RepeatedIndicators => {
                let (upper, sources) = repeated(model)?;
                (upper, sources, None)
            }
        };
        let formula = first.as_ref().map(|first| first.index_formula());
        let lift = Lift::new(&sources, formula.as_ref());
        let lower = Lower {
            model: model.clone(),
            moments: moments.clone(),
            first,
            lift,
            sources,
        };
        Ok(Some((lower, upper)))
    }

    /// The same sums where the answers that were asked for have other moments.
    pub(super) fn lift_again(
        &self,
        moments: &Moments,
        options: &PlsOptions,
    ) -> std::result::Result<Lift, Unusable> {
        let Some(first) = &self.first else {
            return Ok(self.lift.clone());
        };
        let estimates = Estimates::new(&first.plan, &moments.correlation(), options)
            .map_err(Unusable::Failure)?;
        let composites = &estimates.composites;
        if !composites.has_converged {
            return Err(Unusable::NotConverged);
        }
        let deviations = moments.deviations();
        let formula = IndexFormula::new(
            &first.plan,
            &composites.weights,
            &deviations,
            &first.scales(),
        );
        Ok(Lift::new(&self.sources, Some(&formula)))
    }
}

impl Lift {
    fn new(sources: &[Source], formula: Option<&IndexFormula<'_>>) -> Self {
        let row = |source: &Source| match (*source, formula) {
            (Source::Component(construct), Some(formula)) => formula.linear(construct),
            (Source::Component(place) | Source::Asked(place), _) => (0.0, vec![(place, 1.0)]),
        };
        let (constants, terms) = sources.iter().map(row).unzip();
        Lift { constants, terms }
    }

    /// What an indicator is the sum of, but for a constant: places of those that were asked, with their factors.
    pub(super) fn terms_of(&self, indicator: usize) -> &[(usize, f64)] {
        &self.terms[indicator]
    }

    /// Of answers, or means of answers.
    pub(super) fn of_answers(&self, answers: &[f64]) -> Vec<f64> {
        let rows = self.constants.iter().zip(&self.terms);
        rows.map(|(constant, terms)| {
            terms.iter().fold(*constant, |sum, &(place, factor)| {
                sum + factor * answers[place]
            })
        })
        .collect()
    }

    /// A Σ Aᵀ, and the means. Missing answers of sums are those of nothing.
    pub(super) fn of_moments(&self, moments: &Moments) -> Moments {
        let (size, asked) = (self.terms.len(), moments.indicators());
        let mut covariance = vec![0.0; size * size];
        for (j, first) in self.terms.iter().enumerate() {
            for (k, second) in self.terms.iter().enumerate().skip(j) {
                let pairs = first
                    .iter()
                    .flat_map(|a| second.iter().map(move |b| (a, b)));
                let sum: f64 = pairs
                    .map(|((i, a), (l, b))| a * b * moments.covariance[i * asked + l])
                    .sum();
                covariance[j * size + k] = sum;
                covariance[k * size + j] = sum;
            }
        }
        let missing = |terms: &Vec<(usize, f64)>| match terms.as_slice() {
            [(place, _)] => moments.missing[*place],
            _ => 0,
        };
        Moments {
            means: self.of_answers(&moments.means),
            covariance,
            missing: self.terms.iter().map(missing).collect(),
            ..moments.clone()
        }
    }
}

/// The names of the components that stand in the place of a construct; its own name if it has none.
fn in_place_of(model: &StructuralModel, construct: usize) -> Vec<String> {
    let name = |place: &usize| model.constructs()[*place].name().to_owned();
    match model.components(construct) {
        [] => vec![name(&construct)],
        components => components.iter().map(name).collect(),
    }
}

fn named_paths(model: &StructuralModel) -> impl Iterator<Item = (usize, usize, ExpectedSign)> {
    let paths = model.paths().iter().zip(model.expected_signs());
    paths.map(|(path, sign)| (path.from, path.to, *sign))
}

/// The components take the paths of their construct.
fn first_stage(model: &StructuralModel) -> Result<StructuralModel> {
    let constructs = model.constructs().iter().enumerate();
    let constructs = constructs.filter(|(place, _)| model.components(*place).is_empty());
    let mut paths = Vec::new();
    for (from, to, sign) in named_paths(model) {
        for from in in_place_of(model, from) {
            for to in in_place_of(model, to) {
                let from = from.clone();
                paths.push(NamedPath { from, to, sign });
            }
        }
    }
    let constructs = constructs.map(|(_, construct)| construct.clone()).collect();
    StructuralModel::with_signs(constructs, &paths)
}

/// The indices of the components measure their construct.
fn second_stage(
    model: &StructuralModel,
    first: &StructuralModel,
) -> Result<(StructuralModel, Vec<Source>)> {
    let index = Scale::new(INDEX.0, INDEX.1)?;
    let is_component =
        |place: usize| (0..model.constructs().len()).any(|j| model.components(j).contains(&place));
    let (mut constructs, mut sources) = (Vec::new(), Vec::new());
    for (place, construct) in model.constructs().iter().enumerate() {
        if is_component(place) {
            continue;
        }
        let components = model.components(place);
        if components.is_empty() {
            sources.extend(model.block(place).map(Source::Asked));
            constructs.push(construct.clone());
            continue;
        }
        let mut indicators = Vec::new();
        for &component in components {
            let component = &model.constructs()[component];
            let indicator = Indicator::new(component.name()).on(index);
            indicators.push(indicator.asking(component.wording().clone()));
            sources.push(Source::Component(first.place(component.name())?));
        }
        constructs.push(construct.clone().measured_by(indicators));
    }
    let name = |place: usize| model.constructs()[place].name().to_owned();
    let paths: Vec<NamedPath> = named_paths(model)
        .map(|(from, to, sign)| NamedPath {
            from: name(from),
            to: name(to),
            sign,
        })
        .collect();
    let upper = StructuralModel::with_signs(constructs, &paths)?;
    Ok((upper, sources))
}

/// The indicators of the components measure their construct once more. In mode B components drive it, in mode A it drives them.
fn repeated(model: &StructuralModel) -> Result<(StructuralModel, Vec<Source>)> {
    let questions: Vec<&Indicator> = model.questions().collect();
    let (mut constructs, mut sources): (Vec<Construct>, Vec<Source>) = (Vec::new(), Vec::new());
    let mut paths: Vec<(usize, usize, ExpectedSign)> = named_paths(model).collect();
    for (place, construct) in model.constructs().iter().enumerate() {
        let components = model.components(place);
        if components.is_empty() {
            sources.extend(model.block(place).map(Source::Asked));
            constructs.push(construct.clone());
            continue;
        }
        let asked = || {
            components
                .iter()
                .flat_map(|&component| model.block(component))
        };
        sources.extend(asked().map(Source::Asked));
        let indicators: Vec<Indicator> = asked().map(|i| questions[i].clone()).collect();
        constructs.push(construct.clone().measured_by(indicators));
        paths.extend(components.iter().map(|&component| {
            let (from, to) = match construct.mode() {
                Mode::B => (component, place),
                Mode::A | Mode::SingleItem => (place, component),
            };
            (from, to, ExpectedSign::Positive)
        }));
    }
    Ok((StructuralModel::repeating(constructs, &paths)?, sources))
}
