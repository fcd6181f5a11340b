// Convolutions, ReLUs and linear layers, as src/compute/cpu/conv.rs trains them: sixteen images are a group, and half a
// warp takes a number of all sixteen at once.

#include "common.cuh"

// Images of a group. Results depend on it.
#define GROUP 16u
// Channels that are summed up together, so that what is read counts for several sums. Results do not depend on it.
#define TOGETHER 4u

// A layer with weights as the host describes it; see src/compute/cpu/conv/stage.rs. Activations count in numbers of an
// image, parameters in numbers, tables in words.
struct Stage {
    unsigned inputs, outputs, places_in, places_out, taps, is_rectified;
    // Where its input and its output begin.
    unsigned x, y;
    // Where its parameters begin.
    unsigned weight, bias;
    // The lists of links: where each list ends, by target, and the pairs themselves.
    unsigned forward_ends, forward_pairs, backward_ends, backward_pairs;
    // The same strip by strip, the lists of a strip by tap.
    unsigned strips, strip_ends, strip_pairs;
};

// What becomes of a sum.
#define KEEP 0u
#define RECTIFY 1u
#define MASK 2u

// What all phases are given.
struct Net {
    const unsigned *tables;
    const float *values;
    // The groups' activations, and the derivatives by them: `len` lanes of sixteen numbers a group.
    float *activations, *derivatives;
    unsigned len, groups;
};

// This half of a warp, and how many halves the grid has.
__device__ __forceinline__ unsigned own_number() {
    return (blockIdx.x * blockDim.x + threadIdx.x) / GROUP;
}

__device__ __forceinline__ unsigned halves() {
    return gridDim.x * blockDim.x / GROUP;
}

__device__ __forceinline__ unsigned own_image() {
    return threadIdx.x % GROUP;
}

// For each place of `to` and all links that it has, over all channels of `from`: the sum of weight times number. `strides`
// say where the weight of channels `to` and `from` lies.
__device__ __forceinline__ void gather(Net net, const float *from_all, float *to_all, unsigned from_at, unsigned to_at,
                                       unsigned from, unsigned to, unsigned area_from, unsigned area_to, unsigned ends,
                                       unsigned pairs, const float *weights, unsigned stride_to, unsigned stride_from,
                                       const float *bias, const float *masks, unsigned end) {
    unsigned blocks = (to + TOGETHER - 1u) / TOGETHER, image = own_image();
    unsigned items = net.groups * blocks * area_to;
    for (unsigned item = own_number(); item < items; item += halves()) {
        unsigned place = item % area_to, channel = item / area_to % blocks * TOGETHER, group = item / area_to / blocks;
        const float *x = from_all + (group * net.len + from_at) * GROUP + image;
        float sums[TOGETHER];
        unsigned channels[TOGETHER];
#pragma unroll
        for (unsigned at = 0; at < TOGETHER; at++) {
            // Where there are not so many left, the last stands in, and its sum is dropped.
            channels[at] = min(channel + at, to - 1u);
            sums[at] = bias ? bias[channels[at]] : 0.0f;
        }
        unsigned link = place == 0u ? 0u : net.tables[ends + place - 1u], links = net.tables[ends + place];
        for (; link < links; link++) {
            unsigned other = net.tables[pairs + 2u * link], tap = net.tables[pairs + 2u * link + 1u];
#pragma unroll 4
            for (unsigned channel_from = 0; channel_from < from; channel_from++) {
                float number = x[(channel_from * area_from + other) * GROUP];
                const float *weight = weights + channel_from * stride_from + tap;
#pragma unroll
                for (unsigned at = 0; at < TOGETHER; at++) {
                    sums[at] = __fmaf_rn(number, weight[channels[at] * stride_to], sums[at]);
                }
            }
        }
#pragma unroll
        for (unsigned at = 0; at < TOGETHER; at++) {
            if (channel + at < to) {
                unsigned y = (group * net.len + to_at + (channel + at) * area_to + place) * GROUP + image;
                float sum = sums[at];
                if (end == RECTIFY) {
                    sum = sum < 0.0f ? 0.0f : sum;
                } else if (end == MASK) {
                    sum = masks[y] > 0.0f ? sum : 0.0f;
                }
                to_all[y] = sum;
            }
        }
    }
}

