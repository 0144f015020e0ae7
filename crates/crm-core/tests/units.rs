//! The vocabulary types refuse what their meaning forbids, and what they hold survives a round trip.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use crm_core::units::{Date, Money, Probability, Rate, Share, decimal};
use crm_core::{Error, ErrorKind};
use proptest::prelude::*;
use rust_decimal::Decimal;

fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> (ErrorKind, String) {
    let error = result.unwrap_err();
    (error.kind(), error.to_string())
}

#[test]
fn probabilities_and_shares_lie_between_0_and_1() {
    for value in [0.0, 0.3, 1.0] {
        assert_eq!(Probability::try_from(value).unwrap().to_f64(), value);
        assert_eq!(Share::try_from(value).unwrap().to_f64(), value);
    }
    for value in [-1e-9, 1.000_000_1, -5.0] {
        let (kind, text) = refused(Probability::try_from(value));
        assert_eq!(kind, ErrorKind::OutOfRange);
        assert_eq!(
            text,
            format!("probability is {value}: must be between 0 and 1")
        );
        assert_eq!(refused(Share::try_from(value)).0, ErrorKind::OutOfRange);
    }
}

#[test]
fn rates_are_greater_than_minus_one() {
    assert_eq!(
        Rate::try_from(-0.5).unwrap().growth_factor().unwrap(),
        Decimal::new(5, 1)
    );
    let (kind, text) = refused(Rate::try_from(-1.0));
    assert_eq!(
        (kind, text.as_str()),
        (ErrorKind::OutOfRange, "rate is -1: must be greater than -1")
    );
    assert_eq!(
        Rate::new(Decimal::MAX)
            .unwrap()
            .growth_factor()
            .unwrap_err()
            .kind(),
        ErrorKind::Overflow
    );
}

#[test]
fn numbers_that_are_not_finite_or_too_large_are_refused() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(refused(Money::try_from(value)).0, ErrorKind::NotFinite);
        assert_eq!(refused(Rate::try_from(value)).0, ErrorKind::NotFinite);
        assert_eq!(
            refused(Probability::try_from(value)).0,
            ErrorKind::NotFinite
        );
    }
    assert_eq!(refused(Money::try_from(1e29)).0, ErrorKind::Overflow);
    assert_eq!(refused(Money::try_from(f64::MAX)).0, ErrorKind::Overflow);
}

#[test]
fn a_float_is_read_as_its_shortest_text() {
    assert_eq!(decimal("x", 0.09).unwrap(), Decimal::new(9, 2));
    assert_eq!(decimal("x", -0.0).unwrap(), Decimal::ZERO);
    assert_eq!(
        decimal("x", 0.1 + 0.2).unwrap().to_string(),
        "0.30000000000000004"
    );
    assert_eq!(
        decimal("x", 1e28).unwrap().to_string(),
        "10000000000000000000000000000"
    );
    assert_eq!(decimal("x", 1.5e-28).unwrap(), Decimal::new(2, 28));
}

#[test]
fn money_arithmetic_is_checked() {
    let largest = Money::new(Decimal::MAX);
    let one = Money::from(1);
    assert_eq!(refused(largest.add(one)).0, ErrorKind::Overflow);
    assert_eq!(
        refused(Money::new(Decimal::MIN).subtract(one)).0,
        ErrorKind::Overflow
    );
    assert_eq!(
        refused(largest.multiply(Decimal::TWO)).0,
        ErrorKind::Overflow
    );
    assert_eq!(refused(one.divide(Decimal::ZERO)).0, ErrorKind::OutOfRange);
    assert_eq!(refused(Money::sum([largest, one])).0, ErrorKind::Overflow);
    assert_eq!(refused(Money::from_minor(1, 29)).0, ErrorKind::OutOfRange);
    assert_eq!(Money::from_minor(-1999, 2).unwrap().to_string(), "-19.99");
    assert_eq!(
        "2.345".parse::<Money>().unwrap().round(2).to_string(),
        "2.34"
    );
    for text in ["", "abc", "1e5", "1,5", "0.00000000000000000000000000001"] {
        assert_eq!(
            refused(text.parse::<Money>()).0,
            ErrorKind::Unreadable,
            "{text}"
        );
    }
}

#[test]
fn dates_are_days_of_the_calendar() {
    for (text, days) in [
        ("1970-01-01", 0),
        ("1969-12-31", -1),
        ("2000-02-29", 11_016),
        ("0001-01-01", Date::MIN.days()),
        ("9999-12-31", Date::MAX.days()),
    ] {
        let date: Date = text.parse().unwrap();
        assert_eq!((date.days(), date.to_string().as_str()), (days, text));
        assert_eq!(Date::from_days(days).unwrap(), date);
        let (year, month, day) = date.ymd();
        assert_eq!(Date::from_ymd(year, month, day).unwrap(), date);
    }
    for text in [
        "",
        "1999-02-29",
        "1999-13-01",
        "0000-01-01",
        "10000-01-01",
        "19990101x",
        "-0001-01-01",
    ] {
        assert_eq!(
            refused(text.parse::<Date>()).0,
            ErrorKind::Unreadable,
            "{text}"
        );
    }
    assert_eq!(
        refused(Date::from_ymd(1999, 2, 29)).0,
        ErrorKind::OutOfRange
    );
    assert_eq!(refused(Date::from_ymd(0, 1, 1)).0, ErrorKind::OutOfRange);
    assert_eq!(refused(Date::from_days(i32::MAX)).0, ErrorKind::OutOfRange);
    assert_eq!(
        refused(Date::from_days(Date::MIN.days() - 1)).0,
        ErrorKind::OutOfRange
    );
}

#[test]
fn serialised_values_are_checked_again() {
    assert_eq!(
        serde_json::to_string(&Probability::try_from(0.25).unwrap()).unwrap(),
        "\"0.25\""
    );
    assert!(serde_json::from_str::<Probability>("\"1.5\"").is_err());
    assert!(serde_json::from_str::<Rate>("\"-2\"").is_err());
    assert!(serde_json::from_str::<Date>("\"1999-02-29\"").is_err());
    assert_eq!(
        serde_json::from_str::<Money>("12.5").unwrap(),
        Money::try_from(12.5).unwrap()
    );
}

#[test]
fn error_kinds_have_stable_distinct_numbers() {
    for (position, kind) in ErrorKind::ALL.iter().enumerate() {
        assert_eq!(kind.code(), i32::try_from(position).unwrap() + 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn money_survives_text_and_json(mantissa in any::<i64>(), scale in 0_u32..=28) {
        let money = Money::from_minor(mantissa, scale).unwrap();
        prop_assert_eq!(money.to_string().parse::<Money>().unwrap(), money);
        let json = serde_json::to_string(&money).unwrap();
        prop_assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
    }

    #[test]
    fn every_day_survives_the_calendar(days in Date::MIN.days()..=Date::MAX.days()) {
        let date = Date::from_days(days).unwrap();
        let (year, month, day) = date.ymd();
        prop_assert_eq!(Date::from_ymd(year, month, day).unwrap(), date);
        prop_assert_eq!(date.to_string().parse::<Date>().unwrap(), date);
    }

    #[test]
    fn floats_come_back_from_decimals(value in -1e12_f64..1e12) {
        let money = Money::try_from((value * 1e4).round() / 1e4).unwrap();
        prop_assert_eq!(Money::try_from(money.to_f64()).unwrap(), money);
    }
}
