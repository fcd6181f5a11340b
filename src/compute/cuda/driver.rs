//! A real GPU behind [`Gpu`]: NVIDIA's driver, loaded when it is first asked for.
//!
//! cudarc finds and loads the driver, and knows its types and numbers. Its own calls are not used: each looks for its
//! function when first called and panics if there is none, and each takes what the driver returns for an enumeration,
//! in which a code of a newer driver has no place and would be undefined behaviour. So every function is looked up
//! here, before the first is called, and its code is a number.
//!
//! This is the one file of the library with `unsafe` in it.
#![expect(unsafe_code, reason = "a driver in C cannot be called without")]

mod allocations;
mod codes;
mod entries;
#[cfg(test)]
mod tests;

use super::gpu::{About, Address, Argument, Fault, Gpu, Launch};
use allocations::Allocations;
use codes::Code;
use cudarc::driver::sys::{self, CUcontext, CUdevice, CUdevice_attribute, CUdeviceptr, CUfunction};
use cudarc::driver::sys::{CUjit_option, CUmodule, CUstream};
use entries::Parameter;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::fmt;
use std::ptr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock, Weak};

/// The driver has to speak this version of CUDA, which knows the PTX of the kernels.
const VERSION: c_int = 12_000;
/// The GPU has to have this compute capability, for which the PTX is.
const CAPABILITY: (c_int, c_int) = (7, 0);

/// Declares the driver's functions, each as cudarc does but for the code that it returns.
macro_rules! functions {
    ($($name:ident($($parameter:ty),*);)*) => {
        /// The driver: its functions, under their own names.
        #[expect(non_snake_case, reason = "the names are NVIDIA's")]
        struct Driver {
            $($name: unsafe extern "C" fn($($parameter),*) -> Code,)*
        }

        $(const _: unsafe fn($($parameter),*) -> sys::CUresult = sys::$name;)*

        impl Driver {
            /// Looks for all of them.
            fn find() -> Result<Self, Fault> {
                Ok(Self { $($name: function(stringify!($name))?,)* })
            }
        }
    };
}

functions! {
    cuInit(u32);
    cuDeviceGetCount(*mut c_int);
    cuDeviceGet(*mut CUdevice, c_int);
    cuDeviceGetName(*mut c_char, c_int, CUdevice);
    cuDeviceTotalMem_v2(*mut usize, CUdevice);
    cuDeviceGetAttribute(*mut c_int, CUdevice_attribute, CUdevice);
    cuDevicePrimaryCtxRetain(*mut CUcontext, CUdevice);
    cuDevicePrimaryCtxRelease_v2(CUdevice);
    cuCtxSetCurrent(CUcontext);
    cuStreamCreate(*mut CUstream, u32);
    cuStreamSynchronize(CUstream);
    cuStreamDestroy_v2(CUstream);
    cuModuleLoadDataEx(*mut CUmodule, *const c_void, u32, *mut CUjit_option, *mut *mut c_void);
    cuModuleGetFunction(*mut CUfunction, CUmodule, *const c_char);
    cuModuleUnload(CUmodule);
    cuMemAlloc_v2(*mut CUdeviceptr, usize);
    cuMemFree_v2(CUdeviceptr);
    cuMemcpyHtoDAsync_v2(CUdeviceptr, *const c_void, usize, CUstream);
    cuMemcpyDtoHAsync_v2(*mut c_void, CUdeviceptr, usize, CUstream);
    cuOccupancyMaxActiveBlocksPerMultiprocessor(*mut c_int, CUfunction, c_int, usize);
    cuLaunchKernel(CUfunction, u32, u32, u32, u32, u32, u32, u32, CUstream, *mut *mut c_void, *mut *mut c_void);
    cuLaunchCooperativeKernel(CUfunction, u32, u32, u32, u32, u32, u32, u32, CUstream, *mut *mut c_void);
}

/// A function of the library, once that was found. `F` has to be how `cuda.h` declares it.
fn function<F: Copy>(name: &str) -> Result<F, Fault> {
    // SAFETY: the library is loaded for good, and every caller names the type that `cuda.h` has for its function.
    let found = unsafe { sys::culib().get::<F>(name.as_bytes()) };
    found.map(|function| *function).map_err(|error| {
        log::debug!("the NVIDIA driver: {error}");
        Fault::BrokenDriver(format!("its library has no {name}"))
    })
}

