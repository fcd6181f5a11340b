//! Live values in a lesson's text.

/// A template that is not well formed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A brace without its partner.
    #[error("the text has a brace without its partner near \"{0}\"; a brace itself is written twice")]
    Brace(String),
}

/// What a value that is not known yet looks like.
const UNKNOWN: &str = "\u{2014}";

enum Part<'a> {
    Text(&'a str),
    Name(&'a str),
}

fn parts(template: &str) -> Result<Vec<Part<'_>>, TemplateError> {
    let near = |text: &str| TemplateError::Brace(text.chars().take(24).collect());
    let mut parts = Vec::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        parts.push(Part::Text(&rest[..at]));
        let brace = &rest[at..=at];
        let after = &rest[at + 1..];
        if let Some(after) = after.strip_prefix(brace) {
            parts.push(Part::Text(brace));
            rest = after;
        } else if brace == "{" {
            let (name, after) = after.split_once('}').ok_or_else(|| near(&rest[at..]))?;
            parts.push(Part::Name(name.trim()));
            rest = after;
        } else {
            return Err(near(&rest[at..]));
        }
    }
    parts.push(Part::Text(rest));
    Ok(parts)
}

/// The template with every `{name}` replaced by its value; a dash for a value that is not known yet.
///
/// # Errors
/// A brace without its partner.
pub fn fill<'v>(template: &str, value: impl Fn(&str) -> Option<&'v str>) -> Result<String, TemplateError> {
    let parts = parts(template)?;
    Ok(parts
        .iter()
        .map(|part| match part {
            Part::Text(text) => text,
            Part::Name(name) => value(name).unwrap_or(UNKNOWN),
        })
        .collect())
}

/// The names of the values that a template asks for.
///
/// # Errors
/// A brace without its partner.
pub fn names(template: &str) -> Result<Vec<&str>, TemplateError> {
    let parts = parts(template)?;
    Ok(parts.iter().filter_map(|part| if let Part::Name(name) = part { Some(*name) } else { None }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_values_and_doubled_braces_stay() {
        let value = |name: &str| (name == "x").then_some("-1.5");
        assert_eq!(fill("x is {x}, y is { y }, {{set}}", value).as_deref(), Ok("x is -1.5, y is \u{2014}, {set}"));
        assert_eq!(names("{a} and {b}"), Ok(vec!["a", "b"]));
    }

    #[test]
    fn a_lone_brace_is_an_error() {
        assert!(fill("open {x", |_| None).is_err());
        assert!(fill("close } here", |_| None).is_err());
    }
}
