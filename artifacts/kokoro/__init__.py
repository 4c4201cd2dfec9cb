"""Kokoro-82M for TVM: the kernels and the packing of the weights."""
