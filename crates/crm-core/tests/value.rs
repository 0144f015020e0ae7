//! Concentration, tiers, types and RFM against `tests/vectors/value.json`, and what they refuse.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that panics is a failed test"
)]

#[allow(dead_code, reason = "this area has no kernels")]
mod vectors;

use crm_core::units::{Label, Share};
use crm_core::value::cuts::{Cuts, Direction};
use crm_core::value::groups::summarise;
use crm_core::value::pareto::{Bootstrap, Concentration, CurvePoint, Measure};
use crm_core::value::rfm::{FittedRfm, Rfm, RfmGrid, RfmSegment, SegmentRule, SegmentTable};
use crm_core::value::tiers::{Pyramid, PyramidTier, TierMigration, ValueGroup, ValueGroups};
use crm_core::value::types::{CustomerType, CutRule, TypeCuts};
use crm_core::{Error, ErrorKind, Result};
use serde_json::{Map, Value, json};

const VECTORS: &str = include_str!("../../../tests/vectors/value.json");

struct Arguments<'a>(&'a Map<String, Value>);

impl Arguments<'_> {
    fn number(&self, name: &str) -> f64 {
        self.0[name].as_f64().unwrap()
    }

    fn whole<T: TryFrom<u64, Error: std::fmt::Debug>>(&self, name: &str) -> T {
        self.0[name].as_u64().unwrap().try_into().unwrap()
    }

    fn column(&self, name: &str) -> Vec<f64> {
        vectors::numbers(&self.0[name])
    }

    fn codes(&self, name: &str) -> Vec<u8> {
        self.column(name).iter().map(|v| *v as u8).collect()
    }

    fn share(&self) -> Result<Share> {
        Share::try_from(self.number("share"))
    }

    fn base(&self) -> Result<Concentration> {
        match self.0.get("weight") {
            Some(_) => Concentration::weighted(&self.column("profit"), &self.column("weight")),
            None => Concentration::new(&self.column("profit")),
        }
    }
}

fn names<T: Label>(codes: &[u8]) -> Value {
    codes
        .iter()
        .map(|c| T::ALL[usize::from(*c)].name())
        .collect()
}

