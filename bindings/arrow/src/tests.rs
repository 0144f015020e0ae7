//! What goes out comes in again; what is malformed is refused.

#![expect(
    clippy::cast_possible_wrap,
    clippy::undocumented_unsafe_blocks,
    reason = "tests"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{ffi, ptr};

use crate::abi::{ArrowArray, ArrowArrayStream, ArrowSchema};
use crate::{Array, DataType, NewColumn, NewTable, NewTexts, NewValues, Table};
use crm_core::ErrorKind;
use crm_core::ledger::TextColumn;

fn table() -> NewTable {
    NewTable::new(vec![
        NewColumn::new("float", NewValues::Floats(vec![1.5, f64::NAN, -2.0])),
        NewColumn::new("integer", NewValues::Integers(vec![i64::MIN, 0, i64::MAX])),
        NewColumn::counts("count", [0, 1, u32::MAX]).with_validity(&[true, false, true]),
        NewColumn::new("day", NewValues::Days(vec![-1, 0, 20_000])),
        NewColumn::new("flag", NewValues::Booleans(vec![true, false, true])),
        NewColumn::new("text", NewValues::Texts(["a", "", "顾客"].iter().collect())),
        NewColumn::new(
            "stage",
            NewValues::Categories(vec![1, 0, 1], vec!["new", "lost"]),
        ),
    ])
    .unwrap()
}

fn only<'a>(table: &'a Table, column: &str) -> Array<'a> {
    let mut chunks = table.column(column).unwrap().chunks();
    let chunk = chunks.next().unwrap();
    assert!(chunks.next().is_none());
    chunk
}

#[test]
fn a_new_table_is_read_back() {
    let read = Table::read(table().stream()).unwrap();
    assert_eq!(read.rows(), 3);
    let floats = only(&read, "float").floats().unwrap();
    assert_eq!((floats[0], floats[2]), (1.5, -2.0));
    assert!(floats[1].is_nan());
    assert_eq!(
        *only(&read, "integer").integers().unwrap(),
        [i64::MIN, 0, i64::MAX]
    );
    assert_eq!(*only(&read, "day").days().unwrap(), [-1, 0, 20_000]);
    let counts = only(&read, "count").floats().unwrap();
    assert_eq!((counts[0], counts[2]), (0.0, 4_294_967_295.0));
    assert!(counts[1].is_nan());
    assert_eq!(
        read.column("count").unwrap().first_missing().unwrap(),
        Some(1)
    );
    assert_eq!(read.column("float").unwrap().first_missing().unwrap(), None);
    let flags: Vec<bool> = only(&read, "flag").booleans().unwrap().iter().collect();
    assert_eq!(flags, [true, false, true]);
    let texts = only(&read, "text").texts().unwrap();
    assert_eq!(
        [texts.get(0), texts.get(1), texts.get(2)],
        ["a", "", "顾客"]
    );
    let (codes, names) = only(&read, "stage").dictionary().unwrap();
    assert_eq!(codes, [1, 0, 1]);
    assert_eq!([names.get(0), names.get(1)], ["new", "lost"]);
}

#[test]
fn columns_of_numbers_are_taken_without_a_copy() {
    let floats = vec![1.0, 2.0, 3.0];
    let memory = floats.as_ptr();
    let new = |name, values| NewColumn::new(name, values);
    let columns = vec![
        new("x", NewValues::Floats(floats)),
        new("day", NewValues::Days(vec![1, 2, 3])),
        new("gap", NewValues::Integers(vec![1, 2, 3])).with_validity(&[true, false, true]),
        new("n", NewValues::Integers(vec![4, 5, 6])),
    ];
    let mut table = NewTable::new(columns).unwrap();
    let stream = table.stream();
    assert!(table.take("x").is_none(), "somebody may read it");
    drop(stream);
    match table.take("x") {
        Some(NewValues::Floats(values)) => assert_eq!((values.as_ptr(), values[2]), (memory, 3.0)),
        other => panic!("{other:?}"),
    }
    for name in ["x", "day", "gap", "none"] {
        assert!(table.take(name).is_none(), "{name}");
    }
    assert!(matches!(table.take("n"), Some(NewValues::Integers(values)) if values == [4, 5, 6]));
    assert_eq!(table.names().collect::<Vec<_>>(), ["day", "gap"]);
    let read = Table::read(table.stream()).unwrap();
    assert_eq!(read.names().collect::<Vec<_>>(), ["day", "gap"]);
    assert_eq!(read.rows(), 3);
}

