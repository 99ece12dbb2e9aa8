"""Where conda and PyPI name things differently. Everything that is not here has one name in both worlds."""

from __future__ import annotations

#: conda name -> PyPI name.
RENAMED = {
    "dask-core": "dask",
    "gitpython": "gitpython",
    "keras-gpu": "keras",
    "matplotlib-base": "matplotlib",
    "msgpack-python": "msgpack",
    "numpy-base": "numpy",
    "opencv": "opencv-python",
    "psycopg2": "psycopg2-binary",
    "py-lightgbm": "lightgbm",
    "py-opencv": "opencv-python",
    "py-xgboost": "xgboost",
    "py-xgboost-cpu": "xgboost",
    "py-xgboost-gpu": "xgboost",
    "pyqt": "pyqt5",
    "pytables": "tables",
    "python-graphviz": "graphviz",
    "pytorch": "torch",
    "pytorch-cpu": "torch",
    "pytorch-gpu": "torch",
    "ruamel-yaml": "ruamel.yaml",
    "tensorflow-base": "tensorflow",
    "tensorflow-cpu": "tensorflow",
    "tensorflow-gpu": "tensorflow",
    "tensorflow-mkl": "tensorflow",
    "torchvision-cpu": "torchvision",
    "typing-extensions": "typing-extensions",
}

#: Names that mean nothing to PyPI, or something else there.
CONDA_ONLY = frozenset(
    """
    anaconda binutils blas boost bzip2 ca-certificates clang compilers conda cuda cuda-toolkit cuda-version
    cudatoolkit cudnn curl ffmpeg fftw freetype gcc gcc-linux-64 gfortran git glib graphviz gxx gxx-linux-64
    hdf5 icu intel-openmp jpeg krb5 ld-impl-linux-64 llvm llvm-openmp lz4-c make mkl mkl-fft mkl-random mkl-
    service mpi mpich nccl ncurses nodejs nomkl openblas openjdk openmpi openssl perl pip python python-abi
    pytorch-cuda pytorch-mutex qt r readline snappy sqlite sysroot-linux-64 tk unixodbc xz zlib zstd
    """.split()  # noqa: SIM905 - one can read and sort it
)
_CONDA_ONLY_PREFIXES = ("lib", "_", "r-", "cuda-", "gcc-", "gxx-", "vs20", "m2w64-", "font-ttf")
#: Packages of PyPI whose names begin like system libraries.
_NOT_LIBRARIES = frozenset({"librosa", "libclang", "libcst", "libsass", "libtmux", "library-analyzer"})


def is_conda_only(name: str) -> bool:
    """Tell whether the conda package `name` has no counterpart on PyPI."""
    if name in RENAMED or name in _NOT_LIBRARIES:
        return False
    return name in CONDA_ONLY or name.startswith(_CONDA_ONLY_PREFIXES)
