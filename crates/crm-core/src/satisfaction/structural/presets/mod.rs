//! Ready models: the national indices.
//!
//! | model | constructs | paths |
//! | --- | --- | --- |
//! | [`scsb`] | expectations, performance, satisfaction, complaints, loyalty | 6 |
//! | [`acsi`] | expectations, quality, value, satisfaction, complaints, loyalty | 9 |
//! | [`ecsi`] | image, expectations, quality (in one or as product and service), value, satisfaction, complaints (on request), loyalty | 10 |
//! | [`ccsi`] | image, expectations, quality, value, satisfaction, complaints (on request), loyalty | 11 |
//!
//! Each is data: constructs and questions in English and Chinese, scales, expected signs. Its indicators have names of
//! their own; [`ModelBuilder`](super::ModelBuilder) gives them those of your columns, and changes whatever else differs:
//!
//! ```
//! use crm_core::satisfaction::structural::presets::{self, EcsiOptions};
//! use crm_core::satisfaction::structural::{ModelBuilder, StructuralModel};
//!
//! let model: StructuralModel = ModelBuilder::from(&presets::ecsi(EcsiOptions::default()))
//!     .rename_indicators(&[("value_price_given_quality", "Q17")])?
//!     .measured_by("loyalty", ["Q21", "Q22"])?
//!     .path("value", "loyalty")
//!     .build()?;
//! assert_eq!(model.constructs().len(), 6);
//! # Ok::<(), crm_core::Error>(())
//! ```

mod tables;

use serde::{Deserialize, Serialize};

use self::tables::ConstructTable;
use super::{Construct, ExpectedSign, Indicator, Mode, NamedPath, Scale, StructuralModel, Wording};
use crate::units::{Label, Terms};

/// A ready model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum Preset {
    /// [`scsb`].
    Scsb = 0,
    /// [`acsi`].
    Acsi = 1,
    /// [`ecsi`].
    Ecsi = 2,
    /// [`ccsi`].
    Ccsi = 3,
}

impl Preset {
    /// The model, without what is added on request.
    #[must_use]
    pub fn model(self) -> StructuralModel {
        match self {
            Preset::Scsb => scsb(),
            Preset::Acsi => acsi(),
            Preset::Ecsi => ecsi(EcsiOptions::default()),
            Preset::Ccsi => ccsi(CcsiOptions::default()),
        }
    }
}

impl Label for Preset {
    const ALL: &'static [Self] = &[Preset::Scsb, Preset::Acsi, Preset::Ecsi, Preset::Ccsi];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Preset::Scsb => (
                "scsb",
                "Swedish Customer Satisfaction Barometer (SCSB)",
                "瑞典顾客满意度晴雨表（SCSB）",
            ),
            Preset::Acsi => (
                "acsi",
                "American Customer Satisfaction Index (ACSI)",
                "美国顾客满意度指数（ACSI）",
            ),
            Preset::Ecsi => (
                "ecsi",
                "European Customer Satisfaction Index (ECSI)",
                "欧洲顾客满意度指数（ECSI）",
            ),
            Preset::Ccsi => (
                "ccsi",
                "Chinese Customer Satisfaction Index (CCSI)",
                "中国顾客满意度指数（CCSI）",
            ),
        };
        Terms { name, en, zh }
    }
}

/// The construct of all ready models whose index is the index of satisfaction.
pub const SATISFACTION: &str = "satisfaction";

/// What is added to the European index on request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EcsiOptions {
    /// With the handling of complaints between satisfaction and loyalty.
    pub complaints: bool,
    /// With the quality of products (hardware) and of service (humanware) as two constructs.
    pub two_qualities: bool,
}

/// What is added to the Chinese index on request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CcsiOptions {
    /// With complaints between satisfaction and loyalty.
    pub complaints: bool,
}

/// The Swedish Customer Satisfaction Barometer, the first of them (1989).
///
/// Source: Fornell (1992), "A national customer satisfaction barometer: the Swedish experience",
/// Journal of Marketing 56(1).
#[must_use]
pub fn scsb() -> StructuralModel {
    let constructs = [
        tables::OVERALL_EXPECTATION,
        tables::PERFORMANCE,
        tables::SATISFACTION,
        tables::COMPLAINTS_BY_ADDRESSEE,
        tables::LOYALTY,
    ];
    let paths = drivers("performance", &["expectations"])
        .chain(drivers(SATISFACTION, &["expectations", "performance"]))
        .chain([complaining()])
        .chain(drivers("loyalty", &[SATISFACTION]))
        .chain([loyalty_of_complainers()]);
    model(&constructs, paths)
}

/// The American Customer Satisfaction Index (1994).
///
/// Source: Fornell, Johnson, Anderson, Cha & Bryant (1996), "The American customer satisfaction index: nature,
/// purpose, and findings", Journal of Marketing 60(4).
#[must_use]
pub fn acsi() -> StructuralModel {
    let constructs = [
        tables::EXPECTATIONS,
        tables::QUALITY,
        tables::VALUE,
        tables::SATISFACTION,
        tables::COMPLAINTS,
        tables::LOYALTY,
    ];
    let paths = drivers("quality", &["expectations"])
        .chain(drivers("value", &["expectations", "quality"]))
        .chain(drivers(SATISFACTION, &["expectations", "quality", "value"]))
        .chain([complaining()])
        .chain(drivers("loyalty", &[SATISFACTION]))
        .chain([loyalty_of_complainers()]);
    model(&constructs, paths)
}

