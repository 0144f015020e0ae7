use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Construct, ExpectedSign, Indicator, Mode, ModelBuilder};
use crate::error::{Error, ErrorKind, Result};

/// An arrow of the inner model, between places in [`StructuralModel::constructs`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Path {
    /// The driver.
    pub from: usize,
    /// The construct that it drives.
    pub to: usize,
}

/// An arrow of the inner model, between constructs by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedPath {
    /// The driver.
    pub from: String,
    /// The construct that it drives.
    pub to: String,
    /// The sign that its coefficient is expected to have.
    #[serde(default)]
    pub sign: ExpectedSign,
}

/// Constructs, their indicators, and paths between them without a cycle.
///
/// ```
/// use crm_core::satisfaction::structural::{Construct, Mode, StructuralModel};
///
/// let model = StructuralModel::new(
///     vec![
///         Construct::new("quality", Mode::A, ["q1", "q2", "q3"]),
///         Construct::new("satisfaction", Mode::A, ["s1", "s2"]),
///         Construct::new("loyalty", Mode::A, ["l1"]),
///     ],
///     &[("quality", "satisfaction"), ("satisfaction", "loyalty")],
/// )?;
/// assert_eq!(model.indicators().count(), 6);
/// assert_eq!(model.block(1), 3..5);
/// assert_eq!(model.constructs()[2].mode(), Mode::SingleItem);
///
/// let same: StructuralModel = "
///     quality =~ q1 + q2 + q3
///     satisfaction =~ s1 + s2
///     loyalty =~ l1
///     satisfaction ~ quality
///     loyalty ~ satisfaction
/// ".parse()?;
/// assert_eq!(same, model);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "ModelBuilder", into = "ModelBuilder")]
pub struct StructuralModel {
    constructs: Vec<Construct>,
    paths: Vec<Path>,
    /// One for each path.
    signs: Vec<ExpectedSign>,
    /// Places of constructs, each after all that drive it.
    order: Vec<usize>,
    /// Where the indicators of each construct lie among all indicators.
    blocks: Vec<Range<usize>>,
    /// Places of the constructs that measure each construct; none for one that indicators measure.
    components: Vec<Vec<usize>>,
}

impl StructuralModel {
    /// A model of these constructs, in this order in all results, with paths from and to their names, all expected to be positive.
    ///
    /// An indicator that is called like another construct means that construct: it is a component of the one that it measures, which is thereby of
    /// higher order ([`HigherOrder`](super::HigherOrder)).
    ///
    /// # Errors
    /// With the name as value: `Empty` without constructs, paths, a name, or indicators of a construct; `OutOfRange` for a name or an indicator
    /// that comes twice, a single item with several indicators, a path that comes twice, goes from a construct to itself or closes a cycle,
    /// a construct without any path, one that both indicators and constructs measure, a component that constructs measure, and a path from or to
    /// a component; `NotFound` for a path from or to an unknown construct.
    pub fn new<N: AsRef<str>>(constructs: Vec<Construct>, paths: &[(N, N)]) -> Result<Self> {
        let positive = |(from, to): &(N, N)| NamedPath {
            from: from.as_ref().to_owned(),
            to: to.as_ref().to_owned(),
            sign: ExpectedSign::Positive,
        };
        Self::with_signs(constructs, &paths.iter().map(positive).collect::<Vec<_>>())
    }

    /// The same with the sign that each path is expected to have.
    ///
    /// # Errors
    /// As [`StructuralModel::new`].
    pub fn with_signs(constructs: Vec<Construct>, paths: &[NamedPath]) -> Result<Self> {
        let places = check_constructs(&constructs)?;
        let components = components(&constructs, &places)?;
        let place = |name: &str| {
            places
                .get(name)
                .copied()
                .ok_or_else(|| unknown(name, &constructs))
        };
        let signs = paths.iter().map(|path| path.sign).collect();
        let paths: Vec<Path> = paths
            .iter()
            .map(|path| {
                Ok(Path {
                    from: place(&path.from)?,
                    to: place(&path.to)?,
                })
            })
            .collect::<Result<_>>()?;
        check_paths(&constructs, &paths, &components)?;
        let order = topological_order(&constructs, &paths)?;
        let blocks = blocks(&constructs, &components);
        Ok(StructuralModel {
            constructs,
            paths,
            signs,
            order,
            blocks,
            components,
        })
    }

