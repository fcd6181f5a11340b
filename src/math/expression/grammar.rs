//! Tokens to a tree: Python's grammar of expressions, as far as it goes here.

use super::error::{Error, Result};
use super::syntax::{Argument, Item, MAX_DEPTH, Node, NodeKind, Operator, Word};
use super::token::{Kind, Token, tokens};
use crate::math::tensor::{Binary, Unary};
use std::ops::Range;
use winnow::combinator::{alt, cut_err, eof, opt, peek, repeat, separated};
use winnow::error::{ErrMode, ModalResult, ParserError};
use winnow::prelude::*;
use winnow::stream::TokenSlice;
use winnow::token::any;

/// How deep brackets may be nested: it bounds the parser's own recursion.
const MAX_BRACKETS: usize = 24;

type Tokens<'t, 's> = TokenSlice<'t, Token<'s>>;
type Parsed<T> = ModalResult<T, Fault>;

/// What is wrong, and how many tokens were left there. `None` stands for: nothing in particular, it just does not go on.
#[derive(Clone, Debug)]
struct Fault {
    left: usize,
    message: Option<String>,
    span: Option<Range<usize>>,
}

impl<'t, 's> ParserError<Tokens<'t, 's>> for Fault {
    type Inner = Self;

    fn from_input(input: &Tokens<'t, 's>) -> Self {
        Self { left: input.len(), message: None, span: None }
    }

    fn into_inner(self) -> std::result::Result<Self::Inner, Self> {
        Ok(self)
    }

    fn or(self, other: Self) -> Self {
        if other.left < self.left || (other.message.is_some() && self.message.is_none()) { other } else { self }
    }
}

impl Fault {
    fn cut<T>(input: &Tokens<'_, '_>, message: impl Into<String>) -> Parsed<T> {
        Err(ErrMode::Cut(Self { left: input.len(), message: Some(message.into()), span: None }))
    }

    fn cut_at<T>(span: &Range<usize>, message: impl Into<String>) -> Parsed<T> {
        Err(ErrMode::Cut(Self { left: 0, message: Some(message.into()), span: Some(span.clone()) }))
    }
}

/// The tree of `source`.
pub fn parse(source: &str) -> Result<Node> {
    let tokens = tokens(source)?;
    check_brackets(&tokens)?;
    if tokens.is_empty() {
        return Err(Error::new(&(source.len()..source.len()), "type an expression, such as t + 1"));
    }
    let mut input = TokenSlice::new(&tokens);
    let whole = |input: &mut Tokens<'_, '_>| {
        let node = expression(input)?;
        end(input)?;
        Ok(node)
    };
    whole(&mut input).map_err(|error: ErrMode<Fault>| {
        let (ErrMode::Backtrack(fault) | ErrMode::Cut(fault)) = error else {
            return Error::new(&(0..source.len()), "this cannot be read");
        };
        let end = source.trim_end().len();
        let token = tokens.len().checked_sub(fault.left).and_then(|at| tokens.get(at));
        let span = fault.span.unwrap_or_else(|| token.map_or(end..end, |token| token.span.clone()));
        let message = fault.message.unwrap_or_else(|| match token {
            Some(token) => format!("a value is expected here, not {}", token.raw),
            None => "the expression ends here, but a value is still missing".to_owned(),
        });
        Error::new(&span, message)
    })
}

/// Checks that brackets close what they open, which gives better answers than the grammar could, and are not too deep.
fn check_brackets(tokens: &[Token<'_>]) -> Result<()> {
    let mut open: Vec<&Token<'_>> = Vec::new();
    for token in tokens.iter().filter(|token| token.kind == Kind::Sign) {
        match token.raw {
            "(" | "[" => open.push(token),
            ")" | "]" => {
                let opened =
                    open.pop().ok_or_else(|| Error::new(&token.span, format!("{} closes nothing", token.raw)))?;
                let expected = closing(opened.raw);
                if token.raw != expected {
                    return Err(Error::new(
                        &token.span,
                        format!("{expected} is expected here, to close {}", opened.raw),
                    ));
                }
            }
            _ => {}
        }
        if open.len() > MAX_BRACKETS {
            return Err(Error::new(&token.span, format!("brackets are nested deeper than {MAX_BRACKETS}")));
        }
    }
    match open.pop() {
        Some(opened) => Err(Error::new(
            &opened.span,
            format!("{} is never closed: a {} is missing", opened.raw, closing(opened.raw)),
        )),
        None => Ok(()),
    }
}

fn closing(opened: &str) -> &'static str {
    if opened == "(" { ")" } else { "]" }
}