// The images of the groups under way, a lane for each pixel. Group `g` of this round begins at place `g * stride + offset`
// of the batch; one that is not full is filled up with its first image.
__device__ __forceinline__ void spread(Net net, const Byte *pixels, const unsigned *samples, unsigned stride,
                                       unsigned offset, unsigned count) {
    unsigned image = own_image();
    for (unsigned item = own_number(); item < net.groups * PIXELS; item += halves()) {
        unsigned group = item / PIXELS, at = item % PIXELS, first = group * stride + offset;
        unsigned place = first + image < count ? first + image : first;
        unsigned sample = samples ? samples[place] : place;
        net.activations[(group * net.len + at) * GROUP + image] = pixel(pixels[sample * PIXELS + at]);
    }
}

__device__ __forceinline__ void forward(Net net, const Stage *stages, unsigned depth, unsigned *control,
                                        unsigned *goal) {
    for (unsigned at = 0; at < depth; at++) {
        Stage stage = stages[at];
        gather(net, net.activations, net.activations, stage.x, stage.y, stage.inputs, stage.outputs, stage.places_in,
               stage.places_out, stage.forward_ends, stage.forward_pairs, net.values + stage.weight,
               stage.inputs * stage.taps, stage.taps, net.values + stage.bias, 0, stage.is_rectified ? RECTIFY : KEEP);
        grid_barrier(control, goal);
    }
}

// The loss of one image, its logits sixteen numbers apart, and the derivative by each, times `share`, likewise.
__device__ __forceinline__ Found losses_of(const float *logits, float *d_logits, unsigned outputs, unsigned label,
                                           unsigned loss, float share) {
    if (loss != LOSS_CROSS_ENTROPY) {
        Found found = one_logit(logits[0], label, loss);
        d_logits[0] = __fmul_rn(found.d_logit, share);
        return found;
    }
    float largest = logits[0], best = largest, sum = 0.0f, own = 0.0f;
    unsigned predicted = 0;
    for (unsigned at = 1; at < outputs; at++) {
        float next = logits[at * GROUP];
        largest = fmaxf(largest, next);
        predicted = next > best ? at : predicted;
        best = next > best ? next : best;
    }
    for (unsigned at = 0; at < outputs; at++) {
        float less = __fsub_rn(logits[at * GROUP], largest), power = lab_exp(less);
        own = at == label ? less : own;
        d_logits[at * GROUP] = power;
        sum = __fadd_rn(sum, power);
    }
    for (unsigned at = 0; at < outputs; at++) {
        float p = __fdiv_rn(d_logits[at * GROUP], sum);
        d_logits[at * GROUP] = __fmul_rn(at == label ? __fsub_rn(p, 1.0f) : p, share);
    }
    Found found;
    found.loss = __fsub_rn(lab_ln(sum), own);
    found.is_correct = predicted == label;
    return found;
}

