//! A small computation graph: values flow forwards through it, gradients backwards, as in PyTorch's autograd.
//!
//! Invariant: a node's inputs stand before it, so one pass over the list is a forward pass, and one pass from its end a
//! backward pass.

/// What a node computes from its inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// A number from outside whose gradient is wanted: in PyTorch a leaf with `requires_grad`.
    Input,
    /// The square of its one input.
    Square,
    /// The sum of its inputs.
    Sum,
}

/// One number of the computation.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// How it is computed.
    pub op: Op,
    /// From which nodes, by their places.
    pub inputs: Vec<usize>,
    /// The number, once computed.
    pub value: Option<f32>,
    /// How much the output changes when this number grows by a little, as far as this backward pass has told.
    pub gradient: Option<f32>,
    /// The sum over all backward passes since it was last zeroed; only an [`Op::Input`] keeps one.
    pub grad: Option<f32>,
}

/// A computation whose last node is its output.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    nodes: Vec<Node>,
}

impl Graph {
    /// `(xs ** 2).sum()`: first the inputs, then their squares, then the sum.
    #[must_use]
    pub fn sum_of_squares(xs: &[f32]) -> Self {
        let node = |op, inputs, value| Node { op, inputs, value, gradient: None, grad: None };
        let mut nodes: Vec<Node> = xs.iter().map(|&x| node(Op::Input, Vec::new(), Some(x))).collect();
        nodes.extend((0..xs.len()).map(|place| node(Op::Square, vec![place], None)));
        nodes.push(node(Op::Sum, (xs.len()..2 * xs.len()).collect(), None));
        Self { nodes }
    }

    /// The nodes of one kind, in order.
    pub fn of(&self, op: Op) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(move |node| node.op == op)
    }

    /// The output.
    #[must_use]
    pub fn output(&self) -> Option<&Node> {
        self.nodes.last()
    }

    /// Computes every node of one kind whose inputs are known.
    pub fn forward(&mut self, op: Op) {
        for place in 0..self.nodes.len() {
            if self.nodes[place].op == op && op != Op::Input {
                self.nodes[place].value = self.computed(place);
            }
        }
    }

    fn computed(&self, place: usize) -> Option<f32> {
        let node = self.nodes.get(place)?;
        let mut values = node.inputs.iter().map(|&input| self.nodes.get(input).and_then(|node| node.value));
        match node.op {
            Op::Input => node.value,
            Op::Square => values.next()?.map(|x| x * x),
            Op::Sum => values.sum(),
        }
    }

    /// Starts a backward pass: the output changes as much as itself, so its gradient is 1.
    pub fn seed(&mut self) {
        if let Some(output) = self.nodes.last_mut() {
            output.gradient = Some(1.0);
        }
    }

    /// The chain rule at every node of one kind: each input gets the node's gradient times the node's slope there.
    pub fn backward(&mut self, op: Op) {
        for place in (0..self.nodes.len()).rev() {
            let (Some(gradient), true) = (self.nodes[place].gradient, self.nodes[place].op == op) else { continue };
            for input in self.nodes[place].inputs.clone() {
                let slope = self.slope(op, input);
                let node = &mut self.nodes[input];
                node.gradient = Some(node.gradient.unwrap_or(0.0) + gradient * slope);
            }
        }
    }

    /// The derivative of a node of this kind by its input at `place`.
    fn slope(&self, op: Op, place: usize) -> f32 {
        match op {
            Op::Input => 0.0,
            Op::Square => 2.0 * self.nodes.get(place).and_then(|node| node.value).unwrap_or(0.0),
            Op::Sum => 1.0,
        }
    }

    /// Ends a backward pass: what arrived at the inputs is *added* to their `grad`.
    pub fn accumulate(&mut self) {
        for node in self.nodes.iter_mut().filter(|node| node.op == Op::Input) {
            if let Some(gradient) = node.gradient {
                node.grad = Some(node.grad.unwrap_or(0.0) + gradient);
            }
        }
    }

    /// Forgets all that a pass computed, as PyTorch frees a graph after `backward`; the inputs keep value and `grad`.
    pub fn clear(&mut self) {
        for node in &mut self.nodes {
            node.gradient = None;
            if node.op != Op::Input {
                node.value = None;
            }
        }
    }

    /// Forgets the inputs' `grad`: `x.grad = None`.
    pub fn zero(&mut self) {
        for node in &mut self.nodes {
            node.grad = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pass(graph: &mut Graph) {
        graph.clear();
        graph.forward(Op::Square);
        graph.forward(Op::Sum);
        graph.seed();
        graph.backward(Op::Sum);
        graph.backward(Op::Square);
        graph.accumulate();
    }

    fn grads(graph: &Graph) -> Vec<f32> {
        graph.of(Op::Input).map(|node| node.grad.unwrap()).collect()
    }

    #[test]
    fn the_chapters_three_numbers() {
        let mut graph = Graph::sum_of_squares(&[3.0, 4.0, 10.0]);
        pass(&mut graph);
        assert_eq!(graph.output().unwrap().value, Some(125.0));
        assert_eq!(grads(&graph), [6.0, 8.0, 20.0]);
    }

    #[test]
    fn a_second_pass_adds_and_zeroing_forgets() {
        let mut graph = Graph::sum_of_squares(&[3.0]);
        pass(&mut graph);
        pass(&mut graph);
        assert_eq!((graph.output().unwrap().value, grads(&graph)), (Some(9.0), vec![12.0]));
        graph.zero();
        pass(&mut graph);
        assert_eq!(grads(&graph), [6.0]);
    }

    #[test]
    fn nothing_is_known_before_its_turn() {
        let mut graph = Graph::sum_of_squares(&[3.0, 4.0]);
        graph.forward(Op::Sum); // Too early: the squares are not known.
        assert_eq!(graph.output().unwrap().value, None);
        graph.backward(Op::Sum); // Not seeded.
        assert!(graph.of(Op::Square).all(|node| node.gradient.is_none()));
    }
}
