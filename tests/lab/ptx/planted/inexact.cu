// An exponential that each GPU may round in its own way.

extern "C" __global__ void power(float *x) {
    x[threadIdx.x] = __expf(x[threadIdx.x]);
}
