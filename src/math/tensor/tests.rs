use super::*;

fn t() -> Tensor {
    Tensor::new((1..=6_i64).collect(), &[2, 3]).unwrap()
}

#[test]
fn views_share_memory() {
    let t = t();
    let views = [
        t.select(0, -1).unwrap(),
        t.slice(1, Some(1), Some(3), 1).unwrap(),
        t.transpose(0, 1).unwrap(),
        t.unsqueeze(0).unwrap(),
        t.reshape(&[3, -1], false).unwrap(),
        t.expand(&[4, 2, 3]).unwrap(),
    ];
    for view in views {
        assert!(view.data().is_same(t.data()), "{view}");
    }
    assert!(!t.to(Dtype::Float32).data().is_same(t.data()));
}

#[test]
fn a_full_tensor_takes_the_memory_of_one_number() {
    let zeros = Tensor::full(0.0_f32, &[1000, 100, 100]).unwrap();
    assert!(matches!(zeros.data(), Data::Float32(all) if all.len() == 1));
    assert_eq!(zeros.len(), 10_000_000);
    assert!(Tensor::full(0.0_f32, &[1001, 100, 100]).is_err());
    assert!(Tensor::full(0.0_f32, &[usize::MAX, usize::MAX]).is_err());
    assert!(Tensor::full(0.0_f32, &[usize::MAX, 0]).is_err());
    assert!(Tensor::full(0.0_f32, &[1; 9]).is_err());
}

#[test]
fn places_walk_row_by_row() {
    let turned = t().transpose(0, 1).unwrap();
    assert_eq!(turned.places().collect::<Vec<_>>(), [0, 3, 1, 4, 2, 5]);
    assert_eq!(turned.to_f64(), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
    assert_eq!(t().slice(0, Some(5), None, 1).unwrap().places().count(), 0);
}

/// Every way of summing agrees with the plain one, whatever the order of axes.
#[test]
fn reductions_agree_in_every_layout() {
    let values: Vec<f32> = (0..120_u8).map(|i| f32::from(i) * 0.37 - 11.0).collect();
    let cube = Tensor::new(values, &[4, 5, 6]).unwrap();
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [0, 2, 1]] {
        let turned = cube.permute(&order).unwrap();
        let copy = Tensor::new(turned.values::<f32>().unwrap().into_owned(), turned.shape()).unwrap();
        for dims in [&[0_i64][..], &[1], &[2], &[0, 1], &[-1, -2], &[0, 2], &[0, 1, 2]] {
            let (a, b) =
                (turned.reduce(Reduction::Sum, Some(dims), false), copy.reduce(Reduction::Sum, Some(dims), false));
            let (a, b) = (a.unwrap(), b.unwrap());
            assert_eq!(a.shape(), b.shape());
            for (x, y) in a.to_f64().iter().zip(b.to_f64()) {
                assert!((x - y).abs() < 1e-4, "{order:?} {dims:?}: {x} {y}");
            }
            let by_hand: f64 = turned.to_f64().iter().sum();
            assert!((a.to_f64().iter().sum::<f64>() - by_hand).abs() < 1e-2);
        }
    }
}

#[test]
fn a_view_of_a_view_is_cut_where_memory_allows() {
    // torch.arange(24).view(2, 3, 4).transpose(0, 1).view(3, 2, 2, 2) works, .view(6, 4) does not.
    let turned = Tensor::new((0..24_i64).collect(), &[2, 3, 4]).unwrap().transpose(0, 1).unwrap();
    let cut = turned.reshape(&[3, 2, 2, 2], false).unwrap();
    assert_eq!(cut.to_f64(), turned.to_f64());
    assert!(turned.reshape(&[6, 4], false).is_err());
    assert_eq!(turned.reshape(&[6, 4], true).unwrap().to_f64(), turned.to_f64());
}

#[test]
fn python_prints_the_shortest_text() {
    for (value, text) in [
        (3.0, "3.0"),
        (0.1, "0.1"),
        (1e16, "1e+16"),
        (1e-5, "1e-05"),
        (1.5e-7, "1.5e-07"),
        (123_456.789, "123456.789"),
        (-0.0, "-0.0"),
    ] {
        assert_eq!(python_float(value), text);
    }
}
