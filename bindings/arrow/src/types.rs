//! Types of columns, from the format strings of the interface.

use std::fmt;

use crm_core::ledger::TimeUnit;

/// The type of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of Arrow")]
pub enum DataType {
    /// Every value is missing.
    Null,
    Boolean,
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Float32,
    Float64,
    /// Whole numbers of 10^−scale.
    Decimal {
        /// 32, 64, 128 or 256.
        bits: u16,
        precision: u8,
        scale: i8,
    },
    /// Days since 1970-01-01.
    Date32,
    /// Milliseconds since 1970-01-01, of whole days.
    Date64,
    Timestamp {
        unit: TimeUnit,
        zone: TimeZone,
    },
    Utf8,
    LargeUtf8,
    Utf8View,
    /// Numbers of entries of a column of texts.
    Dictionary {
        index: Box<DataType>,
        values: Box<DataType>,
    },
    /// Any other type, by its format string: it can be skipped, not read.
    Other(String),
}

/// The time zone of a timestamp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeZone {
    /// No zone: what a clock on the wall shows.
    Naive,
    /// An instant, to be shown in Coordinated Universal Time.
    Utc,
    /// An instant, to be shown in the zone of this name.
    Other(String),
}

impl DataType {
    /// From a format string, without the dictionary.
    pub(crate) fn parse(format: &str) -> Self {
        match format {
            "n" => DataType::Null,
            "b" => DataType::Boolean,
            "c" => DataType::Int8,
            "s" => DataType::Int16,
            "i" => DataType::Int32,
            "l" => DataType::Int64,
            "C" => DataType::UInt8,
            "S" => DataType::UInt16,
            "I" => DataType::UInt32,
            "L" => DataType::UInt64,
            "f" => DataType::Float32,
            "g" => DataType::Float64,
            "tdD" => DataType::Date32,
            "tdm" => DataType::Date64,
            "u" => DataType::Utf8,
            "U" => DataType::LargeUtf8,
            "vu" => DataType::Utf8View,
            _ => decimal(format)
                .or_else(|| timestamp(format))
                .unwrap_or_else(|| DataType::Other(format.to_owned())),
        }
    }

    /// Whether it is a signed or unsigned integer.
    #[must_use]
    pub fn is_integer(&self) -> bool {
        use DataType::{Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32, UInt64};
        matches!(
            self,
            Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32 | UInt64
        )
    }

    /// Whether it is a number.
    #[must_use]
    pub fn is_numeric(&self) -> bool {
        use DataType::{Decimal, Float32, Float64};
        self.is_integer() || matches!(self, Float32 | Float64 | Decimal { .. })
    }

    /// Whether it is a text in any layout.
    #[must_use]
    pub fn is_text(&self) -> bool {
        match self {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
            DataType::Dictionary { values, .. } => values.is_text(),
            _ => false,
        }
    }
}

fn decimal(format: &str) -> Option<DataType> {
    let mut parts = format.strip_prefix("d:")?.split(',');
    let precision = parts.next()?.parse().ok()?;
    let scale = parts.next()?.parse().ok()?;
    let bits = parts.next().map_or(Some(128), |bits| bits.parse().ok())?;
    let known = matches!(bits, 32 | 64 | 128 | 256) && parts.next().is_none();
    known.then_some(DataType::Decimal {
        bits,
        precision,
        scale,
    })
}

fn timestamp(format: &str) -> Option<DataType> {
    let (unit, zone) = format.strip_prefix("ts")?.split_once(':')?;
    let unit = match unit {
        "s" => TimeUnit::Second,
        "m" => TimeUnit::Millisecond,
        "u" => TimeUnit::Microsecond,
        "n" => TimeUnit::Nanosecond,
        _ => return None,
    };
    let zone = match zone {
        "" => TimeZone::Naive,
        "UTC" | "Etc/UTC" | "Z" | "+00:00" | "GMT" | "Etc/GMT" => TimeZone::Utc,
        other => TimeZone::Other(other.to_owned()),
    };
    Some(DataType::Timestamp { unit, zone })
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DataType::Decimal {
                precision, scale, ..
            } => write!(f, "decimal({precision}, {scale})"),
            DataType::Timestamp { unit, zone } => {
                let unit = match unit {
                    TimeUnit::Second => "s",
                    TimeUnit::Millisecond => "ms",
                    TimeUnit::Microsecond => "us",
                    TimeUnit::Nanosecond => "ns",
                };
                match zone {
                    TimeZone::Naive => write!(f, "timestamp({unit})"),
                    TimeZone::Utc => write!(f, "timestamp({unit}, UTC)"),
                    TimeZone::Other(zone) => write!(f, "timestamp({unit}, {zone})"),
                }
            }
            DataType::Dictionary { values, .. } => write!(f, "dictionary of {values}"),
            DataType::Other(format) => match format.as_str() {
                "+l" | "+L" | "+vl" | "+vL" => f.write_str("list"),
                "+s" => f.write_str("struct"),
                "+m" => f.write_str("map"),
                "z" | "Z" | "vz" => f.write_str("binary"),
                "e" => f.write_str("float16"),
                other => write!(f, "Arrow {other:?}"),
            },
            simple => f.write_str(&format!("{simple:?}").to_lowercase()),
        }
    }
}