fn call(function: &str, a: &Arguments<'_>) -> Result<Value> {
    Ok(match function {
        "mean" => json!(a.base()?.mean()),
        "top_share" => json!(a.base()?.top_share(a.share()?)?),
        "bottom_share" => json!(a.base()?.bottom_share(a.share()?)?),
        "smallest_share" => json!(a.base()?.smallest_share(a.share()?)?),
        "peak" => json!(a.base()?.peak()?),
        "gini" => json!(a.base()?.gini()?),
        "gini_corrected" => json!(a.base()?.gini_corrected()?),
        "lorenz" => {
            let points = a.base()?.lorenz(a.whole("points"))?;
            json!(points.iter().map(|p| p.profit).collect::<Vec<_>>())
        }
        "pyramid" => {
            let profit = a.column("profit");
            let shares: Vec<Share> = a
                .column("shares")
                .into_iter()
                .map(Share::try_from)
                .collect::<Result<_>>()?;
            let pyramid = Pyramid::with_shares(&profit, &shares.try_into().unwrap())?;
            let mut tiers = vec![0; profit.len()];
            pyramid.assign_into(&profit, &mut tiers)?;
            for (profit, tier) in profit.iter().zip(&tiers) {
                assert_eq!(pyramid.tier(*profit) as u8, *tier);
            }
            json!({"thresholds": pyramid.thresholds(), "tiers": names::<PyramidTier>(&tiers)})
        }
        "value_groups" => {
            let profit = a.column("profit");
            let groups = ValueGroups::at(&a.column("thresholds").try_into().unwrap())?;
            let mut codes = vec![0; profit.len()];
            groups.assign_into(&profit, &mut codes)?;
            for (profit, code) in profit.iter().zip(&codes) {
                assert_eq!(groups.group(*profit) as u8, *code);
            }
            names::<ValueGroup>(&codes)
        }
        "value_group_fifths" => json!(ValueGroups::fifths(&a.column("profit"))?.thresholds()),
        "tier_migration" => {
            let moves =
                TierMigration::new(&a.codes("before"), &a.codes("after"), a.whole("tiers"))?;
            let rows = 0..moves.tiers();
            json!({
                "counts": rows.clone().map(|i| moves.counts(i)).collect::<Vec<_>>(),
                "rates": rows.map(|i| moves.rates(i)).collect::<Vec<_>>(),
            })
        }
        "group_table" => {
            let table = summarise(&a.codes("codes"), &a.column("profit"), a.whole("groups"))?;
            let mut rows = json!(table);
            for (code, row) in rows.as_array_mut().unwrap().iter_mut().enumerate() {
                assert_eq!(
                    row.as_object_mut().unwrap().remove("code"),
                    Some(json!(code))
                );
            }
            rows
        }
        "k_means_cut" => json!(CutRule::KMeans.cut("values", &a.column("values"))?),
        "otsu_cut" => {
            let rule = CutRule::Otsu {
                bins: a.whole("bins"),
            };
            json!(rule.cut("values", &a.column("values"))?)
        }
        "quantile_cut" => {
            json!(CutRule::Quantile(a.share()?).cut("values", &a.column("values"))?)
        }
        "customer_types" => {
            let current = a.column("current");
            let cuts = TypeCuts::new(a.number("current_cut"), a.number("potential_cut"))?;
            let mut types = vec![0; current.len()];
            cuts.classify_into(&current, &a.column("potential"), &mut types)?;
            names::<CustomerType>(&types)
        }
        "rfm" => {
            let columns = ["recency", "frequency", "monetary"].map(|name| a.column(name));
            let [recency, frequency, monetary] = &columns;
            let scores: u8 = a.whole("scores");
            let rfm = Rfm {
                scores,
                segments: (scores == 5).then(SegmentTable::standard),
                ..Rfm::default()
            };
            let scale = rfm.fit(recency, frequency, monetary)?;
            let table = scale.score(recency, frequency, monetary)?;
            let mut found = json!({
                "thresholds": {
                    "recency": scale.recency().thresholds(),
                    "frequency": scale.frequency().thresholds(),
                    "monetary": scale.monetary().thresholds(),
                },
                "recency": table.recency,
                "frequency": table.frequency,
                "monetary": table.monetary,
            });
            if let Some(segment) = table.segment {
                found["segment"] = names::<RfmSegment>(&segment);
            }
            found
        }
        "rfm_grid" => {
            let (recency, frequency) = (a.codes("recency"), a.codes("frequency"));
            let grid = RfmGrid::new(
                &recency,
                &frequency,
                &a.column("revenue"),
                a.whole("scores"),
            )?;
            json!({"customers": grid.customers, "revenue": grid.revenue})
        }
        unknown => panic!("no such function: {unknown}"),
    })
}

#[test]
fn vectors_of_value() {
    vectors::check(VECTORS, |function, arguments| {
        vec![call(function, &Arguments(arguments))]
    });
}

/// For profits of 0 and 1 the Gini coefficient is the share of zeros, and a replicate's number of
/// zeros is binomial: 100 draws with probability 0.7. Its 2.5 % and 97.5 % quantiles are 61 and 79
/// (exact sums of the binomial distribution), its standard deviation is √21.
#[test]
fn bootstrap_of_zeros_and_ones_is_binomial() {
    let profit: Vec<f64> = (0..100).map(|i| f64::from(u8::from(i % 10 < 3))).collect();
    let base = Concentration::new(&profit).unwrap();
    let bootstrap = Bootstrap {
        replicates: 4_000,
        ..Bootstrap::new(1)
    };
    let interval = base.confidence(&[Measure::Gini], &bootstrap).unwrap()[0];
    // 4,000 replicates place a quantile within one step of 0.01.
    assert!((interval.estimate - 0.7).abs() < 1e-14);
    assert!((interval.lower - 0.61).abs() < 0.0101, "{interval:?}");
    assert!((interval.upper - 0.79).abs() < 0.0101, "{interval:?}");
    // The standard error of a standard error over 4,000 replicates is 1.1 %.
    assert!((interval.standard_error / 0.21_f64.sqrt() * 10.0 - 1.0).abs() < 0.05);
    assert_eq!(interval.undefined, 0);
}

