//! Input that is refused, and NaN that stays in its row.

use crm_core::clv::Timing;
use crm_core::clv::group::retention_curve_values_into;
use crm_core::clv::individual::{
    DatedFlow, Discounting, RateOutcome, internal_rate_between, internal_rates_into, paybacks_into,
    present_value, present_value_dated, present_values_dated_into, present_values_into,
};
use crm_core::kernels::Column;
use crm_core::units::{Date, Money, Rate};
use crm_core::{ErrorKind, Result};
use rust_decimal::Decimal;

#[test]
fn bad_input_is_refused_by_name() {
    let refused = |result: Result<()>| {
        let error = result.unwrap_err();
        (error.kind(), error.argument().to_owned(), error.row())
    };
    let out = &mut [0.0; 2];
    let (start, constant) = (Timing::Start, Discounting::PerCustomer(0.1.into()));
    let infinite = [1.0, 2.0, 3.0, f64::INFINITY];
    assert_eq!(
        refused(present_values_into(&infinite, 2, constant, start, out)),
        (ErrorKind::NotFinite, "flows".to_owned(), Some(1))
    );
    assert_eq!(
        refused(present_values_into(&[1.0; 3], 2, constant, start, out)),
        (ErrorKind::LengthMismatch, "flows".to_owned(), None)
    );
    assert_eq!(
        refused(present_values_into(&[], usize::MAX, constant, start, out)),
        (ErrorKind::Overflow, "flows".to_owned(), None)
    );
    let rates = Discounting::PerCustomer(Column::Values(&[0.1, -1.0]));
    assert_eq!(
        refused(present_values_into(&[1.0; 4], 2, rates, start, out)),
        (ErrorKind::OutOfRange, "discount_rate".to_owned(), Some(1))
    );
    let largest = [f64::MAX; 4];
    assert_eq!(
        refused(present_values_into(
            &largest,
            2,
            Discounting::PerCustomer((-0.9).into()),
            start,
            out
        )),
        (ErrorKind::Overflow, "present value".to_owned(), Some(0))
    );
    assert_eq!(
        refused(retention_curve_values_into(
            1.0.into(),
            &[0.5, 1.5],
            1,
            0.1,
            0.0,
            start,
            out
        )),
        (ErrorKind::OutOfRange, "retention".to_owned(), Some(1))
    );
    let today: Date = "2025-01-01".parse().unwrap();
    assert_eq!(
        refused(present_values_dated_into(
            &[0, 2],
            &[today; 2],
            &[1.0; 2],
            0.1,
            today,
            out
        )),
        (
            ErrorKind::OutOfRange,
            "customer_numbers".to_owned(),
            Some(1)
        )
    );
    let flows = [Money::new(Decimal::MAX); 2];
    let overflow = present_value(&flows, Rate::ZERO, Timing::Start).unwrap_err();
    assert_eq!(overflow.kind(), ErrorKind::Overflow);
    let no_change =
        internal_rate_between(&[Money::from(1)], Rate::ZERO, Rate::try_from(0.5).unwrap());
    assert_eq!(no_change.unwrap_err().kind(), ErrorKind::NoSolution);
    assert_eq!(
        Money::try_from(f64::NAN).unwrap_err().kind(),
        ErrorKind::NotFinite
    );
}

#[test]
fn nan_stays_in_its_row() {
    let mut out = [0.0; 2];
    let flows = [1.0, f64::NAN, 1.0, 1.0];
    present_values_into(
        &flows,
        2,
        Discounting::PerCustomer(0.0.into()),
        Timing::Start,
        &mut out,
    )
    .unwrap();
    assert!(out[0].is_nan());
    assert_eq!(out[1], 2.0);
}

#[test]
fn a_first_flow_ten_thousand_years_long_ago_is_no_panic() {
    let flows = [DatedFlow {
        date: Date::MIN,
        amount: Money::from(1),
    }];
    let error = present_value_dated(&flows, Rate::try_from(0.5).unwrap(), Date::MAX).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Overflow);
}

#[test]
fn a_row_with_nan_has_neither_pay_back_nor_rate_and_infinity_is_refused() {
    let flows = [-1.0, f64::NAN, 3.0, -1.0, 0.5, 0.75];
    let (mut out, mut outcomes) = ([0.0; 2], [RateOutcome::Unique; 2]);
    paybacks_into(&flows, 3, 0.0.into(), Timing::Start, &mut out).unwrap();
    assert!(out[0].is_nan() && (out[1] - (1.0 + 0.5 / 0.75)).abs() < 1e-15);
    paybacks_into(
        &flows,
        3,
        (&[f64::NAN, 0.5][..]).into(),
        Timing::Start,
        &mut out,
    )
    .unwrap();
    assert!(out[0].is_nan() && out[1] == f64::INFINITY);
    internal_rates_into(&flows, 3, &mut out, &mut outcomes).unwrap();
    assert_eq!(outcomes, [RateOutcome::Missing, RateOutcome::Unique]);
    assert!(out[0].is_nan() && out[1] > 0.0);

    let infinite = [-1.0, 2.0, f64::INFINITY, 1.0];
    for error in [
        paybacks_into(&infinite, 2, 0.0.into(), Timing::Start, &mut out),
        internal_rates_into(&infinite, 2, &mut out, &mut outcomes),
    ] {
        let error = error.unwrap_err();
        assert_eq!((error.kind(), error.row()), (ErrorKind::NotFinite, Some(1)));
    }
    let far = [-1e-308, 1e308, -1.0, 1.0];
    let error = internal_rates_into(&far, 2, &mut out, &mut outcomes).unwrap_err();
    assert_eq!((error.kind(), error.row()), (ErrorKind::Overflow, Some(0)));
    let error = internal_rates_into(&flows, 3, &mut out, &mut outcomes[..1]).unwrap_err();
    assert_eq!(error.argument(), "outcomes");
}