/// The driver, loaded and started once. What stood in its way is not remembered: it may be gone when next asked.
fn driver() -> Result<&'static Driver, Fault> {
    static DRIVER: OnceLock<Driver> = OnceLock::new();
    if let Some(driver) = DRIVER.get() {
        return Ok(driver);
    }
    // SAFETY: this only loads the installed driver, as every program does that uses it, and lets go of it.
    if !unsafe { sys::is_culib_present() } {
        return Err(Fault::NoDriver);
    }
    let ask: unsafe extern "C" fn(*mut c_int) -> Code = function("cuDriverGetVersion")?;
    let mut version = 0;
    // SAFETY: the driver writes one number, and this may be asked before it is started.
    let code = unsafe { ask(&raw mut version) };
    // An older one may lack functions, so this is said before they are looked for.
    if code == 0 && version < VERSION {
        let found = format!("CUDA {}.{}", version / 1000, version % 1000 / 10);
        return Err(Fault::DriverTooOld { found });
    }
    let driver = Driver::find()?;
    // SAFETY: it takes nothing but flags, of which there are none yet.
    let code = unsafe { (driver.cuInit)(0) };
    check(code).map_err(codes::of_driver)?;
    Ok(DRIVER.get_or_init(|| driver))
}

/// The driver's own words for a code that has no others.
fn words(code: Code) -> Cow<'static, str> {
    let mut words = ptr::null();
    let ask: Result<unsafe extern "C" fn(Code, *mut *const c_char) -> Code, _> = function("cuGetErrorString");
    // SAFETY: the driver writes one pointer, or none for a code that it does not know either.
    if ask.is_ok_and(|ask| unsafe { ask(code, &raw mut words) } == 0) && !words.is_null() {
        // SAFETY: that is a text in the driver itself, which stays loaded.
        unsafe { CStr::from_ptr(words) }.to_string_lossy()
    } else {
        "an unknown error".into()
    }
}

/// What a code says.
fn check(code: Code) -> Result<(), Fault> {
    if code == 0 {
        return Ok(());
    }
    Err(codes::fault(code).unwrap_or_else(|| Fault::Other(format!("{} ({code})", words(code)))))
}

impl Driver {
    /// How many GPUs there are: at least one.
    fn count(&self) -> Result<usize, Fault> {
        let mut count = 0;
        // SAFETY: the driver writes one number.
        check(unsafe { (self.cuDeviceGetCount)(&raw mut count) })?;
        usize::try_from(count).ok().filter(|&count| count > 0).ok_or(Fault::NoGpu)
    }

    /// The GPU of that number.
    fn device(&self, index: usize) -> Result<CUdevice, Fault> {
        let last = self.count()? - 1;
        let number = c_int::try_from(index).ok().filter(|_| index <= last);
        let number = number.ok_or(Fault::NoSuchGpu { index, last })?;
        let mut device = 0;
        // SAFETY: the driver writes one number.
        check(unsafe { (self.cuDeviceGet)(&raw mut device, number) })?;
        Ok(device)
    }

    /// A property of a GPU.
    fn attribute(&self, device: CUdevice, attribute: CUdevice_attribute) -> Result<c_int, Fault> {
        let mut value = 0;
        // SAFETY: the driver writes one number, and answers a device that it does not know with a code.
        check(unsafe { (self.cuDeviceGetAttribute)(&raw mut value, attribute, device) })?;
        Ok(value)
    }

    /// Whether the kernels can run on a GPU.
    fn suits(&self, device: CUdevice) -> Result<(), Fault> {
        let major = self.attribute(device, CUdevice_attribute::CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)?;
        let minor = self.attribute(device, CUdevice_attribute::CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR)?;
        if (major, minor) < CAPABILITY {
            return Err(Fault::GpuTooOld { found: format!("{major}.{minor}") });
        }
        Ok(())
    }

