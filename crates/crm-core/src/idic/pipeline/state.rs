//! The process as bytes: a mark, the version, SHA-256 of what follows, and what follows: the store of profiles with its length, and
//! the rest as JSON.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::customization::Customization;
use super::differentiation::{Differentiation, Evidences};
use super::identity::Identity;
use super::interaction::Interaction;
use super::options::IdicOptions;
use super::process::Idic;
use super::relations::Relations;
use crate::error::{Error, ErrorKind, Result};
use crate::idic::identify::Schema;
use crate::idic::identify::store::{ProfileStore, seal};

const MARK: &[u8; 8] = b"crm-idic";
const VERSION: u64 = 1;
const CHECKSUM: usize = 32;
/// What comes before the body.
const HEAD: usize = MARK.len() + 8 + CHECKSUM;

/// All but the store, by reference or as it was read.
#[derive(Serialize)]
struct Written<'a> {
    schema: &'a Schema,
    options: &'a IdicOptions,
    relations: &'a Relations,
    identity: Option<&'a Identity>,
    evidence: Option<&'a Evidences>,
    interaction: Option<&'a Interaction>,
    customization: Option<&'a Customization>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    schema: Schema,
    options: IdicOptions,
    relations: Relations,
    identity: Option<Identity>,
    evidence: Option<Evidences>,
    interaction: Option<Interaction>,
    customization: Option<Customization>,
}

impl Idic {
    /// The whole process, to be read by [`Idic::from_bytes`]: what was learned of customers, and the round as far as it has come. It
    /// holds what records say of persons: keep it as they are kept.
    ///
    /// # Errors
    /// [`ErrorKind::NotFinite`] if a number is that the state cannot hold.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let store = self
            .profiles
            .as_ref()
            .map_or(Vec::new(), ProfileStore::to_bytes);
        // The bytes are made where they stay: they may be as many as all else that there is.
        let mut bytes = Vec::with_capacity(HEAD + 8 + 2 * store.len());
        bytes.extend_from_slice(MARK);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&[0; CHECKSUM]);
        bytes.extend_from_slice(&(store.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&store);
        drop(store);
        let rest = Written {
            schema: &self.schema,
            options: &self.options,
            relations: &self.relations,
            identity: self.identity.as_ref(),
            evidence: self.differentiation.as_ref().map(|found| &found.evidence),
            interaction: self.interaction.as_ref(),
            customization: self.customization.as_ref(),
        };
        serde_json::to_writer(&mut bytes, &rest)
            .map_err(|_| Error::not_finite("idic", f64::NAN))?;
        seal(&mut bytes, HEAD);
        Ok(bytes)
    }

    /// Reads what [`Idic::to_bytes`] wrote; verdicts are made again from the evidence, to the same bits.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`] for anything else: another version, bytes that were changed or are missing. The error does not show
    /// them.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let (mark, rest) = bytes.split_at_checked(MARK.len()).ok_or_else(corrupt)?;
        if mark != MARK {
            return Err(corrupt());
        }
        let (version, rest) = number(rest)?;
        if version != VERSION {
            let reason = "was saved by another version of this library";
            return Err(Error::new(ErrorKind::Unreadable, "state", reason)
                .with_value(format_args!("version {version}")));
        }
        let (checksum, body) = rest.split_at_checked(CHECKSUM).ok_or_else(corrupt)?;
        if Sha256::digest(body).as_slice() != checksum {
            return Err(corrupt());
        }
        // What is refused below was made by another program, with a checksum of its own.
        read(body).map_err(|_| corrupt())
    }
}

fn number(bytes: &[u8]) -> Result<(u64, &[u8])> {
    let (first, rest) = bytes.split_first_chunk::<8>().ok_or_else(corrupt)?;
    Ok((u64::from_le_bytes(*first), rest))
}

fn read(body: &[u8]) -> Result<Idic> {
    let (length, rest) = number(body)?;
    let length = usize::try_from(length).map_err(|_| corrupt())?;
    let (store, rest) = rest.split_at_checked(length).ok_or_else(corrupt)?;
    let profiles = match store {
        [] => None,
        bytes => Some(ProfileStore::from_bytes(bytes)?),
    };
    let Read {
        schema,
        options,
        relations,
        identity,
        evidence,
        interaction,
        customization,
    } = serde_json::from_slice(rest).map_err(|_| corrupt())?;
    options.check(schema.fields().len())?;
    let customers = identity.as_ref().map_or(0, |found| found.customers.len());
    let in_order = [
        profiles.is_some() || relations.records == 0,
        identity.is_none() || profiles.is_some(),
        evidence.is_none() || identity.is_some(),
        interaction.is_none() || evidence.is_some(),
        customization.is_none() || interaction.is_some(),
    ];
    let fits = in_order.iter().all(|holds| *holds)
        && relations.fits(&options)
        && identity
            .as_ref()
            .is_none_or(|found| found.sizes.len() == customers)
        && interaction
            .as_ref()
            .is_none_or(|found| found.fits(customers, schema.fields().len(), &options))
        && customization
            .as_ref()
            .is_none_or(|found| found.fits(customers, &options));
    if !fits {
        return Err(corrupt());
    }
    let verdicts = |evidence| Differentiation::of(customers, &options, evidence);
    Ok(Idic {
        differentiation: evidence.map(verdicts).transpose()?,
        schema,
        options,
        profiles,
        relations,
        identity,
        interaction,
        customization,
    })
}

fn corrupt() -> Error {
    let reason = "is corrupt: it is not what a process saved";
    Error::new(ErrorKind::Unreadable, "state", reason)
}

/// A column of numbers; what is not known is null.
pub(super) mod column {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(in super::super) fn nullable(values: &[f64]) -> Vec<Option<f64>> {
        values.iter().map(|x| (!x.is_nan()).then_some(*x)).collect()
    }

    pub(in super::super) fn known(values: Vec<Option<f64>>) -> Vec<f64> {
        values.into_iter().map(|x| x.unwrap_or(f64::NAN)).collect()
    }

    pub(in super::super) fn serialize<S: Serializer>(
        values: &[f64],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        nullable(values).serialize(to)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<f64>, D::Error> {
        Vec::deserialize(from).map(known)
    }
}

/// Several of them.
pub(super) mod columns {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::column::{known, nullable};

    pub(in super::super) fn serialize<S: Serializer>(
        columns: &[Vec<f64>],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let columns: Vec<_> = columns.iter().map(|values| nullable(values)).collect();
        columns.serialize(to)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<Vec<f64>>, D::Error> {
        let columns: Vec<Vec<Option<f64>>> = Vec::deserialize(from)?;
        Ok(columns.into_iter().map(known).collect())
    }
}

/// Several of them, each with its clue.
pub(super) mod clues {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::column::{known, nullable};
    use crate::loyalty::Clue;

    pub(in super::super) fn serialize<S: Serializer>(
        clues: &[(Clue, Vec<f64>)],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let clues: Vec<_> = clues
            .iter()
            .map(|(clue, values)| (clue, nullable(values)))
            .collect();
        clues.serialize(to)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<(Clue, Vec<f64>)>, D::Error> {
        let clues: Vec<(Clue, Vec<Option<f64>>)> = Vec::deserialize(from)?;
        Ok(clues
            .into_iter()
            .map(|(clue, values)| (clue, known(values)))
            .collect())
    }
}
