use super::allocations::Allocations;
use super::entries::{Parameter, entries};
use super::*;

/// A kernel that multiplies each of its numbers by one, as NVIDIA's compiler makes it of CUDA C.
const PTX: &[&str] = &[r"
.version 8.0
.target sm_70
.address_size 64

	// .globl	scale

.visible .entry scale(
	.param .u64 scale_param_0,
	.param .u32 scale_param_1,
	.param .f32 scale_param_2
)
{
	.reg .pred 	%p<2>;
	.reg .f32 	%f<4>;
	.reg .b32 	%r<6>;
	.reg .b64 	%rd<5>;

	ld.param.u64 	%rd1, [scale_param_0];
	ld.param.u32 	%r2, [scale_param_1];
	ld.param.f32 	%f1, [scale_param_2];
	mov.u32 	%r3, %ctaid.x;
	mov.u32 	%r4, %ntid.x;
	mov.u32 	%r5, %tid.x;
	mad.lo.s32 	%r1, %r3, %r4, %r5;
	setp.ge.u32 	%p1, %r1, %r2;
	@%p1 bra 	$L__BB0_2;

	cvta.to.global.u64 	%rd2, %rd1;
	mul.wide.u32 	%rd3, %r1, 4;
	add.s64 	%rd4, %rd2, %rd3;
	ld.global.f32 	%f2, [%rd4];
	mul.rn.f32 	%f3, %f2, %f1;
	st.global.f32 	[%rd4], %f3;

$L__BB0_2:
	ret;

}
"];

/// Runs the kernel, and checks what comes back and what is refused.
fn work(gpu: &dyn Gpu) -> Result<(), Fault> {
    let numbers: Vec<f32> = (0..1000_u16).map(f32::from).collect();
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_ne_bytes()).collect();
    let address = gpu.allocate(bytes.len())?;
    gpu.write(address, &bytes)?;
    gpu.write(address + 4, &7_f32.to_ne_bytes())?;
    assert!(gpu.most_blocks("scale", 256)? > 0);
    let arguments = [Argument::Address(address), Argument::Whole(1000), Argument::Number(2.0)];
    let mut launch = Launch { kernel: "scale", blocks: 4, threads: 256, is_cooperative: false, arguments: &arguments };
    gpu.launch(&launch)?;
    launch.is_cooperative = true;
    gpu.launch(&launch)?;
    let mut back = vec![0; bytes.len() - 4];
    gpu.read(address + 4, &mut back)?;
    let back: Vec<f32> =
        back.chunks_exact(4).map(|four| f32::from_ne_bytes([four[0], four[1], four[2], four[3]])).collect();
    let expected: Vec<f32> = [7.0].iter().chain(&numbers[2..]).map(|number| number * 4.0).collect();
    assert_eq!(back, expected);

    let swapped = [Argument::Address(address), Argument::Number(2.0), Argument::Whole(1000)];
    launch.arguments = &swapped;
    assert_eq!(gpu.launch(&launch), Err(Fault::Launch("scale has other parameters in the PTX".to_owned())));
    launch.kernel = "no_such_kernel";
    assert_eq!(gpu.launch(&launch), Err(Fault::Launch("there is no no_such_kernel in the PTX".to_owned())));
    assert!(matches!(gpu.read(address + 4, &mut vec![0; bytes.len()]), Err(Fault::Other(_))));
    gpu.free(address);
    assert!(matches!(gpu.write(address, &bytes), Err(Fault::Other(_))));
    gpu.free(address);
    Ok(())
}

/// Without a driver this checks what is said then; with one, every GPU that it has.
#[test]
fn what_is_on_this_machine_works_or_says_why_not() {
    let gpus = match list() {
        Ok(gpus) => gpus,
        Err(fault) => {
            eprintln!("no GPU: {fault}");
            assert!(!matches!(fault, Fault::Lost(_) | Fault::Launch(_)), "{fault}");
            assert_eq!(open(0, PTX).err(), Some(fault.clone()));
            assert_eq!(list(), Err(fault));
            return;
        }
    };
    assert_eq!(list(), Ok(gpus.clone()));
    for about in gpus {
        eprintln!("GPU {}: {}, {} bytes", about.index, about.name, about.memory);
        match open(about.index, PTX) {
            Ok(gpu) => {
                assert_eq!(*gpu.about(), about);
                let again = open(about.index, PTX).expect("it is open");
                assert!(Arc::ptr_eq(&gpu, &again));
                // A thread of its own: calls come from any.
                let done = std::thread::scope(|scope| scope.spawn(|| work(&*gpu)).join().expect("no panic"));
                done.expect("it works");
            }
            Err(fault) => {
                eprintln!("    {fault}");
                assert!(matches!(fault, Fault::Busy | Fault::Other(_)), "{fault}");
            }
        }
    }
    assert!(matches!(open(usize::MAX, PTX), Err(Fault::NoSuchGpu { index: usize::MAX, .. })));
}

