//! Pieces of PTX to kernels: their parameters, memory, registers and instructions.

use std::collections::{BTreeMap, HashMap};

use super::error::Error;
use super::text::{Piece, at_commas, pieces};

/// Where a register lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// One bit a lane.
    Flag,
    /// Up to 32 bits a lane.
    Narrow,
    /// 64 bits a lane.
    Wide,
}

/// A register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Register {
    /// Where it lives.
    pub file: File,
    /// Its place there.
    pub index: u16,
    /// 1, 16, 32 or 64.
    pub bits: u8,
}

/// What an instruction works on.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// A register.
    Register(Register),
    /// A special register, without its `%`.
    Special(String),
    /// A whole number in two's complement.
    Whole(u64),
    /// The bits of an `f32`.
    Single(u32),
    /// The bits of an `f64`.
    Double(u64),
    /// A variable, a parameter or a label.
    Symbol(String),
    /// `[base+offset]`
    Memory(Box<Operand>, i64),
    /// `{a, b}`
    List(Vec<Operand>),
    /// `a|b`
    Pair(Box<Operand>, Box<Operand>),
    /// `!p`
    Not(Box<Operand>),
    /// `_`
    Sink,
}

/// An instruction as it was written.
#[derive(Clone, Debug)]
pub struct Raw {
    /// Its line, from 1.
    pub line: u32,
    /// The predicate before it, and whether it is negated.
    pub guard: Option<(Register, bool)>,
    /// Its name with all that is dotted to it.
    pub opcode: String,
    /// What it works on.
    pub operands: Vec<Operand>,
    /// All of it.
    pub text: String,
}

/// What a kernel's parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 64 bits.
    Address,
    /// A whole number of 32 bits.
    Whole,
    /// An `f32`.
    Number,
}

/// The memory that a variable lives in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    /// All threads'.
    Global,
    /// A block's.
    Shared,
    /// All threads', never written.
    Constant,
    /// Any, by the address.
    Generic,
}

/// A variable that has a name in the PTX.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Where it lives.
    pub space: Space,
    /// Its alignment.
    pub align: u64,
    /// Its size.
    pub bytes: usize,
    /// What is in it at the start.
    pub initial: Vec<u8>,
}

/// A kernel.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Names and kinds of its parameters.
    pub parameters: Vec<(String, Kind)>,
    /// Its shared memory.
    pub shared: Vec<Variable>,
    /// What it does.
    pub body: Vec<Raw>,
    /// The place in `body` that each label names.
    pub labels: HashMap<String, usize>,
    /// How many registers there are of each [`File`].
    pub registers: [u16; 3],
}

/// One PTX text.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// Variables outside of kernels.
    pub variables: Vec<Variable>,
    /// Its kernels.
    pub entries: Vec<Entry>,
}

/// The instructions that a PTX text has, by their full names, and how often each is there.
///
/// # Errors
/// Text that is no PTX.
pub fn opcodes(text: &str) -> Result<BTreeMap<String, usize>, Error> {
    let mut counts = BTreeMap::new();
    for (_, piece) in pieces(text)? {
        if let Piece::Statement(statement) = piece
            && !statement.starts_with('.')
        {
            let mut words = statement.split_whitespace();
            let name = words.next().filter(|word| !word.starts_with('@')).or_else(|| words.next());
            *counts.entry(name.unwrap_or_default().to_owned()).or_default() += 1;
        }
    }
    Ok(counts)
}

/// Reads one PTX text.
pub fn module(text: &str) -> Result<Module, Error> {
    let mut module = Module::default();
    let mut entry: Option<Entry> = None;
    let mut scopes: Vec<HashMap<String, Register>> = Vec::new();
    for (line, piece) in pieces(text)? {
        let wrong = |what: String| Error::Syntax { line, what };
        match (piece, &mut entry) {
            (Piece::Head(head), None) => entry = Some(parse_head(&head).map_err(wrong)?),
            (Piece::Open, Some(_)) => scopes.push(HashMap::new()),
            (Piece::Close, Some(_)) => {
                scopes.pop();
                if scopes.is_empty() {
                    module.entries.extend(entry.take());
                }
            }
            (Piece::Label(name), Some(entry)) => {
                entry.labels.insert(name, entry.body.len());
            }
            (Piece::Statement(text), Some(entry)) if text.starts_with(".reg") => {
                declare(&text, entry, scopes.last_mut()).map_err(wrong)?;
            }
            (Piece::Statement(text), Some(entry)) if text.starts_with(".shared") => {
                entry.shared.push(parse_variable(&text).map_err(wrong)?);
            }
            (Piece::Statement(text), _) if text.starts_with(".pragma") => {}
            (Piece::Statement(text), Some(entry)) if !text.starts_with('.') => {
                entry.body.push(parse_instruction(line, text, &scopes).map_err(wrong)?);
            }
            (Piece::Statement(text), None) => module.variables.push(parse_variable(&text).map_err(wrong)?),
            (piece, _) => return Err(wrong(format!("{piece:?} is not expected here"))),
        }
    }
    Ok(module)
}

