#include "onednn.hpp"

#include "dropsweep/core/error.hpp"
#include "dropsweep/core/product.hpp"

#ifdef DROPSWEEP_ONEDNN

#include <array>
#include <cstring>
#include <map>
#include <optional>
#include <random>

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

/// What a product takes and gives.
struct Descriptions {
    dnnl::memory::desc a;
    dnnl::memory::desc b;
    dnnl::memory::desc c;

    explicit Descriptions(const Shape& shape) {
        const auto [m, n, k, a_row, a_column, b_row, b_column, c_row] = shape.numbers;
        a = {{m, k}, shape.type, dnnl::memory::dims{a_row, a_column}};
        b = {{k, n}, shape.type, dnnl::memory::dims{b_row, b_column}};
        c = {{m, n}, Type::f32, dnnl::memory::dims{c_row, 1}};
    }
};

/// oneDNN takes all addresses as mutable and writes to the destination alone.
void* address(const void* from) {
    return const_cast<void*>(from);
}

/// A product that was made ready for one shape.
class Product {
  public:
    Product(const dnnl::engine& engine, const Descriptions& of)
        : matmul_(dnnl::matmul::primitive_desc(dnnl::matmul::desc(of.a, of.b, of.c), engine)),
          operands_{{DNNL_ARG_SRC, dnnl::memory(of.a, engine, DNNL_MEMORY_NONE)},
                    {DNNL_ARG_WEIGHTS, dnnl::memory(of.b, engine, DNNL_MEMORY_NONE)},
                    {DNNL_ARG_DST, dnnl::memory(of.c, engine, DNNL_MEMORY_NONE)}} {}

    void run(dnnl::stream& stream, const void* a, const void* b, float* c) {
        operands_.at(DNNL_ARG_SRC).set_data_handle(address(a), stream);
        operands_.at(DNNL_ARG_WEIGHTS).set_data_handle(address(b), stream);
        operands_.at(DNNL_ARG_DST).set_data_handle(c, stream);
        matmul_.execute(stream, operands_);
        stream.wait();
    }

  private:
    dnnl::matmul matmul_;
    std::unordered_map<int, dnnl::memory> operands_;
};

/// Lays B out as the products of its shape take it without a copy of their own.
class Packing {
  public:
    Packing(const dnnl::engine& engine, const dnnl::memory::desc& plain, const dnnl::memory::desc& packed)
        : from_(plain, engine, DNNL_MEMORY_NONE),
          to_(packed, engine, DNNL_MEMORY_NONE),
          reorder_(from_, to_),
          size_(packed.get_size()) {}

    dnnl::memory::desc packed() const { return to_.get_desc(); }

    /// @return  where B is then: in `buffer`, which grows as needed
    const void* run(dnnl::stream& stream, const void* b, AlignedBuffer<std::byte>& buffer) {
        if (buffer.size() < size_) buffer = AlignedBuffer<std::byte>(size_);
        from_.set_data_handle(address(b), stream);
        to_.set_data_handle(buffer.data(), stream);
        reorder_.execute(stream, from_, to_);
        stream.wait();
        return buffer.data();
    }

  private:
    dnnl::memory from_;
    dnnl::memory to_;
    dnnl::reorder reorder_;
    std::size_t size_;
};

/// The products of one thread; making one takes far longer than running it.
class Products {
  public:
    Products() {
        // oneDNN cuts a product into parts for the threads that OpenMP has when it is made.
        omp_set_num_threads(blas_threads());
    }

    /// One run after the other. Each product copies B into a layout of its own, which with few rows takes a third of
    /// its time; where there are many runs B is laid out once for all of them.
    /// @param shape  of all of it; the runs differ in m
    template <class T>
    void multiply(Shape shape, const T* a, const T* b, float* c, std::span<const Range> row_runs) {
        const auto [m, n, k, a_row, a_column, b_row, b_column, c_row] = shape.numbers;
        const bool pack = row_runs.size() >= kFewestRunsToPackFor && n >= kNarrowestToPack;
        const T* packed = nullptr;
        for (const Range& rows : row_runs) {
            if (rows.size() == 0) continue;
            shape.numbers[0] = static_cast<dnnl::memory::dim>(rows.size());
            const T* const a_rows = a + rows.begin * static_cast<std::size_t>(a_row);
            float* const c_rows = c + rows.begin * static_cast<std::size_t>(c_row);
            Product* const with_packed = pack ? product_with_packed<T>(shape) : nullptr;
            if (with_packed == nullptr) {
                product(shape).run(stream_, a_rows, b, c_rows);
            } else {
                if (packed == nullptr) packed = static_cast<const T*>(packing(shape).run(stream_, b, packed_));
                with_packed->run(stream_, a_rows, packed, c_rows);
            }
        }
    }

