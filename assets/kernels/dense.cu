// Networks of linear layers with ReLUs between them, as src/compute/cpu/dense.rs trains them. Parameters lie in rows of 32
// numbers, as there; a row is a warp's.

#include "common.cuh"

// Numbers in a row.
#define SIZE 32u
// Warps of a block.
#define WARPS 8u
// Images whose derivatives are summed before they are added to the gradient. Results depend on it.
#define BLOCK 256u
// Pixels of a band, and bands of an image. Results depend on it.
#define BAND 196u
#define BANDS 4u
// The most rows of activations that an image has.
#define SLOTS 32u
// Numbers that are fetched together, so that many are on their way at once. Results do not depend on it.
#define AHEAD 8u

// A layer as the host describes it; see src/compute/cpu/dense/shape.rs.
struct Layer {
    unsigned outputs, tiles_in, tiles, weight, bias, y, d;
};

// One image in the memory of a block.
struct Image {
    float slots[SLOTS][SIZE];
    // The inked pixels of each band, in order, filled up to a multiple of `AHEAD`.
    unsigned rows[BANDS][BAND + AHEAD];
    float inks[BANDS][BAND + AHEAD];
    unsigned lengths[BANDS];
};

// Lists the inked pixels; a warp a band. Then the block has to wait.
__device__ __forceinline__ void list(const Byte *pixels, Image *image) {
    unsigned lane = threadIdx.x & 31u, band = threadIdx.x / 32u;
    if (band >= BANDS) {
        return;
    }
    unsigned length = 0, last = 0;
    for (unsigned from = 0; from < BAND; from += 32u) {
        unsigned row = from + lane;
        Byte byte = row < BAND ? pixels[band * BAND + row] : (Byte)0;
        unsigned inked = __ballot_sync(ALL, byte != 0);
        unsigned at = length + __popc(inked & ((1u << lane) - 1u));
        if (byte != 0) {
            image->rows[band][at] = row;
            image->inks[band][at] = pixel(byte);
        }
        length += __popc(inked);
        last = inked ? from + 31u - __clz(inked) : last;
    }
    // Without ink a pixel adds nothing to any sum: here once more the last one, whose weight is in the sum already.
    if (lane < AHEAD) {
        image->rows[band][length + lane] = last;
        image->inks[band][length + lane] = 0.0f;
    }
    if (lane == 0u) {
        image->lengths[band] = length;
    }
}

// One column of a row: `start` and the sum of each inked pixel times its weight, those at even and those at odd places of
// their band by themselves.
__device__ __forceinline__ float weighted_sum(const Image *image, const float *weight, unsigned lane) {
    float y = 0.0f;
    for (unsigned band = 0; band < BANDS; band++) {
        float even = y, odd = 0.0f;
        const float *table = weight + band * BAND * SIZE + lane;
        for (unsigned from = 0; from < image->lengths[band]; from += AHEAD) {
            float w[AHEAD];
#pragma unroll
            for (unsigned at = 0; at < AHEAD; at++) {
                w[at] = table[image->rows[band][from + at] * SIZE];
            }
#pragma unroll
            for (unsigned at = 0; at < AHEAD; at += 2u) {
                even = __fmaf_rn(w[at], image->inks[band][from + at], even);
                odd = __fmaf_rn(w[at + 1u], image->inks[band][from + at + 1u], odd);
            }
        }
        y = __fadd_rn(even, odd);
    }
    return y;
}

// The sum of a warp's numbers, in every thread.
__device__ __forceinline__ float total(float x) {
    x = __fadd_rn(x, __shfl_xor_sync(ALL, x, 16));
    return total_of_lane(x, ALL);
}

// Fills the slots of what each layer puts out. To be called by a whole block, which waits at its end.
__device__ __forceinline__ void forward(const Byte *pixels, const float *values, const Layer *layers, unsigned depth,
                                        Image *image) {
    unsigned lane = threadIdx.x & 31u, warp = threadIdx.x / 32u;
    for (unsigned slot = warp; slot < SLOTS; slot += WARPS) {
        image->slots[slot][lane] = 0.0f;
    }
    list(pixels, image);
    __syncthreads();
    Layer layer = layers[0];
    for (unsigned tile = warp; tile < layer.tiles; tile += WARPS) {
        float sum = weighted_sum(image, values + tile * PIXELS * SIZE, lane);
        sum = __fadd_rn(sum, values[(layer.bias + tile) * SIZE + lane]);
        image->slots[layer.y + tile][lane] = depth > 1u && sum < 0.0f ? 0.0f : sum;
    }
    __syncthreads();
    for (unsigned at = 1; at < depth; at++) {
        unsigned before = layer.y;
        layer = layers[at];
        for (unsigned output = warp; output < layer.outputs; output += WARPS) {
            float sum = 0.0f;
            for (unsigned tile = 0; tile < layer.tiles_in; tile++) {
                float w = values[(layer.weight + output * layer.tiles_in + tile) * SIZE + lane];
                sum = __fmaf_rn(image->slots[before + tile][lane], w, sum);
            }
            sum = __fadd_rn(total(sum), values[layer.bias * SIZE + output]);
            if (lane == 0u) {
                image->slots[layer.y + output / SIZE][output % SIZE] = at + 1u < depth && sum < 0.0f ? 0.0f : sum;
            }
        }
        __syncthreads();
    }
}

