// The linear model, as src/compute/cpu/linear.rs trains it: one logit an image straight from its bytes.

#include "common.cuh"

// Images that one chunk sums up. Results depend on it.
#define CHUNK 64u
// Warps of a block: chunks that are summed at once.
#define WARPS 8u
// The weights and the bias.
#define PARAMETERS 785u

// The logit of one image, in every thread of the half of a warp that sums it up.
__device__ __forceinline__ float logit_of(const Byte *image, const float *values, unsigned half) {
    unsigned lane = threadIdx.x & 15u;
    float sum = 0.0f;
#pragma unroll 7
    for (unsigned at = lane; at < PIXELS; at += 16u) {
        sum = __fmaf_rn((float)image[at], values[at], sum);
    }
    return __fadd_rn(__fdiv_rn(total_of_lane(sum, half), 255.0f), values[PIXELS]);
}

// Trains on `batches` mini-batches: `bounds` has each one's first place in the order and the place after its last. Without
// `STEP` it finds one batch's derivatives only. Blocks of 256 threads, all at once.
extern "C" __global__ void linear_train(const Byte *pixels, const Byte *classes, const unsigned *order,
                                        const unsigned *bounds, unsigned batches, float *values, float *next_values,
                                        float *velocity, float *next_velocity, float *gradient, float *logits,
                                        float *losses, unsigned *correct, unsigned *control, float rate,
                                        float momentum, float decay, unsigned flags, float *d_logits) {
    __shared__ float sums[WARPS][32];
    Sgd sgd = {rate, momentum, decay, flags};
    unsigned goal = 0, half = own_half(), warp = threadIdx.x / 32u, lane = threadIdx.x & 31u;
    for (unsigned batch = 0; batch < batches; batch++) {
        unsigned start = bounds[2u * batch], count = bounds[2u * batch + 1u] - start;
        float share = __fdiv_rn(1.0f, (float)count);

        // Image by image: logit, loss and its derivative.
        unsigned first = (blockIdx.x * blockDim.x + threadIdx.x) / 16u, step = gridDim.x * blockDim.x / 16u;
        for (unsigned image = first; image < count; image += step) {
            unsigned place = start + image, sample = order[place];
            float logit = logit_of(pixels + sample * PIXELS, values, half);
            if ((threadIdx.x & 15u) == 0u) {
                Found found = one_logit(logit, classes[sample], LOSS_MNIST);
                logits[place] = logit;
                losses[place] = found.loss;
                correct[place] = found.is_correct;
                d_logits[image] = __fmul_rn(found.d_logit, share);
                report(found.loss, control, BAD_GRADIENT, batch);
            }
        }
        grid_barrier(control, &goal);

        // Parameter by parameter: a block takes 32 of them, each warp sums a chunk of the images, the first warp the chunks.
        for (unsigned group = blockIdx.x; group * 32u < PARAMETERS; group += gridDim.x) {
            unsigned at = group * 32u + lane;
            float total = 0.0f;
            for (unsigned round = 0; round < count; round += WARPS * CHUNK) {
                unsigned from = round + warp * CHUNK, to = min(from + CHUNK, count);
                float sum = 0.0f;
#pragma unroll 8
                for (unsigned image = from; image < to; image++) {
                    // The bias goes through an image of ones.
                    float x = 1.0f;
                    if (at < PIXELS) {
                        x = (float)pixels[order[start + image] * PIXELS + at];
                    }
                    sum = __fmaf_rn(x, d_logits[image], sum);
                }
                sums[warp][lane] = sum;
                __syncthreads();
                if (warp == 0u) {
                    for (unsigned chunk = 0; chunk < WARPS && round + chunk * CHUNK < count; chunk++) {
                        total = __fadd_rn(total, sums[chunk][lane]);
                    }
                }
                __syncthreads();
            }
            if (warp == 0u && at < PARAMETERS) {
                float kept = flags & ZERO_GRAD ? 0.0f : gradient[at];
                float d = __fadd_rn(kept, at < PIXELS ? __fdiv_rn(total, 255.0f) : total);
                put(d, at, gradient, values, next_values, velocity, next_velocity, sgd, control, batch);
            }
        }
        grid_barrier(control, &goal);
        if (!goes_on(control, batch)) {
            return;
        }
        trade(values, next_values, velocity, next_velocity, sgd);
    }
}

// The logits of `count` images that lie one after the other.
extern "C" __global__ void linear_predict(const Byte *pixels, unsigned count, const float *values, float *logits) {
    unsigned half = own_half(), first = (blockIdx.x * blockDim.x + threadIdx.x) / 16u;
    for (unsigned image = first; image < count; image += gridDim.x * blockDim.x / 16u) {
        float logit = logit_of(pixels + image * PIXELS, values, half);
        if ((threadIdx.x & 15u) == 0u) {
            logits[image] = logit;
        }
    }
}
