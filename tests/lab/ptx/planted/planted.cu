// Small kernels, each right, and each again with a mistake that the interpreter has to find. planted.ptx is what NVRTC
// 12.0 makes of this (compute_70, -fmad=false).

#define ALL 0xffffffffu

__device__ __forceinline__ void arrive_and_wait(unsigned *counter, unsigned goal) {
    if (threadIdx.x == 0) {
        asm volatile("red.release.gpu.global.add.u32 [%0], 1;" ::"l"(counter) : "memory");
        unsigned seen;
        do {
            asm volatile("ld.acquire.gpu.global.u32 %0, [%1];" : "=r"(seen) : "l"(counter) : "memory");
        } while ((int)(seen - goal) < 0);
    }
}

__device__ __forceinline__ void grid_barrier(unsigned *counter, unsigned goal) {
    __syncthreads();
    arrive_and_wait(counter, goal);
    __syncthreads();
}

// Each thread gives its number to the thread opposite in its block.
extern "C" __global__ void reverse(unsigned *out) {
    __shared__ unsigned kept[64];
    kept[threadIdx.x] = threadIdx.x + 100u * blockIdx.x;
    __syncthreads();
    out[blockIdx.x * 64u + threadIdx.x] = kept[63u - threadIdx.x];
}

// The barrier is missing.
extern "C" __global__ void reverse_without_barrier(unsigned *out) {
    __shared__ unsigned kept[64];
    kept[threadIdx.x] = threadIdx.x + 100u * blockIdx.x;
    out[blockIdx.x * 64u + threadIdx.x] = kept[63u - threadIdx.x];
}

// The barrier that keeps the second round's writes from the first round's reads is missing.
extern "C" __global__ void reverse_twice_without_second_barrier(unsigned *out) {
    __shared__ unsigned kept[64];
    for (unsigned round = 0; round < 2u; round++) {
        kept[threadIdx.x] = threadIdx.x + round;
        __syncthreads();
        out[(blockIdx.x * 2u + round) * 64u + threadIdx.x] = kept[63u - threadIdx.x];
    }
}

// Within a warp, its own barrier is enough.
extern "C" __global__ void reverse_in_warp(unsigned *out) {
    __shared__ unsigned kept[64];
    kept[threadIdx.x] = threadIdx.x;
    __syncwarp();
    out[threadIdx.x] = kept[threadIdx.x ^ 31u];
}

// And without it there is none.
extern "C" __global__ void reverse_in_warp_without_barrier(unsigned *out) {
    __shared__ unsigned kept[64];
    kept[threadIdx.x] = threadIdx.x;
    out[threadIdx.x] = kept[threadIdx.x ^ 31u];
}

// Each block takes over what the next one wrote, round after round: weights that all read, and that some write.
extern "C" __global__ void pass_on(float *values, float *sums, unsigned *counter, unsigned rounds) {
    unsigned goal = 0, own = blockIdx.x * blockDim.x + threadIdx.x, all = gridDim.x * blockDim.x;
    for (unsigned round = 0; round < rounds; round++) {
        float sum = 0.0f;
        for (unsigned at = 0; at < all; at++) {
            sum += values[at];
        }
        sums[own] = sum;
        grid_barrier(counter, goal += gridDim.x);
        values[own] = values[own] + sums[(own + blockDim.x) % all];
        grid_barrier(counter, goal += gridDim.x);
    }
}

// The barrier over the grid is only one of each block.
extern "C" __global__ void pass_on_without_grid_barrier(float *values, float *sums, unsigned *counter, unsigned rounds) {
    unsigned goal = 0, own = blockIdx.x * blockDim.x + threadIdx.x, all = gridDim.x * blockDim.x;
    for (unsigned round = 0; round < rounds; round++) {
        float sum = 0.0f;
        for (unsigned at = 0; at < all; at++) {
            sum += values[at];
        }
        sums[own] = sum;
        grid_barrier(counter, goal += gridDim.x);
        values[own] = values[own] + sums[(own + blockDim.x) % all];
        __syncthreads();
    }
}

