//! Arithmetic on one pixel: four bytes, red, green, blue and alpha, premultiplied, in gamma space.

/// A premultiplied colour.
pub(super) type Pixel = [u8; 4];

/// `a * b / 255`, rounded to nearest, exactly.
#[inline]
fn scale(a: u8, b: u8) -> u8 {
    let product = u16::from(a) * u16::from(b) + 128;
    ((product + (product >> 8)) >> 8) as u8
}

/// The product of two colours, channel by channel.
#[inline]
pub(super) fn modulate(a: Pixel, b: Pixel) -> Pixel {
    std::array::from_fn(|channel| scale(a[channel], b[channel]))
}

/// Draws `source` over `target`. A colour with less alpha than light adds light, as egui's additive colours do.
#[inline]
pub(super) fn over(target: &mut Pixel, source: Pixel) {
    let rest = 255 - source[3];
    for channel in 0..4 {
        target[channel] = source[channel].saturating_add(scale(target[channel], rest));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scale_is_exact_rounding_for_every_pair_of_bytes() {
        for a in 0..=255_u8 {
            for b in 0..=255_u8 {
                let rounded = (2 * u32::from(a) * u32::from(b) + 255) / 510;
                assert_eq!(u32::from(scale(a, b)), rounded, "{a} * {b}");
            }
        }
    }

    #[test]
    fn over_keeps_an_opaque_target_opaque_and_adds_light_without_alpha() {
        let mut target = [100, 100, 100, 255];
        over(&mut target, [64, 0, 0, 128]);
        assert_eq!(target, [114, 50, 50, 255]);
        over(&mut target, [200, 10, 0, 0]);
        assert_eq!(target, [255, 60, 50, 255]);
    }
}
