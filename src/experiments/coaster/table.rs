//! Measurements from a CSV file with two columns.

use super::super::SettingsError;
use csv::{ReaderBuilder, StringRecord, Trim};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// The largest file that is read.
pub const MAX_BYTES: u64 = 1 << 20;
/// The most rows of numbers that are read.
pub const MAX_ROWS: usize = 10_000;
/// How far from zero a number in the file may be.
pub const REACH: f32 = 1e6;
/// Fewer rows than a parabola has parameters fit perfectly whatever they are.
const LEAST_ROWS: usize = 3;
/// Letters of a column's name that are kept.
const NAME: usize = 24;

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// The names of the two columns: those of the header, or x and y.
    pub names: [String; 2],
    /// The rows, `(x, y)` each.
    pub points: Vec<(f32, f32)>,
}

/// Reads a file: two columns between commas, semicolons or tabs, with or without a header.
///
/// # Errors
/// A file that is missing, too large or not text, or a line that is not two numbers: one sentence that names the line.
pub fn read(path: &Path) -> Result<Measured, SettingsError> {
    let wrong = |problem: String| SettingsError::File(format!("{}: {problem}", path.display()));
    let mut bytes = Vec::new();
    let file = File::open(path)
        .map_err(|error| wrong(format!("the file cannot be opened ({error}); expected a CSV file with two columns")))?;
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| wrong(format!("the file cannot be read ({error})")))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(wrong("the file is larger than 1 MiB; expected at most 10,000 rows of two numbers".to_owned()));
    }
    let text = std::str::from_utf8(&bytes)
        .ok()
        .ok_or_else(|| wrong("the file is not text; expected a CSV file in UTF-8".to_owned()))?;
    parse(text).map_err(wrong)
}

/// Reads the text of a file.
fn parse(text: &str) -> Result<Measured, String> {
    let separator = separator(text);
    // Where semicolons part the columns, commas may be decimal points.
    let comma = separator != b',';
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let mut measured = Measured { names: ["x".to_owned(), "y".to_owned()], points: Vec::new() };
    let mut record = StringRecord::new();
    let mut is_first = true;
    while reader.read_record(&mut record).map_err(|error| format!("the file is not CSV ({error})"))? {
        let byte = record.position().map_or(0, csv::Position::byte);
        let line = || line_at(text, byte);
        // Spreadsheets write empty cells after the last column that is used.
        let used =
            record.iter().enumerate().filter(|(_, cell)| !cell.is_empty()).last().map_or(0, |(last, _)| last + 1);
        if used == 0 {
            continue;
        }
        if used != 2 || record.get(0).is_none_or(str::is_empty) {
            let cells = record.iter().filter(|cell| !cell.is_empty()).count();
            return Err(format!(
                "line {} has {cells} {}; expected two",
                line(),
                if cells == 1 { "value" } else { "values" }
            ));
        }
        let cells = [0, 1].map(|i| record.get(i).unwrap_or_default());
        let is_header = is_first && cells.iter().all(|cell| value(cell, comma).is_none());
        is_first = false;
        if is_header {
            measured.names = cells.map(|cell| cell.chars().take(NAME).collect());
            continue;
        }
        let mut row = [0.0; 2];
        for (number, cell) in row.iter_mut().zip(cells) {
            let read = value(cell, comma).filter(|value| value.is_finite());
            let shown: String = cell.chars().take(NAME).collect();
            *number = read.ok_or_else(|| format!("line {} has \"{shown}\"; expected a number", line()))?;
            if number.abs() > REACH {
                return Err(format!("line {} has {shown}; expected a number from -1000000 to 1000000", line()));
            }
        }
        if measured.points.len() == MAX_ROWS {
            return Err(format!("line {} is one row too many; expected at most {MAX_ROWS} rows of numbers", line()));
        }
        measured.points.push((row[0], row[1]));
    }
    if measured.points.len() < LEAST_ROWS {
        return Err(format!("the file has {} rows of numbers; expected at least {LEAST_ROWS}", measured.points.len()));
    }
    Ok(measured)
}

/// The line, from 1, of the record that begins at `byte`: empty lines before it were passed over with it.
fn line_at(text: &str, byte: u64) -> usize {
    let start = usize::try_from(byte).unwrap_or(usize::MAX).min(text.len());
    let (before, after) = text.as_bytes().split_at(start);
    let empty = after.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    1 + before.iter().chain(empty).filter(|byte| **byte == b'\n').count()
}

/// What parts the columns: the candidate that the first line with any of them has.
fn separator(text: &str) -> u8 {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    *[b';', b'\t'].iter().find(|&&mark| line.bytes().any(|byte| byte == mark)).unwrap_or(&b',')
}

fn value(cell: &str, comma: bool) -> Option<f32> {
    if comma && cell.contains(',') { cell.replace(',', ".").parse().ok() } else { cell.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_as_spreadsheets_write_them_are_read() {
        let points = vec![(0.0, 1.5), (1.0, -2.0), (2.0, 3e2)];
        for text in [
            "0,1.5\n1,-2\n2,3e2\n",
            "time,speed\r\n0,1.5\r\n1,-2\r\n2,300\r\n",
            "\u{feff}time,speed\n0,1.5\n1,-2\n2,300",
            "t;v\n0;1,5\n1;-2\n2;300\n",
            "0\t1.5\n\n1\t-2\n2\t300\n",
            "\"t, in s\",speed,\n\"0\", 1.5,\n1,-2,\n2,300,\n",
        ] {
            assert_eq!(parse(text).map(|measured| measured.points), Ok(points.clone()), "{text:?}");
        }
        assert_eq!(parse("time,speed\n0,1\n1,2\n2,3").unwrap().names, ["time", "speed"]);
    }

    #[test]
    fn bad_files_are_refused_with_the_line() {
        let many = "1,2\n".repeat(MAX_ROWS + 1);
        for (text, sentence) in [
            ("", "the file has 0 rows of numbers; expected at least 3"),
            ("x,y\n1,2\n2,3\n", "the file has 2 rows of numbers; expected at least 3"),
            ("x,y\n1,2\n2,three\n3,4\n", "line 3 has \"three\"; expected a number"),
            ("1,2\n2\n3,4\n", "line 2 has 1 value; expected two"),
            ("1,2\n\n2,3,4\n", "line 3 has 3 values; expected two"),
            ("1,2\n,3\n", "line 2 has 1 value; expected two"),
            ("1,2\n2,nan\n3,4\n", "line 2 has \"nan\"; expected a number"),
            ("1,2\n2,inf\n3,4\n", "line 2 has \"inf\"; expected a number"),
            ("1,2\n2,1e9\n3,4\n", "line 2 has 1e9; expected a number from -1000000 to 1000000"),
            ("a,b\nc,d\n1,2\n", "line 2 has \"c\"; expected a number"),
            (&many, "line 10001 is one row too many; expected at most 10000 rows of numbers"),
        ] {
            assert_eq!(parse(text).unwrap_err(), sentence);
        }
    }

    #[test]
    fn files_that_are_not_there_not_text_or_too_large_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ride.csv");
        assert!(read(&path).unwrap_err().to_string().contains("ride.csv: the file cannot be opened"));
        std::fs::write(&path, [0xff, 0xfe, 0, 1]).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("not text"));
        std::fs::write(&path, vec![b' '; 1 << 21]).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("larger than 1 MiB"));
    }
}