// Each block shows the next one what it wrote.
extern "C" __global__ void show(unsigned *values, unsigned *out, unsigned *counter) {
    unsigned own = blockIdx.x * blockDim.x + threadIdx.x, all = gridDim.x * blockDim.x;
    values[own] = own * 3u;
    grid_barrier(counter, gridDim.x);
    out[own] = values[(own + blockDim.x) % all];
}

// One thread arrives before the others of its block have written.
extern "C" __global__ void show_without_leading_barrier(unsigned *values, unsigned *out, unsigned *counter) {
    unsigned own = blockIdx.x * blockDim.x + threadIdx.x, all = gridDim.x * blockDim.x;
    values[own] = own * 3u;
    arrive_and_wait(counter, gridDim.x);
    __syncthreads();
    out[own] = values[(own + blockDim.x) % all];
}

// The other threads do not wait for the one that waits.
extern "C" __global__ void show_without_trailing_barrier(unsigned *values, unsigned *out, unsigned *counter) {
    unsigned own = blockIdx.x * blockDim.x + threadIdx.x, all = gridDim.x * blockDim.x;
    values[own] = own * 3u;
    __syncthreads();
    arrive_and_wait(counter, gridDim.x);
    out[own] = values[(own + blockDim.x) % all];
}

// The load that waits does not acquire.
extern "C" __global__ void show_without_acquire(unsigned *values, unsigned *out, unsigned *counter) {
    unsigned own = blockIdx.x * blockDim.x + threadIdx.x, all = gridDim.x * blockDim.x, seen;
    values[own] = own * 3u;
    __syncthreads();
    if (threadIdx.x == 0) {
        asm volatile("red.release.gpu.global.add.u32 [%0], 1;" ::"l"(counter) : "memory");
        do {
            asm volatile("ld.relaxed.gpu.global.u32 %0, [%1];" : "=r"(seen) : "l"(counter) : "memory");
        } while (seen < gridDim.x);
    }
    __syncthreads();
    out[own] = values[(own + blockDim.x) % all];
}

// The arrival does not release.
extern "C" __global__ void show_without_release(unsigned *values, unsigned *out, unsigned *counter) {
    unsigned own = blockIdx.x * blockDim.x + threadIdx.x, all = gridDim.x * blockDim.x, seen;
    values[own] = own * 3u;
    __syncthreads();
    if (threadIdx.x == 0) {
        asm volatile("red.relaxed.gpu.global.add.u32 [%0], 1;" ::"l"(counter) : "memory");
        do {
            asm volatile("ld.acquire.gpu.global.u32 %0, [%1];" : "=r"(seen) : "l"(counter) : "memory");
        } while (seen < gridDim.x);
    }
    __syncthreads();
    out[own] = values[(own + blockDim.x) % all];
}

// Fences and relaxed accesses are as good as releases and acquires.
extern "C" __global__ void show_with_fences(unsigned *values, unsigned *out, unsigned *counter) {
    unsigned own = blockIdx.x * blockDim.x + threadIdx.x, all = gridDim.x * blockDim.x;
    values[own] = own * 3u;
    __syncthreads();
    if (threadIdx.x == 0) {
        __threadfence();
        atomicAdd(counter, 1u);
        while (*(volatile unsigned *)counter < gridDim.x) {
        }
        __threadfence();
    }
    __syncthreads();
    out[own] = values[(own + blockDim.x) % all];
}

// The last block to come adds up what all blocks left, in order. No block waits.
extern "C" __global__ void last_adds(float *parts, float *total, unsigned *counter) {
    __shared__ bool is_last;
    if (threadIdx.x == 0) {
        parts[blockIdx.x] = 1.0f / (float)(blockIdx.x + 1u);
    }
    __syncthreads();
    if (threadIdx.x == 0) {
        __threadfence();
        is_last = atomicAdd(counter, 1u) == gridDim.x - 1u;
        __threadfence();
    }
    __syncthreads();
    if (is_last && threadIdx.x == 0) {
        float sum = 0.0f;
        for (unsigned at = 0; at < gridDim.x; at++) {
            sum += parts[at];
        }
        *total = sum;
    }
}

