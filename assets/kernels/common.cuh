// What all kernels share: the barrier over the whole grid, the losses, the step.
//
// The bits are the processor's. So every operation is one that IEEE 754 defines exactly, written out with its rounding
// (the compiler may fuse nothing and reorder nothing), and every sum has the order that src/compute/cpu gives it. What
// several threads share out is never a sum: each number is summed by one thread, or by one half of a warp in the tree of
// `total_of_lane`, whatever the size of the grid.

#include "elementary.cuh"

#define PIXELS 784u
#define ALL 0xffffffffu

typedef unsigned char Byte;

// Words of the control block, which the host zeroes before each launch.
#define ARRIVED 0u      // Arrivals at the grid's barrier.
#define DONE 1u         // Batches whose step was made.
#define BAD_GRADIENT 2u // Whether a loss or a derivative of a batch was no finite number.
#define BAD_STEP 4u     // Whether a parameter would have left the finite numbers.
// Each of the last two has two words, for even and for odd batches: while one block still reads how a batch ended, another
// may be at the next.

// What a launch is to do after the derivatives are known.
#define STEP 1u         // Make the step.
#define ZERO_GRAD 2u    // The gradient starts from zero.

// A row of the optimiser's settings.
struct Sgd {
    float rate, momentum, decay;
    unsigned flags;
};

// Waits for every block of the grid. `goal` counts arrivals: blocks times barriers so far. What a thread of any block
// wrote before it, every thread sees after it.
__device__ __forceinline__ void grid_barrier(unsigned *control, unsigned *goal) {
    *goal += gridDim.x;
    __syncthreads();
    if (threadIdx.x == 0) {
        asm volatile("red.release.gpu.global.add.u32 [%0], 1;" ::"l"(control + ARRIVED) : "memory");
        unsigned seen;
        do {
            asm volatile("ld.acquire.gpu.global.u32 %0, [%1];" : "=r"(seen) : "l"(control + ARRIVED) : "memory");
        } while ((int)(seen - *goal) < 0);
    }
    __syncthreads();
}

__device__ __forceinline__ bool is_finite(float x) {
    return (__float_as_int(x) & 0x7f800000) != 0x7f800000;
}

// Notes a number that is not finite.
__device__ __forceinline__ void report(float x, unsigned *control, unsigned what, unsigned batch) {
    if (!is_finite(x)) {
        atomicOr(control + what + (batch & 1u), 1u);
    }
}

// A byte as PyTorch counts it: 0 to 1.
__device__ __forceinline__ float pixel(Byte byte) {
    return __fdiv_rn((float)byte, 255.0f);
}

// The sum of the sixteen numbers of this half of a warp: halves are added to each other until one is left, in every
// thread. `half` names the half's threads.
__device__ __forceinline__ float total_of_lane(float x, unsigned half) {
    x = __fadd_rn(x, __shfl_xor_sync(half, x, 8));
    x = __fadd_rn(x, __shfl_xor_sync(half, x, 4));
    x = __fadd_rn(x, __shfl_xor_sync(half, x, 2));
    return __fadd_rn(x, __shfl_xor_sync(half, x, 1));
}

// The threads of this thread's half of its warp.
__device__ __forceinline__ unsigned own_half() {
    return 0xffffu << (threadIdx.x & 16u);
}

// Where a derivative goes, and then its parameter; as `Sgd::moved` has it. A number that is not finite is reported, and
// then the host keeps what was there before.
__device__ __forceinline__ void put(float d, unsigned at, float *gradient, const float *values, float *next_values,
                                    const float *velocity, float *next_velocity, Sgd sgd, unsigned *control,
                                    unsigned batch) {
    gradient[at] = d;
    report(d, control, BAD_GRADIENT, batch);
    if (sgd.flags & STEP) {
        float value = values[at];
        float moved = sgd.decay == 0.0f ? d : __fadd_rn(d, __fmul_rn(sgd.decay, value));
        if (sgd.momentum != 0.0f) {
            moved = __fadd_rn(__fmul_rn(sgd.momentum, velocity[at]), moved);
        }
        if (sgd.momentum != 0.0f || sgd.decay != 0.0f) {
            next_velocity[at] = moved;
        }
        float next = __fsub_rn(value, __fmul_rn(sgd.rate, moved));
        next_values[at] = next;
        report(next, control, BAD_STEP, batch);
    }
}

// After a batch: whether training goes on. The step was made unless a number was not finite.
__device__ __forceinline__ bool goes_on(unsigned *control, unsigned batch) {
    if (control[BAD_GRADIENT + (batch & 1u)] | control[BAD_STEP + (batch & 1u)]) {
        return false;
    }
    if (blockIdx.x == 0 && threadIdx.x == 0) {
        control[DONE] = batch + 1u;
    }
    return true;
}

__device__ __forceinline__ void swap(float *&a, float *&b) {
    float *kept = a;
    a = b;
    b = kept;
}

// Trades what a step read for what it wrote; a velocity there is only where the optimiser has one.
__device__ __forceinline__ void trade(float *&values, float *&next_values, float *&velocity, float *&next_velocity,
                                      Sgd sgd) {
    swap(values, next_values);
    if (sgd.momentum != 0.0f || sgd.decay != 0.0f) {
        swap(velocity, next_velocity);
    }
}

// The losses, by the numbers that the host gives them.
#define LOSS_MNIST 0u
#define LOSS_CROSS_ENTROPY 1u
#define LOSS_ACCURACY 2u

// The book's loss of one image from its only logit, or its accuracy, which has no slope.
struct Found {
    float loss, d_logit;
    bool is_correct;
};

__device__ __forceinline__ Found one_logit(float logit, unsigned label, unsigned loss) {
    Found found;
    float p = lab_sigmoid(logit);
    float slope = __fmul_rn(p, __fsub_rn(1.0f, p));
    found.is_correct = (__fadd_rn(p, p) > 1.0f) == (label == 0u);
    if (loss == LOSS_MNIST) {
        found.loss = label == 0u ? __fsub_rn(1.0f, p) : p;
        found.d_logit = label == 0u ? -slope : slope;
    } else {
        float nothing = is_finite(logit) ? 0.0f : __int_as_float(0x7fc00000);
        found.loss = found.is_correct ? nothing : __fadd_rn(1.0f, nothing);
        found.d_logit = 0.0f;
    }
    return found;
}
