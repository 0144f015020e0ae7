//! The store as bytes: a mark, the version, SHA-256 of what follows, and what follows.

use sha2::{Digest, Sha256};

use super::bytes::{Reader, Writer, corrupt};
use super::{Line, Merge, Origin, Profile, ProfileStore, Source, SourceId};
use crate::error::{Error, ErrorKind, Result};
use crate::idic::identify::blocking::BlockingKey;
use crate::idic::identify::field::{DataSensitivity, Field, FieldKind, Side};
use crate::idic::identify::level::AgreementLevel;
use crate::idic::identify::model::{FieldModel, LinkageModel};
use crate::idic::identify::normalise::CallingCode;
use crate::idic::identify::schema::Schema;
use crate::units::{Label, Moment};

const MARK: &[u8; 8] = b"crm-core";
const VERSION: u64 = 2;
const CHECKSUM: usize = 32;

impl ProfileStore {
    /// The whole store, to be read by [`ProfileStore::from_bytes`]. It holds what the records say of persons: keep it as they are
    /// kept.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut body = Writer::default();
        write_model(&mut body, &self.model);
        body.float(self.threshold);
        body.integer(self.next_cluster);
        body.length(self.sources.len());
        for Source { name, trust } in &self.sources {
            body.text(name);
            body.float(*trust);
        }
        body.length(self.records.len());
        for record in &self.records {
            body.byte(u8::from(record.is_some()));
            if let Some(Profile {
                cluster,
                origin,
                values,
            }) = record
            {
                body.integer(*cluster);
                body.byte(u8::from(origin.is_some()));
                if let Some(Origin { source, time }) = origin {
                    body.integer(u64::from(source.0));
                    body.integer(time.seconds().cast_unsigned());
                }
                body.text(values.reveal());
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
                body.integer(*ended);
                body.integer(*went_on);
                body.length(records.len());
                records
                    .iter()
                    .for_each(|&record| body.integer(u64::from(record)));
            }
        }
        let body = body.finish();
        let mut bytes = Vec::with_capacity(MARK.len() + 8 + CHECKSUM + body.len());
        bytes.extend_from_slice(MARK);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&Sha256::digest(&body));
        bytes.extend_from_slice(&body);
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
        let body = bytes.get(MARK.len() + 8 + CHECKSUM..).unwrap_or_default();
        if Sha256::digest(body).as_slice() != checksum {
            return Err(corrupt());
        }
        // What is refused below was made by another program, with a checksum of its own.
        read(Reader::new(body)).map_err(|_| corrupt())
    }
}

fn read(mut body: Reader<'_>) -> Result<ProfileStore> {
    let model = read_model(&mut body)?;
    let fields = model.schema.fields().len();
    let threshold = body.float()?;
    let mut store = ProfileStore::new(model, threshold)?;
    let next_cluster = body.integer()?;
    for _ in 0..body.length()? {
        let (name, trust) = (body.text()?, body.float()?);
        store.set_source(name, trust)?;
    }
    for _ in 0..body.length()? {
        if !body.flag()? {
            store.records.push(None);
            continue;
        }
        let cluster = body.integer()?;
        let origin = match body.flag()? {
            false => None,
            true => Some(read_origin(&mut body)?),
        };
        if let Some(origin) = origin {
            store.check_origin(origin)?;
        }
        let line = body.text()?;
        let values = Line::new(line);
        if values.0.len() != fields || cluster >= next_cluster {
            return Err(corrupt());
        }
        store.push_line(cluster, origin, line)?;
    }
    store.next_cluster = next_cluster;
    for _ in 0..body.length()? {
        let merge = match body.flag()? {
            false => None,
            true => Some(read_merge(&mut body)?),
        };
        store.merges.push(merge);
    }
    body.finish()?;
    Ok(store)
}

fn read_origin(body: &mut Reader<'_>) -> Result<Origin> {
    let source = u16::try_from(body.integer()?).map_err(|_| corrupt())?;
    Ok(Origin {
        source: SourceId(source),
        time: Moment::from_seconds(body.integer()?.cast_signed())?,
    })
}

fn read_merge(body: &mut Reader<'_>) -> Result<Merge> {
    let (ended, went_on) = (body.integer()?, body.integer()?);
    let count = body.length()?;
    let record = |_| u32::try_from(body.integer()?).map_err(|_| corrupt());
    let records = (0..count).map(record).collect::<Result<_>>()?;
    Ok(Merge {
        ended,
        went_on,
        records,
    })
}

fn write_model(body: &mut Writer, model: &LinkageModel) {
    body.integer(u64::from(u16::from(model.schema.calling_code())));
    body.length(model.fields.len());
    for (field, of_field) in model.schema.fields().iter().zip(&model.fields) {
        body.text(&field.name);
        body.byte(field.kind as u8);
        body.integer(field.partner.map_or(u64::MAX, |partner| partner as u64));
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
        body.floats(&of_field.m);
        body.floats(&of_field.u);
        body.float(of_field.mean_frequency);
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
    let (mut fields, mut models) = (Vec::new(), Vec::new());
    for _ in 0..body.length()? {
        let (field, model) = read_field(body)?;
        fields.push(field);
        models.push(model);
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
        prior,
        keys,
        recall,
        term_frequency_bound,
        iterations: body.count()?,
        converged: body.flag()?,
        largest_block: body.count()?,
    })
}

fn read_field(body: &mut Reader<'_>) -> Result<(Field, FieldModel)> {
    let mut field = Field::new(body.text()?, member::<FieldKind>(body.byte()?)?);
    field.partner = match body.integer()? {
        u64::MAX => None,
        partner => Some(usize::try_from(partner).map_err(|_| corrupt())?),
    };
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
    let model = FieldModel {
        m: body.floats()?,
        u: body.floats()?,
        mean_frequency: body.float()?,
    };
    // A sum of estimates may be above 1 by its rounding.
    let is_probability = |p: &f64| (0.0..=1.0 + 1e-9).contains(p);
    let probabilities = model.m.iter().skip(1).chain(model.u.iter().skip(1));
    if probabilities.clone().all(is_probability) {
        Ok((field, model))
    } else {
        Err(corrupt())
    }
}

fn member<T: Label>(code: u8) -> Result<T> {
    T::ALL.get(usize::from(code)).copied().ok_or_else(corrupt)
}
