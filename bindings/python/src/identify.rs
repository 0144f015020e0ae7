//! `crm_core.idic`: entity resolution.

use crm_core::idic::identify::store::ProfileStore;
use crm_core::idic::identify::{
    AgreementLevel, Blocking, BlockingKey, Clusters, Explanation, Field, FieldQuality,
    LinkageModel, Provenance, QualityLimits, Records, Schema, ScoredPair, ScoredPairs, Side,
    Survivorship, TrainingOptions, cluster, distance, field_quality, golden_records, infer_schema,
    link_one_to_one, normalise, possible_links, precision_recall,
};
use crm_core::ledger::TextColumn;
use crm_core::units::{Label, Moment};
use crm_core::{Error, ErrorKind, Result as CoreResult};
use crm_core_arrow::{NewColumn, NewTable, NewValues, Table, TextChunk};
use pyo3::prelude::*;

use crate::buffers::{Floats, Indices, detached};
use crate::categories::member;
use crate::error::Result;
use crate::tables::{ArrowTable, OutTable};

/// Name, kind, partner, what it is made of, whether term frequencies count, importance, half-life, sensitivity, and probabilities set by hand (of matches,
/// level, probability).
type FieldArgument = (
    String,
    String,
    Option<usize>,
    Vec<usize>,
    bool,
    f64,
    Option<f64>,
    String,
    Vec<(bool, String, f64)>,
);
/// Keys, comparisons per record, largest block.
type BlockingArgument = (Vec<Vec<usize>>, f64, usize);
/// Random pairs, training pairs, prior, bound of term frequencies, seed.
type TrainingArgument = (usize, usize, Option<f64>, f64, u64);