// What the loss makes of an image's logits, a logit a thread of one warp. `d` is the derivative by the thread's own logit.
__device__ __forceinline__ Found losses_of(float logit, unsigned outputs, unsigned label, unsigned loss, float *d) {
    unsigned lane = threadIdx.x & 31u;
    if (loss != LOSS_CROSS_ENTROPY) {
        Found found = one_logit(__shfl_sync(ALL, logit, 0), label, loss);
        *d = lane < outputs ? found.d_logit : 0.0f;
        return found;
    }
    float largest = __shfl_sync(ALL, logit, 0), best = largest;
    unsigned predicted = 0;
    for (unsigned at = 1; at < outputs; at++) {
        float next = __shfl_sync(ALL, logit, at);
        largest = fmaxf(largest, next);
        predicted = next > best ? at : predicted;
        best = next > best ? next : best;
    }
    float less = __fsub_rn(logit, largest), power = lab_exp(less), sum = 0.0f;
    for (unsigned at = 0; at < outputs; at++) {
        sum = __fadd_rn(sum, __shfl_sync(ALL, power, at));
    }
    power = __fdiv_rn(power, sum);
    *d = lane >= outputs ? 0.0f : lane == label ? __fsub_rn(power, 1.0f) : power;
    Found found;
    found.loss = __fsub_rn(lab_ln(sum), __shfl_sync(ALL, less, label));
    found.is_correct = predicted == label;
    return found;
}

// The sum over the images of a block of batches of `x` times what `factor` points to; images at even and at odd places by
// themselves. Both point at a first image's number; an image has a row.
__device__ __forceinline__ float sum_of_products(const float *x, const float *factor, unsigned images) {
    float even = 0.0f, odd = 0.0f;
    unsigned pairs = images & ~1u;
#pragma unroll 4
    for (unsigned at = 0; at < pairs; at += 2u) {
        even = __fmaf_rn(x[at * SIZE], factor ? factor[at * SIZE] : 1.0f, even);
        odd = __fmaf_rn(x[(at + 1u) * SIZE], factor ? factor[(at + 1u) * SIZE] : 1.0f, odd);
    }
    if (pairs < images) {
        even = __fmaf_rn(x[pairs * SIZE], factor ? factor[pairs * SIZE] : 1.0f, even);
    }
    return __fadd_rn(even, odd);
}

// The sum over images of a pixel times the derivative `d`; blank pixels are left out. `d` points at a first image's number;
// an image has a row.
__device__ __forceinline__ float sum_of_pixels(const Byte *pixels, const unsigned *samples, const float *d,
                                               unsigned images, unsigned lane) {
    float sum = 0.0f;
    for (unsigned from = 0; from < images; from += 32u) {
        Byte byte = from + lane < images ? pixels[samples[from + lane] * PIXELS] : (Byte)0;
        float ink = pixel(byte);
        unsigned inked = __ballot_sync(ALL, byte != 0);
        while (inked) {
            float ds[AHEAD], inks[AHEAD];
            bool is_one[AHEAD];
            // The last few are filled up with a blank one, which is then left out.
#pragma unroll
            for (unsigned at = 0; at < AHEAD; at++) {
                is_one[at] = inked != 0;
                unsigned image = is_one[at] ? __ffs(inked) - 1u : 0u;
                inked &= inked - 1u;
                inks[at] = __shfl_sync(ALL, ink, image);
                ds[at] = d[(from + image) * SIZE];
            }
#pragma unroll
            for (unsigned at = 0; at < AHEAD; at++) {
                sum = is_one[at] ? __fmaf_rn(ds[at], inks[at], sum) : sum;
            }
        }
    }
    return sum;
}

