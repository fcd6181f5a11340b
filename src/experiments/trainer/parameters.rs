//! Parameters, and derivatives by them, found by PyTorch's names.

use crate::math::model::{Model, Parameter};

/// The numbers of the parameter `own`, `weight` or `bias`, of the layer at index `layer`: `2.bias` is the bias of layer 2. The
/// layer of a model that has no other is not numbered, and is layer 0.
#[must_use]
pub fn parameter<'a>(tensors: &'a [Parameter], layer: usize, own: &str) -> Option<&'a [f32]> {
    let is_it = |tensor: &&Parameter| {
        let (index, name) = tensor.name.rsplit_once('.').unwrap_or(("0", &tensor.name));
        index.parse() == Ok(layer) && name == own
    };
    tensors.iter().find(is_it).map(|tensor| &*tensor.values)
}

/// The indices of the layers that learn, in order.
#[must_use]
pub fn learning(model: &Model) -> Vec<usize> {
    (0..model.layers.len()).filter(|&index| model.layers[index].parameters().is_some()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::loss::Loss;
    use crate::math::model::{Architecture, Start};
    use crate::math::torch::Generator;

    #[test]
    fn a_parameter_is_found_by_its_layer_and_its_own_name() {
        for (architecture, layers) in
            [(Architecture::Linear, vec![0]), (Architecture::Mlp, vec![0, 2]), (Architecture::Cnn, vec![1, 3, 5, 8])]
        {
            let model = architecture.model(10, Loss::CrossEntropy);
            assert_eq!(learning(&model), layers);
            let tensors = model.draw(Start::Uniform, &mut Generator::new(1));
            for (layer, pair) in layers.iter().zip(tensors.chunks(2)) {
                assert_eq!(parameter(&tensors, *layer, "weight"), Some(&*pair[0].values));
                assert_eq!(parameter(&tensors, *layer, "bias"), Some(&*pair[1].values));
            }
            assert_eq!((parameter(&tensors, 7, "weight"), parameter(&tensors, layers[0], "w")), (None, None));
        }
    }
}
