/// One bit for each row, least bit first.
#[derive(Debug, Clone, Copy)]
pub struct Bitmap<'a> {
    bytes: &'a [u8],
    offset: usize,
    len: usize,
}

impl<'a> Bitmap<'a> {
    /// `len` bits from bit `offset` on.
    pub(crate) fn new(bytes: &'a [u8], offset: usize, len: usize) -> Self {
        Bitmap { bytes, offset, len }
    }

    /// The bit of a row; `false` beyond the last.
    #[must_use]
    #[inline]
    pub fn get(self, row: usize) -> bool {
        let bit = self.offset + row;
        row < self.len
            && self
                .bytes
                .get(bit / 8)
                .is_some_and(|byte| byte >> (bit % 8) & 1 == 1)
    }

    /// The first row whose bit is not set.
    #[must_use]
    pub fn first_unset(self) -> Option<usize> {
        let mut row = 0;
        while row < self.len {
            let bit = self.offset + row;
            if bit.is_multiple_of(8)
                && self.len - row >= 8
                && self.bytes.get(bit / 8) == Some(&u8::MAX)
            {
                row += 8;
            } else if self.get(row) {
                row += 1;
            } else {
                return Some(row);
            }
        }
        None
    }

    /// Every bit.
    pub fn iter(self) -> impl Iterator<Item = bool> {
        (0..self.len).map(move |row| self.get(row))
    }
}