fn end(input: &mut Tokens<'_, '_>) -> Parsed<()> {
    let Some(token) = input.first() else { return eof.void().parse_next(input) };
    match (token.kind, token.raw) {
        (Kind::Sign, "=") => Fault::cut(input, "= gives a name to a value, which is not possible here; == compares"),
        (Kind::Sign, ",") => Fault::cut(input, "one expression at a time: put ( ) around a pair"),
        (Kind::Sign, ":") => Fault::cut(input, "a slice a:b goes between square brackets"),
        (Kind::Name, "for") => Fault::cut(input, "a for goes between square brackets: [2 * o for o in xs]"),
        (Kind::Name, "if" | "else") => Fault::cut(input, "an if goes at the end of a list: [o for o in xs if o % 2]"),
        (Kind::Name, "in" | "is") => Fault::cut(input, format!("{} is not available here; compare with ==", token.raw)),
        (Kind::Sign, sign) => Fault::cut(input, format!("{sign} does not go here")),
        (_, raw) => Fault::cut(input, format!("a sign such as + or , is missing before {raw}")),
    }
}

/// The next token, if it is this sign.
fn sign<'t, 's: 't>(text: &'static str) -> impl Parser<Tokens<'t, 's>, &'t Token<'s>, ErrMode<Fault>> {
    any.verify(move |token: &&Token<'_>| token.kind == Kind::Sign && token.raw == text)
}

/// The next token, if it is this word.
fn word<'t, 's: 't>(text: &'static str) -> impl Parser<Tokens<'t, 's>, &'t Token<'s>, ErrMode<Fault>> {
    any.verify(move |token: &&Token<'_>| token.kind == Kind::Name && token.raw == text)
}

fn expression(input: &mut Tokens<'_, '_>) -> Parsed<Node> {
    level(input, 0)
}

/// Signs of one level bind equally, from the left; later levels bind closer.
const LEVELS: [&[(&str, Operator)]; 8] = [
    &[("or", Operator::Or)],
    &[("and", Operator::And)],
    &[
        ("==", Operator::Each(Binary::Equal)),
        ("!=", Operator::Each(Binary::NotEqual)),
        ("<", Operator::Each(Binary::Less)),
        ("<=", Operator::Each(Binary::LessEqual)),
        (">", Operator::Each(Binary::Greater)),
        (">=", Operator::Each(Binary::GreaterEqual)),
    ],
    &[("|", Operator::Each(Binary::Or))],
    &[("^", Operator::Each(Binary::Xor))],
    &[("&", Operator::Each(Binary::And))],
    &[("+", Operator::Each(Binary::Add)), ("-", Operator::Each(Binary::Subtract))],
    &[
        ("*", Operator::Each(Binary::Multiply)),
        ("/", Operator::Each(Binary::Divide)),
        ("//", Operator::Each(Binary::FloorDivide)),
        ("%", Operator::Each(Binary::Remainder)),
        ("@", Operator::Matmul),
    ],
];
/// The level of comparisons; `not` stands just above it.
const COMPARISONS: usize = 2;

fn level(input: &mut Tokens<'_, '_>, place: usize) -> Parsed<Node> {
    let Some(operators) = LEVELS.get(place) else { return signed(input) };
    let operator =
        |token: &Token<'_>| operators.iter().find(|(text, _)| *text == token.raw).map(|&(_, operator)| operator);
    let mut left = operand(input, place)?;
    let mut compared = false;
    while let Some(token) = opt(any.verify(|token: &&Token<'_>| operator(token).is_some())).parse_next(input)? {
        let Some(operator) = operator(token) else { break };
        if compared && place == COMPARISONS {
            return Fault::cut_at(&token.span, "compare two things at a time, joined by & for tensors");
        }
        compared = true;
        let right = cut_err(|input: &mut Tokens<'_, '_>| operand(input, place)).parse_next(input)?;
        let span = left.span.start..right.span.end;
        let depth = left.depth.max(right.depth);
        let kind =
            NodeKind::Binary { operator, sign: token.span.clone(), left: Box::new(left), right: Box::new(right) };
        left = node(kind, span, depth)?;
    }
    Ok(left)
}

fn operand(input: &mut Tokens<'_, '_>, place: usize) -> Parsed<Node> {
    if place != COMPARISONS {
        return level(input, place + 1);
    }
    let nots: Vec<&Token<'_>> = repeat(0.., word("not")).parse_next(input)?;
    let inner = level(input, place + 1)?;
    nots.into_iter().rev().try_fold(inner, |inner, token| {
        let (span, depth) = (token.span.start..inner.span.end, inner.depth);
        node(NodeKind::Not(Box::new(inner)), span, depth)
    })
}

/// `-a`, `+a`, `~a`: a power binds closer.
fn signed(input: &mut Tokens<'_, '_>) -> Parsed<Node> {
    let signs: Vec<&Token<'_>> = repeat(0.., alt((sign("-"), sign("+"), sign("~")))).parse_next(input)?;
    let inner = power(input)?;
    signs.into_iter().rev().try_fold(inner, |inner, token| {
        let operation = match token.raw {
            "-" => Some(Unary::Negative),
            "~" => Some(Unary::Invert),
            _ => None,
        };
        let (span, depth) = (token.span.start..inner.span.end, inner.depth);
        node(NodeKind::Unary(operation, Box::new(inner)), span, depth)
    })
}

fn power(input: &mut Tokens<'_, '_>) -> Parsed<Node> {
    let base = postfix(input)?;
    let Some(token) = opt(sign("**")).parse_next(input)? else { return Ok(base) };
    let exponent = cut_err(signed).parse_next(input)?;
    let (span, depth) = (base.span.start..exponent.span.end, base.depth.max(exponent.depth));
    let operator = Operator::Each(Binary::Power);
    node(
        NodeKind::Binary { operator, sign: token.span.clone(), left: Box::new(base), right: Box::new(exponent) },
        span,
        depth,
    )
}

/// `a.b`, `a(..)`, `a[..]`, as often as they come.
fn postfix(input: &mut Tokens<'_, '_>) -> Parsed<Node> {
    let mut base = atom(input)?;
    while let Some(token) = opt(alt((sign("."), sign("("), sign("[")))).parse_next(input)? {
        let (start, depth) = (base.span.start, base.depth);
        base = match token.raw {
            "." => {
                let Some(name) = opt(name).parse_next(input)? else {
                    return Fault::cut(
                        input,
                        "after the point, the name of a method such as shape or mean is expected",
                    );
                };
                let end = name.span.end;
                node(NodeKind::Attribute(Box::new(base), name), start..end, depth)?
            }
            "(" => {
                let arguments: Vec<Argument> = separated(0.., argument, sign(",")).parse_next(input)?;
                opt(sign(",")).parse_next(input)?;
                let end = close(input, ")")?;
                let depth = arguments.iter().map(|argument| argument.value.depth).fold(depth, usize::max);
                node(NodeKind::Call(Box::new(base), arguments), start..end, depth)?
            }
            _ => {
                let items: Vec<Item> = separated(0.., item, sign(",")).parse_next(input)?;
                opt(sign(",")).parse_next(input)?;
                if items.is_empty() {
                    return Fault::cut(
                        input,
                        "between the brackets, a place such as 0 or a slice such as 1:3 is expected",
                    );
                }
                let end = close(input, "]")?;
                let inner = items.iter().map(|item| match item {
                    Item::At(node) => node.depth,
                    Item::Slice(ends, _) => ends.iter().flatten().map(|node| node.depth).fold(0, usize::max),
                    Item::Ellipsis(_) => 0,
                });
                let depth = inner.fold(depth, usize::max);
                node(NodeKind::Index(Box::new(base), items), start..end, depth)?
            }
        };
    }
    Ok(base)
}

/// The closing bracket, which [`check_brackets`] has seen; answers where it ends.
fn close(input: &mut Tokens<'_, '_>, bracket: &'static str) -> Parsed<usize> {
    if let Some(token) = opt(sign(bracket)).parse_next(input)? {
        return Ok(token.span.end);
    }
    let Some(token) = input.first() else { return Fault::cut(input, format!("{bracket} is missing")) };
    match (token.kind, token.raw) {
        (Kind::Sign, ",") => Fault::cut(input, "a value is missing before this comma"),
        (Kind::Sign, "=") => Fault::cut(input, "= goes only after the name of an argument, as in dim=0; == compares"),
        (Kind::Sign, ":") => Fault::cut(input, "a slice a:b goes directly between square brackets"),
        (Kind::Name, "for") => Fault::cut(input, "a for goes directly between square brackets: [2 * o for o in xs]"),
        (Kind::Sign, raw) => Fault::cut(input, format!("{raw} does not go here")),
        (_, raw) => Fault::cut(input, format!("a comma or a sign such as + is missing before {raw}")),
    }
}

fn argument(input: &mut Tokens<'_, '_>) -> Parsed<Argument> {
    let named = opt((name, sign("="))).parse_next(input)?;
    let value = if named.is_some() { cut_err(expression).parse_next(input)? } else { expression(input)? };
    Ok(Argument { name: named.map(|(name, _)| name), value })
}

fn item(input: &mut Tokens<'_, '_>) -> Parsed<Item> {
    if let Some(token) = opt(sign("...")).parse_next(input)? {
        return Ok(Item::Ellipsis(token.span.clone()));
    }
    let first = opt(expression).parse_next(input)?;
    let Some(colon) = opt(sign(":")).parse_next(input)? else {
        return match first {
            Some(node) => Ok(Item::At(node)),
            None => Err(ErrMode::Backtrack(Fault::from_input(input))),
        };
    };
    let stop = opt(expression).parse_next(input)?;
    let second = opt(sign(":")).parse_next(input)?;
    let step = if second.is_some() { opt(expression).parse_next(input)? } else { None };
    let start = first.as_ref().map_or(colon.span.start, |node| node.span.start);
    let colons = second.map_or(colon.span.end, |token| token.span.end);
    let end = step.as_ref().or(stop.as_ref()).map_or(colons, |node| node.span.end.max(colons));
    Ok(Item::Slice([first, stop, step], start..end))
}

fn atom(input: &mut Tokens<'_, '_>) -> Parsed<Node> {
    alt((number, named, parenthesis, list)).parse_next(input)
}

fn number(input: &mut Tokens<'_, '_>) -> Parsed<Node> {
    let token =
        any.verify(|token: &&Token<'_>| matches!(token.kind, Kind::Whole | Kind::Fraction)).parse_next(input)?;
    let kind = match token.kind {
        Kind::Whole => match token.raw.parse() {
            Ok(value) => NodeKind::Int(value),
            Err(_) => {
                return Fault::cut_at(
                    &token.span,
                    format!("this number is too large: whole numbers go up to {}", i64::MAX),
                );
            }
        },
        _ => match token.raw.parse() {
            Ok(value) => NodeKind::Float(value),
            Err(_) => return Fault::cut_at(&token.span, "this is no number"),
        },
    };
    node(kind, token.span.clone(), 0)
}

/// Words that Python keeps for itself.
const KEYWORDS: [&str; 10] = ["for", "in", "if", "else", "and", "or", "not", "is", "lambda", "import"];

fn name(input: &mut Tokens<'_, '_>) -> Parsed<Word> {
    let token = any
        .verify(|token: &&Token<'_>| token.kind == Kind::Name && !KEYWORDS.contains(&token.raw))
        .parse_next(input)?;
    Ok(Word { text: token.raw.to_owned(), span: token.span.clone() })
}

fn named(input: &mut Tokens<'_, '_>) -> Parsed<Node> {
    let word = name(input)?;
    let kind = match word.text.as_str() {
        "True" => NodeKind::Bool(true),
        "False" => NodeKind::Bool(false),
        "None" => NodeKind::None,
        _ => NodeKind::Name(word.text),
    };
    node(kind, word.span, 0)
}

/// `(a)`, which is `a`, or a tuple.
fn parenthesis(input: &mut Tokens<'_, '_>) -> Parsed<Node> {
    let open = sign("(").parse_next(input)?;
    let mut items: Vec<Node> = separated(0.., expression, sign(",")).parse_next(input)?;
    let comma = opt(sign(",")).parse_next(input)?.is_some();
    let span = open.span.start..close(input, ")")?;
    let depth = items.iter().map(|item| item.depth).fold(0, usize::max);
    if items.len() == 1
        && !comma
        && let Some(only) = items.pop()
    {
        return Ok(Node { span, ..only });
    }
    node(NodeKind::Tuple(items), span, depth)
}

/// `[a, b]`, or `[a for b in c if d]`.
fn list(input: &mut Tokens<'_, '_>) -> Parsed<Node> {
    let open = sign("[").parse_next(input)?;
    let items: Vec<Node> = separated(0.., expression, sign(",")).parse_next(input)?;
    let is_comprehension = items.len() == 1 && opt(peek(word("for"))).parse_next(input)?.is_some();
    let Some(item) = items.first().filter(|_| is_comprehension) else {
        opt(sign(",")).parse_next(input)?;
        let span = open.span.start..close(input, "]")?;
        let depth = items.iter().map(|item| item.depth).fold(0, usize::max);
        return node(NodeKind::List(items), span, depth);
    };
    word("for").parse_next(input)?;
    let Some(name) = opt(name).parse_next(input)? else { return Fault::cut(input, "after for, a name is expected") };
    if opt(word("in")).parse_next(input)?.is_none() {
        return Fault::cut(input, "in is expected here: [2 * o for o in xs]");
    }
    let over = cut_err(expression).parse_next(input)?;
    let condition = match opt(word("if")).parse_next(input)? {
        Some(_) => Some(Box::new(cut_err(expression).parse_next(input)?)),
        None => None,
    };
    let span = open.span.start..close(input, "]")?;
    let depth = item.depth.max(over.depth).max(condition.as_ref().map_or(0, |condition| condition.depth));
    node(NodeKind::Comprehension { item: Box::new(item.clone()), name, over: Box::new(over), condition }, span, depth)
}

/// A node above others that are `depth` deep.
fn node(kind: NodeKind, span: Range<usize>, depth: usize) -> Parsed<Node> {
    if depth >= MAX_DEPTH {
        return Fault::cut_at(
            &span,
            format!("this is too long-winded: at most {MAX_DEPTH} steps can follow from each other"),
        );
    }
    Ok(Node { kind, span, depth: depth + 1 })
}