    /// A model of constructs that are known to be different and measured, in which an indicator may measure several.
    pub(super) fn repeating(
        constructs: Vec<Construct>,
        paths: &[(usize, usize, ExpectedSign)],
    ) -> Result<Self> {
        let arrows: Vec<Path> = paths
            .iter()
            .map(|&(from, to, _)| Path { from, to })
            .collect();
        let components = vec![Vec::new(); constructs.len()];
        Ok(StructuralModel {
            order: topological_order(&constructs, &arrows)?,
            paths: arrows,
            signs: paths.iter().map(|(_, _, sign)| *sign).collect(),
            blocks: blocks(&constructs, &components),
            components,
            constructs,
        })
    }

    /// A model whose constructs are known to be different and measured, each after those that drive it.
    pub(super) fn known(constructs: Vec<Construct>, paths: &[NamedPath]) -> Self {
        let place = |name: &str| constructs.iter().position(|c| c.name() == name);
        let arrow = |path: &NamedPath| {
            let (from, to) = (place(&path.from)?, place(&path.to)?);
            Some((Path { from, to }, path.sign))
        };
        let (paths, signs) = paths.iter().filter_map(arrow).unzip();
        let components = vec![Vec::new(); constructs.len()];
        StructuralModel {
            paths,
            signs,
            order: (0..constructs.len()).collect(),
            blocks: blocks(&constructs, &components),
            components,
            constructs,
        }
    }

    /// The constructs, in the order in which they were given.
    #[must_use]
    pub fn constructs(&self) -> &[Construct] {
        &self.constructs
    }

    /// The paths, in the order in which they were given.
    #[must_use]
    pub fn paths(&self) -> &[Path] {
        &self.paths
    }

    /// The sign that each path is expected to have.
    #[must_use]
    pub fn expected_signs(&self) -> &[ExpectedSign] {
        &self.signs
    }

    /// Places of the constructs, each after all that drive it.
    #[must_use]
    pub fn topological_order(&self) -> &[usize] {
        &self.order
    }

    /// The constructs that measure this one, by their places; none if indicators measure it.
    #[must_use]
    pub fn components(&self, construct: usize) -> &[usize] {
        self.components.get(construct).map_or(&[], Vec::as_slice)
    }

    /// Whether some construct is measured by constructs.
    #[must_use]
    pub fn is_higher_order(&self) -> bool {
        self.components
            .iter()
            .any(|components| !components.is_empty())
    }

    /// The names of all indicators, construct by construct: the order of all results per indicator. Components are none: they are constructs.
    pub fn indicators(&self) -> impl Iterator<Item = &str> {
        self.questions().map(Indicator::name)
    }

    /// All indicators, construct by construct, with their questions and scales.
    pub fn questions(&self) -> impl Iterator<Item = &Indicator> {
        let measured = self.constructs.iter().zip(&self.components);
        let measured = measured.filter(|(_, components)| components.is_empty());
        measured.flat_map(|(construct, _)| construct.indicators())
    }

    /// Where the indicators of the construct at this place lie in [`StructuralModel::indicators`]; empty for a place that does not
    /// exist.
    #[must_use]
    pub fn block(&self, construct: usize) -> Range<usize> {
        self.blocks.get(construct).cloned().unwrap_or_default()
    }

    /// The place of the construct of this name.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn place(&self, name: &str) -> Result<usize> {
        let found = self.constructs.iter().position(|c| c.name() == name);
        found.ok_or_else(|| {
            Error::new(ErrorKind::NotFound, "construct", "is not in the model").with_value(name)
        })
    }

    /// The constructs with a path to this one, in the order of [`StructuralModel::paths`].
    pub fn predecessors(&self, construct: usize) -> impl Iterator<Item = usize> {
        let to_it = self.paths.iter().filter(move |path| path.to == construct);
        to_it.map(|path| path.from)
    }

    /// The constructs with a path from this one, in the order of [`StructuralModel::paths`].
    pub fn successors(&self, construct: usize) -> impl Iterator<Item = usize> {
        let from_it = self.paths.iter().filter(move |path| path.from == construct);
        from_it.map(|path| path.to)
    }
}

impl TryFrom<ModelBuilder> for StructuralModel {
    type Error = Error;

    fn try_from(model: ModelBuilder) -> Result<Self> {
        model.build()
    }
}