    /// What a GPU says of itself.
    fn about(&self, index: usize, device: CUdevice) -> Result<About, Fault> {
        let mut name = [0_u8; 256];
        // SAFETY: the driver writes at most 256 bytes, and there are as many.
        check(unsafe { (self.cuDeviceGetName)(name.as_mut_ptr().cast(), 256, device) })?;
        let mut memory = 0_usize;
        // SAFETY: the driver writes one number.
        check(unsafe { (self.cuDeviceTotalMem_v2)(&raw mut memory, device) })?;
        Ok(About { index, name: codes::text(&name), memory: memory as u64 })
    }
}

/// Every GPU of this machine that can be used.
///
/// # Errors
/// If there is none, why; of several that are too old, the first says so.
pub fn list() -> Result<Vec<About>, Fault> {
    let driver = driver()?;
    let (mut gpus, mut refusals) = (Vec::new(), Vec::new());
    for index in 0..driver.count()? {
        let device = driver.device(index)?;
        match driver.suits(device) {
            Ok(()) => gpus.push(driver.about(index, device)?),
            Err(fault) => refusals.push(fault),
        }
    }
    match refusals.into_iter().next() {
        Some(fault) if gpus.is_empty() => Err(fault),
        _ => Ok(gpus),
    }
}

/// The GPU of that number with these kernels in it. While one is held, another asked for is the same.
///
/// # Errors
/// If it cannot be used, or its driver does not take the kernels.
pub fn open(index: usize, ptx: &'static [&'static str]) -> Result<Arc<dyn Gpu>, Fault> {
    static HELD: Mutex<BTreeMap<usize, Weak<Device>>> = Mutex::new(BTreeMap::new());
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(device) = held.get(&index).and_then(Weak::upgrade)
        && device.lost.get().is_none()
        && device.ptx == ptx
    {
        return Ok(device);
    }
    let device = Arc::new(Device::new(index, ptx)?);
    held.insert(index, Arc::downgrade(&device));
    Ok(device)
}

/// A kernel in a GPU.
struct Kernel {
    function: CUfunction,
    parameters: Vec<Parameter>,
}

/// A GPU that the driver has made ready.
struct Device {
    driver: &'static Driver,
    about: About,
    ptx: &'static [&'static str],
    handle: CUdevice,
    context: CUcontext,
    stream: CUstream,
    modules: Vec<CUmodule>,
    kernels: HashMap<&'static str, Kernel>,
    /// Whoever uses an allocation reads this meanwhile, so that none is freed in use.
    memory: RwLock<Allocations>,
    /// Why the GPU was lost. The driver is not asked again: it has nothing more to say.
    lost: OnceLock<String>,
}

// SAFETY: a handle of CUDA belongs to no thread; every call makes the context current in the thread that it comes from.
unsafe impl Send for Device {}
// SAFETY: the driver takes calls from many threads at once, and what changes on this side is behind locks.
unsafe impl Sync for Device {}