// Reads what the same launch writes through a cache that does not see it, in order though it is.
extern "C" __global__ void show_through_cache(unsigned *values, unsigned *out, unsigned *counter) {
    unsigned own = blockIdx.x * blockDim.x + threadIdx.x, all = gridDim.x * blockDim.x;
    values[own] = own * 3u;
    grid_barrier(counter, gridDim.x);
    out[own] = __ldg(values + (own + blockDim.x) % all);
}

extern "C" __global__ void doubled(float *out, const float *x, unsigned n) {
    unsigned at = blockIdx.x * blockDim.x + threadIdx.x;
    if (at < n) {
        out[at] = x[at] * 2.0f;
    }
}

// One too many.
extern "C" __global__ void doubled_off_by_one(float *out, const float *x, unsigned n) {
    unsigned at = blockIdx.x * blockDim.x + threadIdx.x;
    if (at <= n) {
        out[at] = x[at] * 2.0f;
    }
}

// One before the first.
extern "C" __global__ void doubled_before_first(float *out, const float *x, unsigned n) {
    unsigned at = blockIdx.x * blockDim.x + threadIdx.x;
    if (at < n) {
        out[at] = (x - 1)[at] * 2.0f;
    }
}

// Beyond a variable of shared memory, into the next one.
extern "C" __global__ void beyond_shared(unsigned *out, unsigned by) {
    __shared__ unsigned first[32], second[32];
    first[threadIdx.x] = 1u;
    second[threadIdx.x] = 2u;
    __syncthreads();
    out[threadIdx.x] = first[threadIdx.x + by] + second[threadIdx.x];
}

extern "C" __global__ void misaligned(unsigned *out, const unsigned char *bytes, unsigned by) {
    out[threadIdx.x] = *(const unsigned *)(bytes + threadIdx.x * 4u + by);
}

// Two threads add to one float.
extern "C" __global__ void unordered_sum(float *sum, const float *x) {
    *sum += x[threadIdx.x];
}

// Whole numbers may be added in any order, if it is done at once.
extern "C" __global__ void ordered_by_atomics(unsigned *sum, const unsigned *x) {
    atomicAdd(sum, x[blockIdx.x * blockDim.x + threadIdx.x]);
}

// Reads plainly what others change by atomics.
extern "C" __global__ void peek_at_atomics(unsigned *sum, unsigned *out) {
    atomicAdd(sum, 1u);
    out[blockIdx.x * blockDim.x + threadIdx.x] = *sum;
}

// Two threads write to one word; that they write the same does not help.
extern "C" __global__ void same_word(unsigned *out) {
    out[threadIdx.x / 2u] = 7u;
}

// Bytes are told apart.
extern "C" __global__ void neighbouring_bytes(unsigned char *out) {
    out[threadIdx.x] = (unsigned char)threadIdx.x;
}

// Only half of the shared memory is written.
extern "C" __global__ void half_written(unsigned *out) {
    __shared__ unsigned kept[64];
    if (threadIdx.x < 32u) {
        kept[threadIdx.x] = threadIdx.x;
    }
    __syncthreads();
    out[threadIdx.x] = kept[threadIdx.x];
}

// Blocks do not find what other blocks left in their shared memory.
extern "C" __global__ void left_over(unsigned *out) {
    __shared__ unsigned kept[32];
    if (blockIdx.x == 0) {
        kept[threadIdx.x] = 1u;
    }
    out[blockIdx.x * 32u + threadIdx.x] = kept[threadIdx.x];
}

// Some lanes of a warp are not at the barrier.
extern "C" __global__ void barrier_for_some_lanes(unsigned *out) {
    if (threadIdx.x % 2u == 0u) {
        asm volatile("bar.sync 0;" ::: "memory");
        out[threadIdx.x] = 1u;
    }
    out[threadIdx.x] += 1u;
}