#[test]
fn an_empty_table_is_read_back() {
    let empty = NewTable::new(vec![
        NewColumn::new("x", NewValues::Floats(Vec::new())),
        NewColumn::new("text", NewValues::Texts(NewTexts::default())),
        NewColumn::new("stage", NewValues::Categories(Vec::new(), Vec::new())),
    ])
    .unwrap();
    let read = Table::read(empty.stream()).unwrap();
    assert_eq!(read.rows(), 0);
    assert!(only(&read, "x").floats().unwrap().is_empty());
    assert!(only(&read, "text").texts().unwrap().is_empty());
    assert!(only(&read, "stage").dictionary().unwrap().0.is_empty());
    assert_eq!(
        Table::read(NewTable::new(Vec::new()).unwrap().stream())
            .unwrap()
            .rows(),
        0
    );
}

#[test]
fn columns_of_different_length_are_refused() {
    let error = NewTable::new(vec![
        NewColumn::new("x", NewValues::Floats(vec![1.0])),
        NewColumn::new("y", NewValues::Floats(vec![1.0, 2.0])),
    ])
    .unwrap_err();
    assert_eq!(
        (error.kind(), error.argument()),
        (ErrorKind::LengthMismatch, "y")
    );
}

#[test]
fn a_validity_of_another_length_is_refused() {
    for valid in [&[true][..], &[true; 3], &[]] {
        let column = NewColumn::new("x", NewValues::Floats(vec![1.0, 2.0])).with_validity(valid);
        let error = NewTable::new(vec![column]).unwrap_err();
        assert_eq!(
            (error.kind(), error.argument()),
            (ErrorKind::LengthMismatch, "x")
        );
    }
}

#[test]
fn a_category_without_a_name_is_refused() {
    let column = || NewColumn::new("x", NewValues::Categories(vec![0, 2], vec!["a", "b"]));
    let error = NewTable::new(vec![column()]).unwrap_err();
    assert_eq!(
        (error.kind(), error.row()),
        (ErrorKind::OutOfRange, Some(1))
    );
    assert_eq!(error.value(), Some("2"));
    let missing = column().with_validity(&[true, false]);
    assert!(NewTable::new(vec![missing]).is_ok());
}

#[test]
fn wrong_types_and_names_are_told() {
    let read = Table::read(table().stream()).unwrap();
    let error = only(&read, "text").floats().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WrongType);
    assert_eq!(
        error.to_string(),
        "text is of type largeutf8: must be a number"
    );
    let error = only(&read, "stage").ticks().unwrap_err();
    assert_eq!(
        error.to_string(),
        "stage is of type dictionary of largeutf8: must be a timestamp"
    );
    assert_eq!(
        read.column("Float").unwrap_err().kind(),
        ErrorKind::NotFound
    );
    let twice = NewTable::new(vec![
        NewColumn::new("x", NewValues::Floats(vec![1.0])),
        NewColumn::new("x", NewValues::Floats(vec![1.0])),
    ]);
    let twice = Table::read(twice.unwrap().stream()).unwrap();
    assert_eq!(twice.column("x").unwrap_err().kind(), ErrorKind::NotFound);
}

/// An array of floats or texts made by hand, which counts its releases.
struct Handmade {
    buffers: Vec<*const ffi::c_void>,
    released: Arc<AtomicUsize>,
}

unsafe extern "C" fn release(array: *mut ArrowArray) {
    let made = unsafe { Box::from_raw((*array).private_data.cast::<Handmade>()) };
    made.released.fetch_add(1, Ordering::Relaxed);
    unsafe { (*array).release = None };
}

fn handmade(
    length: i64,
    buffers: Vec<*const ffi::c_void>,
    released: &Arc<AtomicUsize>,
) -> ArrowArray {
    let mut made = Box::new(Handmade {
        buffers,
        released: Arc::clone(released),
    });
    ArrowArray {
        length,
        null_count: -1,
        n_buffers: made.buffers.len() as i64,
        buffers: made.buffers.as_mut_ptr(),
        release: Some(release),
        private_data: Box::into_raw(made).cast(),
        ..ArrowArray::empty()
    }
}

unsafe extern "C" fn release_nothing(schema: *mut ArrowSchema) {
    unsafe { (*schema).release = None };
}

