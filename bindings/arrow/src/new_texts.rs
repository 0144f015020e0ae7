//! Columns of texts that go out, in the form in which Arrow has them.

use std::ffi::c_void;
use std::fmt;
use std::ptr;

use rayon::prelude::*;

/// Texts one after another in one piece of memory, which is also that of a column.
///
/// A text may be pushed as a whole, or written in pieces and then ended:
///
/// ```
/// use std::fmt::Write as _;
///
/// use crm_core_arrow::NewTexts;
///
/// let mut texts = NewTexts::default();
/// texts.push("new");
/// write!(texts, "{} of {}", 2, 3)?;
/// texts.end();
/// assert_eq!(texts.iter().collect::<Vec<_>>(), ["new", "2 of 3"]);
/// # Ok::<(), std::fmt::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTexts {
    /// Text `i` is `data[offsets[i]..offsets[i + 1]]`; of what is being written, the end is not there yet.
    offsets: Vec<i64>,
    /// UTF-8.
    data: Vec<u8>,
}

impl Default for NewTexts {
    fn default() -> Self {
        NewTexts {
            offsets: vec![0],
            data: Vec::new(),
        }
    }
}

impl NewTexts {
    /// Adds a text, or ends the one that is being written with it.
    pub fn push(&mut self, text: &str) {
        self.write(text);
        self.end();
    }

    /// Adds to the text that is being written.
    pub fn write(&mut self, part: &str) {
        self.data.extend_from_slice(part.as_bytes());
    }

    /// Ends the text that is being written, which is empty if nothing was.
    pub fn end(&mut self) {
        self.offsets.push(place(self.data.len()));
    }

    /// How many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Text `row`; `None` from [`len`](Self::len) on.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&str> {
        let (start, end) = (*self.offsets.get(row)?, *self.offsets.get(row + 1)?);
        let bytes = usize::try_from(start).ok()?..usize::try_from(end).ok()?;
        std::str::from_utf8(self.data.get(bytes)?).ok()
    }

    /// The texts in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|row| self.get(row))
    }

    /// The texts of all parts, in their order.
    #[must_use]
    pub fn concat(parts: &[NewTexts]) -> NewTexts {
        let texts: usize = parts.iter().map(NewTexts::len).sum();
        let bytes = parts.iter().map(|part| part.data.len()).sum();
        let (mut offsets, mut data) = (vec![0; texts + 1], vec![0; bytes]);
        let mut places = Vec::with_capacity(parts.len());
        let (mut own_offsets, mut own_data) =
            (offsets.get_mut(1..).unwrap_or_default(), &mut *data);
        let mut first = 0;
        for part in parts {
            let (ends, other_offsets) = own_offsets.split_at_mut(part.len());
            let (bytes, other_data) = own_data.split_at_mut(part.data.len());
            places.push((part, place(first), ends, bytes));
            (own_offsets, own_data) = (other_offsets, other_data);
            first += part.data.len();
        }
        places
            .into_par_iter()
            .for_each(|(part, first, ends, bytes)| {
                bytes.copy_from_slice(&part.data);
                for (end, own) in ends.iter_mut().zip(part.offsets.iter().skip(1)) {
                    *end = first + own;
                }
            });
        NewTexts { offsets, data }
    }

    pub(crate) fn pointers(&self) -> [*const c_void; 3] {
        [
            ptr::null(),
            self.offsets.as_ptr().cast(),
            self.data.as_ptr().cast(),
        ]
    }
}

impl fmt::Write for NewTexts {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        self.write(part);
        Ok(())
    }
}

impl<S: AsRef<str>> FromIterator<S> for NewTexts {
    fn from_iter<I: IntoIterator<Item = S>>(texts: I) -> Self {
        let mut all = NewTexts::default();
        texts.into_iter().for_each(|text| all.push(text.as_ref()));
        all
    }
}

/// No vector is longer than this can say.
fn place(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
