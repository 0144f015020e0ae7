//! Structural models: texts, JSON, ready models and what their authors may get wrong.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use crm_core::ErrorKind;
use crm_core::satisfaction::structural::presets::{self, CcsiOptions, EcsiOptions, Preset};
use crm_core::satisfaction::structural::{
    Answers, Construct, ExpectedSign, Indicator, Mode, ModelBuilder, NamedPath, Scale,
    StructuralModel, SurveySimulation, Wording,
};
use crm_core::units::{Label, Language};

const TEXT: &str = r#"
# What drives loyalty
quality "Perceived quality" "感知质量" =~ q1 + q2 + `q 3`
scale [-3 3]
image <~ i1 + i2                     # formed
satisfaction =~
    s1 "All in all, how \"satisfied\" are you?" "您有多满意？" +
    s2 [1 7]
complaints =~ complained [0 1]
loyalty =~ l1

satisfaction ~ quality + image
complaints ~ - satisfaction
loyalty ~ satisfaction ?
    complaints
"#;

fn ecsi(complaints: bool, two_qualities: bool) -> StructuralModel {
    presets::ecsi(EcsiOptions {
        complaints,
        two_qualities,
    })
}

fn ccsi(complaints: bool) -> StructuralModel {
    presets::ccsi(CcsiOptions { complaints })
}

fn ready() -> [StructuralModel; 8] {
    [
        presets::scsb(),
        presets::acsi(),
        ecsi(false, false),
        ecsi(true, false),
        ecsi(false, true),
        ecsi(true, true),
        ccsi(false),
        ccsi(true),
    ]
}

fn path(from: &str, to: &str, sign: ExpectedSign) -> NamedPath {
    NamedPath {
        from: from.into(),
        to: to.into(),
        sign,
    }
}

fn arrows(model: &StructuralModel) -> Vec<String> {
    let builder = ModelBuilder::from(model);
    let mut arrows: Vec<String> = builder
        .paths()
        .iter()
        .map(|p| format!("{} {}", p.from, p.to))
        .collect();
    arrows.sort();
    arrows
}

#[test]
fn a_text_says_what_a_builder_says() {
    let wide = Scale::new(-3.0, 3.0).unwrap();
    let question = Wording::new("All in all, how \"satisfied\" are you?", "您有多满意？");
    let quality = Construct::new("quality", Mode::A, ["q1", "q2", "q 3"]);
    let built = ModelBuilder::new()
        .construct(quality.called(Wording::new("Perceived quality", "感知质量")))
        .construct(Construct::new(
            "image",
            Mode::B,
            ["i1", "i2"].map(|i| Indicator::new(i).on(wide)),
        ))
        .construct(Construct::new(
            "satisfaction",
            Mode::A,
            [
                Indicator::new("s1").asking(question).on(wide),
                Indicator::new("s2").on(Scale::new(1.0, 7.0).unwrap()),
            ],
        ))
        .construct(Construct::new(
            "complaints",
            Mode::A,
            [Indicator::new("complained").on(Scale::YES_OR_NO)],
        ))
        .construct(Construct::new(
            "loyalty",
            Mode::A,
            [Indicator::new("l1").on(wide)],
        ))
        .path("quality", "satisfaction")
        .path("image", "satisfaction")
        .signed_path("satisfaction", "complaints", ExpectedSign::Negative)
        .path("satisfaction", "loyalty")
        .signed_path("complaints", "loyalty", ExpectedSign::Either);
    assert_eq!(TEXT.parse::<ModelBuilder>().unwrap(), built);
    let model = built.build().unwrap();
    assert_eq!(model.constructs()[3].mode(), Mode::SingleItem);
    assert_eq!(model.constructs()[0].label(Language::Zh), "感知质量");
    assert_eq!(model.constructs()[1].label(Language::Zh), "image");
    assert_eq!(model.expected_signs()[4], ExpectedSign::Either);
    assert_eq!(model.to_string().parse::<StructuralModel>().unwrap(), model);
}

#[test]
fn every_form_of_a_model_reads_back() {
    for model in ready() {
        let text = model.to_string();
        assert_eq!(text.parse::<StructuralModel>().unwrap(), model, "{text}");
        let json = serde_json::to_string(&model).unwrap();
        assert_eq!(
            serde_json::from_str::<StructuralModel>(&json).unwrap(),
            model,
            "{json}"
        );
        // The order that presets know is the order that a check finds.
        assert_eq!(ModelBuilder::from(&model).build().unwrap(), model);
    }
}

