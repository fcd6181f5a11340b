//! What the driver's codes mean, in words.

use super::super::gpu::Fault;
use cudarc::driver::sys::CUresult as Named;
use std::ffi::CStr;

/// What a function of the driver returns: 0 if all is well. Only a number, since newer drivers add codes.
pub(super) type Code = u32;

/// Too little memory, for which only an allocation knows how much it was.
pub(super) const OUT_OF_MEMORY: Code = Named::CUDA_ERROR_OUT_OF_MEMORY as Code;

/// No GPU, or none that this program may see.
const NO_GPU: Code = Named::CUDA_ERROR_NO_DEVICE as Code;
/// The GPU is set to serve one program or none.
const BUSY: Code = Named::CUDA_ERROR_DEVICE_UNAVAILABLE as Code;

/// After these the context does nothing more, or is gone.
const LOST: &[(Code, &str)] = &[
    (Named::CUDA_ERROR_DEINITIALIZED as Code, "the driver has shut down"),
    (Named::CUDA_ERROR_INVALID_DEVICE as Code, "the driver knows it no more"),
    (Named::CUDA_ERROR_INVALID_CONTEXT as Code, "its context is gone"),
    (Named::CUDA_ERROR_ECC_UNCORRECTABLE as Code, "its memory has an error that cannot be corrected"),
    (Named::CUDA_ERROR_NVLINK_UNCORRECTABLE as Code, "its NVLink has an error that cannot be corrected"),
    // CUDA_ERROR_CONTAINED of CUDA 12.8.
    (226, "its memory has an error that cannot be corrected"),
    (Named::CUDA_ERROR_ILLEGAL_ADDRESS as Code, "a kernel used memory that it does not have"),
    (Named::CUDA_ERROR_LAUNCH_TIMEOUT as Code, "a kernel ran for too long"),
    (Named::CUDA_ERROR_CONTEXT_IS_DESTROYED as Code, "its context was destroyed"),
    (Named::CUDA_ERROR_ASSERT as Code, "an assertion in a kernel failed"),
    (Named::CUDA_ERROR_HARDWARE_STACK_ERROR as Code, "a kernel damaged its stack"),
    (Named::CUDA_ERROR_ILLEGAL_INSTRUCTION as Code, "a kernel holds an instruction that the GPU does not know"),
    (Named::CUDA_ERROR_MISALIGNED_ADDRESS as Code, "a kernel used an address that is not aligned"),
    (Named::CUDA_ERROR_INVALID_ADDRESS_SPACE as Code, "a kernel used an address of another kind of memory"),
    (Named::CUDA_ERROR_INVALID_PC as Code, "a kernel left its own code"),
    (Named::CUDA_ERROR_LAUNCH_FAILED as Code, "a kernel failed"),
    // CUDA_ERROR_TENSOR_MEMORY_LEAK of CUDA 13.
    (721, "a kernel did not give its tensor memory back"),
    (Named::CUDA_ERROR_MPS_RPC_FAILURE as Code, "its MPS server does not answer"),
    (Named::CUDA_ERROR_EXTERNAL_DEVICE as Code, "a device that works with it failed"),
    (Named::CUDA_ERROR_UNKNOWN as Code, "no reason was given"),
];

/// These speak of one kernel, and the next may run.
const LAUNCH: &[(Code, &str)] = &[
    (Named::CUDA_ERROR_INVALID_IMAGE as Code, "the driver does not take its PTX for code"),
    (Named::CUDA_ERROR_NO_BINARY_FOR_GPU as Code, "its PTX is for other GPUs"),
    (Named::CUDA_ERROR_INVALID_PTX as Code, "the driver's compiler rejects its PTX"),
    (Named::CUDA_ERROR_UNSUPPORTED_PTX_VERSION as Code, "its PTX is newer than the driver's compiler"),
    (Named::CUDA_ERROR_JIT_COMPILATION_DISABLED as Code, "the driver's compiler is switched off"),
    (Named::CUDA_ERROR_INVALID_SOURCE as Code, "the driver's compiler rejects its PTX"),
    (Named::CUDA_ERROR_NOT_FOUND as Code, "it is not in the PTX"),
    (Named::CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES as Code, "it needs more registers or threads than the GPU has"),
    (Named::CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE as Code, "the GPU cannot run so many blocks at once"),
];

