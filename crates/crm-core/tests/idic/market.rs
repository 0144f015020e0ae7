//! Simulated customers.

/// A seeded source of numbers in [0, 1) for simulations.
pub(crate) fn uniform(state: &mut u64) -> f64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*state >> 11) as f64 / (1_u64 << 53) as f64
}

/// Values that come from few traits, so that many customers want the same.
pub(crate) fn market(customers: usize, offers: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut state = seed;
    let taste: Vec<f64> = (0..customers).map(|_| uniform(&mut state)).collect();
    (0..offers)
        .map(|j| {
            taste
                .iter()
                .map(|t| {
                    10.0 * t * (j as f64 + 1.0) / offers as f64 + 3.0 * uniform(&mut state) - 2.0
                })
                .collect()
        })
        .collect()
}

pub(crate) fn slices<T>(columns: &[Vec<T>]) -> Vec<&[T]> {
    columns.iter().map(Vec::as_slice).collect()
}
