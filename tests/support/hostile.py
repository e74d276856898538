"""The account of a user whose settings would change results, if they reached them."""

from pathlib import Path

KERAS = '{"floatx": "float16", "epsilon": 0.1, "backend": "jax", "image_data_format": "channels_first"}'
MATPLOTLIB = "figure.facecolor: red\nfont.size: 30\nlines.linewidth: 9\n"
RAISES = "raise SystemExit('a module of the user was imported')\n"


ARITHMETIC = {
    "KERAS_BACKEND": "jax",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF_USE_LEGACY_KERAS": "1",
    "TF_XLA_FLAGS": "--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit",
    "XLA_FLAGS": "--xla_cpu_enable_fast_math=true",
    "TF_NUM_INTRAOP_THREADS": "3",
    "NVIDIA_TF32_OVERRIDE": "1",
    "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE": "1",
    "ATEN_CPU_CAPABILITY": "default",
    "ONEDNN_MAX_CPU_ISA": "SSE41",
    "ONEDNN_DEFAULT_FPMATH_MODE": "BF16",
    "MKL_ENABLE_INSTRUCTIONS": "SSE4_2",
    "OMP_NUM_THREADS": "3",
    "PYTHONHASHSEED": "7",
}
"""Variables that change the arithmetic of one library or another."""


def hostile_account(home: Path) -> dict[str, str]:
    """Write its files, and give its environment variables."""
    files = {
        ".keras/keras.json": KERAS,
        ".config/keras/keras.json": KERAS,
        ".config/matplotlib/matplotlibrc": MATPLOTLIB,
        "matplotlibrc": MATPLOTLIB,
        "startup.py": RAISES,
        "torch/hub/checkpoints/alexnet-owt-7be5be79.pth": "not a network",
    }
    for name, text in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text, encoding="utf-8")
    return {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "KERAS_HOME": str(home / ".keras"),
        "TORCH_HOME": str(home / "torch"),
        "MATPLOTLIBRC": str(home / "matplotlibrc"),
        "MPLBACKEND": "TkAgg",
        "PYTHONSTARTUP": str(home / "startup.py"),
        **ARITHMETIC,
    }
