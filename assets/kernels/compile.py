"""Compiles the CUDA kernels to the PTX that the program ships, and assembles that for every GPU that it is for.

It needs no GPU and no CUDA toolkit, only two packages, in a virtual environment of their own:

    python3 -m venv kernels
    kernels/bin/pip install nvidia-cuda-nvrtc-cu12==12.0.140 nvidia-cuda-nvcc-cu12==12.0.140
    kernels/bin/python assets/kernels/compile.py            (writes the .ptx files)
    kernels/bin/python assets/kernels/compile.py --check    (says whether those that are there belong to the .cu files)

Version 12.0 on purpose: its PTX is 8.0, which every driver from 525 on understands. It prints a row for each kernel and
GPU: registers of a thread, bytes of shared memory of a block, and bytes that do not fit the registers, of which there have
to be none. Exit codes: 0 all is well, 1 something is not, 3 the packages are not installed.
"""
import ctypes
import importlib.util
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TARGETS = [70, 75, 80, 86, 89, 90]
# The oldest target; no product is fused with a sum that does not say so; division and denormal numbers are IEEE's, as
# they are unless one asks otherwise; C++03, which needs no header.
OPTIONS = ["--gpu-architecture=compute_70", "--fmad=false", "--ftz=false", "--prec-div=true", "--std=c++03"]


def package(name):
    """The folder of a package of NVIDIA's; ends the program where it is not installed."""
    try:
        found = importlib.util.find_spec(f"nvidia.{name}")
    except ModuleNotFoundError:
        found = None
    if found is None:
        print(f"compile.py: the package nvidia.{name} is not installed; see the head of this file", file=sys.stderr)
        sys.exit(3)
    return pathlib.Path(next(iter(found.submodule_search_locations)))


def compiler():
    """NVRTC, with the library that it loads by itself loaded before it."""
    folder = package("cuda_nvrtc") / "lib"
    for builtins in sorted(folder.glob("libnvrtc-builtins.so*")):
        ctypes.CDLL(str(builtins))
    return ctypes.CDLL(str(next(iter(sorted(folder.glob("libnvrtc.so*"))))))


def compile_kernels(nvrtc, source):
    """The PTX of a .cu file, as text."""
    headers = sorted(HERE.glob("*.cuh"))
    texts = (ctypes.c_char_p * len(headers))(*[header.read_bytes() for header in headers])
    names = (ctypes.c_char_p * len(headers))(*[header.name.encode() for header in headers])
    program, size = ctypes.c_void_p(), ctypes.c_size_t()
    text, name = source.read_bytes(), source.name.encode()
    if nvrtc.nvrtcCreateProgram(ctypes.byref(program), text, name, len(headers), texts, names):
        sys.exit(f"{source.name}: NVRTC takes no program")
    options = (ctypes.c_char_p * len(OPTIONS))(*[option.encode() for option in OPTIONS])
    failed = nvrtc.nvrtcCompileProgram(program, len(OPTIONS), options)
    nvrtc.nvrtcGetProgramLogSize(program, ctypes.byref(size))
    log = ctypes.create_string_buffer(size.value)
    nvrtc.nvrtcGetProgramLog(program, log)
    if log.value.strip():
        print(log.value.decode().strip())
    if failed:
        sys.exit(f"{source.name} does not compile")
    nvrtc.nvrtcGetPTXSize(program, ctypes.byref(size))
    ptx = ctypes.create_string_buffer(size.value)
    nvrtc.nvrtcGetPTX(program, ptx)
    nvrtc.nvrtcDestroyProgram(ctypes.byref(program))
    return ptx.value.decode()


def assemble(ptxas, ptx, target):
    """Rows of kernel, registers, shared memory and spilled bytes."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(ptxas), "-v", f"-arch=sm_{target}", str(ptx), "-o", str(pathlib.Path(folder) / "out")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{ptx.name} does not assemble for sm_{target}: {done.stderr.strip()}")
    rows, kernel = [], None
    for line in done.stderr.splitlines():
        if found := re.search(r"entry function '(\w+)'", line):
            kernel, spilled = found[1], None
        elif found := re.search(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads", line):
            spilled = sum(int(bytes) for bytes in found.groups())
        elif found := re.search(r"Used (\d+) registers", line):
            shared = re.search(r"(\d+) bytes smem", line)
            rows.append((kernel, int(found[1]), int(shared[1]) if shared else 0, spilled))
    return rows


def main():
    is_check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not is_check:
        sys.exit(__doc__)
    nvrtc, ptxas = compiler(), package("cuda_nvcc") / "bin" / "ptxas"
    ptxas.chmod(ptxas.stat().st_mode | 0o100)
    is_well = True
    print(f"{'kernel':20} {'GPU':6} {'registers':>9} {'shared':>7} {'spilled':>8}")
    for source in sorted(HERE.glob("*.cu")):
        ptx, text = source.with_suffix(".ptx"), compile_kernels(nvrtc, source)
        if not is_check:
            ptx.write_text(text)
        elif not ptx.exists() or ptx.read_text() != text:
            print(f"{ptx.name} does not belong to {source.name} and the headers")
            is_well = False
        for target in TARGETS:
            for kernel, registers, shared, spilled in assemble(ptxas, ptx, target):
                print(f"{kernel:20} sm_{target:3} {registers:9} {shared:7} {spilled:8}")
                is_well = is_well and spilled == 0
    sys.exit(0 if is_well else 1)


main()
