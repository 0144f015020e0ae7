use super::field::{Field, FieldKind};
use super::normalise;
use super::schema::Schema;
use crate::error::Result;
use crate::ledger::TextColumn;

/// So many values of a column are looked at.
const LOOKED_AT: usize = 1_000;
/// A column is of a kind if so many of its values can be read as that.
const MOST: f64 = 0.8;

/// The schema that columns seem to have, by their names (English or Chinese) and their values.
///
/// A column is an e-mail address, a phone number or a date if its name says so or nearly all of its values look like one; a name or an
/// address if its name says so; an age, income or amount is a number; an identifier if most of its values have digits; any other is a
/// text. The first given and
/// family name, and the first two lines of an address, are partners.
///
/// # Errors
/// As [`Schema::new`].
pub fn infer_schema(columns: &[(&str, &dyn TextColumn)]) -> Result<Schema> {
    let kinds: Vec<FieldKind> = columns
        .iter()
        .map(|(name, values)| kind(name, *values))
        .collect();
    let fields = columns
        .iter()
        .zip(&kinds)
        .map(|((name, _), kind)| Field::new(*name, *kind));
    let mut schema = Schema::new(fields.collect())?;
    for wanted in [FieldKind::Name, FieldKind::Address] {
        let of_kind: Vec<usize> = (0..)
            .zip(&kinds)
            .filter(|(_, kind)| **kind == wanted)
            .map(|(place, _)| place)
            .collect();
        if let [first, second] = of_kind.as_slice() {
            schema = schema.swappable(*first, *second)?;
        }
    }
    Ok(schema)
}

fn kind(name: &str, values: &dyn TextColumn) -> FieldKind {
    let name = name.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let sample = || {
        (0..values.len().min(LOOKED_AT))
            .map(|row| values.get(row))
            .filter(|v| !v.is_empty())
    };
    let share = |is: &dyn Fn(&str) -> bool| {
        sample().filter(|v| is(v)).count() as f64 / sample().count().max(1) as f64
    };
    let has_digits = |text: &str| text.bytes().any(|b| b.is_ascii_digit());
    if says(&["mail", "邮箱", "邮件"]) || share(&|v| v.contains('@')) >= MOST {
        FieldKind::Email
    } else if says(&["phone", "mobile", "telefon", "电话", "手机", "tel_", "_tel"]) || name == "tel"
    {
        FieldKind::Phone
    } else if says(&["birth", "dob", "date", "日期", "生日", "出生"])
        && share(&|v| normalise::date_digits(v).is_some()) >= MOST
    {
        FieldKind::Date
    } else if says(&[
        "postcode", "postal", "zip", "邮编", "number", "号码", "_id", "编号", "_no",
    ]) {
        FieldKind::Code
    } else if says(&["address", "street", "地址", "住址"]) {
        FieldKind::Address
    } else if (says(&["income", "salary", "amount", "年龄", "收入", "金额"])
        || name == "age"
        || name.ends_with("_age"))
        && share(&|v| normalise::number(v).is_ok()) >= MOST
    {
        FieldKind::Number
    } else if says(&["name", "姓", "名", "surname", "contact"]) {
        FieldKind::Name
    } else if share(&|v| v.contains(['-', '/', '年']) && normalise::date(v).is_ok()) >= MOST {
        FieldKind::Date
    } else if share(&has_digits) >= MOST {
        FieldKind::Code
    } else {
        FieldKind::Text
    }
}
