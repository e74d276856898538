import numpy as np

from study.training.randomness import derive_seed, epoch_order, split_validation


def test_purposes_and_seeds_have_seeds_of_their_own() -> None:
    assert len({derive_seed(seed, purpose) for seed in range(50) for purpose in ("order", "dropout")}) == 100
    assert derive_seed(0, "order") == derive_seed(0, "order")


def test_every_epoch_visits_every_image_once_in_another_order() -> None:
    indices = np.arange(100)
    first, second = (epoch_order(indices, seed=0, epoch=epoch, shuffle=True) for epoch in (1, 2))
    assert sorted(first) == sorted(second) == list(indices)
    assert list(first) != list(second)
    assert list(first) == list(epoch_order(indices, seed=0, epoch=1, shuffle=True))
    assert list(epoch_order(indices, seed=0, epoch=1, shuffle=False)) == list(indices)


def test_the_validation_split_takes_its_share_and_leaves_the_rest_in_order() -> None:
    train, validation = split_validation(100, 0.1, seed=3)
    assert len(validation) == 10
    assert sorted([*train, *validation]) == list(range(100))
    assert list(train) == sorted(train)
    assert len(split_validation(100, 0.0, seed=3)[1]) == 0
