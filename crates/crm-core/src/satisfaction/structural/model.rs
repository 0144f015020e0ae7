use std::collections::HashMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::units::{Label, Terms};

/// How the weights of a construct's indicators are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum Mode {
    /// Mode A, reflective: weights are correlations of the indicators with the inner proxy.
    #[default]
    A = 0,
    /// Mode B, formative: weights are coefficients of the regression of the inner proxy on the indicators.
    B = 1,
    /// The construct is its only indicator.
    SingleItem = 2,
}

impl Label for Mode {
    const ALL: &'static [Self] = &[Mode::A, Mode::B, Mode::SingleItem];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Mode::A => ("a", "Mode A (reflective)", "模式A（反映型）"),
            Mode::B => ("b", "Mode B (formative)", "模式B（形成型）"),
            Mode::SingleItem => ("single_item", "Single item", "单指标"),
        };
        Terms { name, en, zh }
    }
}

/// A latent variable and the indicators that measure it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Construct {
    name: String,
    mode: Mode,
    indicators: Vec<String>,
}

impl Construct {
    /// A construct of this name, measured in `mode` by the columns of these names. One indicator alone is
    /// [`Mode::SingleItem`], whichever mode is given.
    pub fn new(
        name: impl Into<String>,
        mode: Mode,
        indicators: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let indicators: Vec<String> = indicators.into_iter().map(Into::into).collect();
        let mode = if indicators.len() == 1 {
            Mode::SingleItem
        } else {
            mode
        };
        Construct {
            name: name.into(),
            mode,
            indicators,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it is measured.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The names of its indicators.
    #[must_use]
    pub fn indicators(&self) -> &[String] {
        &self.indicators
    }
}

/// An arrow of the inner model, between places in [`StructuralModel::constructs`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Path {
    /// The driver.
    pub from: usize,
    /// The construct that it drives.
    pub to: usize,
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
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StructuralModel {
    constructs: Vec<Construct>,
    paths: Vec<Path>,
    /// Places of constructs, each after all that drive it.
    order: Vec<usize>,
    /// Where the indicators of each construct lie among all indicators.
    blocks: Vec<Range<usize>>,
}

impl StructuralModel {
    /// A model of these constructs, in this order in all results, with paths from and to their names.
    ///
    /// # Errors
    /// With the name as value: `Empty` without constructs, paths, or indicators of a construct; `OutOfRange` for a name or an indicator that
    /// comes twice, a single item with several indicators, a path that comes twice, goes from a construct to itself or closes a cycle, and a
    /// construct without any path; `NotFound` for a path from or to an unknown construct.
    pub fn new<N: AsRef<str>>(constructs: Vec<Construct>, paths: &[(N, N)]) -> Result<Self> {
        let places = check_constructs(&constructs)?;
        let blocks = blocks(&constructs);
        let place = |name: &str| {
            places.get(name).copied().ok_or_else(|| {
                Error::new(ErrorKind::NotFound, "paths", "must join constructs").with_value(name)
            })
        };
        let paths: Vec<Path> = paths
            .iter()
            .map(|(from, to)| {
                Ok(Path {
                    from: place(from.as_ref())?,
                    to: place(to.as_ref())?,
                })
            })
            .collect::<Result<_>>()?;
        check_paths(&constructs, &paths)?;
        let order = topological_order(&constructs, &paths)?;
        Ok(StructuralModel {
            constructs,
            paths,
            order,
            blocks,
        })
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

    /// Places of the constructs, each after all that drive it.
    #[must_use]
    pub fn topological_order(&self) -> &[usize] {
        &self.order
    }

    /// The names of all indicators, construct by construct: the order of all results per indicator.
    pub fn indicators(&self) -> impl Iterator<Item = &str> {
        let of = |construct| Construct::indicators(construct).iter();
        self.constructs.iter().flat_map(of).map(String::as_str)
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
        let found = self.constructs.iter().position(|c| c.name == name);
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

/// The place of every name.
fn check_constructs(constructs: &[Construct]) -> Result<HashMap<&str, usize>> {
    if constructs.is_empty() {
        return Err(Error::empty("constructs"));
    }
    let mut places = HashMap::new();
    let mut indicators = HashMap::new();
    for (place, construct) in constructs.iter().enumerate() {
        let name = construct.name.as_str();
        if places.insert(name, place).is_some() {
            return Err(refused("constructs", name, "must have different names"));
        }
        if construct.indicators.is_empty() {
            let rule = "must be measured by an indicator at least";
            return Err(Error::new(ErrorKind::Empty, "constructs", rule).with_value(name));
        }
        if construct.mode == Mode::SingleItem && construct.indicators.len() > 1 {
            let rule = "must have one indicator, being a single item";
            return Err(refused("constructs", name, rule));
        }
        for indicator in &construct.indicators {
            if indicators.insert(indicator.as_str(), place).is_some() {
                return Err(refused(
                    "indicators",
                    indicator,
                    "must measure one construct, once",
                ));
            }
        }
    }
    Ok(places)
}

fn check_paths(constructs: &[Construct], paths: &[Path]) -> Result<()> {
    if paths.is_empty() {
        return Err(Error::empty("paths"));
    }
    let name = |place: usize| constructs.get(place).map_or("", Construct::name);
    for (i, path) in paths.iter().enumerate() {
        let arrow = format!("{} -> {}", name(path.from), name(path.to));
        if path.from == path.to {
            return Err(refused("paths", &arrow, "must join different constructs"));
        }
        if paths.iter().take(i).any(|earlier| earlier == path) {
            return Err(refused("paths", &arrow, "must not come twice"));
        }
    }
    for (place, construct) in constructs.iter().enumerate() {
        if !paths
            .iter()
            .any(|path| path.from == place || path.to == place)
        {
            return Err(refused("constructs", &construct.name, "must have a path"));
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
            let name = constructs
                .get(in_cycle(&order, paths))
                .map_or("", Construct::name);
            return Err(refused(
                "paths",
                name,
                "must not lead back to where they start",
            ));
        };
        order.push(free);
    }
    Ok(order)
}

/// A construct of a cycle: whoever goes back from construct to driver, never to one in `order`, ends there.
fn in_cycle(order: &[usize], paths: &[Path]) -> usize {
    let back = |place: usize| {
        let mut drivers = paths.iter().filter(|path| path.to == place);
        drivers
            .find(|path| !order.contains(&path.from))
            .map_or(place, |path| path.from)
    };
    let outside = paths.iter().find(|path| !order.contains(&path.from));
    (0..paths.len()).fold(outside.map_or(0, |path| path.from), |place, _| back(place))
}

fn blocks(constructs: &[Construct]) -> Vec<Range<usize>> {
    let mut end = 0;
    let block = |construct: &Construct| {
        let start = end;
        end += construct.indicators.len();
        start..end
    };
    constructs.iter().map(block).collect()
}

fn refused(argument: &'static str, value: &str, rule: &'static str) -> Error {
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
            assert_ne!(value, "x");
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
