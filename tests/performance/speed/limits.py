"""What the limits are measured with: large enough that nothing but the arithmetic, or the memory, counts."""

PRECISIONS = ("float32", "bfloat16", "float16")
PRODUCT = 4096
"""Rows and columns of both matrices."""
PRODUCT_FLOPS = 2 * PRODUCT**3
IMAGES, CHANNELS, PIXELS = 64, 256, 28
"""Shape of a convolution with 3 x 3 kernels over images with this many pixels a side."""
CONVOLUTION_FLOPS = 2 * IMAGES * CHANNELS**2 * 9 * PIXELS**2
COPIED_BYTES = 2**28
