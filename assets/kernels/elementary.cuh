// The exponential function, the natural logarithm and the sigmoid, with the bits of src/math/elementary.rs.
//
// The same steps in the same order, each rounded to nearest and none fused with another; why they are taken stands
// there.
// Subnormal numbers must be kept as they are (no -ftz=true).

// ln 2 in two parts.
#define LAB_LN_2 0.69314575f
#define LAB_LN_2_REST 1.4286068e-6f
// 1.5 * 2^23, as a number and as its bits.
#define LAB_WHOLE 12582912.0f
#define LAB_WHOLE_BITS 0x4b400000
#define LAB_NAN 0x7fc00000
#define LAB_INFINITY 0x7f800000

// sum * x + coefficient
__device__ __forceinline__ float lab_horner(float sum, float x, float coefficient) {
    return __fadd_rn(__fmul_rn(sum, x), coefficient);
}

// 2^power, for -126 to 127; in whole numbers without a sign, which may overflow where the result is not used.
__device__ __forceinline__ float lab_power_of_two(unsigned int power) {
    return __int_as_float((int)((power + 127u) << 23));
}

__device__ __forceinline__ float lab_exp(float x) {
    float bounded = x > 89.0f ? 89.0f : x;
    bounded = bounded < -104.0f ? -104.0f : bounded;
    float shifted = __fadd_rn(__fmul_rn(bounded, 1.4426950f), LAB_WHOLE);
    float power = __fsub_rn(shifted, LAB_WHOLE);
    float high = __fsub_rn(bounded, __fmul_rn(power, LAB_LN_2));
    float low = __fmul_rn(power, LAB_LN_2_REST);
    float r = __fsub_rn(high, low);
    float r_rest = __fsub_rn(__fsub_rn(high, r), low);
    float polynomial = 0.00017339211f;
    polynomial = lab_horner(polynomial, r, 0.0013933262f);
    polynomial = lab_horner(polynomial, r, 0.008337869f);
    polynomial = lab_horner(polynomial, r, 0.04166648f);
    polynomial = lab_horner(polynomial, r, 0.16666648f);
    float curve = __fmul_rn(__fmul_rn(__fmul_rn(r, r), r), polynomial);
    float head = __int_as_float(__float_as_int(r) & (int)0xfffff000u);
    float half_square = __fmul_rn(__fmul_rn(0.5f, head), head);
    float square_rest = __fmul_rn(__fmul_rn(0.5f, __fsub_rn(r, head)), __fadd_rn(r, head));
    float one_and_r = __fadd_rn(1.0f, r);
    float sum = __fadd_rn(one_and_r, half_square);
    float rest = __fadd_rn(__fadd_rn(__fsub_rn(1.0f, one_and_r), r), __fadd_rn(__fsub_rn(one_and_r, sum), half_square));
    float small = __fadd_rn(curve, __fadd_rn(square_rest, __fmul_rn(r_rest, one_and_r)));
    float mantissa = __fadd_rn(sum, __fadd_rn(rest, small));
    unsigned int bits = (unsigned int)__float_as_int(shifted) - (unsigned int)LAB_WHOLE_BITS;
    unsigned int half = (unsigned int)((int)bits >> 1);
    float scaled = __fmul_rn(mantissa, lab_power_of_two(half));
    float result = __fmul_rn(scaled, lab_power_of_two(bits - half));
    return x != x ? __int_as_float(LAB_NAN) : result;
}

__device__ __forceinline__ float lab_ln(float x) {
    const unsigned int root_of_half = 0x3f3504f3u;
    bool is_small = x < 1.17549435e-38f;
    float normal = is_small ? __fmul_rn(x, 8388608.0f) : x;
    int shift = is_small ? 23 : 0;
    unsigned int bits = (unsigned int)__float_as_int(normal) - root_of_half;
    float f = __fsub_rn(__int_as_float((int)((bits & 0x007fffffu) + root_of_half)), 1.0f);
    int whole = ((int)bits >> 23) - shift;
    float power = __fsub_rn(__int_as_float(LAB_WHOLE_BITS + whole), LAB_WHOLE);
    float square = __fmul_rn(f, f);
    float half_square = __fmul_rn(0.5f, square);
    float cube = __fmul_rn(f, square);
    float high = __fmul_rn(power, LAB_LN_2);
    float sum = __fadd_rn(high, f);
    float difference = __fsub_rn(sum, half_square);
    float rest = __fadd_rn(__fadd_rn(__fsub_rn(high, sum), f), __fsub_rn(__fsub_rn(sum, difference), half_square));
    float polynomial = 0.067302f;
    polynomial = lab_horner(polynomial, f, -0.116545014f);
    polynomial = lab_horner(polynomial, f, 0.11884862f);
    polynomial = lab_horner(polynomial, f, -0.1240945f);
    polynomial = lab_horner(polynomial, f, 0.14220501f);
    polynomial = lab_horner(polynomial, f, -0.16667756f);
    polynomial = lab_horner(polynomial, f, 0.20002061f);
    polynomial = lab_horner(polynomial, f, -0.25000015f);
    polynomial = lab_horner(polynomial, f, 0.33333313f);
    float small = __fadd_rn(__fmul_rn(cube, polynomial), __fadd_rn(__fmul_rn(power, LAB_LN_2_REST), rest));
    float result = __fadd_rn(difference, small);
    result = x == 0.0f ? __int_as_float((int)0xff800000u) : result;
    result = x == __int_as_float(LAB_INFINITY) ? x : result;
    return x >= 0.0f ? result : __int_as_float(LAB_NAN);
}

// 1 / (1 + e^-x)
__device__ __forceinline__ float lab_sigmoid(float x) {
    return __fdiv_rn(1.0f, __fadd_rn(1.0f, lab_exp(-x)));
}