#[test]
fn json_may_leave_out_what_is_usual() {
    let json = r#"{"constructs": [{"name": "a", "indicators": ["a1", {"name": "a2", "scale": [0, 1]}]},
                                  {"name": "b", "mode": "b", "label": {"zh": "乙"}, "indicators": ["b1", "b2"]}],
                   "paths": [{"from": "a", "to": "b"}]}"#;
    let model: StructuralModel = serde_json::from_str(json).unwrap();
    assert_eq!(
        model.constructs()[0].indicators()[1].scale(),
        Scale::YES_OR_NO
    );
    assert_eq!(model.constructs()[0].mode(), Mode::A);
    assert_eq!(model.constructs()[1].label(Language::En), "乙");
    assert_eq!(model.expected_signs(), [ExpectedSign::Positive]);
    for wrong in [
        r#"{"constructs": [], "paths": []}"#,
        r#"{"constructs": [{"name": "a", "indicators": [{"name": "a1", "scale": [1, 1]}]}], "paths": []}"#,
        r#"{"constructs": [{"name": "a", "indicator": ["a1"]}], "paths": []}"#,
    ] {
        assert!(
            serde_json::from_str::<StructuralModel>(wrong).is_err(),
            "{wrong}"
        );
    }
}

/// The tables of paths in the specifications of the indices.
#[test]
fn ready_models_have_the_published_paths() {
    let published = |text: &str| {
        let mut paths: Vec<String> = text.split(", ").map(str::to_owned).collect();
        paths.sort();
        paths
    };
    assert_eq!(
        arrows(&presets::scsb()),
        published(
            "expectations performance, expectations satisfaction, performance satisfaction, satisfaction complaints, \
             satisfaction loyalty, complaints loyalty"
        )
    );
    assert_eq!(
        arrows(&presets::acsi()),
        published(
            "expectations quality, expectations value, expectations satisfaction, quality value, quality satisfaction, \
             value satisfaction, satisfaction complaints, satisfaction loyalty, complaints loyalty"
        )
    );
    let ecsi_with_complaints = "image expectations, image satisfaction, image loyalty, expectations quality, \
        expectations value, expectations satisfaction, quality value, quality satisfaction, value satisfaction, \
        satisfaction complaints, satisfaction loyalty, complaints loyalty";
    assert_eq!(arrows(&ecsi(true, false)), published(ecsi_with_complaints));
    assert_eq!(arrows(&ecsi(false, false)).len(), 10);
    assert_eq!(arrows(&ecsi(false, true)).len(), 13);
    assert_eq!(
        arrows(&ccsi(false)),
        published(
            "image expectations, image quality, image value, image satisfaction, expectations quality, \
             expectations value, expectations satisfaction, quality value, quality satisfaction, value satisfaction, \
             satisfaction loyalty"
        )
    );
    assert_eq!(arrows(&ccsi(true)).len(), 13);
}

#[test]
fn ready_models_speak_both_languages() {
    for model in ready() {
        let places = 0..model.constructs().len();
        assert!(model.topological_order().iter().copied().eq(places));
        assert!(model.place(presets::SATISFACTION).is_ok());
        for construct in model.constructs() {
            let words = construct.wording();
            assert!(words.en.is_ascii() && !words.en.is_empty());
            assert!(!words.zh.is_ascii());
        }
        for indicator in model.questions() {
            let words = indicator.question();
            assert!(
                words.en.is_ascii() && words.en.ends_with(['.', '?']),
                "{}",
                words.en
            );
            assert!(words.zh.ends_with(['。', '？']), "{}", words.zh);
        }
    }
    for preset in Preset::ALL {
        let short = preset.name().to_uppercase();
        assert!(
            preset.label(Language::En).contains(&short)
                && preset.label(Language::Zh).contains(&short)
        );
        assert!(preset.model().constructs().len() >= 5);
    }
    let acsi = presets::acsi();
    assert_eq!(
        acsi.expected_signs()[acsi.paths().len() - 3],
        ExpectedSign::Negative
    );
}

