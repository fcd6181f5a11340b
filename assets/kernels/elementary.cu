// For the tests: what the functions of elementary.cuh make of each number.

#include "elementary.cuh"

extern "C" __global__ void elementary(const float *x, unsigned count, float *powers, float *logarithms,
                                      float *sigmoids) {
    unsigned at = blockIdx.x * blockDim.x + threadIdx.x;
    if (at < count) {
        powers[at] = lab_exp(x[at]);
        logarithms[at] = lab_ln(x[at]);
        sigmoids[at] = lab_sigmoid(x[at]);
    }
}