/// Field, filled, unreadable, different values, freshness, verdict.
type Quality = (usize, f64, f64, usize, Option<f64>, &'static str);

/// Prior; level, weight and term frequency of each field; weight; probability.
pub(crate) type Told = (f64, Vec<(&'static str, f64, f64)>, f64, f64);

/// The fields of records.
#[pyclass(frozen, name = "RecordSchema", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct PySchema(pub(crate) Schema);

impl PySchema {
    pub(crate) fn core(&self) -> &Schema {
        &self.0
    }
}

#[pymethods]
impl PySchema {
    #[new]
    fn new(fields: Vec<FieldArgument>, calling_code: u16) -> Result<Self> {
        let field = |given: FieldArgument| {
            let (
                name,
                kind,
                partner,
                derived_from,
                term_frequency,
                importance,
                half_life,
                sensitivity,
                fixed,
            ) = given;
            let mut field = Field {
                partner,
                derived_from,
                term_frequency,
                importance,
                half_life,
                sensitivity: member("sensitivity", &sensitivity)?,
                ..Field::new(name, member("kind", &kind)?)
            };
            for (of_matches, level, probability) in fixed {
                let side = if of_matches {
                    Side::Match
                } else {
                    Side::NonMatch
                };
                field = field.fix(side, member("level", &level)?, probability);
            }
            Ok(field)
        };
        let fields = fields.into_iter().map(field).collect::<CoreResult<_>>()?;
        Ok(PySchema(Schema::new(fields)?.with_calling_code(
            normalise::CallingCode::new(calling_code)?,
        )))
    }

    /// The schema that columns of a table seem to have.
    #[staticmethod]
    fn infer(
        py: Python<'_>,
        table: ArrowTable,
        columns: Vec<String>,
        calling_code: u16,
    ) -> Result<Self> {
        detached(py, || {
            let texts: Vec<Vec<TextChunk<'_>>> = columns
                .iter()
                .map(|name| table.0.column(name)?.written())
                .collect::<CoreResult<_>>()?;
            let firsts: Vec<(&str, &dyn TextColumn)> = columns
                .iter()
                .zip(&texts)
                .map(|(name, chunks)| {
                    let first: &dyn TextColumn = match chunks.first() {
                        Some(chunk) => chunk,
                        None => &NOTHING,
                    };
                    (name.as_str(), first)
                })
                .collect();
            Ok(
                infer_schema(&firsts)?
                    .with_calling_code(normalise::CallingCode::new(calling_code)?),
            )
        })
        .map(PySchema)
    }

    #[getter]
    fn fields(&self) -> Vec<FieldArgument> {
        let field = |field: &Field| {
            let fixed = field.fixed.iter();
            let fixed = fixed
                .map(|&(side, level, p)| (side == Side::Match, level.name().to_owned(), p))
                .collect();
            (
                field.name.clone(),
                field.kind.name().to_owned(),
                field.partner,
                field.derived_from.clone(),
                field.term_frequency,
                field.importance,
                field.half_life,
                field.sensitivity.name().to_owned(),
                fixed,
            )
        };
        self.0.fields().iter().map(field).collect()
    }
}

const NOTHING: &[&str] = &[];

/// Which records of a table, or of two, are of one customer.
#[pyclass(frozen, name = "Resolution", module = "crm_core._core")]
pub(crate) struct PyResolution {
    records: Records,
    model: LinkageModel,
    scored: ScoredPairs,
    least_probability: f64,
    clusters: Clusters,
}

impl PyResolution {
    /// A store of the records and their customers.
    pub(crate) fn store(
        &self,
        threshold: f64,
        review_threshold: Option<f64>,
    ) -> CoreResult<ProfileStore> {
        let model = self.model.clone();
        let mut store =
            ProfileStore::from_clusters(model, threshold, &self.records, &self.clusters)?;
        if let Some(review_threshold) = review_threshold {
            store.set_review_threshold(review_threshold)?;
        }
        Ok(store)
    }
}

#[pymethods]
impl PyResolution {
    #[new]
    #[expect(clippy::too_many_arguments, reason = "the options, one by one")]
    fn new(
        py: Python<'_>,
        tables: Vec<ArrowTable>,
        schema: &PySchema,
        blocking: BlockingArgument,
        training: TrainingArgument,
        least_probability: f64,
        threshold: f64,
        one_to_one: bool,
    ) -> Result<Self> {
        let options = options(blocking, training);
        detached(py, || {
            let records = read(&tables, &schema.0)?;
            let model = LinkageModel::train(&schema.0, &records, &options)?;
            let mut scored = model.score(&records, least_probability)?;
            if one_to_one {
                scored.pairs = link_one_to_one(&records, &scored.pairs, least_probability)?;
            }
            let clusters = cluster(&model, &records, &scored.pairs, threshold)?;
            Ok(PyResolution {
                records,
                model,
                scored,
                least_probability,
                clusters,
            })
        })
    }

    /// Rows of the first table.
    #[getter]
    fn split(&self) -> Option<usize> {
        self.records.split()
    }

    #[getter]
    fn rows(&self) -> usize {
        self.records.len()
    }

    /// Pairs compared; keys; recall; prior; iterations; whether they converged; clusters; groups split.
    #[getter]
    fn report(&self) -> (u64, Vec<Vec<usize>>, f64, f64, usize, bool, usize, usize) {
        let keys = self
            .model
            .keys()
            .iter()
            .map(|key| key.fields.clone())
            .collect();
        let (iterations, converged) = self.model.convergence();
        let Clusters { count, split, .. } = self.clusters;
        (
            self.scored.compared,
            keys,
            self.model.recall(),
            self.model.prior(),
            iterations,
            converged,
            count,
            split,
        )
    }

    /// Missing and unreadable values of each field.
    #[getter]
    fn quality(&self) -> Vec<(usize, usize)> {
        (0..self.records.fields())
            .map(|f| (self.records.missing(f), self.records.unreadable(f)))
            .collect()
    }

    /// Field, filled, unreadable, different values, freshness and verdict of each field.
    fn field_quality(
        &self,
        py: Python<'_>,
        times: Option<Vec<i64>>,
        now: i64,
        least_freshness: f64,
        least_filled: f64,
    ) -> Result<Vec<Quality>> {
        let qualities = detached(py, || {
            let moments = |times: Vec<i64>| {
                let moment = |(row, seconds): (usize, i64)| {
                    Moment::from_seconds(seconds).map_err(|e| e.named("times").at_row(row))
                };
                times.into_iter().enumerate().map(moment).collect()
            };
            let times: Option<Vec<Moment>> = times.map(moments).transpose()?;
            let limits = QualityLimits {
                least_freshness,
                least_filled,
            };
            let now = Moment::from_seconds(now)?;
            field_quality(
                self.model.schema(),
                &self.records,
                times.as_deref(),
                now,
                limits,
            )
        })?;
        let told = |q: FieldQuality| {
            (
                q.field,
                q.filled,
                q.unreadable,
                q.different,
                q.freshness,
                q.verdict.name(),
            )
        };
        Ok(qualities.into_iter().map(told).collect())
    }

    /// A row for each level of each field.
    fn model(&self) -> Result<OutTable> {
        let mut names = Vec::new();
        let mut levels = Vec::new();
        let mut values: [Vec<f64>; 3] = Default::default();
        let mut is_derived = Vec::new();
        let fields = self.model.schema().fields().iter();
        let tables = self.model.fields().iter().zip(self.model.derived());
        for (field, (plain, derived)) in fields.zip(tables) {
            for (place, model) in std::iter::once(plain).chain(derived).enumerate() {
                for ((level, m), u) in AgreementLevel::ALL.iter().zip(model.m).zip(model.u).skip(1)
                {
                    names.push(field.name.clone());
                    levels.push(*level as u8);
                    is_derived.push(place == 1);
                    let [all_m, all_u, weights] = &mut values;
                    all_m.push(m);
                    all_u.push(u);
                    weights.push(model.weight(*level));
                }
            }
        }
        let [m, u, weights] = values;
        let level_names = AgreementLevel::ALL
            .iter()
            .map(|level| level.name())
            .collect();
        Ok(NewTable::new(vec![
            NewColumn::new("field", NewValues::Texts(names.iter().collect())),
            NewColumn::new("level", NewValues::Categories(levels, level_names)),
            NewColumn::new("m", NewValues::Floats(m)),
            NewColumn::new("u", NewValues::Floats(u)),
            NewColumn::new("weight", NewValues::Floats(weights)),
            NewColumn::new("derived", NewValues::Booleans(is_derived)),
        ])?
        .into())
    }

    /// Rows, weight and probability of each pair.
    fn pairs(&self, py: Python<'_>) -> Result<OutTable> {
        detached(py, || table_of(&self.scored.pairs)).map(OutTable::from)
    }

    /// The same of those that are not linked and may be.
    fn possible_links(&self, py: Python<'_>, review_threshold: Option<f64>) -> Result<OutTable> {
        let least = review_threshold.unwrap_or(self.least_probability);
        if least < self.least_probability {
            let reason = "must be least_probability or more, as other pairs were not kept";
            let error = Error::new(ErrorKind::OutOfRange, "review_threshold", reason);
            return Err(error.with_value(least).into());
        }
        detached(py, || {
            table_of(&possible_links(&self.clusters, &self.scored.pairs, least)?)
        })
        .map(OutTable::from)
    }

    /// The cluster of each row.
    fn clusters(&self) -> Result<OutTable> {
        let clusters = NewColumn::counts("cluster", self.clusters.of_record.iter().copied());
        Ok(NewTable::new(vec![clusters])?.into())
    }

    /// Prior; level, weight and term frequency of each field; weight; probability.
    fn explain(&self, a: usize, b: usize) -> Result<Told> {
        let Explanation {
            prior,
            fields,
            weight,
            probability,
        } = self.model.explain_pair(&self.records, a, b)?;
        let fields = fields
            .iter()
            .map(|f| (f.level.name(), f.weight, f.term_frequency))
            .collect();
        Ok((prior, fields, weight, probability))
    }

    /// Cluster and number of records of each customer, and by field the row that its value comes from; conflicts by field.
    fn golden(
        &self,
        py: Python<'_>,
        rules: Vec<String>,
        times: Option<Vec<i64>>,
        trust: Option<Floats>,
    ) -> Result<(OutTable, Vec<usize>)> {
        let rules: Vec<Survivorship> = rules
            .iter()
            .map(|rule| member("rules", rule))
            .collect::<CoreResult<_>>()?;
        let trust = trust
            .as_ref()
            .map(|trust| trust.slice("trust"))
            .transpose()?;
        let (table, conflicts) = detached(py, || {
            let provenance = Provenance {
                times: times.as_deref(),
                trust,
            };
            let golden = golden_records(&self.records, &self.clusters, &rules, provenance)?;
            let mut columns = vec![
                NewColumn::counts("cluster", golden.clusters),
                NewColumn::counts("records", golden.sizes),
            ];
            for (field, sources) in self.model.schema().fields().iter().zip(golden.sources) {
                let valid: Vec<bool> = sources.iter().map(Option::is_some).collect();
                let rows = sources.into_iter().map(Option::unwrap_or_default);
                columns.push(NewColumn::counts(&field.name, rows).with_validity(&valid));
            }
            Ok((NewTable::new(columns)?, golden.conflicts))
        })?;
        Ok((table.into(), conflicts))
    }

    /// Precision and recall of the pairs at each weight.
    fn precision_recall(&self, py: Python<'_>, a: Indices, b: Indices) -> Result<OutTable> {
        let (a, b) = (a.slice("a")?, b.slice("b")?);
        detached(py, || {
            let matches: Vec<(u32, u32)> = a.iter().copied().zip(b.iter().copied()).collect();
            let curve = precision_recall(&self.scored.pairs, &matches)?;
            let floats = |of: fn(&crm_core::idic::identify::PrecisionRecall) -> f64| {
                NewValues::Floats(curve.iter().map(of).collect())
            };
            NewTable::new(vec![
                NewColumn::new("threshold", floats(|p| p.threshold)),
                NewColumn::new("precision", floats(|p| p.precision)),
                NewColumn::new("recall", floats(|p| p.recall)),
                NewColumn::new("f1", floats(|p| p.f1)),
            ])
        })
        .map(OutTable::from)
    }
}

fn table_of(pairs: &[ScoredPair]) -> CoreResult<NewTable> {
    let floats = |of: fn(&ScoredPair) -> f64| NewValues::Floats(pairs.iter().map(of).collect());
    NewTable::new(vec![
        NewColumn::counts("a", pairs.iter().map(|pair| pair.a)),
        NewColumn::counts("b", pairs.iter().map(|pair| pair.b)),
        NewColumn::new("weight", floats(|pair| pair.weight)),
        NewColumn::new("probability", floats(ScoredPair::probability)),
    ])
}

fn options(
    (keys, comparisons_per_record, largest_block): BlockingArgument,
    training: TrainingArgument,
) -> TrainingOptions {
    let (random_pairs, training_pairs, prior, term_frequency_bound, seed) = training;
    let keys = keys
        .into_iter()
        .map(|fields| BlockingKey { fields })
        .collect();
    TrainingOptions {
        blocking: Blocking {
            keys,
            comparisons_per_record,
            largest_block,
        },
        random_pairs,
        training_pairs,
        prior,
        term_frequency_bound,
        seed,
    }
}

/// The columns of the schema, of one table or two.
fn read(tables: &[ArrowTable], schema: &Schema) -> CoreResult<Records> {
    let written: Vec<Vec<Vec<TextChunk<'_>>>> = tables
        .iter()
        .map(|table| columns(&table.0, schema))
        .collect::<CoreResult<_>>()?;
    let chunks: Vec<Vec<Vec<&dyn TextColumn>>> =
        written.iter().map(|columns| by_chunk(columns)).collect();
    match chunks.as_slice() {
        [one] => Records::read(schema, one),
        [first, second] => Records::read_two(schema, first, second),
        _ => Err(Error::new(
            ErrorKind::LengthMismatch,
            "tables",
            "must be one or two",
        )),
    }
}

pub(crate) fn columns<'a>(
    table: &'a Table,
    schema: &Schema,
) -> CoreResult<Vec<Vec<TextChunk<'a>>>> {
    schema
        .fields()
        .iter()
        .map(|field| table.column(&field.name)?.written())
        .collect()
}

/// Every column of a table is cut alike.
pub(crate) fn by_chunk<'a>(columns: &'a [Vec<TextChunk<'_>>]) -> Vec<Vec<&'a dyn TextColumn>> {
    let count = columns.first().map_or(0, Vec::len);
    let chunk = |number| {
        columns
            .iter()
            .filter_map(|chunks| chunks.get(number))
            .map(|c| c as &dyn TextColumn)
            .collect()
    };
    (0..count).map(chunk).collect()
}

#[pyfunction]
pub(crate) fn jaro(a: &str, b: &str) -> f64 {
    distance::jaro(a, b)
}

#[pyfunction]
pub(crate) fn jaro_winkler(a: &str, b: &str) -> f64 {
    distance::jaro_winkler(a, b)
}

#[pyfunction]
pub(crate) fn token_set(a: &str, b: &str) -> f64 {
    distance::token_set(a, b)
}

#[pyfunction]
pub(crate) fn levenshtein(a: &str, b: &str) -> usize {
    distance::levenshtein(a, b)
}

#[pyfunction]
pub(crate) fn osa(a: &str, b: &str) -> usize {
    distance::osa(a, b)
}

#[pyfunction]
pub(crate) fn damerau_levenshtein(a: &str, b: &str) -> usize {
    distance::damerau_levenshtein(a, b)
}

/// The normal form of a text by the kind of its field.
#[pyfunction]
pub(crate) fn normalise_text(kind: &str, text: &str, calling_code: u16) -> Result<String> {
    let code = normalise::CallingCode::new(calling_code)?;
    match kind {
        "pinyin" => Ok(normalise::romanised(&normalise::name(text))),
        kind => Ok(normalise::value(member("kind", kind)?, text, code)?),
    }
}
