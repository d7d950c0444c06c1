#include "onednn.hpp"

#include "dropsweep/core/error.hpp"
#include "dropsweep/core/product.hpp"

#ifdef DROPSWEEP_ONEDNN

#include <array>
#include <map>
#include <utility>

#include <dnnl.hpp>
#include <fmt/format.h>
#include <omp.h>

#include "dropsweep/core/blas.hpp"

namespace dropsweep::core {
namespace {

using Type = dnnl::memory::data_type;

/// Everything that a product's code and its bits depend on.
struct Shape {
    Type type;
    std::array<dnnl::memory::dim, 8> numbers;  ///< m, n, k, strides of A, strides of B, stride of C
    auto operator<=>(const Shape&) const = default;
};

/// A product that was made ready for one shape.
struct Product {
    dnnl::matmul matmul;
    std::unordered_map<int, dnnl::memory> operands;
};

/// The products of one thread; making one takes far longer than running it.
class Products {
  public:
    Products() {
        // oneDNN cuts a product into parts for the threads that OpenMP has when it is made.
        omp_set_num_threads(blas_threads());
    }

    void multiply(const Shape& shape, const void* a, const void* b, float* c) {
        auto found = products_.find(shape);
        if (found == products_.end()) found = products_.emplace(shape, make(shape)).first;
        Product& product = found->second;
        // oneDNN takes all addresses as mutable and writes to the destination alone.
        product.operands.at(DNNL_ARG_SRC).set_data_handle(const_cast<void*>(a), stream_);
        product.operands.at(DNNL_ARG_WEIGHTS).set_data_handle(const_cast<void*>(b), stream_);
        product.operands.at(DNNL_ARG_DST).set_data_handle(c, stream_);
        product.matmul.execute(stream_, product.operands);
        stream_.wait();
    }

  private:
    Product make(const Shape& shape) {
        const auto [m, n, k, a_row, a_column, b_row, b_column, c_row] = shape.numbers;
        const dnnl::memory::desc a({m, k}, shape.type, dnnl::memory::dims{a_row, a_column});
        const dnnl::memory::desc b({k, n}, shape.type, dnnl::memory::dims{b_row, b_column});
        const dnnl::memory::desc c({m, n}, Type::f32, dnnl::memory::dims{c_row, 1});
        const dnnl::matmul::primitive_desc description(dnnl::matmul::desc(a, b, c), engine_);
        const auto unset = [&](const dnnl::memory::desc& operand) {
            return dnnl::memory(operand, engine_, DNNL_MEMORY_NONE);
        };
        return {dnnl::matmul(description),
                {{DNNL_ARG_SRC, unset(a)}, {DNNL_ARG_WEIGHTS, unset(b)}, {DNNL_ARG_DST, unset(c)}}};
    }

    dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
    dnnl::stream stream_{engine_};
    std::map<Shape, Product> products_;
};

template <class T>
void run(Type type, StridedOperand<T> a, StridedOperand<T> b, std::size_t k, Matrix c) {
    const auto dim = [](std::size_t value) { return static_cast<dnnl::memory::dim>(value); };
    const Shape shape{type,
                      {dim(c.rows), dim(c.columns), dim(k), dim(a.row_stride), dim(a.column_stride), dim(b.row_stride),
                       dim(b.column_stride), dim(c.stride)}};
    thread_local Products products;
    try {
        products.multiply(shape, a.data, b.data, c.data);
    } catch (const dnnl::error& error) {
        throw Error(ExitCode::failure,
                    fmt::format("oneDNN cannot multiply [{}, {}] by [{}, {}]: {}; use --gemm openblas "
                                "and --precision fp32",
                                c.rows, k, k, c.columns, error.what()));
    }
}

/// An instruction set is the bits of those that it includes and one of its own.
bool cpu_has(dnnl::cpu_isa isa) {
    static const auto all = static_cast<unsigned int>(dnnl::get_effective_cpu_isa());
    const auto wanted = static_cast<unsigned int>(isa);
    return (all & wanted) == wanted;
}

/// [rows, columns] of an operand as floats, row-major.
StridedOperand<float> widened(StridedOperand<BFloat16> from, std::size_t rows, std::size_t columns,
                              FloatBuffer& buffer) {
    if (buffer.size() < rows * columns) buffer = FloatBuffer(rows * columns);
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t j = 0; j < columns; ++j) {
            buffer.data()[i * columns + j] = widen(from.data[i * from.row_stride + j * from.column_stride]);
        }
    }
    return {buffer.data(), columns, 1};
}

}  // namespace

void onednn_multiply(StridedOperand<float> a, StridedOperand<float> b, std::size_t k, Matrix c) {
    run(Type::f32, a, b, k, c);
}

void onednn_multiply(StridedOperand<BFloat16> a, StridedOperand<BFloat16> b, std::size_t k, Matrix c) {
    // From AVX-512 on oneDNN multiplies bfloat16; without BF16 instructions it widens within its kernels.
    if (cpu_has(dnnl::cpu_isa::avx512_core)) {
        run(Type::bf16, a, b, k, c);
    } else {
        thread_local FloatBuffer a_floats;
        thread_local FloatBuffer b_floats;
        run(Type::f32, widened(a, c.rows, k, a_floats), widened(b, k, c.columns, b_floats), k, c);
    }
}

bool has_onednn() {
    return true;
}

bool has_fast_bf16() {
    return cpu_has(dnnl::cpu_isa::avx512_core_bf16);
}

std::string onednn_description() {
    const auto isa = [] {
        switch (dnnl::get_effective_cpu_isa()) {
            case dnnl::cpu_isa::sse41:
                return "sse41";
            case dnnl::cpu_isa::avx:
                return "avx";
            case dnnl::cpu_isa::avx2:
                return "avx2";
            case dnnl::cpu_isa::avx2_vnni:
                return "avx2_vnni";
            case dnnl::cpu_isa::avx512_core:
                return "avx512_core";
            case dnnl::cpu_isa::avx512_core_vnni:
                return "avx512_core_vnni";
            case dnnl::cpu_isa::avx512_core_bf16:
                return "avx512_core_bf16";
            case dnnl::cpu_isa::avx512_core_amx:
                return "avx512_core_amx";
            default:
                return "other";
        }
    };
    const dnnl_version_t& version = *dnnl_version();
    return fmt::format("oneDNN {}.{}.{} {}", version.major, version.minor, version.patch, isa());
}

}  // namespace dropsweep::core

#else

namespace dropsweep::core {
namespace {

[[noreturn]] void refuse() {
    throw Error(ExitCode::failure, "this dropsweep was built without oneDNN; use --gemm openblas and --precision fp32");
}

}  // namespace

void onednn_multiply(StridedOperand<float>, StridedOperand<float>, std::size_t, Matrix) {
    refuse();
}

void onednn_multiply(StridedOperand<BFloat16>, StridedOperand<BFloat16>, std::size_t, Matrix) {
    refuse();
}

bool has_onednn() {
    return false;
}

bool has_fast_bf16() {
    return false;
}

std::string onednn_description() {
    return "";
}

}  // namespace dropsweep::core

#endif