/// The place of every name.
fn check_constructs(constructs: &[Construct]) -> Result<HashMap<&str, usize>> {
    if constructs.is_empty() {
        return Err(Error::empty("constructs"));
    }
    let mut places = HashMap::new();
    let mut owners = HashMap::new();
    for (place, construct) in constructs.iter().enumerate() {
        let (name, indicators) = (construct.name(), construct.indicators());
        if name.is_empty() {
            let error = Error::new(ErrorKind::Empty, "constructs", "must have names");
            return Err(error.at_row(place));
        }
        if places.insert(name, place).is_some() {
            return Err(refused("constructs", name, "must have different names"));
        }
        if indicators.is_empty() {
            let rule = "must be measured by at least one indicator";
            return Err(Error::new(ErrorKind::Empty, "constructs", rule).with_value(name));
        }
        if construct.mode() == Mode::SingleItem && indicators.len() > 1 {
            let rule = "must have one indicator, being a single item";
            return Err(refused("constructs", name, rule));
        }
        for indicator in indicators {
            if indicator.name().is_empty() {
                let rule = "must have indicators with names";
                return Err(Error::new(ErrorKind::Empty, "constructs", rule).with_value(name));
            }
            if let Some(owner) = owners.insert(indicator.name(), name) {
                let rule = format!("must measure one construct, once; it measures {owner} already");
                return Err(refused("indicators", indicator.name(), rule));
            }
        }
    }
    Ok(places)
}

/// The places of the constructs after which the indicators of each construct are called.
fn components(constructs: &[Construct], places: &HashMap<&str, usize>) -> Result<Vec<Vec<usize>>> {
    let of = |construct: &Construct| -> Vec<usize> {
        let names = construct.indicators().iter().map(Indicator::name);
        let others = names.filter(|name| *name != construct.name());
        others
            .filter_map(|name| places.get(name).copied())
            .collect()
    };
    let components: Vec<Vec<usize>> = constructs.iter().map(of).collect();
    for (construct, own) in constructs.iter().zip(&components) {
        if !own.is_empty() && own.len() < construct.indicators().len() {
            let rule = "must be measured by indicators alone, or by other constructs alone";
            return Err(refused("constructs", construct.name(), rule));
        }
        let is_higher = |place: &&usize| components.get(**place).is_some_and(|c| !c.is_empty());
        if let Some(&place) = own.iter().find(is_higher) {
            let name = constructs.get(place).map_or("", Construct::name);
            let rule = format!(
                "must be measured by indicators: it measures {}",
                construct.name()
            );
            return Err(refused("constructs", name, rule));
        }
    }
    Ok(components)
}

fn check_paths(constructs: &[Construct], paths: &[Path], components: &[Vec<usize>]) -> Result<()> {
    if paths.is_empty() {
        return Err(Error::empty("paths"));
    }
    let measures = |place: usize| {
        let mut owners = constructs.iter().zip(components);
        owners.find_map(|(owner, parts)| parts.contains(&place).then_some(owner.name()))
    };
    for (i, path) in paths.iter().enumerate() {
        let arrow = || arrows(constructs, [path.from, path.to]);
        if path.from == path.to {
            return Err(refused("paths", &arrow(), "must join different constructs"));
        }
        if paths.iter().take(i).any(|earlier| earlier == path) {
            return Err(refused("paths", &arrow(), "must not come twice"));
        }
        if let Some(owner) = [path.from, path.to].into_iter().find_map(measures) {
            let rule = format!("must not join a component: join {owner}, which it measures");
            return Err(refused("paths", &arrow(), rule));
        }
    }
    for (place, construct) in constructs.iter().enumerate() {
        let has_path = paths
            .iter()
            .any(|path| path.from == place || path.to == place);
        if !has_path && measures(place).is_none() {
            return Err(refused("constructs", construct.name(), "must have a path"));
        }
    }
    Ok(())
}

/// Kahn 1962: among the constructs that are free, the first as given.
fn topological_order(constructs: &[Construct], paths: &[Path]) -> Result<Vec<usize>> {
    let mut order: Vec<usize> = Vec::with_capacity(constructs.len());
    while order.len() < constructs.len() {
        let is_free = |place: &usize| {
            let mut drivers = paths.iter().filter(|path| path.to == *place);
            !order.contains(place) && drivers.all(|path| order.contains(&path.from))
        };
        let Some(free) = (0..constructs.len()).find(is_free) else {
            let rule = "must not lead back to where they start: leave one of them out";
            return Err(refused(
                "paths",
                &arrows(constructs, cycle(&order, constructs.len(), paths)),
                rule,
            ));
        };
        order.push(free);
    }
    Ok(order)
}

/// A cycle among the constructs that are not in `order`, each of which has a driver that is not either; its end is its start.
fn cycle(order: &[usize], constructs: usize, paths: &[Path]) -> Vec<usize> {
    let driver = |place: usize| {
        let drivers = paths.iter().filter(|path| path.to == place);
        drivers
            .map(|path| path.from)
            .find(|from| !order.contains(from))
    };
    let mut backwards: Vec<usize> = Vec::new();
    let mut next = (0..constructs).find(|place| !order.contains(place));
    while let Some(place) = next {
        if let Some(start) = backwards.iter().position(|earlier| *earlier == place) {
            backwards.drain(..start);
            backwards.push(place);
            break;
        }
        backwards.push(place);
        next = driver(place);
    }
    backwards.reverse();
    backwards
}