/// These say that the driver as a whole is not fit for use.
const BROKEN: &[(Code, &str)] = &[
    (Named::CUDA_ERROR_NOT_INITIALIZED as Code, "it was not started"),
    (Named::CUDA_ERROR_STUB_LIBRARY as Code, "a stub for building programs was found in its place"),
    (Named::CUDA_ERROR_DEVICE_NOT_LICENSED as Code, "the GPU has no licence for CUDA"),
    (Named::CUDA_ERROR_JIT_COMPILER_NOT_FOUND as Code, "its compiler of PTX is missing"),
    (Named::CUDA_ERROR_OPERATING_SYSTEM as Code, "the operating system refused it something"),
    (Named::CUDA_ERROR_SYSTEM_NOT_READY as Code, "the system has not yet started all that it needs"),
    (Named::CUDA_ERROR_SYSTEM_DRIVER_MISMATCH as Code, "its parts are of different versions until a restart"),
    (Named::CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE as Code, "its compatibility library does not know this GPU"),
    (Named::CUDA_ERROR_MPS_CONNECTION_FAILED as Code, "its MPS server cannot be reached"),
    (Named::CUDA_ERROR_MPS_SERVER_NOT_READY as Code, "its MPS server is not ready"),
    (Named::CUDA_ERROR_MPS_MAX_CLIENTS_REACHED as Code, "its MPS server has all the programs it can take"),
    (Named::CUDA_ERROR_MPS_MAX_CONNECTIONS_REACHED as Code, "its MPS server has all the programs it can take"),
];

/// The rest of what may happen here.
const OTHER: &[(Code, &str)] = &[
    (Named::CUDA_ERROR_INVALID_VALUE as Code, "a value is out of its range"),
    (OUT_OF_MEMORY, "too little memory is free"),
    (Named::CUDA_ERROR_INVALID_HANDLE as Code, "a handle is not valid"),
    (Named::CUDA_ERROR_NOT_PERMITTED as Code, "this is not permitted"),
    (Named::CUDA_ERROR_NOT_SUPPORTED as Code, "the GPU cannot do this"),
];

/// The fault of a code that is not 0, if it has a name here.
pub(super) fn fault(code: Code) -> Option<Fault> {
    let words = |table: &[(Code, &str)]| Some(table.iter().find(|(known, _)| *known == code)?.1.to_owned());
    match code {
        NO_GPU => Some(Fault::NoGpu),
        BUSY => Some(Fault::Busy),
        _ => words(LOST)
            .map(Fault::Lost)
            .or_else(|| words(LAUNCH).map(Fault::Launch))
            .or_else(|| words(BROKEN).map(Fault::BrokenDriver))
            .or_else(|| words(OTHER).map(Fault::Other)),
    }
}

/// A fault of starting the driver: no GPU is lost that was never there, and no kernel is started yet.
pub(super) fn of_driver(fault: Fault) -> Fault {
    match fault {
        Fault::Lost(words) | Fault::Launch(words) | Fault::Other(words) => Fault::BrokenDriver(words),
        fault => fault,
    }
}

/// A fault of bringing a kernel to the GPU: what else the driver says is then of the kernel.
pub(super) fn of_launch(fault: Fault) -> Fault {
    match fault {
        Fault::Other(words) => Fault::Launch(words),
        fault => fault,
    }
}

/// Adds what the driver's compiler says of the PTX.
pub(super) fn explain(fault: Fault, log: &str) -> Fault {
    log::debug!("the driver's compiler: {log}");
    let first = log.lines().map(str::trim).find(|line| !line.is_empty());
    match (fault, first) {
        (Fault::Launch(words), Some(first)) => Fault::Launch(format!("{words}: {first}")),
        (fault, _) => fault,
    }
}

/// What the driver wrote as a text of C.
pub(super) fn text(bytes: &[u8]) -> String {
    CStr::from_bytes_until_nul(bytes).map_or_else(|_| String::new(), |text| text.to_string_lossy().into_owned())
}
