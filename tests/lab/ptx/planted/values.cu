// What instructions make of numbers, one result after the other; tests/values.rs has the same in Rust.

#define PUT(value) out[at++ * 256u + threadIdx.x] = (value)
#define PUT_LONG(value) { unsigned long long both = (value); PUT((unsigned)both); PUT((unsigned)(both >> 32)); }

extern "C" __global__ void whole_numbers(unsigned *out, const unsigned *as, const unsigned *bs) {
    unsigned a = as[threadIdx.x], b = bs[threadIdx.x], at = 0;
    int s = (int)a, t = (int)b;
    PUT(a + b);
    PUT(a - b);
    PUT(a * b);
    PUT(__umulhi(a, b));
    PUT((unsigned)__mulhi(s, t));
    PUT(a & b);
    PUT(a | b);
    PUT(a ^ b);
    PUT(~a);
    PUT(a << (b & 31u));
    PUT(a >> (b & 31u));
    PUT((unsigned)(s >> (b & 31u)));
    PUT(min(a, b));
    PUT(max(a, b));
    PUT((unsigned)min(s, t));
    PUT((unsigned)max(s, t));
    PUT((unsigned)abs(s >> 1));
    PUT(a / (b | 1u));
    PUT(a % (b | 1u));
    PUT((unsigned)((s >> 1) / (t | 1)));
    PUT((unsigned)((s >> 1) % (t | 1)));
    PUT(a / 10u);
    PUT((unsigned)(s / 7));
    PUT(__brev(a));
    PUT(__clz(a));
    PUT(__popc(a));
    PUT(__ffs(a));
    PUT(__byte_perm(a, b, 0x5140));
    PUT(__byte_perm(a, b, a));
    PUT(__funnelshift_l(a, b, a));
    PUT(__funnelshift_r(a, b, 7));
    PUT(__funnelshift_lc(a, b, b & 63u));
    PUT(__funnelshift_rc(a, b, b & 63u));
    PUT(__sad(s, t, 5u));
    PUT(__usad(a, b, 5u));
    PUT((unsigned)(signed char)a);
    PUT((unsigned)(unsigned char)a);
    PUT((unsigned)(short)a);
    PUT((unsigned)(unsigned short)(a * b));
    PUT((unsigned)((short)a / (short)(b | 1u)));
    PUT(a < b);
    PUT(s < t);
    PUT((short)a < (short)b);
    PUT((unsigned char)a > (unsigned char)b);
    PUT(a > b && (a & 1u) || s > t);
    PUT(a == b ? a : s >= 0 ? b : 3u);
    PUT((a >> 5) & 0x7ffu);
    PUT((unsigned)(s << 11 >> 20));
}

extern "C" __global__ void wide_numbers(unsigned *out, const unsigned *as, const unsigned *bs) {
    unsigned a = as[threadIdx.x], b = bs[threadIdx.x], at = 0;
    unsigned long long c = (unsigned long long)a << 32 | b, d = (unsigned long long)b << 20 ^ a;
    long long s = (long long)c, t = (long long)(int)b * 77;
    PUT_LONG(c + d);
    PUT_LONG(c - d);
    PUT_LONG(c * d);
    PUT_LONG(__umul64hi(c, d));
    PUT_LONG(__mul64hi(s, t));
    PUT_LONG((unsigned long long)a * b);
    PUT_LONG((long long)(int)a * (int)b + t);
    PUT_LONG(c & d | ~c & 0xff00ull ^ d);
    PUT_LONG(c << (b & 63u));
    PUT_LONG(c >> (b & 63u));
    PUT_LONG(s >> (b & 63u));
    PUT_LONG(min(c, d));
    PUT_LONG(max(s, t));
    PUT_LONG(c / (d | 1ull));
    PUT_LONG(c % (d | 1ull));
    PUT_LONG((s >> 1) / (t | 1));
    PUT_LONG((s >> 1) % (t | 1));
    PUT_LONG(__brevll(c));
    PUT(__clzll(d));
    PUT(__popcll(c));
    PUT(__ffsll(d));
    PUT(c < d);
    PUT(s < t);
    PUT_LONG(s < 0 ? -s : s);
}

