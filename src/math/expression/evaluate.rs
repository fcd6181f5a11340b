//! The tree to a value: each part is worked out, and handed to the sign, function, method or brackets that it is for.

use super::argument::{Arguments, Placed};
use super::environment::Environment;
use super::error::{Error, Result, suggestion};
use super::grammar::parse;
use super::index::{self, Pick};
use super::ledger::{Budget, ITEM, Ledger, Lit};
use super::syntax::{Argument, Item, Node, NodeKind, Operator, Word};
use super::value::Value;
use super::{call, method, operator};
use std::ops::Range;

/// The answer to an expression.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What it is worth.
    pub value: Value,
    /// What was looked at, a named tensor each.
    pub lit: Vec<Lit>,
    /// What a reader may not expect, a sentence each.
    pub notices: Vec<String>,
}

/// Evaluates `source`.
///
/// # Errors
/// What is wrong and where; with `exhausted` set when `budget` was too small.
pub fn evaluate(source: &str, environment: &Environment, budget: Budget) -> Result<Outcome> {
    let tree = parse(source)?;
    let mut evaluator = Evaluator { ledger: Ledger::new(environment, budget), locals: Vec::new() };
    let value = evaluator.value(&tree)?;
    let mut ledger = evaluator.ledger;
    ledger.read_value(&value);
    ledger.about_views(&value);
    Ok(Outcome { lit: ledger.lit(), notices: ledger.notices(), value })
}

struct Evaluator<'e> {
    ledger: Ledger<'e>,
    locals: Vec<(String, Value)>,
}