#[test]
fn a_ready_model_is_edited() {
    let model = ModelBuilder::from(&presets::acsi())
        .without("complaints")
        .unwrap()
        .measured_by("loyalty", ["L1", "L2", "L3"])
        .unwrap()
        .rename_indicators(&[("value_price_given_quality", "V1")])
        .unwrap()
        .without_path("expectations", "value")
        .unwrap()
        .path("value", "loyalty")
        .build()
        .unwrap();
    assert_eq!(model.constructs().len(), 5);
    assert_eq!(model.paths().len(), 7);
    assert_eq!(model.constructs()[4].indicators()[2].name(), "L3");
    assert_eq!(
        model.constructs()[4].label(Language::En),
        "Customer loyalty"
    );
    let value = &model.constructs()[2].indicators()[0];
    assert_eq!(value.name(), "V1");
    assert_eq!(
        value.question().en,
        "Given the quality, how good is the price?"
    );

    let handled = ModelBuilder::from(&presets::acsi())
        .measured_by("complaints", ["c1", "c2"])
        .unwrap();
    assert_eq!(handled.constructs()[4].mode(), Mode::A);
    let kind = |result: crm_core::Result<ModelBuilder>| result.unwrap_err().kind();
    let acsi = || ModelBuilder::from(&presets::acsi());
    assert_eq!(kind(acsi().without("image")), ErrorKind::NotFound);
    assert_eq!(
        kind(acsi().without_path("value", "loyalty")),
        ErrorKind::NotFound
    );
    assert_eq!(
        kind(acsi().measured_by("image", ["x"])),
        ErrorKind::NotFound
    );
    assert_eq!(
        kind(acsi().rename_indicators(&[("x", "y")])),
        ErrorKind::NotFound
    );
}

#[test]
fn an_unreadable_text_is_shown_where_it_is_wrong() {
    for (text, value) in [
        ("a =~ a1 a2", "'a2' in line 1"),
        ("\na = a1", "'=' in line 2"),
        ("a a1", "'a1' in line 1"),
        ("a =~ a1 +", "the end of the line in line 1"),
        ("a =~ a1\n\n=~ b", "'=~' in line 3"),
        ("a =~ a1 [1]", "']' in line 1"),
        ("a =~ a1 [1 2 3]", "'3' in line 1"),
        ("a =~ a1 [one 2]", "'one' in line 1"),
        ("a =~ a1 \"open", "\"open in line 1"),
        ("a =~ a1\na =~ a2", "'a' in line 2"),
        ("a ~ b + b", "'b' in line 1"),
        ("a \"A\" ~ b", "'~' in line 1"),
        ("a ~ + [", "'[' in line 1"),
    ] {
        let error = text.parse::<ModelBuilder>().unwrap_err();
        assert_eq!(
            (error.kind(), error.value()),
            (ErrorKind::Unreadable, Some(value)),
            "{text}"
        );
        assert_eq!(error.argument(), "model");
    }
    let error = "a =~ a1 [5 1]".parse::<ModelBuilder>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "scale is from 5 to 1: must go from a smaller to a greater number"
    );
    assert!("".parse::<ModelBuilder>().unwrap().constructs().is_empty());
}

#[test]
fn a_wrong_model_says_what_to_change() {
    let refused = |paths: &[NamedPath]| {
        let constructs =
            ["a", "b", "c"].map(|name| Construct::new(name, Mode::A, [format!("{name}1")]));
        StructuralModel::with_signs(constructs.to_vec(), paths)
            .unwrap_err()
            .to_string()
    };
    let positive = |from, to| path(from, to, ExpectedSign::Positive);
    assert_eq!(
        refused(&[positive("a", "b"), positive("b", "c"), positive("c", "b")]),
        "paths is b -> c -> b: must not lead back to where they start: leave one of them out"
    );
    assert_eq!(
        refused(&[positive("a", "b"), positive("b", "see")]),
        "paths is see: must join constructs of the model: a, b, c"
    );
    let twice = vec![
        Construct::new("a", Mode::A, ["x", "y"]),
        Construct::new("b", Mode::A, ["y"]),
    ];
    assert_eq!(
        StructuralModel::new(twice, &[("a", "b")])
            .unwrap_err()
            .to_string(),
        "indicators is y: must measure one construct, once; it measures a already"
    );
}

