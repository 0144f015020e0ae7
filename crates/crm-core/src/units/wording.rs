use serde::{Deserialize, Serialize};

use super::Language;

/// A text for people in each language; empty where there is none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wording {
    /// English.
    pub en: String,
    /// Chinese, simplified.
    pub zh: String,
}

impl Wording {
    /// The text in each language.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Wording {
            en: en.into(),
            zh: zh.into(),
        }
    }

    /// The text in `language`, or, where that is empty, in the other one; empty if both are.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        let (first, second) = match language {
            Language::En => (&self.en, &self.zh),
            Language::Zh => (&self.zh, &self.en),
        };
        if first.is_empty() { second } else { first }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.en.is_empty() && self.zh.is_empty()
    }

    /// The text in `language`, or this name if there is none.
    pub(crate) fn or<'a>(&'a self, language: Language, name: &'a str) -> &'a str {
        match self.in_language(language) {
            "" => name,
            text => text,
        }
    }
}
