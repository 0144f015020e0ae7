//! Tables through the [Arrow C data interface](https://arrow.apache.org/docs/format/CDataInterface.html),
//! read in place and written without a copy. No Arrow library is needed: the interface is three
//! stable C structs ([`abi`]).
//!
//! [`Table::read`] takes a stream, checks all that can be checked, and gives columns as safe slices:
//!
//! | type | read by |
//! | --- | --- |
//! | floats, integers, decimals | [`Array::floats`] |
//! | integers | [`Array::integers`] |
//! | decimals | [`Array::minor_units`] |
//! | dates | [`Array::days`] |
//! | timestamps | [`Array::ticks`] |
//! | texts, views, dictionaries of texts | [`Array::texts`], [`Array::dictionary`] |
//!
//! [`read_ledger`] makes a ledger of a transaction log, [`with_log`] reads it in place. [`NewTable`] goes the other way.
//!
//! This crate and the two bindings are the only places with unsafe code. What comes in is checked:
//! counts, lengths, offsets, nulls, alignment, text. What the interface does not tell, the size of
//! the buffers, is taken on trust, as in every reader; and so is that the producer leaves them alone
//! until they are released.
#![warn(clippy::undocumented_unsafe_blocks)]

pub mod abi;
mod array;
mod bitmap;
mod decimal;
mod log;
mod new;
mod new_texts;
mod parts;
mod records;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod types;

pub use array::Array;
pub use bitmap::Bitmap;
pub use log::{LogColumns, LogPart, read_ledger, read_log, with_log};
pub use new::{NewColumn, NewTable, NewValues};
pub use new_texts::NewTexts;
pub use parts::{ROWS_PER_PART, in_parts};
pub use records::TextChunk;
pub use table::{Column, Table};
pub use text::Texts;
pub use types::{DataType, TimeZone};

use crm_core::{Error, ErrorKind};

/// A producer broke the rules of the interface.
fn malformed(column: &str, reason: impl std::fmt::Display) -> Error {
    let reason = format!("the Arrow data is malformed: {reason}");
    Error::new(ErrorKind::Unreadable, column.to_owned(), reason)
}
