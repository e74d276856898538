"""The device that TensorFlow computes on, and its numeric settings."""

import keras

import tensorflow as tf
from study.machine.devices import Device, processor_name, usable_threads
from study.machine.gpus import Card
from study.machine.memory import keep_freed_memory
from study.recipe.recipe import Precision
from study.training.instructions import fastest_on_cpu, fastest_on_gpu


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


def set_precision(precision: str) -> None:
    """Set Keras' dtype policy, and the type of everything without one, such as an optimiser's learning rate."""
    keras.config.set_floatx("float64" if precision == "float64" else "float32")
    keras.config.set_dtype_policy(f"mixed_{precision}" if precision in ("float16", "bfloat16") else precision)


def fastest_precision() -> Precision:
    """Return the fastest arithmetic that the device has instructions for."""
    gpus = tf.config.get_visible_devices("GPU")
    if not gpus:
        return fastest_on_cpu()
    return fastest_on_gpu(tf.config.experimental.get_device_details(gpus[0]).get("compute_capability", (0, 0)))


def why_no_gpu() -> str | None:
    """Return None if there is a GPU to compute on; otherwise why not."""
    if tf.config.list_physical_devices("GPU"):
        return None
    build = tf.sysconfig.get_build_info()
    if "cuda_version" not in build:
        return f"tensorflow {tf.__version__} is built without CUDA"
    return (
        f"tensorflow {tf.__version__} cannot use one: the libraries of CUDA {build['cuda_version']} and "
        f"cuDNN {build['cudnn_version']}, for which it is built, are not installed, or do not match the driver"
    )


def describe(card: Card | None) -> Device:
    """Return what a run record says about the device; ``card`` is what the machine says about it."""
    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return Device("cpu", processor_name())
    build = tf.sysconfig.get_build_info()
    return Device(
        kind="cuda",
        name=tf.config.experimental.get_device_details(gpus[0]).get("device_name", gpus[0].name),
        memory=card.memory if card else None,
        driver=card.driver if card else None,
        cuda=build.get("cuda_version"),
        cudnn=build.get("cudnn_version"),
        tf32=tf.config.experimental.tensor_float_32_execution_enabled(),
    )
