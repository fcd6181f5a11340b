//! Stochastic gradient descent, number by number as `torch.optim.SGD` does it.

/// The optimiser's part of the settings. Momentum and weight decay are off at 0, as in the book.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sgd {
    /// The learning rate.
    pub rate: f32,
    /// How much of the last step's velocity goes on, 0 to below 1.
    pub momentum: f32,
    /// How much of each parameter is added to its derivative, which draws it towards zero.
    pub weight_decay: f32,
    /// Whether the gradient starts from zero at each batch, as it should; if not, each adds to what is there.
    pub zero_grad: bool,
}

impl Sgd {
    /// The book's: no momentum, no weight decay, gradients zeroed.
    #[must_use]
    pub const fn plain(rate: f32) -> Self {
        Self { rate, momentum: 0.0, weight_decay: 0.0, zero_grad: true }
    }

    /// Whether it is the book's, which needs no velocity.
    #[must_use]
    pub const fn is_plain(self) -> bool {
        self.momentum == 0.0 && self.weight_decay == 0.0
    }

    /// Where a parameter and its velocity go: `d = d_value + weight_decay * value`, `velocity = momentum * velocity + d`,
    /// `value -= rate * velocity`. PyTorch's first velocity is `d` itself, which starting from 0 gives too.
    #[inline]
    #[must_use]
    pub fn moved(self, value: f32, d_value: f32, velocity: f32) -> (f32, f32) {
        let d = if self.weight_decay == 0.0 { d_value } else { d_value + self.weight_decay * value };
        let velocity = if self.momentum == 0.0 { d } else { self.momentum * velocity + d };
        (value - self.rate * velocity, velocity)
    }

    /// The same where it is known from the derivative alone: `None` with momentum, where the velocity has a say.
    #[must_use]
    pub fn next(self, value: f32, d_value: f32) -> Option<f32> {
        (self.momentum == 0.0).then(|| self.moved(value, d_value, 0.0).0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ```python
    /// w = torch.tensor([1.], requires_grad=True); o = torch.optim.SGD([w], lr=.1, momentum=.9, weight_decay=.01)
    /// for d in (1., 1., -2.): w.grad = torch.tensor([d]); o.step(); print(w.item())
    /// ```
    #[test]
    fn it_moves_as_pytorch_does() {
        let sgd = Sgd { momentum: 0.9, weight_decay: 0.01, ..Sgd::plain(0.1) };
        let (mut value, mut velocity) = (1.0, 0.0);
        for (d, expected) in [(1.0, PYTORCH[0]), (1.0, PYTORCH[1]), (-2.0, PYTORCH[2])] {
            (value, velocity) = sgd.moved(value, d, velocity);
            assert!((value - expected).abs() < 1e-7, "{value} {expected}");
        }
        assert_eq!(Sgd::plain(0.5).moved(1.0, 0.5, 9.0), (0.75, 0.5));
        let decaying = Sgd { weight_decay: 0.5, ..Sgd::plain(0.5) };
        assert_eq!((decaying.next(1.0, 0.5), sgd.next(1.0, 0.5)), (Some(0.5), None));
    }

    const PYTORCH: [f32; 3] = [0.899, 0.707_201, 0.733_874_74];
}
