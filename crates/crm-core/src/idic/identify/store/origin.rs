use super::{ProfileStore, RecordId, no_such};
use crate::error::{Error, ErrorKind, Result};
use crate::units::Moment;

/// A source of records, by its number in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u16);

/// A source of records: the shop, the call centre, a list that was bought.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// How much it is trusted beside others, above 0 and at most 1: the share of its values that are right.
    pub trust: f64,
}

/// Where a record came from, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Origin {
    /// Its source.
    pub source: SourceId,
    /// When its values were told.
    pub time: Moment,
}

impl ProfileStore {
    /// Names a source of records, or changes how much one of this name is trusted.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] unless `trust` is above 0 and at most 1; [`ErrorKind::Overflow`] for more than 65,536 sources.
    pub fn set_source(&mut self, name: &str, trust: f64) -> Result<SourceId> {
        if !(trust > 0.0 && trust <= 1.0) {
            let reason = "must be above 0 and at most 1";
            return Err(Error::new(ErrorKind::OutOfRange, "trust", reason).with_value(trust));
        }
        let known = self.sources.iter().position(|source| source.name == name);
        let number = known.unwrap_or(self.sources.len());
        let id = u16::try_from(number).map_err(|_| Error::overflow("source"))?;
        match self.sources.get_mut(number) {
            Some(source) => source.trust = trust,
            None => self.sources.push(Source {
                name: name.to_owned(),
                trust,
            }),
        }
        Ok(SourceId(id))
    }

    /// The sources, by number.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Says where a record that the store holds came from, and when.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is no such record or source.
    pub fn set_origin(&mut self, record: RecordId, origin: Origin) -> Result<()> {
        self.check_origin(origin)?;
        let (row, _) = self.row(record)?;
        self.put_origin(row, Some(origin));
        Ok(())
    }

    pub(super) fn origin(&self, record: u32) -> Option<Origin> {
        self.origins.get(record as usize).copied().flatten()
    }

    pub(super) fn put_origin(&mut self, record: u32, origin: Option<Origin>) {
        let place = record as usize;
        if self.origins.len() <= place {
            self.origins.resize(place + 1, None);
        }
        if let Some(place) = self.origins.get_mut(place) {
            *place = origin;
        }
    }

    pub(super) fn check_origin(&self, origin: Origin) -> Result<()> {
        match self.sources.get(usize::from(origin.source.0)) {
            Some(_) => Ok(()),
            None => Err(no_such("source", u64::from(origin.source.0))),
        }
    }
}