#[test]
fn codes_become_faults() {
    let cases = [
        (1, "the driver says: a value is out of its range"),
        (2, "the driver says: too little memory is free"),
        (34, "the NVIDIA driver does not work (a stub for building programs was found in its place)"),
        (46, "another program keeps the GPU to itself, or it is set to serve none"),
        (100, "the driver knows of no GPU"),
        (209, "a kernel could not be started (its PTX is for other GPUs)"),
        (214, "the GPU was lost (its memory has an error that cannot be corrected)"),
        (218, "a kernel could not be started (the driver's compiler rejects its PTX)"),
        (222, "a kernel could not be started (its PTX is newer than the driver's compiler)"),
        (226, "the GPU was lost (its memory has an error that cannot be corrected)"),
        (700, "the GPU was lost (a kernel used memory that it does not have)"),
        (701, "a kernel could not be started (it needs more registers or threads than the GPU has)"),
        (702, "the GPU was lost (a kernel ran for too long)"),
        (709, "the GPU was lost (its context was destroyed)"),
        (714, "the GPU was lost (a kernel damaged its stack)"),
        (719, "the GPU was lost (a kernel failed)"),
        (720, "a kernel could not be started (the GPU cannot run so many blocks at once)"),
        (802, "the NVIDIA driver does not work (the system has not yet started all that it needs)"),
        (803, "the NVIDIA driver does not work (its parts are of different versions until a restart)"),
        (999, "the GPU was lost (no reason was given)"),
    ];
    for (code, sentence) in cases {
        assert_eq!(codes::fault(code).map(|fault| fault.to_string()).as_deref(), Some(sentence), "{code}");
    }
    assert_eq!(codes::fault(12_345), None);
}

#[test]
fn a_fault_is_of_what_was_under_way() {
    let words = || "words".to_owned();
    for fault in [Fault::Lost(words()), Fault::Launch(words()), Fault::Other(words())] {
        assert_eq!(codes::of_driver(fault), Fault::BrokenDriver(words()));
    }
    assert_eq!(codes::of_driver(Fault::NoGpu), Fault::NoGpu);
    assert_eq!(codes::of_launch(Fault::Other(words())), Fault::Launch(words()));
    assert_eq!(codes::of_launch(Fault::Lost(words())), Fault::Lost(words()));
    let said = codes::explain(Fault::Launch(words()), "\n  ptxas, line 9: error\nmore\n");
    assert_eq!(said, Fault::Launch("words: ptxas, line 9: error".to_owned()));
    assert_eq!(codes::explain(Fault::Busy, "ptxas"), Fault::Busy);
    assert_eq!(codes::text(b"name\0rest"), "name");
    assert_eq!(codes::text(b"no end"), "");
}

#[test]
fn kernels_and_their_parameters_are_found_in_ptx() {
    use Parameter::{Address, Number, Other, Whole};
    let found: Vec<_> = entries(PTX[0]).collect();
    assert_eq!(found, [("scale", vec![Address, Whole, Number])]);
    let ptx = "
        // .entry in_a_comment()
        .visible .entry none(){ ret; }
        .entry bare
        { ret; }
        .entry many ( .param .u64 .ptr .global .align 4 a, .param .b32 b, .param .s32 c,
            .param .f64 d, .param .align 4 .b8 e[12], .param .b32 f[2] )
        .maxntid 256, 1, 1
        { ret; }
    ";
    let many = vec![Address, Whole, Whole, Other, Other, Other];
    assert_eq!(entries(ptx).collect::<Vec<_>>(), [("none", vec![]), ("bare", vec![]), ("many", many)]);
    assert!(Address.takes(&Argument::Address(0)) && !Address.takes(&Argument::Whole(0)));
    assert!(Number.takes(&Argument::Number(0.0)) && !Whole.takes(&Argument::Number(0.0)));
    assert!(!Other.takes(&Argument::Address(0)));
}

#[test]
fn only_memory_that_was_given_is_used() {
    let mut allocations = Allocations::default();
    allocations.add(1000, 10);
    allocations.add(1010, 10);
    for (at, bytes) in [(1000, 0), (1000, 10), (1004, 6), (1010, 10), (1020, 0)] {
        assert_eq!(allocations.holds(at, bytes), Ok(()), "{at} {bytes}");
    }
    for (at, bytes) in [(0, 0), (999, 1), (1000, 11), (1004, 7), (1021, 0), (u64::MAX, 1), (1000, usize::MAX)] {
        assert!(matches!(allocations.holds(at, bytes), Err(Fault::Other(_))), "{at} {bytes}");
    }
    assert!(!allocations.remove(1004));
    assert!(allocations.remove(1000));
    assert!(!allocations.remove(1000));
    assert!(allocations.holds(1000, 1).is_err());
}
