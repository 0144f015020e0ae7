use super::*;

fn log(amounts: Amounts, times: Times) -> Log {
    Log {
        customers: Customers::Integers(vec![1, 2, 3]),
        times,
        amounts,
        costs: None,
    }
}

fn floats(values: [f64; 3]) -> Log {
    log(
        Amounts::Floats(values.to_vec()),
        Times::Dates(vec![0, 1, 2]),
    )
}

fn refusal(log: &Log, chunks: &[usize]) -> (ErrorKind, String, Option<usize>) {
    let error = log.ledger(chunks).unwrap_err();
    (error.kind(), error.argument().to_owned(), error.row())
}

#[test]
fn amounts_that_are_not_finite() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let found = refusal(&floats([1.0, value, f64::NAN]), &[]);
        assert_eq!(found, (ErrorKind::NotFinite, "amount".into(), Some(1)));
        let mut log = floats([1.0, 1.0, 1.0]);
        log.costs = Some(Amounts::Floats(vec![0.0, 0.0, value]));
        let found = refusal(&log, &[1]);
        assert_eq!(found, (ErrorKind::NotFinite, "cost".into(), Some(2)));
    }
}

#[test]
fn columns_that_are_short() {
    let mut short = floats([1.0; 3]);
    short.amounts = Amounts::Floats(vec![1.0, 2.0]);
    let length = ErrorKind::LengthMismatch;
    assert_eq!(refusal(&short, &[]), (length, "amount".into(), None));
    let short = log(Amounts::Floats(vec![1.0; 3]), Times::Dates(vec![0]));
    assert_eq!(refusal(&short, &[]), (length, "time".into(), None));
    let mut short = floats([1.0; 3]);
    short.costs = Some(Amounts::Floats(vec![1.0; 2]));
    assert_eq!(refusal(&short, &[]), (length, "cost".into(), None));
}

#[test]
fn absurd_times() {
    let amounts = Amounts::Floats(vec![1.0; 3]);
    let out = (ErrorKind::OutOfRange, "time".to_owned(), Some(2));
    for day in [i32::MIN, -719_163, 2_932_897, i32::MAX] {
        let times = Times::Dates(vec![-719_162, 2_932_896, day]);
        assert_eq!(refusal(&log(amounts.clone(), times), &[1, 1]), out);
    }
    for unit in [
        TimeUnit::Second,
        TimeUnit::Millisecond,
        TimeUnit::Microsecond,
        TimeUnit::Nanosecond,
    ] {
        let times = Times::Timestamps(vec![0, 1, i64::MIN], unit, TimeZone::Utc);
        assert_eq!(refusal(&log(amounts.clone(), times), &[]), out);
    }
    let first_second_of_10000 = 253_402_300_800;
    let times = |last| Times::Timestamps(vec![0, 1, last], TimeUnit::Second, TimeZone::Naive);
    let last = log(amounts.clone(), times(first_second_of_10000));
    assert_eq!(refusal(&last, &[]), out);
    let last = log(amounts, times(first_second_of_10000 - 1));
    assert_eq!(
        last.ledger(&[]).unwrap().totals().unwrap().last[2],
        Date::MAX
    );
}

#[test]
fn chunks_that_do_not_fit() {
    let naive = |zone| {
        let times = Times::Timestamps(vec![0, 1, 2], TimeUnit::Second, zone);
        log(Amounts::Floats(vec![1.0; 3]), times)
    };
    let dates = floats([1.0; 3]);
    let cents = log(Amounts::Cents(vec![1; 3]), Times::Dates(vec![0; 3]));
    let mut texts = dates.clone();
    texts.customers = Customers::Texts(vec!["1".into(), "2".into(), "3".into()]);
    let mut costs = dates.clone();
    costs.costs = Some(Amounts::Floats(vec![0.0; 3]));
    let wrong = ErrorKind::WrongType;
    for (first, second, kind, argument) in [
        (
            naive(TimeZone::Naive),
            naive(TimeZone::Utc),
            ErrorKind::MixedTimeZones,
            "time",
        ),
        (dates.clone(), naive(TimeZone::Naive), wrong, "time"),
        (dates.clone(), cents.clone(), wrong, "amount"),
        (dates.clone(), texts, wrong, "customer"),
        (dates.clone(), costs.clone(), wrong, "cost"),
    ] {
        let mut builder = LedgerBuilder::new();
        first.push(&mut builder, 0, 3).unwrap();
        let error = second.push(&mut builder, 0, 3).unwrap_err();
        assert_eq!((error.kind(), error.argument()), (kind, argument));
        assert_eq!(builder.rows(), 3, "a refused chunk changes nothing");
        assert_eq!(builder.finish().unwrap().rows(), 3);
    }
    costs.costs = Some(Amounts::Cents(vec![0; 3]));
    assert_eq!(refusal(&costs, &[]), (wrong, "cost".into(), None));
}