// The sums over linked places and all sixteen images of a number that goes into a stage times a derivative by its outputs:
// added, strip by strip, to what the earlier groups of the part came to.
__device__ __forceinline__ void correlate(Net net, Stage stage, float *parts, unsigned parameters, bool is_first) {
    unsigned half = own_half(), image = own_image(), blocks = (stage.outputs + TOGETHER - 1u) / TOGETHER;
    unsigned items = net.groups * blocks * stage.inputs * stage.taps;
    for (unsigned item = own_number(); item < items; item += halves()) {
        unsigned tap = item % stage.taps, rest = item / stage.taps, input = rest % stage.inputs;
        unsigned output = rest / stage.inputs % blocks * TOGETHER, group = rest / stage.inputs / blocks;
        const float *x = net.activations + (group * net.len + stage.x + input * stage.places_in) * GROUP + image;
        const float *d_y = net.derivatives + (group * net.len + stage.y) * GROUP + image;
        float *d = parts + group * parameters + stage.weight + input * stage.taps + tap;
        unsigned stride = stage.inputs * stage.taps, outputs[TOGETHER];
        float totals[TOGETHER];
#pragma unroll
        for (unsigned at = 0; at < TOGETHER; at++) {
            outputs[at] = min(output + at, stage.outputs - 1u);
            // The first thread of the sixteen keeps the total.
            totals[at] = is_first || image != 0u ? 0.0f : d[outputs[at] * stride];
        }
        for (unsigned strip = 0; strip < stage.strips; strip++) {
            unsigned list = strip * stage.taps + tap;
            unsigned link = list == 0u ? 0u : net.tables[stage.strip_ends + list - 1u];
            unsigned links = net.tables[stage.strip_ends + list];
            float sums[TOGETHER];
#pragma unroll
            for (unsigned at = 0; at < TOGETHER; at++) {
                sums[at] = 0.0f;
            }
#pragma unroll 4
            for (; link < links; link++) {
                unsigned place_in = net.tables[stage.strip_pairs + 2u * link];
                unsigned place_out = net.tables[stage.strip_pairs + 2u * link + 1u];
                float number = x[place_in * GROUP];
#pragma unroll
                for (unsigned at = 0; at < TOGETHER; at++) {
                    sums[at] = __fmaf_rn(number, d_y[(outputs[at] * stage.places_out + place_out) * GROUP], sums[at]);
                }
            }
#pragma unroll
            for (unsigned at = 0; at < TOGETHER; at++) {
                totals[at] = __fadd_rn(totals[at], total_of_lane(sums[at], half));
            }
        }
        if (image == 0u) {
#pragma unroll
            for (unsigned at = 0; at < TOGETHER; at++) {
                if (output + at < stage.outputs) {
                    d[outputs[at] * stride] = totals[at];
                }
            }
        }
    }
}

// The sums over all places and images of the derivatives by a stage's outputs, added likewise.
__device__ __forceinline__ void add_up_places(Net net, Stage stage, float *parts, unsigned parameters, bool is_first) {
    unsigned half = own_half(), image = own_image();
    for (unsigned item = own_number(); item < net.groups * stage.outputs; item += halves()) {
        unsigned output = item % stage.outputs, group = item / stage.outputs;
        const float *d_y = net.derivatives + (group * net.len + stage.y + output * stage.places_out) * GROUP + image;
        float sum = 0.0f;
#pragma unroll 4
        for (unsigned place = 0; place < stage.places_out; place++) {
            sum = __fadd_rn(sum, d_y[place * GROUP]);
        }
        sum = total_of_lane(sum, half);
        if (image == 0u) {
            float *d = parts + group * parameters + stage.bias + output;
            *d = __fadd_rn(is_first ? 0.0f : *d, sum);
        }
    }
}

