//! What a structural model measures, and with which questions.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::units::{Label, Language, Terms, Wording};

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

/// The answers that a question allows: from the worst to the best.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(into = "[f64; 2]", try_from = "[f64; 2]")]
pub struct Scale {
    least: f64,
    greatest: f64,
}

impl Scale {
    /// From 1 to 10, as the national indices ask.
    pub const TEN: Scale = Scale {
        least: 1.0,
        greatest: 10.0,
    };
    /// No (0) and yes (1).
    pub const YES_OR_NO: Scale = Scale {
        least: 0.0,
        greatest: 1.0,
    };

    /// From `least` to `greatest`.
    ///
    /// # Errors
    /// `NotFinite`; `OutOfRange` if `greatest` is not above `least`. Both speak of `scale`.
    pub fn new(least: f64, greatest: f64) -> Result<Self> {
        for end in [least, greatest] {
            if !end.is_finite() {
                return Err(Error::not_finite("scale", end));
            }
        }
        if greatest <= least {
            let rule = "must go from a smaller to a greater number";
            let error = Error::new(ErrorKind::OutOfRange, "scale", rule);
            return Err(error.with_value(format_args!("from {least} to {greatest}")));
        }
        Ok(Scale { least, greatest })
    }

    /// The worst answer.
    #[must_use]
    pub fn least(self) -> f64 {
        self.least
    }

    /// The best answer.
    #[must_use]
    pub fn greatest(self) -> f64 {
        self.greatest
    }

    /// How far apart they are.
    #[must_use]
    pub fn length(self) -> f64 {
        self.greatest - self.least
    }

    /// The answer at this share of the way up.
    pub(super) fn at(self, share: f64) -> f64 {
        self.least + share * self.length()
    }
}

impl Default for Scale {
    fn default() -> Self {
        Scale::TEN
    }
}

impl From<Scale> for [f64; 2] {
    fn from(scale: Scale) -> Self {
        [scale.least, scale.greatest]
    }
}

impl TryFrom<[f64; 2]> for Scale {
    type Error = Error;

    fn try_from([least, greatest]: [f64; 2]) -> Result<Self> {
        Scale::new(least, greatest)
    }
}

/// A column of answers to one question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "IndicatorForm", into = "IndicatorForm")]
pub struct Indicator {
    name: String,
    question: Wording,
    scale: Scale,
}

impl Indicator {
    /// The column of this name, with answers from 1 to 10.
    pub fn new(name: impl Into<String>) -> Self {
        Indicator {
            name: name.into(),
            question: Wording::default(),
            scale: Scale::default(),
        }
    }

    /// The same with answers on this scale.
    #[must_use]
    pub fn on(mut self, scale: Scale) -> Self {
        self.scale = scale;
        self
    }

    /// The same with the question that was asked.
    #[must_use]
    pub fn asking(mut self, question: Wording) -> Self {
        self.question = question;
        self
    }

    /// The same under another name.
    #[must_use]
    pub fn renamed(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The name of its column.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What was asked.
    #[must_use]
    pub fn question(&self) -> &Wording {
        &self.question
    }

    /// The question in `language`, or the name of the column if there is none.
    #[must_use]
    pub fn label(&self, language: Language) -> &str {
        self.question.or(language, &self.name)
    }

    /// The answers that it allows.
    #[must_use]
    pub fn scale(&self) -> Scale {
        self.scale
    }
}

impl From<&str> for Indicator {
    fn from(name: &str) -> Self {
        Indicator::new(name)
    }
}

impl From<String> for Indicator {
    fn from(name: String) -> Self {
        Indicator::new(name)
    }
}

/// An indicator as it is written: its name alone, or with what else is known of it.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum IndicatorForm {
    Name(String),
    Full {
        name: String,
        #[serde(default, skip_serializing_if = "Wording::is_empty")]
        question: Wording,
        #[serde(default)]
        scale: Scale,
    },
}

