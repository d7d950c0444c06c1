"""The Spack recipe of dropsweep."""

from spack_repo.builtin.build_systems.cmake import CMakePackage

from spack.package import *


class Dropsweep(CMakePackage):
    """Trains multilayer perceptrons with MPI, whole sweeps of settings and seeds at once, and says which setting is
    best; weights and tables are a function of configuration, data and seed, to the last bit."""

    license("MIT")

    version("0.1.0")  # of a checkout: spack dev-build

    variant("gzip", default=True, description="Read compressed data")
    variant("csv", default=True, description="Read tables as data and settings")
    variant("npz", default=True, description="Read and write NumPy archives")
    variant("onnx", default=True, description="Export models as ONNX")
    variant("tensorboard", default=True, description="Write event files for TensorBoard")
    variant("onednn", default=True, description="Train with --precision bf16")
    variant("plots", default=True, description="Draw plots at the end of a run")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.25:", type="build")
    depends_on("help2man", type="build")
    depends_on("pkgconfig", type="build")

    depends_on("mpi@3:")
    depends_on("blas")
    depends_on("boost@1.74: +program_options")
    depends_on("fmt@9:")
    depends_on("highway@1.0.3:")
    depends_on("nlohmann-json@3.11:")
    depends_on("openssl")
    depends_on("random123")
    depends_on("xxhash")

    depends_on("zlib-api", when="+gzip")
    depends_on("libcsv", when="+csv")
    depends_on("libzip", when="+npz")
    depends_on("onnx@1.12:", when="+onnx")
    depends_on("protobuf", when="+onnx")
    depends_on("protobuf", when="+tensorboard")
    depends_on("onednn@2.7: cpu_runtime=omp", when="+onednn")
    depends_on("gnuplot +cairo", type=("build", "run"), when="+plots")

    depends_on("googletest@1.12: +gmock", type="test")
    depends_on("python@3.9:", type="test")

    def cmake_args(self):
        return [
            self.define("BUILD_TESTING", self.run_tests),
            self.define_from_variant("DROPSWEEP_WITH_GZIP", "gzip"),
            self.define_from_variant("DROPSWEEP_WITH_CSV", "csv"),
            self.define_from_variant("DROPSWEEP_WITH_NPZ", "npz"),
            self.define_from_variant("DROPSWEEP_WITH_ONNX", "onnx"),
            self.define_from_variant("DROPSWEEP_WITH_TENSORBOARD", "tensorboard"),
            self.define_from_variant("DROPSWEEP_WITH_ONEDNN", "onednn"),
            self.define_from_variant("DROPSWEEP_WITH_GNUPLOT", "plots"),
            self.define("DROPSWEEP_WITH_OPENBLAS", self.spec.satisfies("^openblas")),
        ]