fn schema(format: &'static ffi::CStr) -> ArrowSchema {
    ArrowSchema {
        format: format.as_ptr(),
        name: c"x".as_ptr(),
        release: Some(release_nothing),
        ..ArrowSchema::empty()
    }
}

#[test]
fn offsets_and_bitmaps_are_kept() {
    let values = [9.0, 1.0, 2.0, 3.0];
    let valid = [0b1011_u8];
    let released = Arc::new(AtomicUsize::new(0));
    let mut array = handmade(
        3,
        vec![valid.as_ptr().cast(), values.as_ptr().cast()],
        &released,
    );
    array.offset = 1;
    let table = Table::from_array(&schema(c"g"), array).unwrap();
    let floats = only(&table, "x").floats().unwrap();
    assert_eq!((floats[0], floats[2]), (1.0, 3.0));
    assert!(floats[1].is_nan());
    assert_eq!(only(&table, "x").first_missing().unwrap(), Some(1));
    assert_eq!(released.load(Ordering::Relaxed), 0);
    drop(table);
    assert_eq!(released.load(Ordering::Relaxed), 1);
}

#[test]
fn malformed_arrays_are_refused_and_released() {
    let values = [1.0_f64, 2.0];
    let data = values.as_ptr().cast::<ffi::c_void>();
    let unaligned = data.cast::<u8>().wrapping_add(1).cast::<ffi::c_void>();
    let null = ptr::null();
    let released = Arc::new(AtomicUsize::new(0));
    let cases = [
        (c"g", 2, vec![null]),
        (c"g", 2, vec![null, data, null]),
        (c"g", 2, vec![null, null]),
        (c"g", 2, vec![null, unaligned]),
        (c"g", -1, vec![null, data]),
        (c"g", i64::MAX, vec![null, data]),
        (c"u", 2, vec![null, data]),
        (c"vu", 2, vec![null, data]),
        (c"+s", 2, vec![null, data]),
    ];
    let count = cases.len();
    for (format, length, buffers) in cases {
        let array = handmade(length, buffers, &released);
        let error = Table::from_array(&schema(format), array)
            .and_then(|table| only(&table, "x").floats().map(drop))
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreadable, "{format:?}: {error}");
    }
    assert_eq!(released.load(Ordering::Relaxed), count);
}

#[test]
fn decimals_whose_bytes_no_number_counts_are_refused() {
    let value = 5_i128;
    let data = ptr::from_ref(&value).cast();
    let released = Arc::new(AtomicUsize::new(0));
    // Times 16 bytes, the first two wrap around to one value.
    for (length, offset) in [(1, 1 << 60), ((1 << 60) + 1, 0), (1, i64::MAX)] {
        let mut array = handmade(length, vec![ptr::null(), data], &released);
        array.null_count = 0;
        array.offset = offset;
        let table = Table::from_array(&schema(c"d:10,2"), array).unwrap();
        let error = only(&table, "x").minor_units().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreadable, "{length} {offset}");
    }
}

#[test]
fn a_length_without_a_buffer_is_not_trusted() {
    let released = Arc::new(AtomicUsize::new(0));
    for length in [1 << 50, i64::MAX] {
        let array = handmade(length, Vec::new(), &released);
        let table = Table::from_array(&schema(c"n"), array).unwrap();
        let chunk = only(&table, "x");
        let errors = [
            chunk.floats().unwrap_err(),
            chunk.integers().unwrap_err(),
            chunk.days().unwrap_err(),
            table.column("x").unwrap().floats().unwrap_err(),
        ];
        assert!(errors.iter().all(|e| e.kind() == ErrorKind::Overflow));
    }
}

#[test]
fn texts_outside_of_their_buffer_are_refused() {
    let released = Arc::new(AtomicUsize::new(0));
    let data = [b'a', 0xFF, b'c'];
    for (offsets, row) in [
        ([0, 3, 1], 0),
        ([0, -1, 1], 0),
        ([2, 1, 3], 0),
        ([0, 2, 3], 0),
    ] {
        let offsets: [i32; 3] = offsets;
        let buffers = vec![ptr::null(), offsets.as_ptr().cast(), data.as_ptr().cast()];
        let table = Table::from_array(&schema(c"u"), handmade(2, buffers, &released)).unwrap();
        let error = only(&table, "x").texts().unwrap_err();
        assert_eq!(
            (error.kind(), error.row()),
            (ErrorKind::Unreadable, Some(row)),
            "{offsets:?}"
        );
    }
    let bad_view: [u8; 16] = {
        let mut view = [0; 16];
        view[0] = 13;
        view
    };
    let sizes = [0_i64; 0];
    let buffers = vec![ptr::null(), bad_view.as_ptr().cast(), sizes.as_ptr().cast()];
    let table = Table::from_array(&schema(c"vu"), handmade(1, buffers, &released)).unwrap();
    assert_eq!(
        only(&table, "x").texts().unwrap_err().kind(),
        ErrorKind::Unreadable
    );
}

