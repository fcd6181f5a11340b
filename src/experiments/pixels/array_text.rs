//! A matrix as NumPy prints it: the array that a Python session would show.

use super::Cells;

/// What every line after the first is moved in by: the width of `array(`.
const INDENT: usize = "array(".len();
/// The length of a line that NumPy does not exceed.
const LINE: usize = 75;
/// The most digits after the point.
const DIGITS: usize = 8;

/// `array([[0, 29], [48, 166]], dtype=uint8)`, with columns aligned and long lines folded.
pub(super) fn array_text(cells: &Cells) -> String {
    let (rows, dtype) = match cells {
        Cells::Bytes(rows) => (each(rows, ToString::to_string), "dtype=uint8)"),
        Cells::Floats(rows) => (floats(rows), "dtype=float32)"),
    };
    let width = rows.iter().flatten().map(String::len).max().unwrap_or(0);
    // NumPy keeps room for two brackets and a comma behind the last number of a line.
    let room = (LINE - 3).saturating_sub(INDENT + 2 + width);
    let per_line = room / (width + ", ".len()) + 1;
    let folded = |row: &Vec<String>| {
        let line = |cells: &[String]| cells.iter().map(|cell| format!("{cell:>width$}")).collect::<Vec<_>>().join(", ");
        format!("[{}]", row.chunks(per_line).map(line).collect::<Vec<_>>().join(&fold(INDENT + 2)))
    };
    let text = format!("array([{}],", rows.iter().map(folded).collect::<Vec<_>>().join(&fold(INDENT + 1)));
    let fits = text.lines().last().unwrap_or_default().len() + 1 + dtype.len() <= LINE;
    text + &if fits { " ".to_owned() } else { format!("\n{:INDENT$}", "") } + dtype
}

/// Goes on in the next line.
fn fold(indent: usize) -> String {
    format!(",\n{:indent$}", "")
}

fn each<T>(rows: &[Vec<T>], text: impl Fn(&T) -> String) -> Vec<Vec<String>> {
    rows.iter().map(|row| row.iter().map(&text).collect()).collect()
}

/// Single precision with as few digits as tell it from its neighbours, at most eight, the points below each other.
fn floats(rows: &[Vec<f32>]) -> Vec<Vec<String>> {
    let short = |value: &f32| {
        let (exact, rounded) = (value.to_string(), format!("{value:.DIGITS$}"));
        let text = if exact.len() < rounded.len() { exact } else { rounded.trim_end_matches('0').to_owned() };
        if text.contains('.') { text } else { text + "." }
    };
    let texts = each(rows, short);
    let width = texts.iter().flatten().map(String::len).max().unwrap_or(0);
    texts.into_iter().map(|row| row.into_iter().map(|text| format!("{text:<width$}")).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // As NumPy 2 prints them.
    #[test]
    fn bytes_are_aligned_and_typed() {
        let cells = Cells::Bytes(vec![vec![0, 29], vec![166, 224]]);
        assert_eq!(array_text(&cells), "array([[  0,  29],\n       [166, 224]], dtype=uint8)");
    }

    #[test]
    fn floats_have_as_many_digits_as_they_need_and_their_points_below_each_other() {
        let cells = Cells::Floats(vec![vec![0.0, 29.0 / 255.0], vec![166.0 / 255.0, 1.0 / 255.0]]);
        let expected = "array([[0.        , 0.11372549],\n       [0.6509804 , 0.00392157]], dtype=float32)";
        assert_eq!(array_text(&cells), expected);
        assert_eq!(array_text(&Cells::Floats(vec![vec![0.0, 1.0]])), "array([[0., 1.]], dtype=float32)");
    }

    #[test]
    fn long_rows_are_folded_after_thirteen_bytes() {
        let text = array_text(&Cells::Bytes(vec![(100..128).collect()]));
        let expected = "array([[100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112,\n        \
                        113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125,\n        \
                        126, 127]], dtype=uint8)";
        assert_eq!(text, expected);
    }
}
