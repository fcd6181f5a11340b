//! A matrix as PyTorch prints it, so that a lesson's code cell and its output look as they do in a notebook.

use super::Cells;
/// What every line after the first is moved in by: the width of `tensor(`.
const INDENT: usize = "tensor(".len();
/// The length of a line that PyTorch does not exceed.
const LINE: usize = 80;

/// `tensor([[0, 29], [48, 166]], dtype=torch.uint8)`, with columns aligned and long lines folded.
pub(super) fn tensor_text(cells: &Cells) -> String {
    let rows = cell_texts(cells);
    let width = rows.iter().flatten().map(String::len).max().unwrap_or(0);
    let per_line = (LINE.saturating_sub(INDENT + 1) / (width + ", ".len())).max(1);
    let folded = |row: &Vec<String>| {
        let line = |cells: &[String]| cells.iter().map(|cell| format!("{cell:>width$}")).collect::<Vec<_>>().join(", ");
        format!("[{}]", row.chunks(per_line).map(line).collect::<Vec<_>>().join(&fold(INDENT + 2)))
    };
    let matrix = rows.iter().map(folded).collect::<Vec<_>>().join(&fold(INDENT + 1));
    let text = format!("tensor([{matrix}]");
    if matches!(cells, Cells::Floats(_)) {
        return text + ")"; // The default type goes without saying.
    }
    let (dtype, last_line) = ("dtype=torch.uint8)", text.lines().last().unwrap_or_default().len());
    let fits = last_line + ", ".len() + dtype.len() < LINE;
    text + &if fits { ", ".to_owned() } else { fold(INDENT) } + dtype
}

/// Goes on in the next line.
fn fold(indent: usize) -> String {
    format!(",\n{:indent$}", "")
}

/// Bytes as they are; fractions with four decimals, or with none where all are whole.
pub(super) fn cell_texts(cells: &Cells) -> Vec<Vec<String>> {
    fn each<T>(rows: &[Vec<T>], text: impl Fn(&T) -> String) -> Vec<Vec<String>> {
        rows.iter().map(|row| row.iter().map(&text).collect()).collect()
    }
    match cells {
        Cells::Bytes(rows) => each(rows, ToString::to_string),
        Cells::Floats(rows) if rows.iter().flatten().all(|value| value.fract() == 0.0) => {
            each(rows, |value| format!("{value:.0}."))
        }
        Cells::Floats(rows) => each(rows, |value| format!("{value:.4}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The expected texts were printed by PyTorch 2.15.
    #[test]
    fn bytes_are_aligned_and_typed() {
        let cells = Cells::Bytes(vec![vec![0, 29], vec![166, 224]]);
        assert_eq!(tensor_text(&cells), "tensor([[  0,  29],\n        [166, 224]], dtype=torch.uint8)");
    }

    #[test]
    fn floats_have_four_decimals_unless_all_are_whole() {
        let cells = Cells::Floats(vec![vec![0.0, 29.0 / 255.0], vec![166.0 / 255.0, 1.0]]);
        assert_eq!(tensor_text(&cells), "tensor([[0.0000, 0.1137],\n        [0.6510, 1.0000]])");
        assert_eq!(tensor_text(&Cells::Floats(vec![vec![0.0, 1.0]])), "tensor([[0., 1.]])");
    }

    #[test]
    fn long_rows_are_folded() {
        let first =
            "tensor([[100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113,\n         114, 115, ";
        let rest = [
            (118, "116, 117]], dtype=torch.uint8)"),
            (128, "116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127]],\n       dtype=torch.uint8)"),
        ];
        for (end, rest) in rest {
            assert_eq!(tensor_text(&Cells::Bytes(vec![(100..end).collect()])), format!("{first}{rest}"));
        }
    }
}
