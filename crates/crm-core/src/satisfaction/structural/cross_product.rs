//! Σ w_i x_i x_iᵀ over rows, in vectors, without fused multiply-add: each entry is one chain of products and sums in the order of the
//! rows, the same bits on every processor.

#![expect(
    clippy::indexing_slicing,
    clippy::needless_range_loop,
    reason = "every index is below the width or the number of rows; iterators are not always inlined into the functions of an instruction set"
)]

use pulp::{Arch, Simd, WithSimd};

/// The `f64`s of the longest vector of any processor: rows are filled up with zeros to a multiple of it.
const WIDE: usize = 8;

/// Rows whose products are summed in registers before they are added to the total.
pub(super) const ROWS_PER_BLOCK: usize = 64;

/// Rows and columns of a tile of sums in registers; columns count in vectors.
const TILE_ROWS: usize = 4;

/// The length of a row of `columns` values with its filling.
pub(super) fn padded(columns: usize) -> usize {
    columns.div_ceil(WIDE) * WIDE
}

/// Sums of rows and of their products.
#[derive(Debug, Clone)]
pub(super) struct CrossProduct {
    arch: Arch,
    width: usize,
    /// Row-major, of which only the entries on and above the diagonal have a meaning.
    products: Vec<f64>,
    sums: Vec<f64>,
    /// The block that is being filled: rows, and rows times their weights.
    rows: Vec<f64>,
    weighted: Vec<f64>,
    filled: usize,
}

impl CrossProduct {
    /// Of rows of `columns` values.
    pub(super) fn new(columns: usize) -> Self {
        let width = padded(columns);
        CrossProduct {
            arch: Arch::new(),
            width,
            products: vec![0.0; width * width],
            sums: vec![0.0; width],
            rows: vec![0.0; width * ROWS_PER_BLOCK],
            weighted: vec![0.0; width * ROWS_PER_BLOCK],
            filled: 0,
        }
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Makes it the sum of no rows.
    pub(super) fn clear(&mut self) {
        self.products.fill(0.0);
        self.sums.fill(0.0);
        self.filled = 0;
    }

    /// Adds a row, `width` long with zeros at its end, with this weight.
    #[inline]
    pub(super) fn add(&mut self, row: &[f64], weight: f64) {
        let (start, end) = (self.filled * self.width, (self.filled + 1) * self.width);
        let (rows, weighted) = (&mut self.rows[start..end], &mut self.weighted[start..end]);
        for ((value, product), &x) in rows.iter_mut().zip(weighted).zip(row) {
            *value = x;
            *product = weight * x;
        }
        self.filled += 1;
        if self.filled == ROWS_PER_BLOCK {
            self.flush();
        }
    }

    /// Adds rows of `width` values that lie one after the other, each with weight 1.
    pub(super) fn add_block(&mut self, rows: &[f64]) {
        self.flush();
        self.arch.dispatch(Block {
            width: self.width,
            rows,
            weighted: rows,
            products: &mut self.products,
            sums: &mut self.sums,
        });
    }

    /// The sums and products of all rows; of the products only entries on and above the diagonal have a meaning.
    pub(super) fn finish(&mut self) -> (&[f64], &[f64]) {
        self.flush();
        (&self.sums, &self.products)
    }

    fn flush(&mut self) {
        let end = self.filled * self.width;
        self.filled = 0;
        if end > 0 {
            self.arch.dispatch(Block {
                width: self.width,
                rows: &self.rows[..end],
                weighted: &self.weighted[..end],
                products: &mut self.products,
                sums: &mut self.sums,
            });
        }
    }
}

/// Some rows to be added. A type, since a closure is not compiled for the instruction set that it is dispatched to.
struct Block<'a> {
    width: usize,
    rows: &'a [f64],
    weighted: &'a [f64],
    products: &'a mut [f64],
    sums: &'a mut [f64],
}

impl WithSimd for Block<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let vectors = self.width / S::F64_LANES;
        self.add_sums(simd);
        for row in (0..self.width).step_by(TILE_ROWS) {
            // Tiles wholly below the diagonal are left out.
            let mut vector = row / S::F64_LANES;
            while vector + 3 <= vectors {
                self.add_tile::<S, 3>(simd, row, vector);
                vector += 3;
            }
            match vectors - vector {
                2 => self.add_tile::<S, 2>(simd, row, vector),
                1 => self.add_tile::<S, 1>(simd, row, vector),
                _ => {}
            }
        }
    }
}

