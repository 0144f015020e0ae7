//! The store as bytes: a mark, the version, SHA-256 of what follows, and what follows.

use sha2::{Digest, Sha256};

use super::bytes::{Reader, Writer, corrupt};
use super::held::{Held, MISSING};
use super::index::RECORDS;
use super::vocabulary::Vocabulary;
use super::{Merge, Origin, ProfileStore, Source, SourceId};
use crate::error::{Error, ErrorKind, Result};
use crate::idic::identify::blocking::BlockingKey;
use crate::idic::identify::field::{DataSensitivity, Field, FieldKind, Side};
use crate::idic::identify::level::AgreementLevel;
use crate::idic::identify::model::{FieldModel, LinkageModel};
use crate::idic::identify::normalise::CallingCode;
use crate::idic::identify::schema::Schema;
use crate::parallel;
use crate::units::{Label, Moment};

const MARK: &[u8; 8] = b"crm-core";
const VERSION: u64 = 4;
const CHECKSUM: usize = 32;
/// What comes before the body.
const HEAD: usize = MARK.len() + 8 + CHECKSUM;

/// Writes SHA-256 of all after the head at the end of the head.
pub(crate) fn seal(bytes: &mut [u8], head: usize) {
    if let Some((head, body)) = bytes.split_at_mut_checked(head)
        && let Some(checksum) = head.last_chunk_mut::<CHECKSUM>()
    {
        *checksum = Sha256::digest(body).into();
    }
}

impl ProfileStore {
    /// The whole store, to be read by [`ProfileStore::from_bytes`]. It holds what the records say of persons: keep it as they are
    /// kept.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut body = Writer::default();
        body.bytes(MARK);
        body.integer(VERSION);
        body.bytes(&[0; CHECKSUM]);
        write_model(&mut body, &self.model);
        body.floats(&[self.threshold, self.review_threshold]);
        body.integer(u64::from(self.next_cluster));
        body.length(self.sources.len());
        for Source { name, trust } in &self.sources {
            body.text(name);
            body.float(*trust);
        }
        write_held(&mut body, &self.held);
        let records = 0..self.held.len() as u32;
        body.numbers(records.map(|record| self.customers.of(record).unwrap_or(NOBODY)));
        body.length(self.origins.len());
        for origin in &self.origins {
            body.byte(u8::from(origin.is_some()));
            if let Some(Origin { source, time }) = origin {
                body.integer(u64::from(source.0));
                body.integer(time.seconds().cast_unsigned());
            }
        }
        body.length(self.merges.len());
        for merge in &self.merges {
            body.byte(u8::from(merge.is_some()));
            if let Some(Merge {
                ended,
                went_on,
                records,
            }) = merge
            {
                body.numbers([*ended, *went_on].into_iter());
                body.length(records.len());
                body.numbers(records.iter().copied());
            }
        }
        let mut bytes = body.finish();
        seal(&mut bytes, HEAD);
        bytes
    }

    /// Reads what [`ProfileStore::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`] for anything else: another version, bytes that were changed or are missing. The error does not show
    /// them.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut head = Reader::new(bytes);
        if head.take(MARK.len())? != MARK {
            return Err(corrupt());
        }
        let version = head.integer()?;
        if version != VERSION {
            let reason = "was saved by another version of this library";
            return Err(Error::new(ErrorKind::Unreadable, "state", reason)
                .with_value(format_args!("version {version}")));
        }
        let checksum = head.take(CHECKSUM)?;
        let body = bytes.get(HEAD..).unwrap_or_default();
        if Sha256::digest(body).as_slice() != checksum {
            return Err(corrupt());
        }
        // What is refused below was made by another program, with a checksum of its own.
        read(Reader::new(body)).map_err(|_| corrupt())
    }
}

/// In the place of the customer of a record that is gone.
const NOBODY: u32 = u32::MAX;

