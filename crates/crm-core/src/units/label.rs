use serde::{Deserialize, Serialize};

/// The language of a label on a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum Language {
    /// English.
    #[default]
    En = 0,
    /// Chinese, simplified.
    Zh = 1,
}

/// What a member of a category is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The serialised form: English `snake_case`, never translated.
    pub name: &'static str,
    /// The English term.
    pub en: &'static str,
    /// The Chinese term.
    pub zh: &'static str,
}

/// A category whose members have a term in each language.
///
/// Members are numbered in the order of `ALL`, from 0: that number is the enum value in C and the
/// code in a column of categories.
pub trait Label: Copy + 'static {
    /// Every member, in the order of their numbers.
    const ALL: &'static [Self];

    /// The names of this member.
    fn terms(self) -> Terms;

    /// The serialised `snake_case` name.
    fn name(self) -> &'static str {
        self.terms().name
    }

    /// The field's term in `language`.
    fn label(self, language: Language) -> &'static str {
        match language {
            Language::En => self.terms().en,
            Language::Zh => self.terms().zh,
        }
    }
}

impl Label for Language {
    const ALL: &'static [Self] = &[Language::En, Language::Zh];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Language::En => ("en", "English", "英文"),
            Language::Zh => ("zh", "Chinese", "中文"),
        };
        Terms { name, en, zh }
    }
}