fn parse_head(head: &str) -> Result<Entry, String> {
    let (before, rest) = head.split_once('(').unwrap_or((head, ")"));
    let name = before.split_whitespace().last().unwrap_or_default().to_owned();
    if !before.split_whitespace().any(|word| word == ".entry") {
        return Err(format!("{name} is a function that was not inlined"));
    }
    let (inside, _) = rest.rsplit_once(')').ok_or("a list of parameters that does not end")?;
    let mut parameters = Vec::new();
    for parameter in at_commas(inside) {
        let words: Vec<_> = parameter.split_whitespace().collect();
        let kind = match words.get(1).copied() {
            Some(".u64" | ".s64" | ".b64") => Kind::Address,
            Some(".u32" | ".s32" | ".b32") => Kind::Whole,
            Some(".f32") => Kind::Number,
            _ => return Err(format!("the parameter `{parameter}` of {name} is of no known kind")),
        };
        parameters.push(((*words.last().unwrap_or(&"")).to_owned(), kind));
    }
    Ok(Entry { name, parameters, ..Entry::default() })
}

fn declare(text: &str, entry: &mut Entry, scope: Option<&mut HashMap<String, Register>>) -> Result<(), String> {
    let scope = scope.ok_or("registers outside of a kernel")?;
    let rest = text.trim_start_matches(".reg").trim();
    let (kind, names) = rest.split_once(char::is_whitespace).ok_or("registers without a name")?;
    let (file, bits) = match kind {
        ".pred" => (File::Flag, 1),
        ".b16" | ".u16" | ".s16" => (File::Narrow, 16),
        ".b32" | ".u32" | ".s32" | ".f32" => (File::Narrow, 32),
        ".b64" | ".u64" | ".s64" | ".f64" => (File::Wide, 64),
        _ => return Err(format!("registers of the unknown kind {kind}")),
    };
    for name in at_commas(names) {
        let all = match name.split_once('<') {
            None => vec![name.to_owned()],
            Some((stem, count)) => {
                let count: u16 = count.trim_end_matches('>').parse().map_err(|error| format!("`{name}`: {error}"))?;
                (0..count).map(|at| format!("{stem}{at}")).collect()
            }
        };
        for name in all {
            let next = &mut entry.registers[file as usize];
            scope.insert(name, Register { file, index: *next, bits });
            *next = next.checked_add(1).ok_or("too many registers")?;
        }
    }
    Ok(())
}

fn parse_variable(text: &str) -> Result<Variable, String> {
    let unknown = || format!("`{text}` is no known directive");
    let (head, values) = text.split_once('=').map_or((text, None), |(head, values)| (head, Some(values)));
    let (mut space, mut align, mut size) = (None, None, None);
    let mut words = head.split_whitespace().peekable();
    let mut name = String::new();
    while let Some(word) = words.next() {
        match word {
            ".visible" | ".weak" => {}
            ".global" => space = Some(Space::Global),
            ".const" => space = Some(Space::Constant),
            ".shared" => space = Some(Space::Shared),
            ".align" => align = words.next().and_then(|word| word.parse().ok()),
            ".b8" | ".u8" | ".s8" => size = Some(1),
            ".b16" | ".u16" | ".s16" => size = Some(2),
            ".b32" | ".u32" | ".s32" | ".f32" => size = Some(4),
            ".b64" | ".u64" | ".s64" | ".f64" => size = Some(8),
            word if word.starts_with('.') => return Err(unknown()),
            word => name.push_str(word),
        }
    }
    let (space, size) = space.zip(size).ok_or_else(unknown)?;
    let (name, lengths) = name.split_once('[').map_or((name.as_str(), ""), |(name, lengths)| (name, lengths));
    let mut bytes: usize = size;
    for length in lengths.split([']', '[']).filter(|length| !length.is_empty()) {
        bytes *= length.parse::<usize>().map_err(|error| format!("`{text}`: {error}"))?;
    }
    if lengths.starts_with(']') {
        return Err(format!("`{text}`: memory whose size the launch decides is not supported"));
    }
    let mut initial = Vec::new();
    for value in values.into_iter().flat_map(|values| values.split(['{', '}', ','])).map(str::trim) {
        if !value.is_empty() {
            let bits = match parse_number(value) {
                Some(Operand::Whole(bits) | Operand::Double(bits)) => bits,
                Some(Operand::Single(bits)) => u64::from(bits),
                _ => return Err(format!("{name} begins with {value}, which is no number")),
            };
            initial.extend_from_slice(&bits.to_le_bytes()[..size]);
        }
    }
    initial.resize(bytes, 0);
    Ok(Variable { name: name.to_owned(), space, align: align.unwrap_or(size as u64), bytes, initial })
}