#[test]
fn bootstrap_is_repeatable_and_depends_on_the_seed() {
    let profit: Vec<f64> = (1..=500).map(|i| f64::from(i * i % 97) - 20.0).collect();
    let base = Concentration::new(&profit).unwrap();
    let measures = [
        Measure::TopShare(Share::try_from(0.2).unwrap()),
        Measure::SmallestShare(Share::try_from(0.8).unwrap()),
        Measure::Gini,
    ];
    let with_seed = |seed| base.confidence(&measures, &Bootstrap::new(seed)).unwrap();
    let first = with_seed(7);
    assert_eq!(first, with_seed(7));
    assert_ne!(first, with_seed(8));
    for interval in first {
        assert!(interval.lower < interval.estimate && interval.estimate < interval.upper);
    }
}

#[test]
fn results_have_the_same_bits_for_any_number_of_threads() {
    let profit: Vec<f64> = (0..40_003_u64)
        .map(|i| (i.wrapping_mul(6_364_136_223_846_793_005) >> 40) as f64 / 7.0 - 1e6)
        .collect();
    let bootstrap = Bootstrap {
        replicates: 10,
        ..Bootstrap::new(5)
    };
    let work = || {
        let base = Concentration::new(&profit).unwrap();
        let intervals = base.confidence(&[Measure::Gini], &bootstrap).unwrap();
        let scale = Rfm::default().fit(&profit, &profit, &profit).unwrap();
        let scores = scale.score(&profit, &profit, &profit).unwrap();
        let cut = CutRule::KMeans.cut("profit", &profit).unwrap();
        (base, intervals, scores, cut)
    };
    let with_threads = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().unwrap().install(work)
    };
    let one = with_threads(1);
    assert!(one == with_threads(2) && one == with_threads(7));
}

#[test]
fn replicates_without_a_positive_total_are_reported() {
    let base = Concentration::new(&[-10.0, -10.0, 21.0]).unwrap();
    let share = Measure::TopShare(Share::try_from(0.5).unwrap());
    let bootstrap = Bootstrap::new(3);
    let interval = base.confidence(&[share], &bootstrap).unwrap()[0];
    // No 21 is drawn with probability (2/3)³ = 0.296; one with 0.444 gives a total of 1.
    assert!((200..400).contains(&interval.undefined), "{interval:?}");
}

#[test]
fn the_curve_rises_above_one_and_ends_there() {
    let base = Concentration::new(&[5.0, -4.0, 3.0, -2.0]).unwrap();
    let curve = base.curve(5).unwrap();
    let profit: Vec<f64> = curve.iter().map(|point| point.profit).collect();
    assert_eq!(profit, [0.0, 2.5, 4.0, 3.0, 1.0]);
    assert_eq!(
        base.peak().unwrap(),
        CurvePoint {
            customers: 0.5,
            profit: 4.0
        }
    );
}

#[test]
fn labels() {
    use crm_core::units::Language::{En, Zh};
    let types: Vec<&str> = CustomerType::ALL.iter().map(|t| t.label(Zh)).collect();
    assert_eq!(types, ["黄金客户", "流星客户", "小溪客户", "负担客户"]);
    assert_eq!(PyramidTier::Vip.label(Zh), "VIP客户");
    assert_eq!(ValueGroup::VeryHigh.label(En), "Very high value");
    for (code, group) in RfmSegment::ALL.iter().enumerate() {
        assert_eq!(*group as usize, code);
        assert_eq!(json!(group), json!(group.name()));
    }
    for kind in CustomerType::ALL {
        assert!(!kind.strategy(En).is_empty() && !kind.strategy(Zh).is_empty());
        assert_eq!(json!(kind), json!(kind.name()));
    }
}

#[test]
fn a_type_needs_both_values() {
    assert_eq!(CustomerType::of(true, true), CustomerType::Golden);
    assert_eq!(CustomerType::of(true, false), CustomerType::Meteor);
    assert_eq!(CustomerType::of(false, true), CustomerType::Stream);
    assert_eq!(CustomerType::of(false, false), CustomerType::Burden);
}

