//! Decimals of 32 to 256 bits.

/// The whole number of a decimal that is `bytes`, least byte first; `None` beyond 128 bits.
pub(crate) fn integer(bytes: &[u8]) -> Option<i128> {
    let negative = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
    let fill = if negative { u8::MAX } else { 0 };
    let mut low = [fill; 16];
    for (to, from) in low.iter_mut().zip(bytes) {
        *to = *from;
    }
    let value = i128::from_le_bytes(low);
    let rest_is_sign = bytes.iter().skip(16).all(|&byte| byte == fill);
    (rest_is_sign && (value < 0) == negative).then_some(value)
}

/// The nearest float to `integer` · 10^−`scale`.
pub(crate) fn float(integer: i128, scale: i8) -> f64 {
    const EXACT_INTEGERS: std::ops::RangeInclusive<i128> = -(1 << 53)..=1 << 53;
    const EXACT_POWERS: [f64; 23] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];
    let power = usize::try_from(scale)
        .ok()
        .and_then(|scale| EXACT_POWERS.get(scale));
    match power {
        // One rounding of two exact numbers.
        Some(power) if EXACT_INTEGERS.contains(&integer) => integer as f64 / power,
        _ => format!("{integer}e{}", -i32::from(scale))
            .parse()
            .unwrap_or(f64::NAN),
    }
}

#[cfg(test)]
mod tests {
    use super::{float, integer};

    #[test]
    fn integers_of_every_width() {
        assert_eq!(integer(&(-5_i32).to_le_bytes()), Some(-5));
        assert_eq!(integer(&(1_i64 << 40).to_le_bytes()), Some(1 << 40));
        assert_eq!(integer(&i128::MIN.to_le_bytes()), Some(i128::MIN));
        let mut wide = [u8::MAX; 32];
        assert_eq!(integer(&wide), Some(-1));
        wide[15] = 0;
        assert_eq!(integer(&wide), None);
        let mut wide = [0; 32];
        wide[0] = 7;
        assert_eq!(integer(&wide), Some(7));
        wide[16] = 1;
        assert_eq!(integer(&wide), None);
    }

    #[test]
    fn floats_are_the_nearest() {
        assert_eq!(float(1999, 2).to_bits(), 19.99_f64.to_bits());
        assert_eq!(float(-7, 0), -7.0);
        assert_eq!(float(12, -3), 12_000.0);
        let long = 12_345_678_901_234_567_890_123_456_789;
        assert_eq!(
            float(long, 20).to_bits(),
            123_456_789.012_345_67_f64.to_bits()
        );
        assert_eq!(float(1, 30), 1e-30);
    }
}