impl Device {
    /// Makes it ready. What is made before something fails goes again with the half that there is.
    fn new(index: usize, ptx: &'static [&'static str]) -> Result<Self, Fault> {
        let driver = driver()?;
        let device = driver.device(index)?;
        driver.suits(device)?;
        let about = driver.about(index, device)?;
        let mut context = ptr::null_mut();
        // SAFETY: the driver writes one handle, and `Drop` gives it back once.
        check(unsafe { (driver.cuDevicePrimaryCtxRetain)(&raw mut context, device) })?;
        let mut made = Self {
            driver,
            about,
            ptx,
            handle: device,
            context,
            stream: ptr::null_mut(),
            modules: Vec::new(),
            kernels: HashMap::new(),
            memory: RwLock::default(),
            lost: OnceLock::new(),
        };
        made.enter()?;
        // SAFETY: the driver writes one handle.
        let code = unsafe { (driver.cuStreamCreate)(&raw mut made.stream, 0) };
        made.check(code)?;
        for text in ptx {
            made.load(text).map_err(codes::of_launch)?;
        }
        Ok(made)
    }

    /// Has the driver compile a text of PTX, and finds every kernel in it: a driver that loads kernels only when they
    /// are asked for could otherwise stop at one in the midst of training.
    fn load(&mut self, ptx: &'static str) -> Result<(), Fault> {
        let image = CString::new(ptx).map_err(|error| Fault::Launch(format!("its PTX is no text: {error}")))?;
        let mut log = vec![0_u8; 8192];
        let mut options = [CUjit_option::CU_JIT_ERROR_LOG_BUFFER, CUjit_option::CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES];
        let mut values = [log.as_mut_ptr().cast(), ptr::without_provenance_mut(log.len())];
        let mut module = ptr::null_mut();
        // SAFETY: the image is a text with its end, there are two options with two values, and the log, to which the
        // driver writes at most the bytes that the second says, outlives the call.
        let code = unsafe {
            (self.driver.cuModuleLoadDataEx)(
                &raw mut module,
                image.as_ptr().cast(),
                2,
                options.as_mut_ptr(),
                values.as_mut_ptr(),
            )
        };
        self.check(code).map_err(|fault| codes::explain(fault, &codes::text(&log)))?;
        self.modules.push(module);
        for (name, parameters) in entries::entries(ptx) {
            let symbol = CString::new(name).map_err(|error| Fault::Launch(error.to_string()))?;
            let mut function = ptr::null_mut();
            // SAFETY: the driver writes one handle; the module was just loaded, and the name is a text with its end.
            self.check(unsafe { (self.driver.cuModuleGetFunction)(&raw mut function, module, symbol.as_ptr()) })?;
            self.kernels.entry(name).or_insert(Kernel { function, parameters });
        }
        Ok(())
    }

    /// What a code says, and whether it says that this GPU is lost.
    fn check(&self, code: Code) -> Result<(), Fault> {
        check(code).inspect_err(|fault| {
            if let Fault::Lost(words) = fault {
                self.lost.get_or_init(|| words.clone());
            }
        })
    }

    /// Before every other call: has the driver take what this thread asks for as meant for this GPU.
    fn enter(&self) -> Result<(), Fault> {
        if let Some(words) = self.lost.get() {
            return Err(Fault::Lost(words.clone()));
        }
        // SAFETY: the context is held until `Drop`.
        self.check(unsafe { (self.driver.cuCtxSetCurrent)(self.context) })
    }

    /// Waits for all that was asked for.
    fn wait(&self) -> Result<(), Fault> {
        // SAFETY: the stream lives until `Drop`.
        self.check(unsafe { (self.driver.cuStreamSynchronize)(self.stream) })
    }

    fn kernel(&self, name: &str) -> Result<&Kernel, Fault> {
        self.kernels.get(name).ok_or_else(|| Fault::Launch(format!("there is no {name} in the PTX")))
    }
}

impl Gpu for Device {
    fn about(&self) -> &About {
        &self.about
    }

    fn allocate(&self, bytes: usize) -> Result<Address, Fault> {
        let mut memory = self.memory.write().unwrap_or_else(PoisonError::into_inner);
        self.enter()?;
        let mut address = 0;
        // SAFETY: the driver writes one address.
        match unsafe { (self.driver.cuMemAlloc_v2)(&raw mut address, bytes) } {
            codes::OUT_OF_MEMORY => return Err(Fault::OutOfMemory { bytes }),
            code => self.check(code)?,
        }
        memory.add(address, bytes);
        Ok(address)
    }

    fn free(&self, address: Address) {
        let mut memory = self.memory.write().unwrap_or_else(PoisonError::into_inner);
        if !memory.remove(address) || self.enter().and_then(|()| self.wait()).is_err() {
            return;
        }
        // SAFETY: the address is the driver's own and was on the list once; nothing that uses it still runs.
        let code = unsafe { (self.driver.cuMemFree_v2)(address) };
        if let Err(fault) = self.check(code) {
            log::debug!("memory was not freed: {fault}");
        }
    }

    fn write(&self, to: Address, bytes: &[u8]) -> Result<(), Fault> {
        let memory = self.memory.read().unwrap_or_else(PoisonError::into_inner);
        memory.holds(to, bytes.len())?;
        self.enter()?;
        // SAFETY: the bytes are read before this returns, by the wait below, and their place is within an allocation.
        let code = unsafe { (self.driver.cuMemcpyHtoDAsync_v2)(to, bytes.as_ptr().cast(), bytes.len(), self.stream) };
        self.check(code).and_then(|()| self.wait())
    }