#[test]
fn a_refused_chunk_is_not_half_taken() {
    let mut builder = LedgerBuilder::new();
    floats([1.0, 2.0, 3.0]).push(&mut builder, 0, 3).unwrap();
    floats([4.0, 5.0, f64::NAN])
        .push(&mut builder, 0, 3)
        .unwrap_err();
    let totals = builder.finish().unwrap().totals().unwrap();
    assert_eq!(totals.revenue, [1.0, 2.0, 3.0]);
}

#[test]
fn dictionaries() {
    let push = |codes: &[u32], texts: &Vec<&str>, builder: &mut LedgerBuilder| {
        builder.push(&Chunk {
            customers: CustomerColumn::Dictionary { codes, texts },
            times: TimeColumn::Dates(&vec![0; codes.len()]),
            amounts: AmountColumn::Floats(&vec![1.0; codes.len()]),
            costs: None,
        })
    };
    let mut builder = LedgerBuilder::new();
    push(&[1, 0, 1], &vec!["ann", "bob"], &mut builder).unwrap();
    push(&[2, 0, 1], &vec!["ann", "cat", "ann"], &mut builder).unwrap();
    let out = push(&[0, 2], &vec!["ann", "bob"], &mut builder).unwrap_err();
    assert_eq!(
        (out.kind(), out.row()),
        (ErrorKind::OutOfRange, Some(7)),
        "{out}"
    );
    let empty = push(&[0], &vec![""], &mut builder).unwrap_err();
    assert_eq!((empty.kind(), empty.row()), (ErrorKind::Missing, Some(6)));
    let ledger = builder.finish().unwrap();
    let ids: Vec<_> = (0..3).map(|c| ledger.id(c).unwrap()).collect();
    assert_eq!(
        ids,
        [
            CustomerId::Text("bob"),
            CustomerId::Text("ann"),
            CustomerId::Text("cat")
        ]
    );
    assert_eq!(ledger.totals().unwrap().orders, [2, 3, 1]);
}

#[test]
fn sums_that_no_float_holds() {
    let log = Log {
        customers: Customers::Integers(vec![5, 6, 6, 6]),
        times: Times::Dates(vec![0, 0, 1, 2]),
        amounts: Amounts::Floats(vec![1.0, f64::MAX, f64::MAX, f64::MAX]),
        costs: None,
    };
    let ledger = log.ledger(&[]).unwrap();
    let options = SummaryOptions {
        include_first: true,
        ..SummaryOptions::default()
    };
    for error in [
        ledger.summary(&options).unwrap_err(),
        ledger.totals().unwrap_err(),
        ledger.period_series(&SeriesOptions::default()).unwrap_err(),
    ] {
        assert_eq!((error.kind(), error.row()), (ErrorKind::Overflow, Some(1)));
    }
    for (value, kind) in [
        (f64::NAN, ErrorKind::NotFinite),
        (-1.0, ErrorKind::OutOfRange),
    ] {
        let options = SummaryOptions {
            periods_per_unit: value,
            ..SummaryOptions::default()
        };
        assert_eq!(ledger.summary(&options).unwrap_err().kind(), kind);
    }
}

#[test]
fn numbers_that_no_customer_has() {
    let ledger = floats([1.0; 3]).ledger(&[]).unwrap();
    assert_eq!((ledger.id(3), ledger.first_row(3)), (None, None));
    assert_eq!(ledger.transactions(3).count(), 0);
    assert_eq!(ledger.find(CustomerId::Integer(4)), None);
    assert_eq!(ledger.find(CustomerId::Text("1")), None);
    assert_eq!(ledger.find(CustomerId::Integer(3)), Some(2));
}

#[test]
fn times_that_no_float_holds() {
    let ledger = floats([1.0; 3]).ledger(&[]).unwrap();
    let options = SummaryOptions {
        periods_per_unit: 1e-320,
        ..SummaryOptions::default()
    };
    let error = ledger.summary(&options).unwrap_err();
    assert_eq!(
        (error.kind(), error.argument(), error.row()),
        (ErrorKind::Overflow, "periods_per_unit", None)
    );
}
