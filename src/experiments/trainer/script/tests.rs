use super::*;
use crate::experiments::settings::{from_map, from_pairs, parse_digits};

fn script(pairs: &[&str]) -> String {
    let pairs: Vec<String> = pairs.iter().map(ToString::to_string).collect();
    let settings: Settings = from_map("trainer", &from_pairs::<Settings>("trainer", &pairs).unwrap()).unwrap();
    let digits = parse_digits(&settings.digits).unwrap();
    let loss = settings.loss.loss(settings.model, digits.len());
    write(&settings, &settings.model.model(digits.len(), loss), &digits)
}

#[test]
fn the_books_run_as_a_script() {
    insta::assert_snapshot!(script(&[]));
}

#[test]
fn a_networks_run_as_a_script() {
    insta::assert_snapshot!(script(&[
        "model=cnn",
        "digits=8,1",
        "wrong_labels=0.1",
        "target=0.99",
        "patience=3",
        "data=my \"digits\""
    ]));
}

#[test]
fn a_script_has_what_its_settings_need() {
    let all = script(&["model=mlp", "momentum=0", "weights=a\\b.safetensors", "zero_grad=false"]);
    for words in [
        "from safetensors.torch import load_file\n",
        "DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]",
        "model.load_state_dict(load_file(\"a\\\\b.safetensors\"))\ntorch.manual_seed(SEED)\n",
        "torch.optim.SGD(model.parameters(), lr=0.1)\n",
        "nn.functional.cross_entropy(",
        "        # No optimizer.zero_grad()",
    ] {
        assert!(all.contains(words), "no {words:?} in\n{all}");
    }
    assert!(
        !all.contains("a\\b.safetensors\n") && !all.contains("weights="),
        "a path stays out of the text at the top"
    );
    let accuracy = script(&["loss=accuracy", "init=zeros", "weights="]);
    assert!(accuracy.contains("+ 0 * logits.squeeze(1)") && accuracy.contains("torch.zeros(parameter.shape)"));
    let linear = script(&["weights=w"]);
    assert!(linear.contains("{name.removeprefix(\"0.\"): tensor for name, tensor in load_file(\"w\").items()}"));
    for text in [all, accuracy, linear] {
        assert!(text.lines().all(|line| line.len() <= 120 && line.trim_end() == line), "{text}");
        assert!(!text.contains("\n\n\n\n"), "{text}");
    }
}
