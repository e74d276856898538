"""A TensorFlow arm as a notebook does it: tf.data from arrays, tf.image.resize image by image, model.fit in float32.

Written from the facts that are known of the authors' notebook; nothing of the study's library is used.
"""

import time
from typing import Any

import keras

import tensorflow as tf
from performance.speed.layers_tensorflow import layers_of
from performance.speed.notebook import read_split
from performance.speed.sides import CLASSES, Call, Side, Timed, in_batches

SIZES = {"scratch_tensorflow": 227, "pretrained_tensorflow": 224}
BATCHES = {"scratch_tensorflow": 64, "pretrained_tensorflow": 32}
RATES = {"scratch_tensorflow": 1e-4, "pretrained_tensorflow": 5e-5}
SHUFFLED = {"pretrained_tensorflow"}
FROZEN_BUT = 15
"""Layers of ResNet50 that train, counted from its end."""


def alexnet() -> keras.Model:
    """Section 1.2 of the document."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((227, 227, 3)),
            layers.Conv2D(96, 11, strides=4, activation="relu"),
            layers.MaxPooling2D(3, strides=2),
            layers.Conv2D(256, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(3, strides=2),
            layers.Conv2D(384, 3, padding="same", activation="relu"),
            layers.Conv2D(384, 3, padding="same", activation="relu"),
            layers.Conv2D(256, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(3, strides=2),
            layers.Flatten(),
            layers.Dense(4096, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(4096, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(CLASSES, activation="softmax"),
        ]
    )


def pretrained_resnet() -> keras.Model:
    """Section 2.2; random parameters, which are as fast as those of ImageNet."""
    base = keras.applications.ResNet50(include_top=False, weights=None, input_shape=(224, 224, 3))
    for layer in base.layers[:-FROZEN_BUT]:
        layer.trainable = False
    layers = keras.layers
    values = layers.GlobalAveragePooling2D()(base.output)
    values = layers.Dropout(0.5)(layers.Dense(1024, activation="relu")(values))
    values = layers.Dropout(0.3)(layers.Dense(512, activation="relu")(values))
    return keras.Model(base.input, layers.Dense(CLASSES, activation="softmax")(values))


class Clock(keras.callbacks.Callback):
    """Notes when batches end."""

    def __init__(self) -> None:
        super().__init__()
        self.ends: list[float] = []

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.ends.append(time.perf_counter())

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        self.ends.append(time.perf_counter())

    @property
    def seconds(self) -> float:
        """From the end of the first batch, which starts the pipeline, to the end of the last."""
        return self.ends[-1] - self.ends[0]


def prepare(call: Call) -> Side:
    """The notebook's cells."""
    model = alexnet() if call.arm == "scratch_tensorflow" else pretrained_resnet()
    model.compile(
        optimizer=keras.optimizers.Adam(RATES[call.arm]), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    batch_size, size = BATCHES[call.arm], SIZES[call.arm]

    def pipeline(split: str, shuffle: bool) -> tf.data.Dataset:
        images, labels = read_split(call.images, split)
        data = tf.data.Dataset.from_tensor_slices((images, labels)).repeat()
        if shuffle:
            data = data.shuffle(len(labels))
        return data.map(scale_and_resize, tf.data.AUTOTUNE).batch(batch_size)

    def scale_and_resize(image: tf.Tensor, label: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        return tf.image.resize(tf.cast(image, tf.float32) / 127.5 - 1, (size, size)), label

    train_data = pipeline("train", call.arm in SHUFFLED).prefetch(tf.data.AUTOTUNE)
    resized = pipeline("test", False)
    test_data = resized.prefetch(tf.data.AUTOTUNE)

    def train(images: int) -> Timed:
        batches = in_batches(images, batch_size)
        clock = Clock()
        model.fit(train_data, steps_per_epoch=batches + 1, shuffle=False, verbose=0, callbacks=[clock])
        return Timed(batches * batch_size, clock.seconds)

    def score(images: int) -> Timed:
        batches = in_batches(images, batch_size)
        clock = Clock()
        model.evaluate(test_data, steps=batches + 1, verbose=0, callbacks=[clock])
        return Timed(batches * batch_size, clock.seconds)

    def resize(images: int) -> Timed:
        batches = in_batches(images, batch_size)
        # Without prefetch, which would have batches ready before the clock starts.
        given = iter(resized)
        next(given)
        began = time.perf_counter()
        for _ in range(batches):
            next(given)
        return Timed(batches * batch_size, time.perf_counter() - began)

    return Side({"train": train, "score": score, "resize": resize}, "float32", batch_size, layers_of(model))