  private:
    static constexpr std::size_t kFewestRunsToPackFor = 3;
    static constexpr dnnl::memory::dim kNarrowestToPack = 64;  ///< columns; fewer are padded to this by the layout

    Product& product(const Shape& shape) {
        const auto found = products_.find(shape);
        if (found != products_.end()) return found->second;
        return products_.emplace(shape, Product(engine_, Descriptions(shape))).first->second;
    }

    /// Of B. The shapes that differ in A alone have one in common.
    Packing& packing(const Shape& shape) { return packings_.at(b_of(shape)); }
    static Shape b_of(Shape shape) {
        for (const std::size_t of_a : {0, 3, 4, 7}) shape.numbers[of_a] = 0;
        return shape;
    }

    /// @return  null where packing brings nothing, or other bits: then results would depend on how many runs a rank has
    template <class T>
    Product* product_with_packed(const Shape& shape) {
        const auto found = with_packed_.find(shape);
        if (found != with_packed_.end()) return found->second ? &*found->second : nullptr;
        std::optional<Product>& made = with_packed_[shape];
        Descriptions of(shape);
        const dnnl::memory::desc plain = of.b;
        const dnnl::memory::desc any(plain.dims(), shape.type, dnnl::memory::format_tag::any);
        of.b = dnnl::matmul::primitive_desc(dnnl::matmul::desc(of.a, any, of.c), engine_).weights_desc();
        if (of.b == plain) return nullptr;
        const Packing& in_use = packings_.try_emplace(b_of(shape), engine_, plain, of.b).first->second;
        if (in_use.packed() != of.b) return nullptr;
        made.emplace(engine_, of);
        if (!same_bits<T>(shape, *made)) made.reset();
        return made ? &*made : nullptr;
    }

    /// Whether a product with packed B rounds as the plain one does, tried with random numbers.
    template <class T>
    bool same_bits(const Shape& shape, Product& with_packed) {
        const Descriptions of(shape);
        std::mt19937 bits;
        const auto random = [&](const dnnl::memory::desc& operand) {
            AlignedBuffer<T> values(operand.get_size() / sizeof(T));
            for (T& value : values.span()) narrow(static_cast<float>(bits()) * 0x1p-31f - 1.0f, value);
            return values;
        };
        const AlignedBuffer<T> a = random(of.a);
        const AlignedBuffer<T> b = random(of.b);
        const std::size_t size = of.c.get_size() / sizeof(float);
        FloatBuffer plain(size);
        FloatBuffer packed(size);
        AlignedBuffer<std::byte> packed_b;
        product(shape).run(stream_, a.data(), b.data(), plain.data());
        with_packed.run(stream_, a.data(), packing(shape).run(stream_, b.data(), packed_b), packed.data());
        return std::memcmp(plain.data(), packed.data(), size * sizeof(float)) == 0;
    }

    dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
    dnnl::stream stream_{engine_};
    std::map<Shape, Product> products_;
    std::map<Shape, std::optional<Product>> with_packed_;
    std::map<Shape, Packing> packings_;
    AlignedBuffer<std::byte> packed_;  ///< what was packed last
};

template <class T>
void run(Type type, StridedOperand<T> a, StridedOperand<T> b, std::size_t k, Matrix c,
         std::span<const Range> row_runs) {
    const auto dim = [](std::size_t value) { return static_cast<dnnl::memory::dim>(value); };
    const Shape shape{type,
                      {dim(c.rows), dim(c.columns), dim(k), dim(a.row_stride), dim(a.column_stride), dim(b.row_stride),
                       dim(b.column_stride), dim(c.stride)}};
    thread_local Products products;
    try {
        products.multiply(shape, a.data, b.data, c.data, row_runs);
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

void onednn_multiply(StridedOperand<float> a, StridedOperand<float> b, std::size_t k, Matrix c,
                     std::span<const Range> row_runs) {
    run(Type::f32, a, b, k, c, row_runs);
}

void onednn_multiply(StridedOperand<BFloat16> a, StridedOperand<BFloat16> b, std::size_t k, Matrix c,
                     std::span<const Range> row_runs) {
    // From AVX-512 on oneDNN multiplies bfloat16; without BF16 instructions it widens within its kernels.
    if (cpu_has(dnnl::cpu_isa::avx512_core)) {
        run(Type::bf16, a, b, k, c, row_runs);
    } else {
        thread_local FloatBuffer a_floats;
        thread_local FloatBuffer b_floats;
        run(Type::f32, widened(a, c.rows, k, a_floats), widened(b, k, c.columns, b_floats), k, c, row_runs);
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

void onednn_multiply(StridedOperand<float>, StridedOperand<float>, std::size_t, Matrix, std::span<const Range>) {
    refuse();
}

void onednn_multiply(StridedOperand<BFloat16>, StridedOperand<BFloat16>, std::size_t, Matrix, std::span<const Range>) {
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