#[test]
fn recency_as_a_date_is_better_when_higher() {
    let dates = [10.0, 40.0, 20.0, 30.0, 50.0];
    let age: Vec<f64> = dates.iter().map(|date| 50.0 - date).collect();
    let ones = [1.0, 2.0, 3.0, 4.0, 5.0];
    let by_date = Rfm {
        recency: Direction::HigherIsBetter,
        ..Rfm::default()
    };
    let by_date = by_date
        .fit(&dates, &ones, &ones)
        .unwrap()
        .score(&dates, &ones, &ones)
        .unwrap();
    let by_age = Rfm::default()
        .fit(&age, &ones, &ones)
        .unwrap()
        .score(&age, &ones, &ones)
        .unwrap();
    assert_eq!(by_date, by_age);
    assert_eq!(by_age.recency, [1, 4, 2, 3, 5]);
    assert_eq!(by_age.code(4), Some(555));
    assert_eq!(by_age.code(5), None);
}

#[test]
fn given_cut_points_and_custom_rules_score_new_customers() {
    let higher = |cuts: &[f64]| Cuts::new(cuts, Direction::HigherIsBetter).unwrap();
    let recency = Cuts::new(&[30.0, 90.0], Direction::LowerIsBetter).unwrap();
    let rule = |segment: &str, recency, monetary| SegmentRule {
        segment: segment.to_owned(),
        recency,
        frequency: 1..=3,
        monetary,
    };
    let rules = [
        rule("big", 1..=3, 3..=3),
        rule("lapsed", 1..=1, 1..=3),
        rule("rest", 1..=3, 1..=3),
    ];
    let segments = SegmentTable::new(3, &rules).unwrap();
    let scale = FittedRfm::new(
        recency,
        higher(&[1.0, 5.0]),
        higher(&[50.0, 500.0]),
        Some(segments),
    );
    let scores = scale.unwrap().score(
        &[10.0, 200.0, 200.0],
        &[1.0, 2.0, 6.0],
        &[50.0, 51.0, 501.0],
    );
    let scores = scores.unwrap();
    assert_eq!(scores.recency, [3, 1, 1]);
    assert_eq!(scores.frequency, [1, 2, 3]);
    assert_eq!(scores.monetary, [1, 2, 3]);
    assert_eq!(scores.segment, Some(vec![2, 1, 0]));
}

