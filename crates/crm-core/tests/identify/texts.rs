//! Distances and normal forms of texts.

use crm_core::idic::identify::distance::{
    damerau_levenshtein, jaro, jaro_winkler, levenshtein, osa, token_set,
};
use crm_core::idic::identify::normalise::{CallingCode, address, email, name, number, phone};
use proptest::prelude::*;

#[test]
fn published_similarities() {
    // Winkler 1990, table 1.
    for (a, b, expected) in [
        ("MARTHA", "MARHTA", 0.961),
        ("DWAYNE", "DUANE", 0.84),
        ("DIXON", "DICKSONX", 0.813),
        ("JONES", "JOHNSON", 0.832),
    ] {
        assert!(
            (jaro_winkler(a, b) - expected).abs() <= 5e-4,
            "{a} {b} {}",
            jaro_winkler(a, b)
        );
    }
    // The bonus is given above 0.7 only.
    assert_eq!(
        jaro_winkler("abcdefgh", "abxyzuvw"),
        jaro("abcdefgh", "abxyzuvw")
    );
    assert_eq!(
        (
            osa("ca", "abc"),
            damerau_levenshtein("ca", "abc"),
            levenshtein("ca", "abc")
        ),
        (3, 2, 3)
    );
    assert_eq!(levenshtein("王小明", "王晓明"), 1);
}

/// By recursion over all edits, as the definition says.
fn osa_by_definition(a: &[char], b: &[char]) -> usize {
    match (a, b) {
        ([], rest) | (rest, []) => rest.len(),
        ([a0, a_rest @ ..], [b0, b_rest @ ..]) => {
            let mut least = (osa_by_definition(a_rest, b) + 1)
                .min(osa_by_definition(a, b_rest) + 1)
                .min(osa_by_definition(a_rest, b_rest) + usize::from(a0 != b0));
            if let ([a1, a_rest @ ..], [b1, b_rest @ ..]) = (a_rest, b_rest)
                && a0 == b1
                && a1 == b0
            {
                least = least.min(osa_by_definition(a_rest, b_rest) + 1);
            }
            least
        }
    }
}

proptest! {
    #[test]
    fn distances_are_what_they_say(a in "[ab明]{0,6}", b in "[ab明]{0,6}", c in "[ab明]{0,6}") {
        let characters = |text: &str| text.chars().collect::<Vec<char>>();
        prop_assert_eq!(osa(&a, &b), osa_by_definition(&characters(&a), &characters(&b)));
        for distance in [levenshtein, osa, damerau_levenshtein] {
            prop_assert_eq!(distance(&a, &b), distance(&b, &a));
            prop_assert_eq!(distance(&a, &b) == 0, a == b);
        }
        prop_assert!(damerau_levenshtein(&a, &b) <= osa(&a, &b) && osa(&a, &b) <= levenshtein(&a, &b));
        prop_assert!(damerau_levenshtein(&a, &c) <= damerau_levenshtein(&a, &b) + damerau_levenshtein(&b, &c));
        for similarity in [jaro, jaro_winkler, token_set] {
            let found = similarity(&a, &b);
            prop_assert!((0.0..=1.0).contains(&found));
            prop_assert_eq!(similarity(&a, &a), 1.0);
        }
        prop_assert!(jaro_winkler(&a, &b) >= jaro(&a, &b));
    }

    #[test]
    fn what_is_normal_stays(text in "\\PC{0,20}") {
        for normalise in [name as fn(&str) -> String, address] {
            let normal = normalise(&text);
            prop_assert_eq!(normalise(&normal), normal);
        }
        if let Ok(number) = phone(&text, CallingCode::CHINA) {
            prop_assert_eq!(phone(&number, CallingCode::CHINA).unwrap(), number);
        }
        if let Ok(address) = email(&text) {
            prop_assert_eq!(email(&address).unwrap(), address);
        }
    }
}

#[test]
fn numbers_as_people_write_them() {
    for text in [
        "",
        "x",
        "1,5",
        "1,2345",
        "12,34",
        "1234,567",
        "1.2.3",
        ".5",
        "5.",
        "--1",
        "1e3",
        "9".repeat(40).as_str(),
    ] {
        let error = number(text).unwrap_err();
        assert_eq!(
            (error.argument(), error.value()),
            ("number", None),
            "{text}"
        );
    }
    assert_eq!(number("-0.50").unwrap().to_string(), "-0.5");
    assert_eq!(number("1,000,000").unwrap().to_string(), "1000000");
}
