use std::fmt;

use serde::{Deserialize, Serialize};

/// A value that says something of a person. It is never shown by `Debug`, and has no `Display`: to show it one must
/// [`reveal`](Personal::reveal) it.
///
/// ```
/// use crm_core::idic::identify::Personal;
///
/// let name = Personal::new("王小明".to_owned());
/// assert_eq!(format!("{name:?}"), "<personal>");
/// assert_eq!(name.reveal(), "王小明");
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Personal<T>(T);

impl<T> Personal<T> {
    /// Hides a value.
    pub const fn new(value: T) -> Self {
        Personal(value)
    }

    /// The value.
    pub const fn reveal(&self) -> &T {
        &self.0
    }

    /// The value, to be changed.
    pub(crate) const fn reveal_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<personal>")
    }
}