#[test]
fn what_is_refused() {
    let nan = f64::NAN;
    let share = |value: f64| Share::try_from(value).unwrap();
    let cuts = |t: &[f64]| Cuts::new(t, Direction::HigherIsBetter);
    let rule = |recency, segment: &str| SegmentRule {
        segment: segment.to_owned(),
        recency,
        frequency: 1..=5,
        monetary: 1..=5,
    };
    let base = Concentration::new(&[1.0, 2.0]).unwrap();
    let resample = |replicates| Bootstrap {
        replicates,
        ..Bootstrap::new(1)
    };
    let certain = Bootstrap {
        level: crm_core::units::Probability::ONE,
        ..Bootstrap::new(1)
    };
    #[rustfmt::skip]
    let refused: Vec<(Option<Error>, ErrorKind, &str, Option<usize>)> = vec![
        (Concentration::new(&[1.0, nan]).err(), ErrorKind::NotFinite, "profit", Some(1)),
        (Concentration::new(&[f64::INFINITY]).err(), ErrorKind::NotFinite, "profit", Some(0)),
        (Concentration::new(&[f64::MAX, f64::MAX]).err(), ErrorKind::Overflow, "profit", None),
        (Concentration::weighted(&[1.0], &[0.0]).err(), ErrorKind::OutOfRange, "weight", None),
        (Concentration::weighted(&[1.0], &[nan]).err(), ErrorKind::NotFinite, "weight", Some(0)),
        (Concentration::weighted(&[1.0, 1.0], &[f64::MAX; 2]).err(), ErrorKind::Overflow, "weight", None),
        (Concentration::weighted(&[1.0], &[0.5]).unwrap().gini_corrected().err(), ErrorKind::OutOfRange, "weight", None),
        (base.curve(1).err(), ErrorKind::OutOfRange, "points", None),
        (base.lorenz(usize::MAX).err(), ErrorKind::OutOfRange, "points", None),
        (base.confidence(&[Measure::Gini], &resample(1)).err(), ErrorKind::OutOfRange, "replicates", None),
        (base.confidence(&[Measure::Gini], &resample(u32::MAX)).err(), ErrorKind::OutOfRange, "replicates", None),
        (base.confidence(&[Measure::Gini], &certain).err(), ErrorKind::OutOfRange, "level", None),
        (cuts(&[]).err(), ErrorKind::Empty, "thresholds", None),
        (cuts(&[0.0, nan]).err(), ErrorKind::NotFinite, "thresholds", Some(1)),
        (cuts(&[0.0; 255]).err(), ErrorKind::OutOfRange, "thresholds", None),
        (cuts(&[1.0]).unwrap().parts_into("x", &[1.0], &mut []).err(), ErrorKind::LengthMismatch, "out", None),
        (cuts(&[1.0]).unwrap().parts_into("x", &[1.0, nan], &mut [0; 2]).err(), ErrorKind::NotFinite, "x", Some(1)),
        (Cuts::quantiles("x", &[1.0], &[share(0.5), share(0.5)], Direction::HigherIsBetter).err(), ErrorKind::OutOfRange, "shares", Some(1)),
        (Cuts::quantiles("x", &[1.0], &[], Direction::HigherIsBetter).err(), ErrorKind::OutOfRange, "shares", None),
        (Cuts::equal_parts("x", &[1.0], 1, Direction::HigherIsBetter).err(), ErrorKind::OutOfRange, "parts", None),
        (Pyramid::with_shares(&[1.0], &[share(0.0), share(0.2), share(0.3), share(0.5)]).err(), ErrorKind::OutOfRange, "shares", None),
        (Pyramid::new(&[]).err(), ErrorKind::Empty, "profit", None),
        (summarise(&[], &[], 2).err(), ErrorKind::Empty, "profit", None),
        (summarise(&[0, 2], &[1.0, 1.0], 2).err(), ErrorKind::OutOfRange, "codes", Some(1)),
        (TierMigration::new(&[0], &[], 1).err(), ErrorKind::LengthMismatch, "after", None),
        (TypeCuts::new(0.0, nan).err(), ErrorKind::NotFinite, "potential_cut", None),
        (CutRule::Given(nan).cut("current", &[1.0]).err(), ErrorKind::NotFinite, "cut", None),
        (CutRule::Quantile(Share::ONE).cut("x", &[1.0]).err(), ErrorKind::OutOfRange, "shares", Some(0)),
        (CutRule::KMeans.cut("x", &[-f64::MAX, f64::MAX]).err(), ErrorKind::Overflow, "x", None),
        (CutRule::Otsu { bins: u32::MAX }.cut("x", &[0.0, 1.0]).err(), ErrorKind::OutOfRange, "bins", None),
        (Rfm { scores: 4, ..Rfm::default() }.fit(&[1.0], &[1.0], &[1.0]).err(), ErrorKind::OutOfRange, "segments", None),
        (Rfm::default().fit(&[nan], &[1.0], &[1.0]).err(), ErrorKind::NotFinite, "recency", Some(0)),
        (FittedRfm::new(cuts(&[1.0]).unwrap(), cuts(&[1.0, 2.0]).unwrap(), cuts(&[1.0]).unwrap(), None).err(), ErrorKind::LengthMismatch, "frequency", None),
        (FittedRfm::new(cuts(&[0.0; 9]).unwrap(), cuts(&[0.0; 9]).unwrap(), cuts(&[0.0; 9]).unwrap(), None).err(), ErrorKind::OutOfRange, "scores", None),
        (SegmentTable::new(5, &[rule(1..=4, "a")]).err(), ErrorKind::NotFound, "rules", None),
        (SegmentTable::new(5, &[rule(1..=5, "a"), rule(0..=5, "b")]).err(), ErrorKind::OutOfRange, "recency", Some(1)),
        (SegmentTable::new(5, &[rule(1..=5, "")]).err(), ErrorKind::Empty, "segment", Some(0)),
    ];
    for (index, (error, kind, argument, row)) in refused.into_iter().enumerate() {
        let error = error.unwrap_or_else(|| panic!("case {index} was accepted"));
        assert_eq!(
            (error.kind(), error.argument(), error.row()),
            (kind, argument, row),
            "case {index}"
        );
    }
}
