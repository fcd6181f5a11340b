//! Which kernels a text of PTX has, and what each wants to be given.

use super::super::gpu::Argument;

/// What a parameter of a kernel holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parameter {
    /// 64 bits: a pointer.
    Address,
    /// 32 bits: a whole number.
    Whole,
    /// 32 bits: a `float`.
    Number,
    /// Something that no [`Argument`] can be.
    Other,
}

impl Parameter {
    /// As a declaration has it: `.param .u64 .ptr .global .align 4 name`.
    fn read(declaration: &str) -> Self {
        if declaration.contains('[') {
            return Self::Other;
        }
        let kind = declaration.split_whitespace().find_map(|word| match word {
            ".u64" | ".b64" => Some(Self::Address),
            ".u32" | ".b32" | ".s32" => Some(Self::Whole),
            ".f32" => Some(Self::Number),
            _ => None,
        });
        kind.unwrap_or(Self::Other)
    }

    /// Whether that argument can be given for it.
    pub(super) fn takes(self, argument: &Argument) -> bool {
        match argument {
            Argument::Address(_) => self == Self::Address,
            Argument::Whole(_) => self == Self::Whole,
            Argument::Number(_) => self == Self::Number,
        }
    }
}

/// Every kernel of a text of PTX, with its parameters in order.
pub(super) fn entries(ptx: &str) -> impl Iterator<Item = (&str, Vec<Parameter>)> {
    ptx.match_indices(".entry").filter_map(|(at, word)| {
        let line = ptx[..at].rsplit('\n').next().unwrap_or_default();
        if line.contains("//") {
            return None;
        }
        let text = ptx[at + word.len()..].trim_start();
        let end = text.find(|letter: char| letter.is_whitespace() || "({".contains(letter)).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        let declarations = rest.trim_start().strip_prefix('(').and_then(|rest| rest.split_once(')'));
        let declarations = declarations.map_or("", |(inside, _)| inside).split(',');
        let parameters = declarations.filter(|one| !one.trim().is_empty()).map(Parameter::read).collect();
        (!name.is_empty()).then_some((name, parameters))
    })
}
