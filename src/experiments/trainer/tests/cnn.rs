//! The convolutional network against PyTorch, and what its usual settings reach.

use super::*;

/// Two epochs from PyTorch 2.15, by:
///
/// ```python
/// def run(lr, bs, mom, wd, loss, outputs):               # x, y, vx, vy: 3s then 7s, names sorted, classes 0 and 1
///     torch.manual_seed(42)
///     m = nn.Sequential(nn.Unflatten(1, (1, 28, 28)), nn.Conv2d(1, 8, 3, stride=2, padding=1), nn.ReLU(),
///         nn.Conv2d(8, 16, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.ReLU(),
///         nn.Flatten(), nn.Linear(512, outputs))
///     o = torch.optim.SGD(m.parameters(), lr=lr, momentum=mom, weight_decay=wd)
///     for epoch in range(3):
///         if epoch:
///             order = torch.randperm(len(x))
///             for i in range(0, len(x), bs):
///                 o.zero_grad(); loss(m(x[order[i:i+bs]]), y[order[i:i+bs]]).backward(); o.step()
///         with torch.no_grad():
///             l = m(vx); ok = ((l.squeeze(1) <= 0).long() if outputs == 1 else l.argmax(1)) == vy
///             print(np.mean([b.double().mean() for b in ok.split(bs)]), ok.double().mean(), loss(l, vy))
/// def mnist_loss(l, y): p = l.sigmoid().squeeze(1); return torch.where(y == 0, 1 - p, p).mean()
/// run(.05, 64, .9, 5e-4, F.cross_entropy, 2)
/// ```
#[test]
fn two_epochs_are_pytorchs() {
    let expected = [(0.506_836, 0.504_416), (0.983_398, 0.983_317), (0.988_770, 0.988_714)];
    let settings = ["lr=0.05", "batch_size=64", "momentum=0.9", "weight_decay=0.0005", "loss=cross-entropy"];
    assert_trace(&of_cnn(&[&settings[..], &["epochs=2"]].concat()), &expected, 0.028_365);
}

/// `run(.1, 256, 0, 0, mnist_loss, 1)`
#[test]
fn two_epochs_of_the_books_loss_are_pytorchs() {
    let expected = [(0.507_324, 0.504_907), (0.521_484, 0.519_136), (0.929_179, 0.928_852)];
    let settings = ["lr=0.1", "batch_size=256", "momentum=0", "weight_decay=0", "loss=mnist", "epochs=2"];
    assert_trace(&of_cnn(&settings), &expected, 0.349_098);
}

fn of_cnn(pairs: &[&str]) -> Vec<Epoch> {
    epochs(&[&["model=cnn", "init=uniform", "shuffle=true", "digits=3,7"], pairs].concat())
}

/// The best of the ten epochs with the usual settings.
fn best(pairs: &[&str]) -> f64 {
    let found = epochs(pairs);
    assert_eq!(found.len(), 11);
    found.iter().map(|epoch| epoch.accuracy).fold(0.0, f64::max)
}

/// The book's resnet18, an 18-layer network that had seen millions of photographs, reached 0.9971.
#[test]
fn it_reads_threes_and_sevens() {
    for seed in ["seed=42", "seed=1"] {
        let best = best(&["model=cnn", seed]);
        assert!(best >= 0.997, "{seed}: {best}");
    }
}

#[test]
fn it_reads_all_digits() {
    let best = best(&["model=cnn", "digits=all"]);
    assert!(best >= 0.985, "{best}");
}