    fn read(&self, from: Address, bytes: &mut [u8]) -> Result<(), Fault> {
        let memory = self.memory.read().unwrap_or_else(PoisonError::into_inner);
        memory.holds(from, bytes.len())?;
        self.enter()?;
        // SAFETY: the bytes are written before this returns, by the wait below, and come from within an allocation.
        let code =
            unsafe { (self.driver.cuMemcpyDtoHAsync_v2)(bytes.as_mut_ptr().cast(), from, bytes.len(), self.stream) };
        self.check(code).and_then(|()| self.wait())
    }

    fn most_blocks(&self, kernel: &'static str, threads: u32) -> Result<u32, Fault> {
        let function = self.kernel(kernel)?.function;
        let threads = c_int::try_from(threads).map_err(|error| Fault::Launch(error.to_string()))?;
        self.enter()?;
        let mut blocks = 0;
        // SAFETY: the driver writes one number, and the function is of a module that lives until `Drop`.
        let code =
            unsafe { (self.driver.cuOccupancyMaxActiveBlocksPerMultiprocessor)(&raw mut blocks, function, threads, 0) };
        self.check(code).map_err(codes::of_launch)?;
        let processors = CUdevice_attribute::CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT;
        let processors = self.driver.attribute(self.handle, processors)?;
        Ok(u32::try_from(blocks.saturating_mul(processors)).unwrap_or(0))
    }

    fn launch(&self, launch: &Launch<'_>) -> Result<(), Fault> {
        let Kernel { function, parameters } = self.kernel(launch.kernel)?;
        let arguments = launch.arguments;
        if parameters.len() != arguments.len() || !parameters.iter().zip(arguments).all(|(one, given)| one.takes(given))
        {
            return Err(Fault::Launch(format!("{} has other parameters in the PTX", launch.kernel)));
        }
        let memory = self.memory.read().unwrap_or_else(PoisonError::into_inner);
        for argument in arguments {
            if let Argument::Address(address @ 1..) = *argument {
                memory.holds(address, 0).map_err(codes::of_launch)?;
            }
        }
        let mut values: Vec<*mut c_void> = arguments.iter().map(value).collect();
        self.enter()?;
        let (driver, blocks, threads) = (self.driver, launch.blocks, launch.threads);
        // SAFETY: the values are as many and as large as the kernel declares, and are read before this returns; the
        // kernel is one of the program's own, which keep to the memory that their arguments point to.
        let code = unsafe {
            let (function, stream, values) = (*function, self.stream, values.as_mut_ptr());
            if launch.is_cooperative {
                (driver.cuLaunchCooperativeKernel)(function, blocks, 1, 1, threads, 1, 1, 0, stream, values)
            } else {
                (driver.cuLaunchKernel)(function, blocks, 1, 1, threads, 1, 1, 0, stream, values, ptr::null_mut())
            }
        };
        self.check(code).map_err(codes::of_launch)
    }
}

/// Where the driver finds the value of an argument. It only reads it.
fn value(argument: &Argument) -> *mut c_void {
    match argument {
        Argument::Address(address) => ptr::from_ref(address).cast_mut().cast(),
        Argument::Whole(whole) => ptr::from_ref(whole).cast_mut().cast(),
        Argument::Number(number) => ptr::from_ref(number).cast_mut().cast(),
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Device").field("about", &self.about).field("lost", &self.lost).finish_non_exhaustive()
    }
}

impl Drop for Device {
    /// Gives everything back. A lost GPU answers each of these with its fault, which is then no news.
    fn drop(&mut self) {
        let driver = self.driver;
        // SAFETY: what was made is given back once, in the order that the driver wants, and nothing uses it any more.
        unsafe {
            (driver.cuCtxSetCurrent)(self.context);
            if !self.stream.is_null() {
                (driver.cuStreamSynchronize)(self.stream);
                (driver.cuStreamDestroy_v2)(self.stream);
            }
            for &module in &self.modules {
                (driver.cuModuleUnload)(module);
            }
            (driver.cuDevicePrimaryCtxRelease_v2)(self.handle);
        }
    }
}
