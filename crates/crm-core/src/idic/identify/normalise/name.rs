use pinyin::ToPinyin;

use super::fold::{is_han, text, words};

/// The words of a name without titles; Chinese names are one word.
///
/// ```
/// use crm_core::idic::identify::normalise::name;
///
/// assert_eq!(name("Dr. José  MÜLLER-Lüdenscheidt"), "jose muller ludenscheidt");
/// assert_eq!(name("王 小明 先生"), "王小明");
/// ```
#[must_use]
pub fn name(given: &str) -> String {
    if given.bytes().all(|b| b.is_ascii_lowercase()) {
        return text(given);
    }
    let mut words = words(given);
    if words.len() > 1 {
        let named: Vec<String> = words
            .iter()
            .filter(|w| !TITLES.contains(&w.as_str()))
            .cloned()
            .collect();
        if !named.is_empty() {
            words = named;
        }
    }
    if words.iter().any(|word| word.contains(is_han)) {
        let mut name = words.concat();
        if let Some(end) = HAN_TITLES
            .iter()
            .find_map(|t| name.strip_suffix(t).filter(|n| !n.is_empty()))
        {
            name.truncate(end.len());
        }
        return name;
    }
    words.join(" ")
}

/// A name in Latin letters without spaces: Chinese characters in pinyin without tones (the reading that is most frequent), all
/// else as it is.
///
/// ```
/// use crm_core::idic::identify::normalise::romanised;
///
/// assert_eq!(romanised("王小明"), "wangxiaoming");
/// assert_eq!(romanised("wang xiaoming"), "wangxiaoming");
/// ```
#[must_use]
pub fn romanised(name: &str) -> String {
    let mut latin = String::with_capacity(name.len());
    for character in name.chars().filter(|c| !c.is_whitespace()) {
        match character.to_pinyin() {
            Some(reading) => latin.push_str(reading.plain()),
            None => latin.push(character),
        }
    }
    latin
}

/// Whether a name holds Chinese characters.
pub(crate) fn has_han(name: &str) -> bool {
    !name.is_ascii() && name.contains(is_han)
}

const TITLES: [&str; 12] = [
    "mr", "mrs", "ms", "miss", "dr", "prof", "sir", "madam", "herr", "frau", "jr", "sr",
];
const HAN_TITLES: [&str; 5] = ["先生", "女士", "小姐", "老师", "太太"];
