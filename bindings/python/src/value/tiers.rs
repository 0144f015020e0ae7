//! Pyramid, value groups, migration between tiers.

use crm_core::value::groups::{Group, summarise};
use crm_core::value::tiers::{Pyramid, TierMigration, ValueGroups};
use pyo3::prelude::*;

use super::{Codes, array, shares, whole};
use crate::buffers::{Floats, detached};
use crate::error::Result;
use crate::numbers::Number;

#[pyfunction]
pub(crate) fn pyramid_thresholds(
    py: Python<'_>,
    profit: Floats,
    shares: Option<Vec<Number>>,
) -> Result<Vec<f64>> {
    let profit = profit.slice("profit")?;
    let shares = shares.as_deref().map(self::shares).transpose()?;
    let pyramid = match shares {
        None => detached(py, || Pyramid::new(profit))?,
        Some(shares) => {
            let shares = array("shares", shares)?;
            detached(py, || Pyramid::with_shares(profit, &shares))?
        }
    };
    Ok(pyramid.thresholds().to_vec())
}

#[pyfunction]
pub(crate) fn pyramid_assign(
    py: Python<'_>,
    profit: Floats,
    thresholds: Vec<f64>,
) -> Result<Codes> {
    let profit = profit.slice("profit")?;
    let pyramid = Pyramid::at(&array("thresholds", thresholds)?)?;
    detached(py, || {
        let mut tiers = vec![0; profit.len()];
        pyramid.assign_into(profit, &mut tiers)?;
        Ok(tiers)
    })
}

#[pyfunction]
pub(crate) fn value_group_thresholds(
    py: Python<'_>,
    profit: Floats,
    shares: Option<Vec<Number>>,
) -> Result<Vec<f64>> {
    let profit = profit.slice("profit")?;
    let shares = shares.as_deref().map(self::shares).transpose()?;
    let groups = match shares {
        None => detached(py, || ValueGroups::fifths(profit))?,
        Some(shares) => {
            let shares = array("shares", shares)?;
            detached(py, || ValueGroups::with_shares(profit, &shares))?
        }
    };
    Ok(groups.thresholds().to_vec())
}

#[pyfunction]
pub(crate) fn value_group_assign(
    py: Python<'_>,
    profit: Floats,
    thresholds: Vec<f64>,
) -> Result<Codes> {
    let profit = profit.slice("profit")?;
    let cuts = ValueGroups::at(&array("thresholds", thresholds)?)?;
    detached(py, || {
        let mut groups = vec![0; profit.len()];
        cuts.assign_into(profit, &mut groups)?;
        Ok(groups)
    })
}

#[derive(IntoPyObject)]
pub(crate) struct GroupParts {
    customers: u64,
    share_of_customers: f64,
    profit: f64,
    share_of_profit: Option<f64>,
    mean_profit: Option<f64>,
}

impl From<Group> for GroupParts {
    fn from(group: Group) -> Self {
        GroupParts {
            customers: group.customers,
            share_of_customers: group.share_of_customers,
            profit: group.profit,
            share_of_profit: group.share_of_profit,
            mean_profit: group.mean_profit,
        }
    }
}

#[pyfunction]
pub(crate) fn group_table(
    py: Python<'_>,
    codes: &[u8],
    profit: Floats,
    groups: i64,
) -> Result<Vec<GroupParts>> {
    let profit = profit.slice("profit")?;
    let groups = whole("groups", groups)?;
    let table = detached(py, || summarise(codes, profit, groups))?;
    Ok(table.into_iter().map(Into::into).collect())
}

#[derive(IntoPyObject)]
pub(crate) struct MigrationParts {
    counts: Vec<Vec<u64>>,
    rates: Vec<Option<Vec<f64>>>,
}

#[pyfunction]
pub(crate) fn tier_migration(
    py: Python<'_>,
    before: &[u8],
    after: &[u8],
    tiers: i64,
) -> Result<MigrationParts> {
    let tiers = whole("tiers", tiers)?;
    let moves = detached(py, || TierMigration::new(before, after, tiers))?;
    let rows = 0..moves.tiers();
    Ok(MigrationParts {
        counts: rows
            .clone()
            .map(|from| moves.counts(from).to_vec())
            .collect(),
        rates: rows.map(|from| moves.rates(from)).collect(),
    })
}