impl From<IndicatorForm> for Indicator {
    fn from(form: IndicatorForm) -> Self {
        match form {
            IndicatorForm::Name(name) => Indicator::new(name),
            IndicatorForm::Full {
                name,
                question,
                scale,
            } => Indicator {
                name,
                question,
                scale,
            },
        }
    }
}

impl From<Indicator> for IndicatorForm {
    fn from(indicator: Indicator) -> Self {
        if indicator.question.is_empty() && indicator.scale == Scale::default() {
            return IndicatorForm::Name(indicator.name);
        }
        IndicatorForm::Full {
            name: indicator.name,
            question: indicator.question,
            scale: indicator.scale,
        }
    }
}

/// A latent variable and the indicators that measure it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "ConstructForm", into = "ConstructForm")]
pub struct Construct {
    name: String,
    wording: Wording,
    mode: Mode,
    indicators: Vec<Indicator>,
}

impl Construct {
    /// A construct of this name, measured in `mode` by these columns. One indicator alone is
    /// [`Mode::SingleItem`], whichever mode is given.
    pub fn new(
        name: impl Into<String>,
        mode: Mode,
        indicators: impl IntoIterator<Item = impl Into<Indicator>>,
    ) -> Self {
        let indicators: Vec<Indicator> = indicators.into_iter().map(Into::into).collect();
        let single = indicators.len() == 1;
        Construct {
            name: name.into(),
            wording: Wording::default(),
            mode: if single { Mode::SingleItem } else { mode },
            indicators,
        }
    }

    /// The same, called so by people.
    #[must_use]
    pub fn called(mut self, wording: Wording) -> Self {
        self.wording = wording;
        self
    }

    /// The same with other indicators. Of a single item that gets several, the mode becomes
    /// [`Mode::A`].
    #[must_use]
    pub fn measured_by(self, indicators: impl IntoIterator<Item = impl Into<Indicator>>) -> Self {
        let mode = match self.mode {
            Mode::SingleItem => Mode::A,
            mode => mode,
        };
        Construct::new(self.name, mode, indicators).called(self.wording)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What people call it.
    #[must_use]
    pub fn wording(&self) -> &Wording {
        &self.wording
    }

    /// What people call it in `language`, or its name.
    #[must_use]
    pub fn label(&self, language: Language) -> &str {
        self.wording.or(language, &self.name)
    }

    /// How it is measured.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Its indicators.
    #[must_use]
    pub fn indicators(&self) -> &[Indicator] {
        &self.indicators
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConstructForm {
    name: String,
    #[serde(default, skip_serializing_if = "Wording::is_empty")]
    label: Wording,
    #[serde(default)]
    mode: Mode,
    indicators: Vec<Indicator>,
}

impl From<ConstructForm> for Construct {
    fn from(form: ConstructForm) -> Self {
        Construct::new(form.name, form.mode, form.indicators).called(form.label)
    }
}

impl From<Construct> for ConstructForm {
    fn from(construct: Construct) -> Self {
        ConstructForm {
            name: construct.name,
            label: construct.wording,
            mode: construct.mode,
            indicators: construct.indicators,
        }
    }
}

/// The sign that a path is expected to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum ExpectedSign {
    /// More of the one brings more of the other.
    #[default]
    Positive = 0,
    /// More of the one brings less of the other.
    Negative = 1,
    /// The theory leaves it open.
    Either = 2,
}

impl ExpectedSign {
    /// Whether a coefficient has this sign.
    #[must_use]
    pub fn holds(self, coefficient: f64) -> bool {
        match self {
            ExpectedSign::Positive => coefficient >= 0.0,
            ExpectedSign::Negative => coefficient <= 0.0,
            ExpectedSign::Either => true,
        }
    }
}

impl Label for ExpectedSign {
    const ALL: &'static [Self] = &[
        ExpectedSign::Positive,
        ExpectedSign::Negative,
        ExpectedSign::Either,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            ExpectedSign::Positive => ("positive", "Positive", "正向"),
            ExpectedSign::Negative => ("negative", "Negative", "负向"),
            ExpectedSign::Either => ("either", "Either", "不定"),
        };
        Terms { name, en, zh }
    }
}