// Some warps end and are not at the barrier.
extern "C" __global__ void barrier_for_some_warps(unsigned *out) {
    if (threadIdx.x >= 32u) {
        return;
    }
    asm volatile("bar.sync 0;" ::: "memory");
    out[threadIdx.x] = 1u;
}

// Warps are at two different barriers.
extern "C" __global__ void two_barriers(unsigned *out) {
    if (threadIdx.x < 32u) {
        asm volatile("bar.sync 0;" ::: "memory");
        out[threadIdx.x] = 1u;
    } else {
        asm volatile("bar.sync 0;" ::: "memory");
        out[threadIdx.x] = 2u;
    }
}

// Half a warp shuffles by itself, as often as its number says, and lanes that branched apart meet again before.
extern "C" __global__ void shuffle_in_halves(float *out, const float *x) {
    unsigned half = 0xffffu << (threadIdx.x & 16u);
    float sum = 0.0f;
    for (unsigned round = 0; round <= (threadIdx.x & 16u) / 8u; round++) {
        float own = x[threadIdx.x];
        if (threadIdx.x % 3u == 0u) {
            own = own / 3.0f;
        } else {
            own = own + 1.0f;
        }
        for (unsigned by = 8u; by > 0u; by /= 2u) {
            own += __shfl_xor_sync(half, own, by);
        }
        sum += own;
    }
    out[threadIdx.x] = sum;
}

// A shuffle names lanes that branched off.
extern "C" __global__ void shuffle_with_absent(float *out, const float *x) {
    float own = x[threadIdx.x];
    if (threadIdx.x % 32u < 20u) {
        own += __shfl_xor_sync(ALL, own, 1u);
    }
    out[threadIdx.x] = own;
}

// A shuffle asks a lane that it does not name.
extern "C" __global__ void shuffle_beyond_mask(float *out, const float *x) {
    float own = x[threadIdx.x];
    if (threadIdx.x % 32u < 16u) {
        own += __shfl_xor_sync(0xffffu, own, 16u);
    }
    out[threadIdx.x] = own;
}

// A vote names lanes that have ended.
extern "C" __global__ void vote_with_ended(unsigned *out, unsigned n) {
    if (threadIdx.x >= n) {
        return;
    }
    out[threadIdx.x] = __ballot_sync(ALL, threadIdx.x & 1u);
}

// What the votes and shuffles of a whole warp say.
extern "C" __global__ void together(unsigned *out) {
    unsigned lane = threadIdx.x & 31u, *own = out + threadIdx.x * 8u;
    own[0] = __ballot_sync(ALL, lane % 3u == 0u);
    own[1] = __any_sync(ALL, lane == 40u) + 2u * __all_sync(ALL, lane < 40u);
    own[2] = __shfl_up_sync(ALL, lane, 3);
    own[3] = __shfl_down_sync(ALL, lane, 3, 8);
    own[4] = __shfl_sync(ALL, lane, 5, 16);
    own[5] = __shfl_xor_sync(ALL, lane, 9);
    own[6] = __syncthreads_count(threadIdx.x % 5u == 0u);
    own[7] = __syncthreads_or(threadIdx.x == 37u) + 2 * __syncthreads_and(threadIdx.x < 37u);
}

// Tables that come with the program: one to read, and one to write.
__constant__ float table[4] = {1.0f, 2.0f, 4.0f, 8.0f};
__device__ float kept[4] = {0.5f, 0.25f};

extern "C" __global__ void tables(float *out) {
    kept[threadIdx.x & 3u] = threadIdx.x < 4u ? table[threadIdx.x & 3u] : 0.0f;
    out[threadIdx.x] = table[threadIdx.x & 3u] + kept[threadIdx.x & 3u];
}

extern "C" __global__ void read_tables(float *out) {
    out[threadIdx.x] = table[threadIdx.x & 3u] + kept[threadIdx.x & 3u];
}

extern "C" __global__ void divide(unsigned *out, unsigned by) {
    out[threadIdx.x] = (threadIdx.x + 100u) / by;
}