impl Block<'_> {
    #[inline(always)]
    fn add_sums<S: Simd>(&mut self, simd: S) {
        let vectors = self.width / S::F64_LANES;
        let (weighted, _) = S::as_simd_f64s(self.weighted);
        let (sums, _) = S::as_mut_simd_f64s(self.sums);
        for v in 0..vectors {
            let mut sum = simd.splat_f64s(0.0);
            let mut place = v;
            while place < weighted.len() {
                sum = simd.add_f64s(sum, weighted[place]);
                place += vectors;
            }
            sums[v] = simd.add_f64s(sums[v], sum);
        }
    }

    /// Products of `TILE_ROWS` entries of each row from `first` on with `V` vectors of entries from `vector` on.
    #[inline(always)]
    fn add_tile<S: Simd, const V: usize>(&mut self, simd: S, first: usize, vector: usize) {
        let vectors = self.width / S::F64_LANES;
        let rows = self.rows.len() / self.width;
        let (entries, _) = S::as_simd_f64s(self.rows);
        let mut tile = [[simd.splat_f64s(0.0); V]; TILE_ROWS];
        for r in 0..rows {
            let right = &entries[r * vectors + vector..r * vectors + vector + V];
            let left = &self.weighted[r * self.width + first..r * self.width + first + TILE_ROWS];
            for i in 0..TILE_ROWS {
                let factor = simd.splat_f64s(left[i]);
                for v in 0..V {
                    tile[i][v] = simd.add_f64s(tile[i][v], simd.mul_f64s(factor, right[v]));
                }
            }
        }
        let (products, _) = S::as_mut_simd_f64s(self.products);
        for i in 0..TILE_ROWS {
            for v in 0..V {
                let place = (first + i) * vectors + vector + v;
                products[place] = simd.add_f64s(products[place], tile[i][v]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::random::Stream;

    /// The sums of whole numbers are exact, in whatever order.
    #[test]
    fn products_of_whole_numbers() {
        for columns in [1, 3, 8, 13, 24, 40] {
            let mut random = Stream::new(3, columns as u64);
            let rows: Vec<Vec<f64>> = (0..150)
                .map(|_| {
                    (0..columns)
                        .map(|_| (random.uniform() * 10.0).trunc())
                        .collect()
                })
                .collect();
            let weights: Vec<f64> = rows
                .iter()
                .map(|_| (random.uniform() * 4.0).trunc())
                .collect();
            let mut cross = CrossProduct::new(columns);
            for (row, &weight) in rows.iter().zip(&weights) {
                let mut padded = row.clone();
                padded.resize(cross.width(), 0.0);
                cross.add(&padded, weight);
            }
            let width = cross.width();
            let (sums, products) = cross.finish();
            for j in 0..columns {
                let sum: f64 = rows.iter().zip(&weights).map(|(row, w)| w * row[j]).sum();
                assert_eq!(sums[j], sum);
                for k in j..columns {
                    let terms = rows.iter().zip(&weights);
                    let product: f64 = terms.map(|(row, w)| w * row[j] * row[k]).sum();
                    assert_eq!(products[j * width + k], product, "{columns}: {j}, {k}");
                }
            }
        }
    }

    /// Every instruction set gives the same bits.
    #[test]
    fn same_bits_everywhere() {
        let columns = 21;
        let mut random = Stream::new(4, 0);
        let mut plain = CrossProduct::new(columns);
        plain.arch = Arch::Scalar;
        let mut dispatched = CrossProduct::new(columns);
        for _ in 0..200 {
            let mut row: Vec<f64> = (0..columns).map(|_| random.normal()).collect();
            row.resize(plain.width(), 0.0);
            let weight = random.uniform();
            plain.add(&row, weight);
            dispatched.add(&row, weight);
        }
        let width = plain.width();
        let (plain, dispatched) = (plain.finish(), dispatched.finish());
        assert_eq!(plain.0, dispatched.0);
        for j in 0..columns {
            let upper = j * width + j..j * width + columns;
            assert_eq!(plain.1[upper.clone()], dispatched.1[upper]);
        }
    }
}
