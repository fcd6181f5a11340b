//! The CUDA kernels, executed without a GPU: the PTX that the program ships runs on an interpreter, which checks what a GPU
//! does not, and its results are the processor's to the last bit.

mod baseline;
mod card;
mod interpreter;
mod kernels;
mod mnist;
mod mutants;
mod planted;
mod shipped;
mod simulated;
mod tapes;
mod trouble;
mod values;
