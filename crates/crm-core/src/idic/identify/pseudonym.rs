use std::fmt::Write;

use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::field::{DataSensitivity, Field, FieldKind};
use super::normalise::CallingCode;
use super::personal::Personal;
use super::records::normalised;
use super::schema::Schema;
use crate::error::{Error, ErrorKind, Result};
use crate::units::Label;

/// HMAC-SHA-256 of a message under a key (RFC 2104, FIPS 198-1): without the key nobody can make it or try values out.
///
/// ```
/// use crm_core::idic::identify::hmac_sha256;
///
/// // RFC 4231, test case 2.
/// let code = hmac_sha256(b"Jefe", b"what do ya want for nothing?");
/// assert_eq!(code[..4], [0x5b, 0xdc, 0xc1, 0x46]);
/// ```
#[must_use]
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut code = keyed(key);
    code.update(message);
    code.finalize().into_bytes().into()
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    const BLOCK: usize = 64;
    let mut padded = [0; BLOCK];
    // A key longer than a block is replaced by its digest (RFC 2104, section 2).
    let digest = <Sha256 as sha2::Digest>::digest(key);
    let short = if key.len() > BLOCK {
        digest.as_slice()
    } else {
        key
    };
    padded
        .iter_mut()
        .zip(short)
        .for_each(|(byte, given)| *byte = *given);
    Hmac::new(&padded.into())
}

/// The secret by which values become pseudonyms: who has it can link them, and try values out. `Debug` does not show it.
#[derive(Debug, Clone)]
pub struct PseudonymKey(Personal<Vec<u8>>);

impl PseudonymKey {
    /// The least bytes of a key: as many as the code has (RFC 2104, section 3).
    pub const LEAST: usize = 32;

    /// A key of random bytes.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] for fewer than 32 bytes; the error does not show them.
    pub fn new(key: &[u8]) -> Result<Self> {
        if key.len() < PseudonymKey::LEAST {
            let error = Error::new(ErrorKind::OutOfRange, "key", "must have 32 bytes or more");
            return Err(error.with_value(format_args!("{} bytes", key.len())));
        }
        Ok(PseudonymKey(Personal::new(key.to_vec())))
    }

    /// What stands for a value: 64 hexadecimal digits of HMAC-SHA-256 of the name of the kind, a byte 1f, and the normal form of the
    /// value, so that one way to write it has the same pseudonym as another; empty for a missing value. What cannot be read as its
    /// kind is taken as it stands.
    ///
    /// Pseudonyms that are equal stem from equal values: two files can be linked by them (as fields of [`FieldKind::Pseudonym`]),
    /// while a slip of the pen makes another pseudonym.
    ///
    /// ```
    /// use crm_core::idic::identify::normalise::CallingCode;
    /// use crm_core::idic::identify::{FieldKind, PseudonymKey};
    ///
    /// let key = PseudonymKey::new(&[7; 32])?;
    /// let of = |phone| key.pseudonym(FieldKind::Phone, phone, CallingCode::CHINA);
    /// assert_eq!(of("138 1234 5678"), of("+86-13812345678"));
    /// assert_ne!(of("138 1234 5678"), of("138 1234 5679"));
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    #[must_use]
    pub fn pseudonym(&self, kind: FieldKind, value: &str, home: CallingCode) -> String {
        self.of_normal(kind, &normalised(home, kind, value).0)
    }

    /// What stands for a value of a field in a record of pseudonyms: a pseudonym for a personal value; an open one is normalised, a
    /// sensitive one is left out (empty).
    #[must_use]
    pub fn value(&self, field: &Field, value: &str, home: CallingCode) -> String {
        let normal = normalised(home, field.kind, value).0;
        match field.sensitivity {
            DataSensitivity::Personal => self.of_normal(field.kind, &normal),
            DataSensitivity::Open => normal,
            DataSensitivity::Sensitive => String::new(),
        }
    }

    /// What stands for the number of a customer: 64 hexadecimal digits of HMAC-SHA-256 of the word customer, a byte 1f, and the number in
    /// decimal digits.
    ///
    /// ```
    /// use crm_core::idic::identify::PseudonymKey;
    ///
    /// let key = PseudonymKey::new(&[7; 32])?;
    /// assert_eq!(key.customer(12).len(), 64);
    /// assert_ne!(key.customer(12), key.customer(13));
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    #[must_use]
    pub fn customer(&self, number: u64) -> String {
        self.of("customer", &number.to_string())
    }

    fn of_normal(&self, kind: FieldKind, normal: &str) -> String {
        match normal {
            "" => String::new(),
            normal => self.of(kind.name(), normal),
        }
    }

    fn of(&self, kind: &str, normal: &str) -> String {
        let mut hex = String::new();
        let mut code = keyed(self.0.reveal());
        for part in [kind, "\u{1f}", normal] {
            code.update(part.as_bytes());
        }
        for byte in code.finalize().into_bytes() {
            // Writing into a String does not fail.
            let _ = write!(hex, "{byte:02x}");
        }
        hex
    }
}

impl Schema {
    /// The schema of records of pseudonyms: personal fields are pseudonyms. Partners stay, as a pseudonym is the same in every field
    /// of a kind.
    ///
    /// # Errors
    /// As [`Schema::new`].
    pub fn pseudonymous(&self) -> Result<Self> {
        let hidden = |field: &Field| match field.sensitivity {
            DataSensitivity::Personal => Field {
                kind: FieldKind::Pseudonym,
                ..field.clone()
            },
            _ => field.clone(),
        };
        let fields = self.fields().iter().map(hidden).collect();
        Ok(Schema::new(fields)?.with_calling_code(self.calling_code()))
    }
}