// Trains on `batches` mini-batches: `bounds` has each one's first place in the order and the place after its last. Without
// `STEP` it finds one batch's derivatives only. `slots` has room for `room` images. Blocks of 256 threads, all at once.
extern "C" __global__ void dense_train(const Byte *pixels, const Byte *classes, const unsigned *order,
                                       const unsigned *bounds, unsigned batches, float *values, float *next_values,
                                       float *velocity, float *next_velocity, float *gradient, float *logits,
                                       float *losses, unsigned *correct, unsigned *control, float rate, float momentum,
                                       float decay, unsigned flags, const Layer *layers, unsigned depth, unsigned loss,
                                       unsigned rows, unsigned slots_of_image, unsigned room, float *slots) {
    __shared__ Image image;
    Sgd sgd = {rate, momentum, decay, flags};
    unsigned goal = 0, lane = threadIdx.x & 31u, warp = threadIdx.x / 32u;
    Layer last = layers[depth - 1u];
    for (unsigned batch = 0; batch < batches; batch++) {
        unsigned start = bounds[2u * batch], count = bounds[2u * batch + 1u] - start;
        float share = __fdiv_rn(1.0f, (float)count);

        // Image by image: forwards to the loss, and back to the derivatives by each layer's outputs.
        for (unsigned at = blockIdx.x; at < count; at += gridDim.x) {
            unsigned place = start + at, sample = order[place];
            forward(pixels + sample * PIXELS, values, layers, depth, &image);
            if (warp == 0u) {
                float logit = image.slots[last.y][lane], d;
                Found found = losses_of(logit, last.outputs, classes[sample], loss, &d);
                image.slots[last.d][lane] = __fmul_rn(d, share);
                if (lane < last.outputs) {
                    logits[place * last.outputs + lane] = logit;
                }
                if (lane == 0u) {
                    losses[place] = found.loss;
                    correct[place] = found.is_correct;
                    report(found.loss, control, BAD_GRADIENT, batch);
                }
            }
            __syncthreads();
            for (unsigned behind = depth - 1u; behind > 0u; behind--) {
                Layer layer = layers[behind], before = layers[behind - 1u];
                for (unsigned tile = warp; tile < before.tiles; tile += WARPS) {
                    float d = 0.0f;
#pragma unroll 4
                    for (unsigned output = 0; output < layer.outputs; output++) {
                        float w = values[(layer.weight + output * layer.tiles_in + tile) * SIZE + lane];
                        d = __fmaf_rn(w, image.slots[layer.d + output / SIZE][output % SIZE], d);
                    }
                    image.slots[before.d + tile][lane] = image.slots[before.y + tile][lane] > 0.0f ? d : 0.0f;
                }
                __syncthreads();
            }
            for (unsigned slot = warp; slot < slots_of_image; slot += WARPS) {
                slots[(slot * room + at) * SIZE + lane] = image.slots[slot][lane];
            }
            // The next image begins in the same slots, each thread in its own again.
        }
        grid_barrier(control, &goal);

        // Row by row: the sums over the images, and the step.
        for (unsigned row = blockIdx.x * WARPS + warp; row < rows; row += gridDim.x * WARPS) {
            Layer layer = layers[0];
            unsigned number = 0;
            while (number + 1u < depth && row >= layer.bias + layer.tiles) {
                number++;
                layer = layers[number];
            }
            bool is_bias = row >= layer.bias, is_pixel = !is_bias && number == 0u;
            const float *x = slots, *factor = 0;
            const Byte *column = pixels;
            if (is_bias) {
                x += (layer.d + row - layer.bias) * room * SIZE + lane;
            } else if (is_pixel) {
                x += (layer.d + row / PIXELS) * room * SIZE + lane;
                column += row % PIXELS;
            } else {
                unsigned output = (row - layer.weight) / layer.tiles_in, tile = (row - layer.weight) % layer.tiles_in;
                x += (layers[number - 1u].y + tile) * room * SIZE + lane;
                factor = slots + (layer.d + output / SIZE) * room * SIZE + output % SIZE;
            }
            float d = flags & ZERO_GRAD ? 0.0f : gradient[row * SIZE + lane];
            for (unsigned from = 0; from < count; from += BLOCK) {
                unsigned images = min(BLOCK, count - from);
                float sum = is_pixel ? sum_of_pixels(column, order + start + from, x + from * SIZE, images, lane)
                                     : sum_of_products(x + from * SIZE, factor ? factor + from * SIZE : 0, images);
                d = (flags & ZERO_GRAD) && from == 0u ? sum : __fadd_rn(d, sum);
            }
            put(d, row * SIZE + lane, gradient, values, next_values, velocity, next_velocity, sgd, control, batch);
        }
        grid_barrier(control, &goal);
        if (!goes_on(control, batch)) {
            return;
        }
        trade(values, next_values, velocity, next_velocity, sgd);
    }
}

// The logits of `count` images that lie one after the other. Blocks of 256 threads.
extern "C" __global__ void dense_predict(const Byte *pixels, unsigned count, const float *values, float *logits,
                                         const Layer *layers, unsigned depth) {
    __shared__ Image image;
    Layer last = layers[depth - 1u];
    for (unsigned at = blockIdx.x; at < count; at += gridDim.x) {
        forward(pixels + at * PIXELS, values, layers, depth, &image);
        if (threadIdx.x < last.outputs) {
            logits[at * last.outputs + threadIdx.x] = image.slots[last.y][threadIdx.x];
        }
        __syncthreads();
    }
}
