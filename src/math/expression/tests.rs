use super::*;

#[test]
fn smoke() {
    let out = evaluate("(m * 2)[1:, 1:]", &Environment::default(), Budget::full()).unwrap();
    assert_eq!(out.value.text(1000), "tensor([[10, 12],\n        [16, 18]])");
}
