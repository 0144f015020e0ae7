//! Numbers and messages of failures.

use std::fs;

use crm_core::ErrorKind;

use crate::status::crm_status;

#[test]
fn every_kind_has_its_number() {
    for kind in ErrorKind::ALL {
        assert_eq!(crm_status::from(kind) as i32, kind.code(), "{kind:?}");
    }
}

/// `CRM_STATUS_<NAME> = <number>` of the shipped header, both ways.
#[test]
fn the_header_has_the_numbers_of_the_core() {
    let header = concat!(env!("CARGO_MANIFEST_DIR"), "/../../include/crm_core.h");
    let header = fs::read_to_string(header).unwrap();
    let mut shipped: Vec<(String, i32)> = header
        .lines()
        .filter_map(|line| line.trim().strip_prefix("CRM_STATUS_")?.split_once(" = "))
        .map(|(name, number)| {
            let name = name.to_lowercase();
            (name, number.trim_end_matches(',').parse().unwrap())
        })
        .collect();
    let mut expected: Vec<(String, i32)> = ErrorKind::ALL
        .iter()
        .map(|kind| (snake(&format!("{kind:?}")), kind.code()))
        .collect();
    expected.extend(
        [
            ("ok", 0),
            ("null_pointer", 100),
            ("panic", 101),
            ("misaligned_pointer", 102),
            ("stopped", 103),
        ]
        .map(|(name, number)| (name.to_owned(), number)),
    );
    shipped.sort();
    expected.sort();
    assert_eq!(shipped, expected);
}

fn snake(camel: &str) -> String {
    let mut snake = String::new();
    for letter in camel.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}
