//! Little-endian numbers and texts, written one after the other and read back with every length checked.

use crate::error::{Error, ErrorKind, Result};

#[derive(Debug, Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn byte(&mut self, value: u8) {
        self.0.push(value);
    }

    pub(super) fn integer(&mut self, value: u64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub(super) fn length(&mut self, value: usize) {
        self.integer(value as u64);
    }

    pub(super) fn float(&mut self, value: f64) {
        self.integer(value.to_bits());
    }

    pub(super) fn floats(&mut self, values: &[f64]) {
        values.iter().for_each(|&value| self.float(value));
    }

    pub(super) fn numbers(&mut self, values: impl Iterator<Item = u32>) {
        values.for_each(|value| self.0.extend_from_slice(&value.to_le_bytes()));
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.length(text.len());
        self.bytes(text.as_bytes());
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0
    }
}

#[derive(Debug)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Reader(bytes)
    }

    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or_else(corrupt)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8> {
        self.take(1)?.first().copied().ok_or_else(corrupt)
    }

    pub(super) fn flag(&mut self) -> Result<bool> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(corrupt()),
        }
    }

    pub(super) fn integer(&mut self) -> Result<u64> {
        let bytes = self.take(8)?.try_into().map_err(|_| corrupt())?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// A count of things that take a byte or more each.
    pub(super) fn length(&mut self) -> Result<usize> {
        let length = self.integer()?;
        usize::try_from(length)
            .ok()
            .filter(|&length| length <= self.0.len())
            .ok_or_else(corrupt)
    }

    pub(super) fn count(&mut self) -> Result<usize> {
        usize::try_from(self.integer()?).map_err(|_| corrupt())
    }

    pub(super) fn float(&mut self) -> Result<f64> {
        let value = f64::from_bits(self.integer()?);
        if value.is_finite() {
            Ok(value)
        } else {
            Err(corrupt())
        }
    }

    pub(super) fn floats<const N: usize>(&mut self) -> Result<[f64; N]> {
        let mut values = [0.0; N];
        for value in &mut values {
            *value = self.float()?;
        }
        Ok(values)
    }

    /// So many numbers; room is made only for what is there.
    pub(super) fn numbers(&mut self, count: usize) -> Result<Vec<u32>> {
        let bytes = self.take(count.checked_mul(4).ok_or_else(corrupt)?)?;
        let (numbers, _) = bytes.as_chunks::<4>();
        Ok(numbers
            .iter()
            .map(|&four| u32::from_le_bytes(four))
            .collect())
    }

    pub(super) fn text(&mut self) -> Result<&'a str> {
        let length = self.length()?;
        std::str::from_utf8(self.take(length)?).map_err(|_| corrupt())
    }

    /// All was read.
    pub(super) fn finish(self) -> Result<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(corrupt())
        }
    }
}

/// What was saved is not what a store writes.
pub(super) fn corrupt() -> Error {
    Error::new(
        ErrorKind::Unreadable,
        "state",
        "is corrupt: it is not what a store saved",
    )
}
