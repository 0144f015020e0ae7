/// The words of a text in small letters, with one space between them; apostrophes are left out, other signs part words.
///
/// ```
/// use crm_core::idic::identify::normalise::text;
///
/// assert_eq!(text("  Ｏ’Brien’s  CAFÉ—Zürich "), "obriens cafe zurich");
/// ```
#[must_use]
pub fn text(text: &str) -> String {
    if text.bytes().all(|b| b.is_ascii_lowercase()) {
        return text.to_owned();
    }
    words(text).join(" ")
}

/// Letters and digits of an identifier, in capitals.
///
/// ```
/// use crm_core::idic::identify::normalise::code;
///
/// assert_eq!(code(" ab-12/３ "), "AB123");
/// ```
#[must_use]
pub fn code(text: &str) -> String {
    let letters = text.chars().map(half_width).filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_uppercase).collect()
}

/// The words of a text, folded.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for character in text.chars().map(half_width) {
        if character.is_alphanumeric() {
            fold_into(character, &mut word);
        } else if !is_apostrophe(character) && !is_combining(character) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The half-width form of a full-width sign.
pub(super) fn half_width(character: char) -> char {
    match character {
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character)
        }
        '\u{3000}' => ' ',
        _ => character,
    }
}

/// A Chinese character.
pub(super) fn is_han(character: char) -> bool {
    matches!(character,
        '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '’' | '‘' | '`' | '´' | 'ʼ')
}

/// An accent that is a code point of its own.
fn is_combining(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}')
}

fn fold_into(character: char, word: &mut String) {
    for small in character.to_lowercase().filter(|&c| !is_combining(c)) {
        match small {
            'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' => word.push('a'),
            'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => word.push('c'),
            'ď' | 'đ' | 'ð' => word.push('d'),
            'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => word.push('e'),
            'ĝ' | 'ğ' | 'ġ' | 'ģ' => word.push('g'),
            'ĥ' | 'ħ' => word.push('h'),
            'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' | 'ǐ' => word.push('i'),
            'ĵ' => word.push('j'),
            'ķ' => word.push('k'),
            'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => word.push('l'),
            'ñ' | 'ń' | 'ņ' | 'ň' => word.push('n'),
            'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' | 'ǒ' => word.push('o'),
            'ŕ' | 'ŗ' | 'ř' => word.push('r'),
            'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => word.push('s'),
            'ţ' | 'ť' | 'ŧ' | 'ț' => word.push('t'),
            'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ǔ' | 'ǘ' | 'ǚ' | 'ǜ' => {
                word.push('u');
            }
            'ŵ' => word.push('w'),
            'ý' | 'ÿ' | 'ŷ' => word.push('y'),
            'ź' | 'ż' | 'ž' => word.push('z'),
            'ß' => word.push_str("ss"),
            'æ' => word.push_str("ae"),
            'œ' => word.push_str("oe"),
            'þ' => word.push_str("th"),
            _ => word.push(small),
        }
    }
}
