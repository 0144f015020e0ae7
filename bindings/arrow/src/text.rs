//! Columns of texts in each of their layouts.

use crm_core::Result;
use crm_core::ledger::TextColumn;

use crate::bitmap::Bitmap;
use crate::malformed;

/// The texts of one chunk, checked to be UTF-8 within their buffers; missing ones are empty.
#[derive(Debug, Clone)]
pub struct Texts<'a> {
    layout: Layout<'a>,
    valid: Option<Bitmap<'a>>,
    len: usize,
}

#[derive(Debug, Clone)]
enum Layout<'a> {
    /// Text `i` is `data[offsets[i]..offsets[i + 1]]`.
    Offsets { offsets: &'a [i32], data: &'a [u8] },
    /// The same with long offsets.
    LongOffsets { offsets: &'a [i64], data: &'a [u8] },
    /// Text `i` is in its view, or where its view says.
    Views {
        views: &'a [View],
        buffers: Vec<&'a [u8]>,
    },
    /// No text: a dictionary without entries.
    None,
}

/// Length, then 12 bytes of text, or 4 bytes of text, number of a buffer and place in it.
pub(crate) type View = [u8; 16];

impl<'a> Texts<'a> {
    pub(crate) fn none() -> Self {
        Texts {
            layout: Layout::None,
            valid: None,
            len: 0,
        }
    }

    /// `offsets` holds one more than there are texts; `data` begins where offset 0 is.
    pub(crate) fn short(
        column: &str,
        offsets: &'a [i32],
        data: &'a [u8],
        valid: Option<Bitmap<'a>>,
    ) -> Result<Self> {
        let len = offsets.len().saturating_sub(1);
        Texts {
            layout: Layout::Offsets { offsets, data },
            valid,
            len,
        }
        .checked(column)
    }

    /// As [`Texts::short`].
    pub(crate) fn long(
        column: &str,
        offsets: &'a [i64],
        data: &'a [u8],
        valid: Option<Bitmap<'a>>,
    ) -> Result<Self> {
        let len = offsets.len().saturating_sub(1);
        Texts {
            layout: Layout::LongOffsets { offsets, data },
            valid,
            len,
        }
        .checked(column)
    }

    pub(crate) fn views(
        column: &str,
        views: &'a [View],
        buffers: Vec<&'a [u8]>,
        valid: Option<Bitmap<'a>>,
    ) -> Result<Self> {
        let len = views.len();
        Texts {
            layout: Layout::Views { views, buffers },
            valid,
            len,
        }
        .checked(column)
    }

    /// Every text that is not missing lies within its buffer and is UTF-8.
    fn checked(self, column: &str) -> Result<Self> {
        for row in (0..self.len).filter(|&row| self.is_valid(row)) {
            let bytes = self.bytes(row).ok_or_else(|| {
                malformed(column, "a text lies outside of its buffer").at_row(row)
            })?;
            if std::str::from_utf8(bytes).is_err() {
                return Err(malformed(column, "a text is not UTF-8").at_row(row));
            }
        }
        Ok(self)
    }

    fn is_valid(&self, row: usize) -> bool {
        self.valid.is_none_or(|valid| valid.get(row))
    }

    fn bytes(&self, row: usize) -> Option<&'a [u8]> {
        match &self.layout {
            Layout::Offsets { offsets, data } => {
                let (start, end) = (*offsets.get(row)?, *offsets.get(row + 1)?);
                data.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
            }
            Layout::LongOffsets { offsets, data } => {
                let (start, end) = (*offsets.get(row)?, *offsets.get(row + 1)?);
                data.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
            }
            Layout::Views { views, buffers } => {
                let view = views.get(row)?;
                let part = |i: usize| view.get(i..i + 4)?.try_into().ok().map(i32::from_ne_bytes);
                let length = usize::try_from(part(0)?).ok()?;
                if length <= 12 {
                    return view.get(4..4 + length);
                }
                let buffer = buffers.get(usize::try_from(part(8)?).ok()?)?;
                let start = usize::try_from(part(12)?).ok()?;
                buffer.get(start..start.checked_add(length)?)
            }
            Layout::None => None,
        }
    }
}

impl TextColumn for Texts<'_> {
    fn len(&self) -> usize {
        self.len
    }

    #[inline]
    fn get(&self, row: usize) -> &str {
        if !self.is_valid(row) {
            return "";
        }
        // `checked` has seen that it is UTF-8. To look again is cheap, and the memory is another's.
        let bytes = self.bytes(row).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}
