//! The way in: memory, launches, and what ran.
#![expect(clippy::cast_possible_truncation, reason = "bits of lanes and registers are cut to size on purpose")]

use std::collections::{BTreeMap, HashMap};

use super::access::Orders;
use super::code::{Kernel, LANES};
use super::error::Error;
use super::lower;
use super::memory::{Memory, Region};
use super::order::LIMITS;
use super::parse::{self, Kind, Space};
use super::schedule::{Launch, Random, Size};

/// Instructions without any change after which all are thought to wait for ever.
const PATIENCE: u64 = 1 << 24;

/// A parameter of a kernel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Arg {
    /// A pointer, or any other whole number of 64 bits.
    Address(u64),
    /// A whole number.
    Whole(u32),
    /// A float.
    Number(f32),
}

/// How much of a kernel ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ran {
    /// How often it was started.
    pub launches: u64,
    /// Instructions of all lanes together.
    pub instructions: u64,
}

/// A machine that runs PTX.
#[derive(Debug)]
pub struct Machine {
    kernels: BTreeMap<String, Kernel>,
    memory: Memory,
    orders: Orders,
    random: Random,
    patience: u64,
    ran: BTreeMap<String, Ran>,
}

impl Machine {
    /// A machine with the kernels of these texts.
    ///
    /// # Errors
    /// Text or instructions that are not known, or whose result is not the same everywhere.
    pub fn new(ptx: &[&str]) -> Result<Self, Error> {
        let (mut kernels, mut memory) = (BTreeMap::new(), Memory::default());
        for text in ptx {
            let module = parse::module(text)?;
            let mut globals = HashMap::new();
            for variable in module.variables.iter().filter(|variable| variable.space != Space::Shared) {
                let address = memory.allocate(Some(variable.name.clone()), variable.bytes);
                if let Some(region) = memory.find(address) {
                    region.fill(0, &variable.initial);
                    region.is_constant = variable.space == Space::Constant;
                }
                globals.insert(variable.name.clone(), address);
            }
            for kernel in lower::kernels(&module, &globals)? {
                if let Some(kernel) = kernels.insert(kernel.name.clone(), kernel) {
                    return Err(Error::TwoKernels(kernel.name));
                }
            }
        }
        let (orders, random, ran) = (Orders::default(), Random(0), BTreeMap::new());
        Ok(Self { kernels, memory, orders, random, patience: PATIENCE, ran })
    }

    /// Chooses the schedule of the launches that follow.
    pub fn seed(&mut self, seed: u64) {
        self.random = Random(seed);
    }

    /// After how many instructions of warps without a write, a barrier or an end a launch counts as deadlocked.
    pub fn patience(&mut self, instructions: u64) {
        self.patience = instructions;
    }

    /// What ran so far, by the kernel's name.
    #[must_use]
    pub fn kernels_ran(&self) -> &BTreeMap<String, Ran> {
        &self.ran
    }

    /// So many bytes that nobody has written.
    pub fn allocate(&mut self, bytes: usize) -> u64 {
        self.memory.allocate(None, bytes)
    }

    /// Gives back what [`Machine::allocate`] gave.
    ///
    /// # Errors
    /// An address that it did not give, or that was given back.
    pub fn free(&mut self, address: u64) -> Result<(), Error> {
        let near = self.memory.near(address);
        if self.memory.free(address) { Ok(()) } else { Err(Error::Host { address, bytes: 0, what: near }) }
    }

    /// Writes to memory.
    ///
    /// # Errors
    /// Bytes that are not within one allocation.
    pub fn write(&mut self, address: u64, bytes: &[u8]) -> Result<(), Error> {
        let (region, offset) = self.within(address, bytes.len())?;
        region.fill(offset, bytes);
        Ok(())
    }

    /// Reads from memory.
    ///
    /// # Errors
    /// Bytes that are not within one allocation, or that nobody wrote.
    pub fn read(&mut self, address: u64, bytes: &mut [u8]) -> Result<(), Error> {
        let (region, offset) = self.within(address, bytes.len())?;
        if let Some(missing) = region.first_missing(offset, bytes.len()) {
            let what = format!("nobody wrote {}", region.near(region.base + missing as u64));
            return Err(Error::Host { address, bytes: bytes.len(), what });
        }
        bytes.copy_from_slice(&region.data[offset..offset + bytes.len()]);
        Ok(())
    }

    fn within(&mut self, address: u64, bytes: usize) -> Result<(&mut Region, usize), Error> {
        let near = self.memory.near(address);
        let wrong = Error::Host { address, bytes, what: format!("out of bounds ({near})") };
        let Some(region) = self.memory.find(address) else { return Err(wrong) };
        let offset = usize::try_from(address.wrapping_sub(region.base)).unwrap_or(usize::MAX);
        match offset.checked_add(bytes) {
            Some(end) if end <= region.data.len() => Ok((region, offset)),
            _ => Err(wrong),
        }
    }

    /// Runs a kernel to its end.
    ///
    /// # Errors
    /// Anything that is wrong with the launch or the kernel.
    pub fn launch(
        &mut self,
        kernel: &str,
        blocks: u32,
        threads: u32,
        is_cooperative: bool,
        arguments: &[Arg],
    ) -> Result<(), Error> {
        let kernel = self.kernels.get(kernel).ok_or_else(|| Error::NoKernel(kernel.to_owned()))?;
        let wrong = |what: String| Error::Size { kernel: kernel.name.clone(), what };
        if threads == 0 || threads > 1024 || !threads.is_multiple_of(LANES as u32) {
            return Err(wrong(format!("{threads} threads; 32 to 1024 in steps of 32 are possible")));
        }
        if blocks == 0 || blocks >= LIMITS[0] {
            return Err(wrong(format!("{blocks} blocks; 1 to 65535 are possible")));
        }
        let parameters = bits(kernel, arguments)?;
        let size = Size { blocks, threads, is_cooperative, patience: self.patience };
        let launch = Launch::new(kernel, &mut self.memory, &mut self.orders, &mut self.random, size, &parameters);
        let instructions = launch.run()?;
        let ran = self.ran.entry(kernel.name.clone()).or_default();
        ran.launches += 1;
        ran.instructions += instructions;
        Ok(())
    }
}

/// The bits of parameters, if they are those of the declaration.
fn bits(kernel: &Kernel, arguments: &[Arg]) -> Result<Vec<u64>, Error> {
    let wrong = |what: String| Error::Arguments { kernel: kernel.name.clone(), what };
    let (given, needed) = (arguments.len(), kernel.parameters.len());
    if given != needed {
        return Err(wrong(format!("{given} arguments for {needed} parameters")));
    }
    let pairs = kernel.parameters.iter().zip(arguments).enumerate();
    pairs
        .map(|(at, ((kind, _), argument))| match (kind, argument) {
            (Kind::Address, Arg::Address(bits)) => Ok(*bits),
            (Kind::Whole, Arg::Whole(bits)) => Ok(u64::from(*bits)),
            (Kind::Number, Arg::Number(number)) => Ok(u64::from(number.to_bits())),
            _ => Err(wrong(format!("argument {at} is {argument:?}, and the parameter is {kind:?}"))),
        })
        .collect()
}