fn read(mut body: Reader<'_>) -> Result<ProfileStore> {
    let model = read_model(&mut body)?;
    let [threshold, review_threshold] = body.floats()?;
    let mut store = ProfileStore::new(model, threshold)?;
    store.set_review_threshold(review_threshold)?;
    store.next_cluster = u32::try_from(body.integer()?).map_err(|_| corrupt())?;
    for _ in 0..body.length()? {
        let (name, trust) = (body.text()?, body.float()?);
        store.set_source(name, trust)?;
    }
    store.held = read_held(&mut body, &store.model.schema)?;
    let count = store.held.len();
    for (record, customer) in (0..).zip(body.numbers(count)?) {
        let is_empty = store.held.numbers(record).iter().all(|&n| n == MISSING);
        if customer >= store.next_cluster && !(customer == NOBODY && is_empty) {
            return Err(corrupt());
        }
        let customer = Some(customer).filter(|&customer| customer != NOBODY);
        store.customers.push(customer);
    }
    for record in 0..body.length()? as u32 {
        if body.flag()? {
            let origin = read_origin(&mut body)?;
            store.check_origin(origin)?;
            store.customers.of(record).ok_or_else(corrupt)?;
            store.put_origin(record, Some(origin));
        }
    }
    for _ in 0..body.length()? {
        let merge = match body.flag()? {
            false => None,
            true => Some(read_merge(&mut body)?),
        };
        let is_known = |merge: &Merge| merge.ended.max(merge.went_on) < store.next_cluster;
        if !merge.iter().all(is_known) {
            return Err(corrupt());
        }
        store.merges.push(merge);
    }
    body.finish()?;
    store.block();
    Ok(store)
}

/// The values that records have, each once, and the numbers of each record among them.
fn write_held(body: &mut Writer, held: &Held) {
    let mut renumbered: Vec<Vec<u32>> = Vec::new();
    for vocabulary in held.fields() {
        let numbers = 0..vocabulary.len() as u32;
        let (kept, gone): (Vec<u32>, Vec<u32>) =
            numbers.partition(|&number| vocabulary.count(number) > 0);
        body.length(kept.len());
        let lengths = kept.iter().map(|&number| vocabulary.get(number).len());
        body.numbers(lengths.map(|length| length as u32));
        kept.iter()
            .for_each(|&number| body.bytes(vocabulary.get(number).as_bytes()));
        renumbered.push(if gone.is_empty() { Vec::new() } else { kept });
    }
    body.length(held.len());
    for record in 0..held.len() as u32 {
        let numbers = held.numbers(record).iter().zip(&renumbered);
        body.numbers(numbers.map(|(&number, kept)| {
            match kept.as_slice() {
                [] => number,
                kept => kept
                    .binary_search(&number)
                    .map_or(MISSING, |place| place as u32),
            }
        }));
    }
}

fn read_held(body: &mut Reader<'_>, schema: &Schema) -> Result<Held> {
    let mut texts = Vec::new();
    for field in schema.fields() {
        let count = body.length()?;
        let lengths = body.numbers(count)?;
        let length = lengths.iter().map(|&length| u64::from(length)).sum::<u64>();
        let length = usize::try_from(length).map_err(|_| corrupt())?;
        let text = std::str::from_utf8(body.take(length)?).map_err(|_| corrupt())?;
        texts.push((field.kind, lengths, text));
    }
    let vocabularies = parallel::map(texts, |(kind, lengths, text)| {
        let mut vocabulary = Vocabulary::new(kind);
        let mut rest = text;
        for length in lengths {
            let (value, after) = rest.split_at_checked(length as usize).ok_or_else(corrupt)?;
            if value.is_empty() || vocabulary.find(value).is_some() {
                return Err(corrupt());
            }
            vocabulary.add(value)?;
            rest = after;
        }
        Ok(vocabulary)
    });
    let vocabularies: Vec<Vocabulary> = vocabularies.into_iter().collect::<Result<_>>()?;
    let count = body.length()?;
    if count >= RECORDS as usize {
        return Err(corrupt());
    }
    let numbers = body.numbers(count.checked_mul(vocabularies.len()).ok_or_else(corrupt)?)?;
    let held = Held::of(vocabularies, numbers)?;
    let mut counts = held.fields().iter();
    match counts.all(|known| (0..known.len() as u32).all(|number| known.count(number) > 0)) {
        true => Ok(held),
        false => Err(corrupt()),
    }
}

fn read_origin(body: &mut Reader<'_>) -> Result<Origin> {
    let source = u16::try_from(body.integer()?).map_err(|_| corrupt())?;
    Ok(Origin {
        source: SourceId(source),
        time: Moment::from_seconds(body.integer()?.cast_signed())?,
    })
}

fn read_merge(body: &mut Reader<'_>) -> Result<Merge> {
    let &[ended, went_on] = body.numbers(2)?.as_slice() else {
        return Err(corrupt());
    };
    let count = body.length()?;
    let records = body.numbers(count)?;
    Ok(Merge {
        ended,
        went_on,
        records,
    })
}

