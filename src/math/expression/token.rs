//! Text to tokens.

use super::error::{Error, Result};
use std::ops::Range;
use winnow::ascii::{digit0, digit1, multispace0};
use winnow::combinator::{alt, eof, opt, preceded, repeat, terminated};
use winnow::error::ContextError;
use winnow::prelude::*;
use winnow::stream::LocatingSlice;
use winnow::token::{one_of, take_while};

/// The longest expression, in bytes.
pub const MAX_LENGTH: usize = 400;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `28`
    Whole,
    /// `1.5`
    Fraction,
    /// `t`, and words such as `for`
    Name,
    /// `+`, `[`, `**`
    Sign,
}

/// A piece of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token<'s> {
    /// What it is.
    pub kind: Kind,
    /// Its text.
    pub raw: &'s str,
    /// Its bytes.
    pub span: Range<usize>,
}

type Input<'s> = LocatingSlice<&'s str>;
type Lexed<T> = winnow::Result<T, ContextError>;

/// All tokens of `source`.
pub fn tokens(source: &str) -> Result<Vec<Token<'_>>> {
    if source.len() > MAX_LENGTH {
        let message = format!("this is {} bytes long; an expression has at most {MAX_LENGTH}", source.len());
        return Err(Error::new(&(source.len()..source.len()), message));
    }
    let all = repeat(0.., terminated(token, multispace0));
    let mut lexer = terminated(preceded(multispace0, all), eof);
    lexer.parse(LocatingSlice::new(source)).map_err(|error| {
        let at = error.offset();
        let unknown = source.get(at..).and_then(|rest| rest.chars().next()).unwrap_or(' ');
        let message = match unknown {
            '\'' | '"' => "text in quotes has no use here: expressions are about numbers".to_owned(),
            '#' => "comments have no place here".to_owned(),
            '=' => "= gives a name to a value, which is not possible here; == compares".to_owned(),
            '!' => "to turn something over, write not or ~".to_owned(),
            other => format!("{other} means nothing in an expression"),
        };
        Error::new(&(at..at + unknown.len_utf8()), message)
    })
}

fn token<'s>(input: &mut Input<'s>) -> Lexed<Token<'s>> {
    let ((kind, raw), span) = alt((
        fraction.take().map(|raw| (Kind::Fraction, raw)),
        digit1.map(|raw| (Kind::Whole, raw)),
        name.map(|raw| (Kind::Name, raw)),
        sign.map(|raw| (Kind::Sign, raw)),
    ))
    .with_span()
    .parse_next(input)?;
    Ok(Token { kind, raw, span })
}

/// `1.5`, `1.`, `.5`, `1e-3`.
fn fraction(input: &mut Input<'_>) -> Lexed<()> {
    let point = alt(((digit1, '.', digit0).void(), ('.', digit1).void()));
    let exponent = || (one_of(['e', 'E']), opt(one_of(['+', '-'])), digit1).void();
    alt(((point, opt(exponent())).void(), (digit1, exponent()).void())).parse_next(input)
}

fn name<'s>(input: &mut Input<'s>) -> Lexed<&'s str> {
    let first = one_of(|c: char| c.is_ascii_alphabetic() || c == '_');
    (first, take_while(0.., |c: char| c.is_ascii_alphanumeric() || c == '_')).take().parse_next(input)
}

fn sign<'s>(input: &mut Input<'s>) -> Lexed<&'s str> {
    let long = alt(("...", "**", "//", "==", "!=", "<=", ">="));
    let short =
        one_of(['+', '-', '*', '/', '%', '@', '~', '<', '>', '=', '&', '|', '^', '(', ')', '[', ']', ',', '.', ':']);
    alt((long, short.take())).parse_next(input)
}