impl Evaluator<'_> {
    fn value(&mut self, node: &Node) -> Result<Value> {
        self.ledger.spend(&node.span, 0)?;
        match &node.kind {
            NodeKind::Int(value) => Ok(Value::Int(*value)),
            NodeKind::Float(value) => Ok(Value::Float(*value)),
            NodeKind::Bool(value) => Ok(Value::Bool(*value)),
            NodeKind::None => Ok(Value::None),
            NodeKind::Name(name) => self.named(name, &node.span),
            NodeKind::List(items) => self.list(items, &node.span).map(Value::list),
            NodeKind::Tuple(items) => self.list(items, &node.span).map(Value::tuple),
            NodeKind::Comprehension { item, name, over, condition } => {
                self.comprehension(item, name, over, condition.as_deref())
            }
            NodeKind::Unary(operation, inner) => {
                let value = self.value(inner)?;
                operator::sign(&mut self.ledger, *operation, &value, &node.span)
            }
            NodeKind::Not(inner) => {
                let value = self.value(inner)?;
                Ok(Value::Bool(!operator::truth(&value, &inner.span)?))
            }
            NodeKind::Binary { operator, sign, left, right } => self.binary(*operator, sign, left, right),
            NodeKind::Attribute(base, word) => self.attribute(base, word),
            NodeKind::Call(callee, arguments) => self.call(callee, arguments, &node.span),
            NodeKind::Index(base, items) => {
                let value = self.value(base)?;
                let items = items.iter().map(|item| self.item(item)).collect::<Result<Vec<_>>>()?;
                index::index(&mut self.ledger, value, &items, &node.span)
            }
        }
    }

    fn list(&mut self, nodes: &[Node], span: &Range<usize>) -> Result<Vec<Value>> {
        self.ledger.spend(span, nodes.len().saturating_mul(ITEM))?;
        nodes.iter().map(|node| self.value(node)).collect()
    }

    fn named(&mut self, name: &str, span: &Range<usize>) -> Result<Value> {
        if let Some((_, value)) = self.locals.iter().rev().find(|(local, _)| local == name) {
            return Ok(value.clone());
        }
        let environment = self.ledger.environment();
        if let Some(variable) = environment.get(name) {
            if !variable.is_made() {
                self.ledger.spend(span, variable.shape.iter().product())?;
            }
            let missing = || Error::new(span, format!("{name} could not be made from the images at hand"));
            return variable.tensor().cloned().map(Value::Tensor).ok_or_else(missing);
        }
        if name == "torch" {
            return Err(Error::new(
                span,
                "torch alone is no value; go on with a point and a name, such as torch.stack",
            ));
        }
        if call::FUNCTIONS.contains(&name) {
            return Err(Error::new(span, format!("{name} is a function: give it its arguments in ( )")));
        }
        let known = environment.variables().iter().map(|variable| variable.name).chain(call::FUNCTIONS);
        Err(Error::new(span, format!("nothing here is called {name}{}", suggestion(name, known))))
    }

    fn attribute(&mut self, base: &Node, word: &Word) -> Result<Value> {
        if matches!(&base.kind, NodeKind::Name(name) if name == "torch") {
            return call::torch_constant(word);
        }
        let value = self.value(base)?;
        method::attribute(&value, word)
    }

    fn binary(&mut self, operator: Operator, sign: &Range<usize>, left: &Node, right: &Node) -> Result<Value> {
        let a = self.value(left)?;
        match operator {
            // As in Python, the right side of `and` and `or` is looked at only if it matters.
            Operator::And | Operator::Or => {
                let decided = operator::truth(&a, &left.span)? == (operator == Operator::Or);
                if decided { Ok(a) } else { self.value(right) }
            }
            Operator::Matmul => {
                let b = self.value(right)?;
                operator::product(&mut self.ledger, &a, &b, sign)
            }
            Operator::Each(op) => {
                let b = self.value(right)?;
                operator::each(&mut self.ledger, op, &a, &b, sign)
            }
        }
    }

    fn item(&mut self, item: &Item) -> Result<index::Item> {
        let pick = match item {
            Item::At(node) => Pick::At(self.value(node)?),
            Item::Slice(ends, _) => {
                let mut bounds = [None; 3];
                for (bound, end) in bounds.iter_mut().zip(ends) {
                    if let Some(node) = end {
                        *bound = index::bound(&self.value(node)?, &node.span)?;
                    }
                }
                Pick::Slice(bounds)
            }
            Item::Ellipsis(_) => Pick::Ellipsis,
        };
        Ok((pick, item.span()))
    }

    fn call(&mut self, callee: &Node, given: &[Argument], span: &Range<usize>) -> Result<Value> {
        match &callee.kind {
            NodeKind::Attribute(base, word) if matches!(&base.kind, NodeKind::Name(name) if name == "torch") => {
                let arguments = self.arguments(word, given)?;
                call::torch(&mut self.ledger, &arguments)
            }
            NodeKind::Attribute(base, word) => {
                let value = self.value(base)?;
                let arguments = self.arguments(word, given)?;
                method::method(&mut self.ledger, &value, &arguments)
            }
            NodeKind::Name(name) => {
                let word = Word { text: name.clone(), span: callee.span.clone() };
                if !call::FUNCTIONS.contains(&name.as_str()) {
                    let is_variable = self.ledger.environment().get(name).is_some();
                    let message = if is_variable {
                        format!("{name} is no function: places in it go between [ ]")
                    } else {
                        format!("no function here is called {name}{}", suggestion(name, call::FUNCTIONS))
                    };
                    return Err(Error::new(&callee.span, message));
                }
                let arguments = self.arguments(&word, given)?;
                call::function(&mut self.ledger, &arguments)
            }
            _ => Err(Error::new(span, "only functions and methods can be called with ( )")),
        }
    }

    fn arguments(&mut self, word: &Word, given: &[Argument]) -> Result<Arguments> {
        let mut arguments =
            Arguments { function: word.text.clone(), span: word.span.clone(), placed: Vec::new(), named: Vec::new() };
        for argument in given {
            let value: Placed = (self.value(&argument.value)?, argument.value.span.clone());
            match &argument.name {
                Some(name) => arguments.named.push((name.text.clone(), value)),
                None if arguments.named.is_empty() => arguments.placed.push(value),
                None => return Err(Error::new(&value.1, "arguments with a name come last")),
            }
        }
        Ok(arguments)
    }

    fn comprehension(&mut self, item: &Node, name: &Word, over: &Node, condition: Option<&Node>) -> Result<Value> {
        let source = self.value(over)?;
        let mut items = Vec::new();
        for value in self.ledger.items(&source, &over.span)? {
            self.locals.push((name.text.clone(), value));
            let found = self.one_item(item, condition);
            self.locals.pop();
            items.extend(found?);
        }
        Ok(Value::list(items))
    }

    fn one_item(&mut self, item: &Node, condition: Option<&Node>) -> Result<Option<Value>> {
        if let Some(condition) = condition {
            let value = self.value(condition)?;
            if !operator::truth(&value, &condition.span)? {
                return Ok(None);
            }
        }
        self.ledger.spend(&item.span, ITEM)?;
        self.value(item).map(Some)
    }
}