fn write_model(body: &mut Writer, model: &LinkageModel) {
    body.integer(u64::from(u16::from(model.schema.calling_code())));
    body.length(model.fields.len());
    let of_fields = model.fields.iter().zip(&model.derived);
    for (field, (of_field, derived)) in model.schema.fields().iter().zip(of_fields) {
        body.text(&field.name);
        body.byte(field.kind as u8);
        body.integer(field.partner.map_or(u64::MAX, |partner| partner as u64));
        body.length(field.derived_from.len());
        field
            .derived_from
            .iter()
            .for_each(|&from| body.length(from));
        body.byte(u8::from(field.term_frequency));
        // A half-life is above 0.
        body.floats(&[field.importance, field.half_life.unwrap_or(0.0)]);
        body.byte(field.sensitivity as u8);
        body.length(field.fixed.len());
        for &(side, level, probability) in &field.fixed {
            body.byte(u8::from(side == Side::Match));
            body.byte(level as u8);
            body.float(probability);
        }
        for table in std::iter::once(of_field).chain(derived) {
            body.floats(&table.m);
            body.floats(&table.u);
            body.float(table.mean_frequency);
        }
    }
    body.length(model.keys.len());
    for key in &model.keys {
        body.length(key.fields.len());
        key.fields.iter().for_each(|&field| body.length(field));
    }
    body.floats(&[model.prior, model.recall, model.term_frequency_bound]);
    body.length(model.iterations);
    body.byte(u8::from(model.converged));
    body.length(model.largest_block);
}

fn read_model(body: &mut Reader<'_>) -> Result<LinkageModel> {
    let calling_code = u16::try_from(body.integer()?).map_err(|_| corrupt())?;
    let (mut fields, mut models, mut derived) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..body.length()? {
        let (field, model, of_derived) = read_field(body)?;
        fields.push(field);
        models.push(model);
        derived.push(of_derived);
    }
    let schema = Schema::new(fields)?.with_calling_code(CallingCode::new(calling_code)?);
    let mut keys = Vec::new();
    for _ in 0..body.length()? {
        let count = body.length()?;
        let field = |_| {
            body.count()
                .ok()
                .filter(|&field| field < models.len())
                .ok_or_else(corrupt)
        };
        keys.push(BlockingKey {
            fields: (0..count).map(field).collect::<Result<_>>()?,
        });
    }
    let [prior, recall, term_frequency_bound] = body.floats()?;
    if !(0.0 < prior && prior < 1.0 && term_frequency_bound >= 0.0) {
        return Err(corrupt());
    }
    Ok(LinkageModel {
        schema,
        fields: models,
        derived,
        prior,
        keys,
        recall,
        term_frequency_bound,
        iterations: body.count()?,
        converged: body.flag()?,
        largest_block: body.count()?,
    })
}

fn read_field(body: &mut Reader<'_>) -> Result<(Field, FieldModel, Option<FieldModel>)> {
    let mut field = Field::new(body.text()?, member::<FieldKind>(body.byte()?)?);
    field.partner = match body.integer()? {
        u64::MAX => None,
        partner => Some(usize::try_from(partner).map_err(|_| corrupt())?),
    };
    for _ in 0..body.length()? {
        field.derived_from.push(body.count()?);
    }
    field.term_frequency = body.flag()?;
    let [importance, half_life] = body.floats()?;
    field.importance = importance;
    field.half_life = Some(half_life).filter(|&half_life| half_life != 0.0);
    field.sensitivity = member::<DataSensitivity>(body.byte()?)?;
    for _ in 0..body.length()? {
        let side = if body.flag()? {
            Side::Match
        } else {
            Side::NonMatch
        };
        field
            .fixed
            .push((side, member::<AgreementLevel>(body.byte()?)?, body.float()?));
    }
    let model = read_table(body)?;
    let is_derived = !field.derived_from.is_empty();
    let derived = is_derived.then(|| read_table(body)).transpose()?;
    Ok((field, model, derived))
}

fn read_table(body: &mut Reader<'_>) -> Result<FieldModel> {
    let model = FieldModel {
        m: body.floats()?,
        u: body.floats()?,
        mean_frequency: body.float()?,
    };
    // A sum of estimates may be above 1 by its rounding.
    let is_probability = |p: &f64| (0.0..=1.0 + 1e-9).contains(p);
    let probabilities = model.m.iter().skip(1).chain(model.u.iter().skip(1));
    if probabilities.clone().all(is_probability) {
        Ok(model)
    } else {
        Err(corrupt())
    }
}

fn member<T: Label>(code: u8) -> Result<T> {
    T::ALL.get(usize::from(code)).copied().ok_or_else(corrupt)
}