#[test]
fn released_and_failing_streams_are_refused() {
    let error = Table::read(ArrowArrayStream::empty()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);

    unsafe extern "C" fn fail(_: *mut ArrowArrayStream, _: *mut ArrowSchema) -> i32 {
        5
    }
    unsafe extern "C" fn next(_: *mut ArrowArrayStream, _: *mut ArrowArray) -> i32 {
        5
    }
    unsafe extern "C" fn message(_: *mut ArrowArrayStream) -> *const ffi::c_char {
        c"the disk is gone".as_ptr()
    }
    let failing = ArrowArrayStream {
        get_schema: Some(fail),
        get_next: Some(next),
        get_last_error: Some(message),
        ..ArrowArrayStream::empty()
    };
    let error = Table::read(failing).unwrap_err();
    assert_eq!(
        error.to_string(),
        "table: could not be read: the disk is gone"
    );
}

#[test]
fn types_are_read_from_their_formats() {
    let released = Arc::new(AtomicUsize::new(0));
    for (format, name) in [
        (c"d:10,2", "decimal(10, 2)"),
        (c"d:9,2,32", "decimal(9, 2)"),
        (c"tsu:", "timestamp(us)"),
        (c"tsn:UTC", "timestamp(ns, UTC)"),
        (c"tss:Europe/Paris", "timestamp(s, Europe/Paris)"),
        (c"tdm", "date64"),
        (c"+l", "list"),
        (c"d:10", "Arrow \"d:10\""),
    ] {
        let array = handmade(0, vec![ptr::null(), ptr::null()], &released);
        let table = Table::from_array(&schema(format), array).unwrap();
        assert_eq!(table.column("x").unwrap().data_type.to_string(), name);
    }
    let array = handmade(2, Vec::new(), &released);
    let table = Table::from_array(&schema(c"n"), array).unwrap();
    assert_eq!(*table.column("x").unwrap().data_type, DataType::Null);
    assert_eq!(only(&table, "x").first_missing().unwrap(), Some(0));
    assert!(
        only(&table, "x")
            .floats()
            .unwrap()
            .iter()
            .all(|v| v.is_nan())
    );
}

#[test]
fn parts_of_texts_are_one_after_another() {
    let parts: Vec<NewTexts> = [&["a", ""][..], &[], &["顾客", "b"]]
        .iter()
        .map(|texts| texts.iter().collect())
        .collect();
    let all = NewTexts::concat(&parts);
    assert_eq!(all.iter().collect::<Vec<_>>(), ["a", "", "顾客", "b"]);
    assert_eq!(all, ["a", "", "顾客", "b"].iter().collect());
    assert_eq!((all.len(), all.get(4)), (4, None));
    assert_eq!(NewTexts::concat(&[]), NewTexts::default());
}

#[test]
fn what_is_nan_is_missing_in_a_column_of_known_floats() {
    let rows = 2 * crate::ROWS_PER_PART + 3;
    let value = |row: usize| if row % 3 == 1 { f64::NAN } else { row as f64 };
    let fill = |first: usize, part: &mut [f64]| {
        for (own, row) in part.iter_mut().zip(first..) {
            *own = value(row);
        }
    };
    let column = NewColumn::known_floats("value", crate::in_parts(rows, fill));
    let table = NewTable::new(vec![column]).unwrap();
    let read = Table::read(table.stream()).unwrap();
    let chunk = only(&read, "value");
    let valid: Vec<bool> = chunk.validity().unwrap().unwrap().iter().collect();
    assert!((0..rows).all(|row| valid[row] == (row % 3 != 1)));
    let floats = read.column("value").unwrap().floats().unwrap();
    assert!((0..rows).all(|row| floats[row].to_bits() == value(row).to_bits()));
}
