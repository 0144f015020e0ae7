//! A model as it is written and edited, before it is checked.

use serde::{Deserialize, Serialize};

use super::{Construct, ExpectedSign, Indicator, NamedPath, StructuralModel};
use crate::error::{Error, ErrorKind, Result};

/// A model that is being written: constructs and paths by name, not checked yet.
///
/// It is also the serialised form of a model:
/// `{"constructs": [{"name": …, "label": {"en": …, "zh": …}, "mode": "a", "indicators": […]}, …], "paths": [{"from": …, "to": …,
/// "sign": "positive"}, …]}`, where an indicator is the name of its column, or `{"name": …, "question": {"en": …, "zh": …},
/// "scale": [1, 10]}`. Labels, modes, questions, scales and signs may be left out.
///
/// ```
/// use crm_core::satisfaction::structural::{Construct, Mode, ModelBuilder};
///
/// let model = ModelBuilder::new()
///     .construct(Construct::new("quality", Mode::A, ["q1", "q2", "q3"]))
///     .construct(Construct::new("satisfaction", Mode::A, ["s1", "s2"]))
///     .path("quality", "satisfaction")
///     .build()?;
/// assert_eq!(model.constructs().len(), 2);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelBuilder {
    constructs: Vec<Construct>,
    paths: Vec<NamedPath>,
}

impl ModelBuilder {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        ModelBuilder::default()
    }

    /// Adds a construct; one of the same name is replaced, in its place.
    #[must_use]
    pub fn construct(mut self, construct: Construct) -> Self {
        let same = |other: &&mut Construct| other.name() == construct.name();
        match self.constructs.iter_mut().find(same) {
            Some(place) => *place = construct,
            None => self.constructs.push(construct),
        }
        self
    }

    /// Adds a path that is expected to be positive; an earlier one between the same constructs is replaced.
    #[must_use]
    pub fn path(self, from: impl Into<String>, to: impl Into<String>) -> Self {
        self.signed_path(from, to, ExpectedSign::Positive)
    }

    /// Adds a path with the sign that it is expected to have; an earlier one between the same constructs is replaced.
    #[must_use]
    pub fn signed_path(
        mut self,
        from: impl Into<String>,
        to: impl Into<String>,
        sign: ExpectedSign,
    ) -> Self {
        let (from, to) = (from.into(), to.into());
        let same = |path: &&mut NamedPath| path.from == from && path.to == to;
        match self.paths.iter_mut().find(same) {
            Some(path) => path.sign = sign,
            None => self.paths.push(NamedPath { from, to, sign }),
        }
        self
    }

    /// Leaves a construct out, with its indicators and paths; it is no component any more either.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn without(mut self, construct: &str) -> Result<Self> {
        self.find(construct)?;
        self.constructs.retain(|other| other.name() != construct);
        for other in &mut self.constructs {
            let left = || {
                let indicators = other.indicators().iter();
                indicators.filter(|indicator| indicator.name() != construct)
            };
            if left().count() < other.indicators().len() {
                let left: Vec<Indicator> = left().cloned().collect();
                *other = other.clone().measured_by(left);
            }
        }
        self.paths
            .retain(|path| path.from != construct && path.to != construct);
        Ok(self)
    }

    /// Leaves a path out.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn without_path(mut self, from: &str, to: &str) -> Result<Self> {
        let before = self.paths.len();
        self.paths.retain(|path| path.from != from || path.to != to);
        if self.paths.len() == before {
            let error = Error::new(ErrorKind::NotFound, "path", "is not in the model");
            return Err(error.with_value(format_args!("{from} -> {to}")));
        }
        Ok(self)
    }

    /// Measures a construct by other indicators.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn measured_by(
        mut self,
        construct: &str,
        indicators: impl IntoIterator<Item = impl Into<Indicator>>,
    ) -> Result<Self> {
        let place = self.find(construct)?;
        *place = place.clone().measured_by(indicators);
        Ok(self)
    }

    /// Gives indicators the names that their columns have: from this name to that one, all at once.
    ///
    /// # Errors
    /// `NotFound` for an indicator that is not in the model, with its name as value.
    pub fn rename_indicators<N: AsRef<str>>(mut self, names: &[(N, N)]) -> Result<Self> {
        let constructs: Vec<String> = self
            .constructs
            .iter()
            .map(|construct| construct.name().to_owned())
            .collect();
        // What is called like another construct is a component, not an indicator.
        let is_asked = |owner: &str, indicator: &Indicator| {
            indicator.name() == owner || constructs.iter().all(|name| name != indicator.name())
        };
        let indicators = || {
            self.constructs.iter().flat_map(|construct| {
                let own = construct.indicators().iter();
                own.filter(move |indicator| is_asked(construct.name(), indicator))
            })
        };
        for (from, _) in names {
            if indicators().all(|indicator| indicator.name() != from.as_ref()) {
                let known: Vec<&str> = indicators().map(Indicator::name).collect();
                let rule = format!("must be an indicator of the model: {}", known.join(", "));
                let error = Error::new(ErrorKind::NotFound, "indicator", rule);
                return Err(error.with_value(from.as_ref()));
            }
        }
        let renamed = |indicator: &Indicator| {
            let name = names
                .iter()
                .find(|(from, _)| from.as_ref() == indicator.name());
            name.map_or(indicator.clone(), |(_, to)| {
                indicator.clone().renamed(to.as_ref())
            })
        };
        for construct in &mut self.constructs {
            let indicators = construct.indicators().iter().map(|indicator| {
                if is_asked(construct.name(), indicator) {
                    renamed(indicator)
                } else {
                    indicator.clone()
                }
            });
            let indicators: Vec<Indicator> = indicators.collect();
            *construct = construct.clone().measured_by(indicators);
        }
        Ok(self)
    }

    /// The constructs so far.
    #[must_use]
    pub fn constructs(&self) -> &[Construct] {
        &self.constructs
    }

    /// The paths so far.
    #[must_use]
    pub fn paths(&self) -> &[NamedPath] {
        &self.paths
    }

    /// The model, checked.
    ///
    /// # Errors
    /// As [`StructuralModel::new`].
    pub fn build(self) -> Result<StructuralModel> {
        StructuralModel::with_signs(self.constructs, &self.paths)
    }

    fn find(&mut self, construct: &str) -> Result<&mut Construct> {
        let mut constructs = self.constructs.iter_mut();
        let found = constructs.find(|other| other.name() == construct);
        found.ok_or_else(|| {
            Error::new(ErrorKind::NotFound, "construct", "is not in the model")
                .with_value(construct)
        })
    }
}

impl From<&StructuralModel> for ModelBuilder {
    fn from(model: &StructuralModel) -> Self {
        let name = |place: usize| {
            let construct = model.constructs().get(place);
            construct.map_or("", Construct::name).to_owned()
        };
        let paths = model.paths().iter().zip(model.expected_signs());
        ModelBuilder {
            constructs: model.constructs().to_vec(),
            paths: paths
                .map(|(path, &sign)| NamedPath {
                    from: name(path.from),
                    to: name(path.to),
                    sign,
                })
                .collect(),
        }
    }
}

impl From<StructuralModel> for ModelBuilder {
    fn from(model: StructuralModel) -> Self {
        ModelBuilder::from(&model)
    }
}
