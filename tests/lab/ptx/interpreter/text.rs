//! PTX text to pieces: statements, labels and braces.

use super::error::Error;

/// A piece of PTX.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// `{` that opens a body or a scope.
    Open,
    /// `}` that closes one.
    Close,
    /// `name:`
    Label(String),
    /// The head of an entry or function, up to its body.
    Head(String),
    /// Anything that ends with a semicolon, without it.
    Statement(String),
}

/// Directives that end with their line.
const OF_A_LINE: [&str; 6] = [".version", ".target", ".address_size", ".loc", ".file", ".section"];

/// The text without comments; lines stay lines.
fn without_comments(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('/') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if rest.starts_with("/*") {
            let end = rest.find("*/").map_or(rest.len(), |end| end + 2);
            plain.extend(rest[..end].chars().filter(|&c| c == '\n'));
            rest = &rest[end..];
        } else {
            plain.push('/');
            rest = &rest[1..];
        }
    }
    plain.push_str(rest);
    plain
}

fn is_head(text: &str) -> bool {
    text.split([' ', '(']).any(|word| matches!(word, ".entry" | ".func"))
}

fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '$' | '_'))
        && letters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '$' | '_'))
}

/// The pieces in order, each with the line on which it begins, from 1.
pub fn pieces(text: &str) -> Result<Vec<(u32, Piece)>, Error> {
    let mut pieces = Vec::new();
    let (mut line, mut first, mut depth) = (1, 1, 0_u32);
    let mut held = String::new();
    for c in without_comments(text).chars() {
        if held.is_empty() {
            first = line;
        }
        let wrong = |what: &str| Error::Syntax { line, what: what.to_owned() };
        match c {
            '\n' => {
                line += 1;
                if OF_A_LINE.iter().any(|directive| held.starts_with(directive)) {
                    held.clear();
                } else if !held.is_empty() && !held.ends_with(' ') {
                    held.push(' ');
                }
            }
            c if c.is_whitespace() => {
                if !held.is_empty() && !held.ends_with(' ') {
                    held.push(' ');
                }
            }
            '{' if depth == 0 && held.is_empty() => pieces.push((line, Piece::Open)),
            '{' if depth == 0 && is_head(&held) => {
                pieces.push((first, Piece::Head(held.trim().to_owned())));
                pieces.push((line, Piece::Open));
                held.clear();
            }
            '}' if depth == 0 && held.is_empty() => pieces.push((line, Piece::Close)),
            ';' if depth == 0 => {
                pieces.push((first, Piece::Statement(held.trim().to_owned())));
                held.clear();
            }
            ':' if depth == 0 && is_name(held.trim()) => {
                pieces.push((first, Piece::Label(held.trim().to_owned())));
                held.clear();
            }
            c => {
                match c {
                    '{' | '(' | '[' => depth += 1,
                    '}' | ')' | ']' => {
                        depth = depth.checked_sub(1).ok_or_else(|| wrong("a bracket that nothing opens"))?;
                    }
                    _ => {}
                }
                held.push(c);
            }
        }
    }
    if held.trim().is_empty() {
        Ok(pieces)
    } else {
        Err(Error::Syntax { line: first, what: format!("`{held}` does not end") })
    }
}

/// Splits at commas that stand in no brackets.
pub fn at_commas(text: &str) -> Vec<&str> {
    let (mut parts, mut from, mut depth) = (Vec::new(), 0, 0_i32);
    for (at, c) in text.char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text[from..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}