/// Correlations of 100,000 continuous answers lie within 5 standard errors (1/√n) of those that paths and loadings imply.
#[test]
fn a_simulated_survey_has_the_paths_and_loadings_it_was_given() {
    let model: StructuralModel = "
        a =~ a1 + a2
        b =~ b1
        c =~ c1 + c2 [0 1]
        b ~ a
        c ~ a - b
    "
    .parse()
    .unwrap();
    let survey = SurveySimulation {
        respondents: 100_000,
        seed: 7,
        paths: vec![0.6, 0.5, -0.4],
        loadings: vec![0.9, 0.8, 1.0, 0.7, 0.6],
        answers: Answers::Continuous,
        ..SurveySimulation::new(model)
    };
    let answers = survey.run().unwrap();
    let standard: Vec<Vec<f64>> = answers
        .iter()
        .zip(survey.means.iter().zip(&survey.deviations))
        .map(|(column, (mean, deviation))| column.iter().map(|x| (x - mean) / deviation).collect())
        .collect();
    let n = f64::from(survey.respondents);
    let product = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>() / n;
    // ab = 0.6; ac = 0.5 − 0.4 · 0.6 = 0.26; bc = 0.5 · 0.6 − 0.4 = −0.1.
    let constructs = [0, 0, 1, 2, 2];
    let implied = [[1.0, 0.6, 0.26], [0.6, 1.0, -0.1], [0.26, -0.1, 1.0]];
    for i in 0..5 {
        assert!(standard[i].iter().sum::<f64>().abs() / n < 5.0 / n.sqrt());
        for j in 0..5 {
            let expected = if i == j {
                1.0
            } else {
                survey.loadings[i] * survey.loadings[j] * implied[constructs[i]][constructs[j]]
            };
            let found = product(&standard[i], &standard[j]);
            assert!(
                (found - expected).abs() < 8.0 / n.sqrt(),
                "{i} {j}: {found}, {expected}"
            );
        }
    }
}

#[test]
fn answers_are_whole_numbers_on_their_scales_or_missing() {
    let survey = SurveySimulation {
        respondents: 2_000,
        missing: 0.1,
        ..SurveySimulation::new(presets::acsi())
    };
    let answers = survey.run().unwrap();
    let missing = answers
        .iter()
        .flatten()
        .filter(|answer| answer.is_nan())
        .count();
    let share = missing as f64 / (2_000.0 * 14.0);
    assert!((share - 0.1).abs() < 0.01, "{share}");
    for (column, indicator) in answers.iter().zip(survey.model.questions()) {
        let scale = indicator.scale();
        let known: Vec<f64> = column
            .iter()
            .copied()
            .filter(|answer| !answer.is_nan())
            .collect();
        assert!(
            known
                .iter()
                .all(|x| x.fract() == 0.0 && *x >= scale.least() && *x <= scale.greatest())
        );
        assert!(known.contains(&scale.greatest()), "{}", indicator.name());
    }
    // More respondents do not change the first ones.
    let fewer = SurveySimulation {
        respondents: 10,
        ..survey
    }
    .run()
    .unwrap();
    for (few, many) in fewer.iter().zip(&answers) {
        assert!(
            few.iter()
                .zip(many)
                .all(|(x, y)| x.to_bits() == y.to_bits())
        );
    }
}

#[test]
fn a_survey_that_cannot_be_says_why() {
    let survey = || SurveySimulation::new(presets::acsi());
    let refusal = |survey: SurveySimulation| survey.run().unwrap_err().to_string();
    assert_eq!(
        refusal(SurveySimulation {
            respondents: 0,
            ..survey()
        }),
        "respondents is 0: must be 1 or more"
    );
    assert_eq!(
        refusal(SurveySimulation {
            missing: 1.5,
            ..survey()
        }),
        "missing is 1.5: must be between 0 and 1"
    );
    assert_eq!(
        refusal(SurveySimulation {
            paths: vec![0.5],
            ..survey()
        }),
        "paths is of length 1: must have length 9"
    );
    assert_eq!(
        refusal(SurveySimulation {
            paths: vec![0.9; 9],
            ..survey()
        }),
        "paths is value: must leave a part of the variance of each construct unexplained: make them smaller"
    );
    let mut negative = survey();
    negative.deviations[3] = 0.0;
    assert_eq!(
        refusal(negative),
        "deviations (row 3) is 0: must be greater than 0"
    );
}
