use super::*;
use crate::experiments::settings::{from_map, from_pairs, parse_digits};

fn script(pairs: &[&str]) -> String {
    let pairs: Vec<String> = pairs.iter().map(ToString::to_string).collect();
    let settings: Settings = from_map("trainer", &from_pairs::<Settings>("trainer", &pairs).unwrap()).unwrap();
    let digits = parse_digits(&settings.digits).unwrap();
    let loss = settings.loss.loss(settings.model, digits.len());
    write(&settings, &settings.model.model(digits.len(), loss), &digits)
}
