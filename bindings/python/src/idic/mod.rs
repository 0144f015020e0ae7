//! `crm_core.idic`: contacts, memory, the next action, offers, conjoint analysis, groups.

pub(crate) mod choice;
pub(crate) mod customize;
pub(crate) mod differentiate;
pub(crate) mod interact;
pub(crate) mod process;

use crm_core::{Error, ErrorKind};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Result;

fn read<T: DeserializeOwned>(argument: &'static str, text: &str) -> Result<T> {
    Ok(serde_json::from_str(text).map_err(|error| unreadable(argument, &error))?)
}

fn written<T: Serialize>(thing: &T) -> Result<String> {
    Ok(serde_json::to_string(thing).map_err(|error| unreadable("state", &error))?)
}

fn unreadable(argument: &'static str, error: &serde_json::Error) -> Error {
    let reason = format!("cannot be read: {error}");
    Error::new(ErrorKind::Unreadable, argument, reason)
}
