import numpy as np

from study.training.randomness import derive_seed, epoch_order, shuffled_labels, split_validation


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


def test_images_that_are_trained_on_have_each_others_labels_and_others_their_own() -> None:
    train, validation = split_validation(100, 0.2, seed=3)
    sources = shuffled_labels(train, 100, seed=3)
    assert sorted(sources[train]) == list(train)
    assert list(sources[validation]) == list(validation)
    assert np.mean(sources[train] == train) < 0.1
    assert list(sources) == list(shuffled_labels(train, 100, seed=3))
    assert list(sources) != list(shuffled_labels(train, 100, seed=4))


def test_labels_are_drawn_as_they_always_were() -> None:
    assert list(shuffled_labels(np.arange(8), 8, seed=0)) == [1, 6, 4, 5, 0, 7, 3, 2]
