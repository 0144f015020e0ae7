use super::by_characters;

/// How far the words of two texts are the same, in any order and however often: with t the words in common, joined in
/// alphabetical order, and t + a, t + b these followed by the words that only one text has, the largest of
/// r(t, t + a), r(t, t + b) and r(t + a, t + b), where r(x, y) = 2·LCS(x, y) / (|x| + |y|) over characters.
///
/// It is 1 if all words of one text are in the other; 0 if a text has no words, unless both have none. Source: the token set
/// ratio of Cohen's FuzzyWuzzy 2011, as RapidFuzz computes it (over 100).
///
/// ```
/// use crm_core::idic::identify::distance::token_set;
///
/// assert_eq!(token_set("station road 5", "5 station road flat b"), 1.0);
/// ```
#[must_use]
pub fn token_set(a: &str, b: &str) -> f64 {
    let (a, b) = (words(a), words(b));
    if a.is_empty() || b.is_empty() {
        return if a.len() == b.len() { 1.0 } else { 0.0 };
    }
    let (common, only_a): (Vec<&str>, Vec<&str>) = a.iter().partition(|w| b.contains(w));
    let only_b: Vec<&str> = b.iter().copied().filter(|w| !a.contains(w)).collect();
    if !common.is_empty() && (only_a.is_empty() || only_b.is_empty()) {
        return 1.0;
    }
    let common = common.join(" ");
    let with = |rest: &[&str]| match common.as_str() {
        "" => rest.join(" "),
        common => format!("{common} {}", rest.join(" ")),
    };
    let (a, b) = (with(&only_a), with(&only_b));
    let whole = ratio(&a, &b);
    if common.is_empty() {
        return whole;
    }
    whole.max(ratio(&common, &a)).max(ratio(&common, &b))
}

/// The different words in alphabetical order.
fn words(text: &str) -> Vec<&str> {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    words.sort_unstable();
    words.dedup();
    words
}

fn ratio(a: &str, b: &str) -> f64 {
    by_characters(a, b, ratio_of, ratio_of)
}

fn ratio_of<T: PartialEq>(a: &[T], b: &[T]) -> f64 {
    2.0 * longest_common_subsequence(a, b) as f64 / (a.len() + b.len()) as f64
}

fn longest_common_subsequence<T: PartialEq>(a: &[T], b: &[T]) -> usize {
    let mut lengths = vec![0; b.len()];
    for of_a in a {
        let (mut diagonal, mut left) = (0, 0);
        for (length, of_b) in lengths.iter_mut().zip(b) {
            let longest = match of_a == of_b {
                true => diagonal + 1,
                false => left.max(*length),
            };
            diagonal = std::mem::replace(length, longest);
            left = longest;
        }
    }
    lengths.last().copied().unwrap_or_default()
}