extern "C" __global__ void floats(unsigned *out, const float *as, const float *bs, const float *cs) {
    float a = as[threadIdx.x], b = bs[threadIdx.x], c = cs[threadIdx.x];
    unsigned at = 0;
    PUT(__float_as_uint(a + b));
    PUT(__float_as_uint(a - b));
    PUT(__float_as_uint(a * b));
    PUT(__float_as_uint(__fdiv_rn(a, b)));
    PUT(__float_as_uint(__fmaf_rn(a, b, c)));
    PUT(__float_as_uint(__fsqrt_rn(a)));
    PUT(__float_as_uint(fminf(a, b)));
    PUT(__float_as_uint(fmaxf(a, b)));
    PUT(a < b);
    PUT(a <= b);
    PUT(a > b);
    PUT(a >= b);
    PUT(a == b);
    PUT(a != b);
    PUT(!(a < b));
    PUT(!(a > b));
    PUT(isnan(a));
    PUT((unsigned)__float2int_rn(a));
    PUT((unsigned)__float2int_rz(a));
    PUT((unsigned)__float2int_rd(a));
    PUT((unsigned)__float2int_ru(a));
    PUT(__float2uint_rz(a));
    PUT(__float_as_uint(rintf(a)));
    PUT(__float_as_uint(floorf(a)));
    PUT(__float_as_uint(ceilf(a)));
    PUT(__float_as_uint(truncf(a)));
    PUT(__float_as_uint((float)__float_as_uint(a)));
    PUT(__float_as_uint((float)__float_as_int(a)));
    PUT(__float_as_uint((float)((unsigned long long)__float_as_uint(a) * __float_as_uint(b))));
    PUT(__float_as_uint((float)(unsigned short)__float_as_uint(a)));
    PUT(__float_as_uint((float)((double)a * (double)b + 1.0)));
    PUT(__float_as_uint((float)((double)a / (double)c - (double)b)));
    PUT((double)a * 3.0 < (double)b);
    PUT((unsigned)__double2int_rz((double)a * 1.5));
    PUT_LONG((unsigned long long)__double_as_longlong(__fma_rn((double)a, (double)b, (double)c)));
    PUT_LONG((unsigned long long)__double_as_longlong(__dsqrt_rn((double)c)));
}

// Loads and stores of all sizes.
extern "C" __global__ void sizes(unsigned *out, const unsigned char *bytes, unsigned char *copy) {
    unsigned at = 0, own = threadIdx.x;
    uint4 four = ((const uint4 *)bytes)[own];
    float2 two = ((const float2 *)bytes)[own];
    uchar4 small = ((const uchar4 *)bytes)[own];
    PUT(four.x ^ four.y * 3u ^ four.z * 5u ^ four.w * 7u);
    PUT(__float_as_uint(two.y) ^ __float_as_uint(two.x) * 3u);
    PUT(small.x + small.y * 3u + small.z * 5u + small.w * 7u);
    PUT((unsigned)(int)((const signed char *)bytes)[own]);
    PUT((unsigned)(int)((const short *)bytes)[own]);
    PUT(((const unsigned short *)bytes)[own]);
    PUT_LONG(((const unsigned long long *)bytes)[own]);
    ((uint4 *)copy)[own] = make_uint4(four.w, four.z, four.y, four.x);
    __syncthreads();
    __shared__ unsigned char shared[256];
    __shared__ unsigned long long wide[256];
    shared[own] = copy[own * 3u];
    wide[own] = ((const unsigned long long *)copy)[own];
    unsigned char *either = own & 1u ? shared + own : copy + own;
    unsigned char found = *either;
    __syncthreads();
    PUT(shared[255u - own] + found * 256u);
    PUT_LONG(wide[own ^ 1u]);
}

// A word that all threads change at once: each change by itself is what it always is.
extern "C" __global__ void atomics(unsigned *words, unsigned long long *sum, unsigned *tickets) {
    unsigned own = blockIdx.x * blockDim.x + threadIdx.x;
    tickets[own] = atomicAdd(words, 1u);
    atomicMax(words + 1, own * 77u % 1000u);
    atomicMin((int *)(words + 2), 50 - (int)own);
    atomicOr(words + 3, 1u << (own & 31u));
    atomicXor(words + 4, own);
    atomicInc(words + 5, 9u);
    atomicSub(words + 6, 2u);
    atomicAnd(words + 7, ~(1u << (own & 7u)));
    atomicAdd(sum, 0x100000001ull);
    unsigned seen = words[8] * 0u, expected;
    do {
        expected = seen;
        seen = atomicCAS(words + 9, expected, expected + own);
    } while (seen != expected);
    __shared__ unsigned own_sum;
    if (threadIdx.x == 0) {
        own_sum = 0;
    }
    __syncthreads();
    atomicAdd(&own_sum, own);
    __syncthreads();
    if (threadIdx.x == 0) {
        atomicExch(words + 10 + blockIdx.x, own_sum);
    }
}