fn parse_instruction(line: u32, text: String, scopes: &[HashMap<String, Register>]) -> Result<Raw, String> {
    let mut rest = text.as_str();
    let mut guard = None;
    if let Some(after) = rest.strip_prefix('@') {
        let (name, after) = after.split_once(char::is_whitespace).ok_or("a predicate without an instruction")?;
        let Operand::Register(register) = parse_operand(name.trim_start_matches('!'), scopes)? else {
            return Err(format!("{name} is no predicate"));
        };
        guard = Some((register, name.starts_with('!')));
        rest = after.trim();
    }
    let (opcode, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let operands = at_commas(rest).into_iter().map(|part| parse_operand(part, scopes)).collect::<Result<_, _>>()?;
    Ok(Raw { line, guard, opcode: opcode.to_owned(), operands, text: text.clone() })
}

fn parse_operand(text: &str, scopes: &[HashMap<String, Register>]) -> Result<Operand, String> {
    let text = text.trim();
    let inner = |open, close| text.strip_prefix(open).and_then(|rest: &str| rest.strip_suffix(close));
    if let Some(inside) = inner('{', '}') {
        let parts = at_commas(inside).into_iter().map(|part| parse_operand(part, scopes));
        return Ok(Operand::List(parts.collect::<Result<_, _>>()?));
    }
    if let Some(inside) = inner('[', ']') {
        let (base, offset) = inside.split_once('+').unwrap_or((inside, "0"));
        let offset = match parse_number(offset.trim()) {
            Some(Operand::Whole(bits)) => bits.cast_signed(),
            _ => return Err(format!("{text} has no known offset")),
        };
        return Ok(Operand::Memory(Box::new(parse_operand(base, scopes)?), offset));
    }
    if let Some((first, second)) = text.split_once('|') {
        let pair = (parse_operand(first, scopes)?, parse_operand(second, scopes)?);
        return Ok(Operand::Pair(Box::new(pair.0), Box::new(pair.1)));
    }
    if let Some(rest) = text.strip_prefix('!') {
        return Ok(Operand::Not(Box::new(parse_operand(rest, scopes)?)));
    }
    if text == "_" {
        return Ok(Operand::Sink);
    }
    if let Some(register) = scopes.iter().rev().find_map(|scope| scope.get(text)) {
        return Ok(Operand::Register(*register));
    }
    if let Some(name) = text.strip_prefix('%') {
        return Ok(Operand::Special(name.to_owned()));
    }
    if let Some(number) = parse_number(text) {
        return Ok(number);
    }
    Ok(Operand::Symbol(text.to_owned()))
}

fn parse_number(text: &str) -> Option<Operand> {
    let hex = |digits| u64::from_str_radix(digits, 16).ok();
    if let Some(digits) = text.strip_prefix("0f").or_else(|| text.strip_prefix("0F")) {
        return u32::from_str_radix(digits, 16).ok().map(Operand::Single);
    }
    if let Some(digits) = text.strip_prefix("0d").or_else(|| text.strip_prefix("0D")) {
        return hex(digits).map(Operand::Double);
    }
    let text = text.trim_end_matches('U');
    if let Some(digits) = text.strip_prefix("0x") {
        return hex(digits).map(Operand::Whole);
    }
    let number = text.parse::<u64>().ok().or_else(|| text.parse::<i64>().ok().map(i64::cast_unsigned));
    number.map(Operand::Whole)
}