fn arrows(constructs: &[Construct], places: impl IntoIterator<Item = usize>) -> String {
    let name = |place: usize| constructs.get(place).map_or("", Construct::name);
    places
        .into_iter()
        .map(name)
        .collect::<Vec<_>>()
        .join(" -> ")
}

fn unknown(name: &str, constructs: &[Construct]) -> Error {
    let known: Vec<&str> = constructs.iter().map(Construct::name).collect();
    let rule = format!("must join constructs of the model: {}", known.join(", "));
    Error::new(ErrorKind::NotFound, "paths", rule).with_value(name)
}

/// Empty for a construct that has components.
fn blocks(constructs: &[Construct], components: &[Vec<usize>]) -> Vec<Range<usize>> {
    let mut end = 0;
    let block = |(construct, components): (&Construct, &Vec<usize>)| {
        let start = end;
        if components.is_empty() {
            end += construct.indicators().len();
        }
        start..end
    };
    constructs.iter().zip(components).map(block).collect()
}

fn refused(argument: &'static str, value: &str, rule: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::OutOfRange, argument, rule).with_value(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn construct(name: &str) -> Construct {
        Construct::new(name, Mode::A, [format!("{name}1"), format!("{name}2")])
    }

    fn model(names: &[&str], paths: &[(&str, &str)]) -> Result<StructuralModel> {
        StructuralModel::new(names.iter().map(|name| construct(name)).collect(), paths)
    }

    #[test]
    fn drivers_come_first() {
        let model = model(
            &["d", "c", "b", "a"],
            &[("a", "b"), ("b", "c"), ("c", "d"), ("a", "d")],
        );
        let model = model.unwrap();
        assert_eq!(model.topological_order(), [3, 2, 1, 0]);
        assert_eq!(model.predecessors(0).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(model.successors(3).collect::<Vec<_>>(), [2, 0]);
        assert_eq!(model.block(3), 6..8);
        assert_eq!(model.place("b").unwrap(), 2);
    }

    #[test]
    fn what_is_no_model() {
        let refusal = |result: Result<StructuralModel>| {
            let error = result.unwrap_err();
            let value = error.value().unwrap_or_default().to_owned();
            (error.kind(), error.argument().to_owned(), value)
        };
        let is = |kind, argument: &str, value: &str| (kind, argument.to_owned(), value.to_owned());
        use ErrorKind::{Empty, NotFound, OutOfRange};
        assert_eq!(refusal(model(&[], &[])), is(Empty, "constructs", ""));
        assert_eq!(refusal(model(&["a"], &[])), is(Empty, "paths", ""));
        assert_eq!(
            refusal(model(&["a", "b"], &[("a", "c")])),
            is(NotFound, "paths", "c")
        );
        assert_eq!(
            refusal(model(&["a", "a"], &[("a", "a")])),
            is(OutOfRange, "constructs", "a")
        );
        assert_eq!(
            refusal(model(&["a", "b"], &[("a", "a")])),
            is(OutOfRange, "paths", "a -> a")
        );
        assert_eq!(
            refusal(model(&["a", "b"], &[("a", "b"), ("a", "b")])),
            is(OutOfRange, "paths", "a -> b")
        );
        assert_eq!(
            refusal(model(&["a", "b", "c"], &[("a", "b")])),
            is(OutOfRange, "constructs", "c")
        );
        // "x" lies before the cycle, or after it, and is not in it.
        for paths in [
            [("x", "a"), ("a", "b"), ("b", "a")],
            [("b", "x"), ("a", "b"), ("b", "a")],
        ] {
            let (_, argument, value) = refusal(model(&["x", "a", "b"], &paths));
            assert_eq!(argument, "paths");
            assert!(
                ["a -> b -> a", "b -> a -> b"].contains(&value.as_str()),
                "{value}"
            );
        }
        let twice = vec![construct("a"), Construct::new("b", Mode::B, ["a1", "b2"])];
        let twice = StructuralModel::new(twice, &[("a", "b")]);
        assert_eq!(refusal(twice), is(OutOfRange, "indicators", "a1"));
        let single = vec![
            construct("a"),
            Construct::new("b", Mode::SingleItem, ["b1", "b2"]),
        ];
        let single = StructuralModel::new(single, &[("a", "b")]);
        assert_eq!(refusal(single), is(OutOfRange, "constructs", "b"));
        let unmeasured = vec![construct("a"), Construct::new("b", Mode::A, [""; 0])];
        let unmeasured = StructuralModel::new(unmeasured, &[("a", "b")]);
        assert_eq!(refusal(unmeasured), is(Empty, "constructs", "b"));
    }
}
