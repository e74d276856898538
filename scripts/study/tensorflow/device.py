"""The device that TensorFlow computes on, and its numeric settings."""

import keras

import tensorflow as tf
from study.devices import Device, usable_threads
from study.instructions import fastest_on_cpu, fastest_on_gpu
from study.memory import keep_freed_memory
from study.spec.training import Precision


def set_up(threads: int, precision: str) -> None:
    """Set threads, full float32 precision and Keras' dtypes; take GPU memory only as needed.

    Must be called before anything is computed.
    """
    keep_freed_memory()
    tf.config.threading.set_intra_op_parallelism_threads(usable_threads(threads))
    tf.config.threading.set_inter_op_parallelism_threads(usable_threads(threads))
    tf.config.experimental.enable_tensor_float_32_execution(False)
    for gpu in tf.config.get_visible_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, True)
    keras.config.set_image_data_format("channels_last")
    set_precision(precision)


def hide_gpus() -> None:
    """Compute on the CPU only; must be called before anything is computed."""
    tf.config.set_visible_devices([], "GPU")


def set_precision(precision: str) -> None:
    """Set Keras' dtype policy, and the type of what has none, such as an optimiser's rate."""
    keras.config.set_floatx("float64" if precision == "float64" else "float32")
    keras.config.set_dtype_policy(f"mixed_{precision}" if precision in ("float16", "bfloat16") else precision)


def fastest_precision() -> Precision:
    """The fastest arithmetic that the device has instructions for."""
    gpus = tf.config.get_visible_devices("GPU")
    if not gpus:
        return fastest_on_cpu()
    return fastest_on_gpu(tf.config.experimental.get_device_details(gpus[0]).get("compute_capability", (0, 0)))


def describe() -> Device:
    """What a run record says of the device."""
    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        return Device("cuda", tf.config.experimental.get_device_details(gpus[0]).get("device_name", gpus[0].name))
    return Device("cpu", "CPU")
