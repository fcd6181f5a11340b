// Mean images and distances to them, in whole numbers: no order shows in their sums. See src/math/mean_image.rs and
// src/math/distance.rs.

#include "common.cuh"

// Adds to `sums` the bytes of these `count` images, pixel by pixel. A block takes a stretch of them.
extern "C" __global__ void baseline_sum(const Byte *pixels, const unsigned *indices, unsigned count, unsigned *sums) {
    unsigned stretch = (count + gridDim.x - 1u) / gridDim.x;
    unsigned from = min(blockIdx.x * stretch, count), to = min(from + stretch, count);
    for (unsigned at = threadIdx.x; at < PIXELS; at += blockDim.x) {
        unsigned sum = 0;
#pragma unroll 8
        for (unsigned image = from; image < to; image++) {
            sum += pixels[indices[image] * PIXELS + at];
        }
        atomicAdd(sums + at, sum);
    }
}

// For each of these `count` images and each of `classes` means, the sum over the pixels of |parts * byte - numerator|, or of its
// square: `(images, classes)`. `parts` has a mean's denominator, `numerators` 784 numbers of each. A warp takes an image.
extern "C" __global__ void baseline_distances(const Byte *pixels, const unsigned *indices, unsigned count,
                                              const unsigned *parts, const int *numerators, unsigned classes,
                                              unsigned is_squared, unsigned long long *distances) {
    unsigned lane = threadIdx.x & 31u, warps = gridDim.x * blockDim.x / 32u;
    for (unsigned image = (blockIdx.x * blockDim.x + threadIdx.x) / 32u; image < count; image += warps) {
        const Byte *own = pixels + indices[image] * PIXELS;
        for (unsigned label = 0; label < classes; label++) {
            int part = (int)parts[label];
            unsigned long long sum = 0;
#pragma unroll 5
            for (unsigned at = lane; at < PIXELS; at += 32u) {
                int difference = (int)own[at] * part - numerators[label * PIXELS + at];
                unsigned size = (unsigned)abs(difference);
                sum += is_squared ? (unsigned long long)size * size : (unsigned long long)size;
            }
            for (unsigned other = 16u; other > 0u; other /= 2u) {
                unsigned low = __shfl_xor_sync(ALL, (unsigned)sum, other);
                unsigned high = __shfl_xor_sync(ALL, (unsigned)(sum >> 32), other);
                sum += (unsigned long long)high << 32 | low;
            }
            if (lane == 0u) {
                distances[image * classes + label] = sum;
            }
        }
    }
}
