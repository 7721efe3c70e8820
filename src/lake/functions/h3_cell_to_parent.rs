//! `h3_cell_to_parent`: the coarser cell that holds a cell.
//!
//! A heat map calls this once a row, so it works on the bits of the index. Layout (H3 documentation, "H3 Index Bit
//! Layouts"): bit 63 reserved, 59-62 mode (1 = cell), 56-58 reserved, 52-55 resolution, 45-51 base cell, then fifteen
//! digits of three bits, the coarsest first; digits finer than the resolution are 7.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array};
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use super::scalar_function::{Arguments, Integers, Kind, Output, ScalarFunction};

const DIGITS: u32 = 15;
const BASE_CELLS: u64 = 122;
/// The lowest bit of each of the fifteen digits.
const DIGIT_LOW_BITS: u64 = 0o111_111_111_111_111;
/// Base cells that are pentagons (H3 documentation, "Base cell specifications").
const PENTAGONS: u128 = 1 << 4
    | 1 << 14
    | 1 << 24
    | 1 << 38
    | 1 << 49
    | 1 << 58
    | 1 << 63
    | 1 << 72
    | 1 << 83
    | 1 << 97
    | 1 << 107
    | 1 << 117;

pub(super) fn udf() -> ScalarUDF {
    ScalarFunction {
        name: "h3_cell_to_parent",
        arguments: &[
            ("cell", Kind::Cell, "H3 cell"),
            (
                "resolution",
                Kind::Integer,
                "Resolution of the parent, 0 to the cell's own",
            ),
        ],
        output: Output::Cell,
        doc: "The cell of a coarser resolution that holds a cell; the cell itself at its own resolution. Null when the \
              cell is invalid or the resolution is finer than the cell's.",
        example: "select h3_cell_to_parent('822d57fffffffff', 1); -- 812d7ffffffffff",
        evaluate,
    }
    .into_udf()
}

/// The parent of a cell at `resolution`; none when the cell is invalid or coarser than that.
///
/// ```
/// use chalandise_lake::functions::cell_to_parent;
///
/// assert_eq!(cell_to_parent(0x822d57fffffffff, 1), Some(0x812d7ffffffffff));
/// assert_eq!(cell_to_parent(0x822d57fffffffff, 3), None);
/// ```
pub fn cell_to_parent(cell: i64, resolution: i64) -> Option<i64> {
    let bits = cell as u64;
    let own = (bits >> 52) & 0xf;
    let wanted = u64::try_from(resolution).ok().filter(|r| *r <= own)?;
    if !is_cell(bits, own) {
        return None;
    }
    let parent = (bits & !(0xf << 52)) | (wanted << 52) | unused(wanted);
    Some(parent as i64)
}

/// The bits of the digits finer than a resolution.
fn unused(resolution: u64) -> u64 {
    (1 << (3 * (u64::from(DIGITS) - resolution))) - 1
}

/// Whether the bits are a valid cell of the resolution that they state.
fn is_cell(bits: u64, resolution: u64) -> bool {
    let cell_mode = bits >> 56 == 0b0000_1000;
    let base = (bits >> 45) & 0x7f;
    // A digit is 7 where its three bits are all set: exactly in the unused digits.
    let sevens = bits & (bits >> 1) & (bits >> 2) & DIGIT_LOW_BITS;
    let digits_fit = sevens == unused(resolution) & DIGIT_LOW_BITS;
    cell_mode && base < BASE_CELLS && digits_fit && !in_deleted_sequence(bits, base, resolution)
}

/// Whether a descendant of a pentagon lies in the sixth that a pentagon lacks: its first digit that is not 0 is 1.
fn in_deleted_sequence(bits: u64, base: u64, resolution: u64) -> bool {
    if (PENTAGONS >> base) & 1 == 0 {
        return false;
    }
    let used = bits & ((1 << 45) - 1) & !unused(resolution);
    if used == 0 {
        return false;
    }
    let highest = 63 - used.leading_zeros();
    let digit = (used >> (highest - highest % 3)) & 0b111;
    digit == 1
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let cells = arguments.integer_array(0)?;
    let resolutions = arguments.integers(1)?;
    let parents: Int64Array = match resolutions {
        Integers::Constant(None) => Int64Array::new_null(arguments.rows),
        Integers::Constant(Some(resolution)) => cells.unary_opt(|cell| cell_to_parent(cell, resolution)),
        Integers::Rows(_) => cells
            .iter()
            .enumerate()
            .map(|(row, cell)| cell_to_parent(cell?, resolutions.get(row)?))
            .collect(),
    };
    Ok(Arc::new(parents))
}

#[cfg(test)]
mod tests {
    use h3o::{CellIndex, Resolution};

    use super::*;

    fn reference(bits: u64, resolution: u8) -> Option<i64> {
        let resolution = Resolution::try_from(resolution).ok()?;
        let parent = CellIndex::try_from(bits).ok()?.parent(resolution)?;
        Some(u64::from(parent) as i64)
    }

    #[test]
    fn every_cell_down_to_resolution_4_has_the_reference_parent() {
        for base in CellIndex::base_cells() {
            for own in 0..=4_u8 {
                for cell in base.children(Resolution::try_from(own).unwrap()) {
                    for wanted in 0..=own + 1 {
                        let bits = u64::from(cell);
                        assert_eq!(
                            cell_to_parent(bits as i64, i64::from(wanted)),
                            reference(bits, wanted),
                            "{cell} at {wanted}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn the_finest_cells_of_every_base_cell_have_the_reference_parent() {
        for base in CellIndex::base_cells() {
            for center in base.children(Resolution::Two) {
                let finest = center.center_child(Resolution::Fifteen).unwrap();
                for wanted in 0..=15 {
                    let bits = u64::from(finest);
                    assert_eq!(cell_to_parent(bits as i64, i64::from(wanted)), reference(bits, wanted));
                }
            }
        }
    }

    #[test]
    fn bits_that_are_no_cell_have_no_parent() {
        // Every index around valid ones: each single and double bit flip of cells of pentagons and hexagons.
        for base in CellIndex::base_cells() {
            for cell in base.children(Resolution::One) {
                let cell = u64::from(cell.center_child(Resolution::Five).unwrap());
                for first in 0..64 {
                    for second in first..64 {
                        let bits = cell ^ (1 << first) ^ (1 << second);
                        assert_eq!(cell_to_parent(bits as i64, 0), reference(bits, 0), "{bits:x}");
                    }
                }
            }
        }
        assert_eq!(cell_to_parent(0x822d57fffffffff, -1), None);
        assert_eq!(cell_to_parent(0x822d57fffffffff, 300), None);
    }
}