// Trains on `batches` mini-batches: `bounds` has each one's first place in the order, the place after its last, and how
// many places its parts have, a multiple of sixteen. Without `STEP` it finds one batch's derivatives only. There is room
// for the activations of as many groups as a batch has parts, and for each part's gradient in `parts`. All blocks at once.
extern "C" __global__ void conv_train(const Byte *pixels, const Byte *classes, const unsigned *order,
                                      const unsigned *bounds, unsigned batches, float *values, float *next_values,
                                      float *velocity, float *next_velocity, float *gradient, float *logits,
                                      float *losses, unsigned *correct, unsigned *control, float rate, float momentum,
                                      float decay, unsigned flags, const Stage *stages, unsigned depth, unsigned loss,
                                      const unsigned *tables, unsigned len, unsigned parameters, float *activations,
                                      float *derivatives, float *parts) {
    Sgd sgd = {rate, momentum, decay, flags};
    Stage last = stages[depth - 1u];
    unsigned goal = 0, image = own_image();
    for (unsigned batch = 0; batch < batches; batch++) {
        unsigned start = bounds[3u * batch], count = bounds[3u * batch + 1u] - start, part = bounds[3u * batch + 2u];
        float share = __fdiv_rn(1.0f, (float)count);
        // Of every part the first group, then of every part the second.
        for (unsigned offset = 0; offset < part; offset += GROUP) {
            // The last part may have fewer groups.
            unsigned groups = (count - offset + part - 1u) / part;
            Net net = {tables, values, activations, derivatives, len, groups};
            spread(net, pixels, order + start, part, offset, count);
            grid_barrier(control, &goal);
            forward(net, stages, depth, control, &goal);
            for (unsigned group = own_number(); group < groups; group += halves()) {
                unsigned at = group * part + offset + image, lane = (group * len + last.y) * GROUP + image;
                if (at < count) {
                    unsigned place = start + at, sample = order[place];
                    Found found =
                        losses_of(activations + lane, derivatives + lane, last.outputs, classes[sample], loss, share);
                    for (unsigned output = 0; output < last.outputs; output++) {
                        logits[place * last.outputs + output] = activations[lane + output * GROUP];
                    }
                    losses[place] = found.loss;
                    correct[place] = found.is_correct;
                    report(found.loss, control, BAD_GRADIENT, batch);
                } else {
                    for (unsigned output = 0; output < last.outputs; output++) {
                        derivatives[lane + output * GROUP] = 0.0f;
                    }
                }
            }
            grid_barrier(control, &goal);
            for (unsigned behind = depth - 1u; behind > 0u; behind--) {
                Stage stage = stages[behind];
                gather(net, derivatives, derivatives, stage.y, stage.x, stage.outputs, stage.inputs, stage.places_out,
                       stage.places_in, stage.backward_ends, stage.backward_pairs, values + stage.weight, stage.taps,
                       stage.inputs * stage.taps, 0, activations, stages[behind - 1u].is_rectified ? MASK : KEEP);
                grid_barrier(control, &goal);
            }
            for (unsigned at = 0; at < depth; at++) {
                correlate(net, stages[at], parts, parameters, offset == 0u);
                add_up_places(net, stages[at], parts, parameters, offset == 0u);
            }
            grid_barrier(control, &goal);
        }
        unsigned made = (count + part - 1u) / part;
        for (unsigned at = blockIdx.x * blockDim.x + threadIdx.x; at < parameters; at += gridDim.x * blockDim.x) {
            float total = parts[at];
#pragma unroll 8
            for (unsigned other = 1; other < made; other++) {
                total = __fadd_rn(total, parts[other * parameters + at]);
            }
            float d = __fadd_rn(flags & ZERO_GRAD ? 0.0f : gradient[at], total);
            put(d, at, gradient, values, next_values, velocity, next_velocity, sgd, control, batch);
        }
        grid_barrier(control, &goal);
        if (!goes_on(control, batch)) {
            return;
        }
        trade(values, next_values, velocity, next_velocity, sgd);
    }
}

// The logits of `count` images that lie one after the other, `room` groups at a time. All blocks at once.
extern "C" __global__ void conv_predict(const Byte *pixels, unsigned count, const float *values, float *logits,
                                        const Stage *stages, unsigned depth, const unsigned *tables, unsigned len,
                                        unsigned room, float *activations, unsigned *control) {
    Stage last = stages[depth - 1u];
    unsigned goal = 0, image = own_image();
    for (unsigned start = 0; start < count; start += room * GROUP) {
        unsigned groups = min(room, (count - start + GROUP - 1u) / GROUP);
        Net net = {tables, values, activations, 0, len, groups};
        spread(net, pixels, 0, GROUP, start, count);
        grid_barrier(control, &goal);
        forward(net, stages, depth, control, &goal);
        for (unsigned group = own_number(); group < groups; group += halves()) {
            unsigned place = start + group * GROUP + image;
            for (unsigned output = 0; output < last.outputs && place < count; output++) {
                logits[place * last.outputs + output] =
                    activations[(group * len + last.y + output) * GROUP + image];
            }
        }
        // Before anything here is overwritten, there are the barriers of the next round.
    }
}