/// The European Customer Satisfaction Index, also called EPSI Rating (1999).
///
/// Its question on complaints is how well they are handled: paths from and to it are expected to be positive.
///
/// Source: ECSI Technical Committee (1998), "European customer satisfaction index: foundation and structure for
/// harmonised national pilot projects"; Tenenhaus, Esposito Vinzi, Chatelin & Lauro (2005), "PLS path modeling",
/// Computational Statistics & Data Analysis 48(1), table 1.
#[must_use]
pub fn ecsi(options: EcsiOptions) -> StructuralModel {
    let qualities: &[ConstructTable] = match options.two_qualities {
        true => &[tables::HARD_QUALITY, tables::SOFT_QUALITY],
        false => &[tables::QUALITY_OF_ALL],
    };
    let quality: Vec<&str> = qualities.iter().map(|table| table.name).collect();
    let complaints: &[ConstructTable] = match options.complaints {
        true => &[tables::COMPLAINT_HANDLING],
        false => &[],
    };
    let constructs = [
        &[tables::IMAGE, tables::EXPECTATIONS],
        qualities,
        &[tables::VALUE, tables::SATISFACTION],
        complaints,
        &[tables::LOYALTY_AND_ADVOCACY],
    ]
    .concat();
    let of_satisfaction = [&["image", "expectations"], quality.as_slice(), &["value"]].concat();
    let paths = drivers("expectations", &["image"])
        .chain(quality.iter().flat_map(|to| drivers(to, &["expectations"])))
        .chain(drivers(
            "value",
            &[&["expectations"], quality.as_slice()].concat(),
        ))
        .chain(drivers(SATISFACTION, &of_satisfaction))
        .chain(
            complaints
                .iter()
                .flat_map(|to| drivers(to.name, &[SATISFACTION])),
        )
        .chain(drivers("loyalty", &["image", SATISFACTION]))
        .chain(
            complaints
                .iter()
                .flat_map(|from| drivers("loyalty", &[from.name])),
        );
    model(&constructs, paths)
}

/// The Chinese Customer Satisfaction Index (Tsinghua University, from 1999; national guide GB/T 19038-2009).
///
/// Source: GB/T 19038-2009 顾客满意测评模型和方法指南.
#[must_use]
pub fn ccsi(options: CcsiOptions) -> StructuralModel {
    let complaints: &[ConstructTable] = match options.complaints {
        true => &[tables::COMPLAINTS],
        false => &[],
    };
    let constructs = [
        &[
            tables::BRAND_IMAGE,
            tables::EXPECTED_QUALITY,
            tables::QUALITY_AND_SERVICE,
            tables::VALUE,
            tables::SATISFACTION_AND_RIVALS,
        ],
        complaints,
        &[tables::LOYALTY_AND_ADVOCACY],
    ]
    .concat();
    let formed = ["image", "expectations", "quality", "value"];
    let paths = drivers("expectations", &["image"])
        .chain(drivers("quality", &["image", "expectations"]))
        .chain(drivers("value", &["image", "expectations", "quality"]))
        .chain(drivers(SATISFACTION, &formed))
        .chain(complaints.iter().map(|_| complaining()))
        .chain(drivers("loyalty", &[SATISFACTION]))
        .chain(complaints.iter().map(|_| loyalty_of_complainers()));
    model(&constructs, paths)
}

fn drivers(to: &'static str, from: &[&str]) -> impl Iterator<Item = NamedPath> + use<> {
    let arrow = |from: &&str| path(from, to, ExpectedSign::Positive);
    from.iter().map(arrow).collect::<Vec<_>>().into_iter()
}

/// The satisfied complain less.
fn complaining() -> NamedPath {
    path(SATISFACTION, "complaints", ExpectedSign::Negative)
}

/// Whether those who complained are more or less loyal depends on how they were answered.
fn loyalty_of_complainers() -> NamedPath {
    path("complaints", "loyalty", ExpectedSign::Either)
}

fn path(from: &str, to: &str, sign: ExpectedSign) -> NamedPath {
    NamedPath {
        from: from.to_owned(),
        to: to.to_owned(),
        sign,
    }
}

fn model(tables: &[ConstructTable], paths: impl Iterator<Item = NamedPath>) -> StructuralModel {
    let constructs = tables.iter().map(construct).collect();
    StructuralModel::known(constructs, &paths.collect::<Vec<_>>())
}

fn construct(table: &ConstructTable) -> Construct {
    let indicators = table.questions.iter().map(|question| {
        let scale = if question.yes_or_no {
            Scale::YES_OR_NO
        } else {
            Scale::TEN
        };
        let wording = Wording::new(question.en, question.zh);
        Indicator::new(question.name).asking(wording).on(scale)
    });
    let wording = Wording::new(table.en, table.zh);
    Construct::new(table.name, Mode::A, indicators).called(wording)
}
