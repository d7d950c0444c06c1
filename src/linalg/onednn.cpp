// Products by oneDNN, prepared once for each shape, with B packed where it pays and changes no bit.
#include "onednn.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <optional>
#include <random>
#include <string_view>
#include <unordered_map>

#include <dnnl.hpp>
#include <dnnl_debug.h>
#include <fmt/format.h>
#include <omp.h>

#include "dropsweep/linalg/blas.hpp"
#include "dropsweep/linalg/products.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::linalg {
namespace {

using Type = dnnl::memory::data_type;

dnnl::memory::dims dims(std::size_t rows, std::size_t columns) {
    return {static_cast<dnnl::memory::dim>(rows), static_cast<dnnl::memory::dim>(columns)};
}

/// Everything that oneDNN's code for a product, and its bits, depend on, except the number of threads.
struct Shape {
    Type type;  ///< of A and B
    std::size_t m, n, k;
    std::size_t a_row, a_column, b_row, b_column, c_row;  ///< strides

    auto operator<=>(const Shape&) const = default;

    dnnl::memory::desc a() const { return {dims(m, k), type, dims(a_row, a_column)}; }
    dnnl::memory::desc b() const { return {dims(k, n), type, dims(b_row, b_column)}; }
    dnnl::memory::desc c() const { return {dims(m, n), Type::f32, dims(c_row, 1)}; }
};

/// oneDNN takes all addresses as mutable and writes to the destination alone.
void* address(const void* from) {
    return const_cast<void*>(from);
}

dnnl::matmul::primitive_desc describe(const dnnl::engine& engine, const dnnl::memory::desc& a,
                                      const dnnl::memory::desc& b, const dnnl::memory::desc& c) {
#if DNNL_VERSION_MAJOR < 3
    return {dnnl::matmul::desc(a, b, c), engine};
#else
    return {engine, a, b, c};
#endif
}

/// A product prepared for one shape.
class Product {
  public:
    /// @param b  the layout of B
    Product(const dnnl::engine& engine, const Shape& shape, const dnnl::memory::desc& b)
        : matmul_(describe(engine, shape.a(), b, shape.c())),
          operands_{{DNNL_ARG_SRC, dnnl::memory(shape.a(), engine, DNNL_MEMORY_NONE)},
                    {DNNL_ARG_WEIGHTS, dnnl::memory(b, engine, DNNL_MEMORY_NONE)},
                    {DNNL_ARG_DST, dnnl::memory(shape.c(), engine, DNNL_MEMORY_NONE)}} {}

    void execute(dnnl::stream& stream, const void* a, const void* b, float* c) {
        operands_.at(DNNL_ARG_SRC).set_data_handle(address(a));
        operands_.at(DNNL_ARG_WEIGHTS).set_data_handle(address(b));
        operands_.at(DNNL_ARG_DST).set_data_handle(c);
        matmul_.execute(stream, operands_);
        stream.wait();
    }

  private:
    dnnl::matmul matmul_;
    std::unordered_map<int, dnnl::memory> operands_;
};

/// Copies B into the layout that oneDNN prefers, so that products need no copy of their own.
class Packing {
  public:
    Packing(const dnnl::engine& engine, const dnnl::memory::desc& plain, const dnnl::memory::desc& packed)
        : from_(plain, engine, DNNL_MEMORY_NONE), to_(packed, engine, DNNL_MEMORY_NONE), reorder_(from_, to_) {}

    dnnl::memory::desc layout() const { return to_.get_desc(); }

    /// @return  where B is then: in `buffer`, which grows as needed
    const void* execute(dnnl::stream& stream, const void* b, AlignedBuffer<std::byte>& buffer) {
        if (buffer.size() < layout().get_size()) buffer = AlignedBuffer<std::byte>(layout().get_size());
        from_.set_data_handle(address(b));
        to_.set_data_handle(buffer.data());
        reorder_.execute(stream, from_, to_);
        stream.wait();
        return buffer.data();
    }

  private:
    dnnl::memory from_;
    dnnl::memory to_;
    dnnl::reorder reorder_;
};

/// The prepared products of one thread: preparing one takes far longer than running it.
class Products {
  public:
    Products() {
        // oneDNN cuts a product into parts for the threads that OpenMP has when it is made.
        omp_set_num_threads(blas_threads());
    }

    /// One range of rows after the other. Most products first copy B into another layout, which takes a third of the
    /// time with few rows; where there are several ranges that is done once for all of them.
    /// @param shape  of the whole product; the ranges differ in m
    template <class T>
    void multiply(Shape shape, const T* a, const T* b, float* c, std::span<const Range> row_runs) {
        const auto count = std::ranges::count_if(row_runs, [](const Range& rows) { return !rows.empty(); });
        const T* packed_b = nullptr;
        for (const Range& rows : row_runs) {
            if (rows.empty()) continue;
            shape.m = rows.size();
            const T* const a_rows = a + rows.begin * shape.a_row;
            float* const c_rows = c + rows.begin * shape.c_row;
            if (has_forgotten_stride(shape)) {
                multiply_without_gaps(shape, a_rows, b, c_rows);
                continue;
            }
            Product* const of_packed = count < kFewestRunsToPackFor ? nullptr : product_of_packed<T>(shape);
            if (of_packed == nullptr) {
                product(shape).execute(stream_, a_rows, b, c_rows);
            } else {
                if (packed_b == nullptr) {
                    packed_b = static_cast<const T*>(packing(shape).execute(stream_, b, packed_));
                }
                of_packed->execute(stream_, a_rows, packed_b, c_rows);
            }
        }
    }

  private:
    static constexpr std::ptrdiff_t kFewestRunsToPackFor = 3;

    /// Where A has one row, or C one column, oneDNN 3.7 ignores the stride of the other dimension and takes its
    /// elements to be adjacent.
    static bool has_forgotten_stride(const Shape& shape) {
        return (shape.m == 1 && shape.a_column != 1) || (shape.n == 1 && shape.c_row != 1);
    }

    template <class T>
    void multiply_without_gaps(const Shape& shape, const T* a, const T* b, float* c) {
        Shape dense = shape;
        dense.a_row = shape.k;
        dense.a_column = 1;
        dense.c_row = shape.n;
        AlignedBuffer<T> dense_a(shape.m * shape.k);
        FloatBuffer dense_c(shape.m * shape.n);
        for (std::size_t i = 0; i < shape.m; ++i) {
            for (std::size_t j = 0; j < shape.k; ++j) {
                dense_a.data()[i * shape.k + j] = a[i * shape.a_row + j * shape.a_column];
            }
        }
        product(dense).execute(stream_, dense_a.data(), b, dense_c.data());
        for (std::size_t i = 0; i < shape.m; ++i) {
            std::copy_n(dense_c.data() + i * shape.n, shape.n, c + i * shape.c_row);
        }
    }

    Product& product(const Shape& shape) {
        auto found = products_.find(shape);
        if (found == products_.end()) found = products_.emplace(shape, Product(engine_, shape, shape.b())).first;
        return found->second;
    }

    /// @return  nullptr: B is not to be packed
    template <class T>
    Product* product_of_packed(const Shape& shape) {
        auto found = products_of_packed_.find(shape);
        if (found == products_of_packed_.end()) {
            found = products_of_packed_.emplace(shape, make_product_of_packed<T>(shape)).first;
        }
        return found->second ? &*found->second : nullptr;
    }

    /// @return  nullopt where oneDNN prefers a plain layout or a padded one, and where packing changes the bits:
    ///          results would then depend on how many ranges a rank has
    template <class T>
    std::optional<Product> make_product_of_packed(const Shape& shape) {
        try {
            const dnnl::memory::desc any(dims(shape.k, shape.n), shape.type, dnnl::memory::format_tag::any);
            const dnnl::memory::desc packed = describe(engine_, shape.a(), any, shape.c()).weights_desc();
            const dnnl::memory::desc row_major(dims(shape.k, shape.n), shape.type, dnnl::memory::format_tag::ab);
            if (packed == shape.b() || packed == row_major || packed.get_size() != sizeof(T) * shape.k * shape.n) {
                return std::nullopt;
            }
            const Packing& packing =
                packings_.try_emplace(packing_key(shape), engine_, shape.b(), packed).first->second;
            if (packing.layout() != packed) return std::nullopt;
            Product made(engine_, shape, packed);
            if (!has_bits_of_plain<T>(shape, made)) return std::nullopt;
            return made;
        } catch (const dnnl::error&) {
            return std::nullopt;  // the product of plain B works, or reports the error
        }
    }

    /// Whether the product of packed B has the bits of that of plain B, tried with random numbers.
    template <class T>
    bool has_bits_of_plain(const Shape& shape, Product& of_packed) {
        std::mt19937 bits;
        const auto random = [&](const dnnl::memory::desc& operand) {
            AlignedBuffer<T> values(operand.get_size() / sizeof(T));
            for (T& value : values.span()) {
                // Of many sizes: sums of a few bfloat16 products of one size would be exact in any order.
                narrow(std::ldexp(static_cast<float>(bits()) * 0x1p-31f - 1.0f, static_cast<int>(bits() % 16)), value);
            }
            return values;
        };
        const AlignedBuffer<T> a = random(shape.a());
        const AlignedBuffer<T> b = random(shape.b());
        AlignedBuffer<std::byte> packed_b;
        const std::size_t bytes = shape.c().get_size();
        FloatBuffer plain(bytes / sizeof(float));
        FloatBuffer packed(bytes / sizeof(float));
        product(shape).execute(stream_, a.data(), b.data(), plain.data());
        of_packed.execute(stream_, a.data(), packing(shape).execute(stream_, b.data(), packed_b), packed.data());
        return std::memcmp(plain.data(), packed.data(), bytes) == 0;
    }

    /// One for all shapes with the same B; the first of them chose its layout.
    Packing& packing(const Shape& shape) { return packings_.at(packing_key(shape)); }
    static Shape packing_key(Shape shape) {
        shape.m = shape.a_row = shape.a_column = shape.c_row = 0;
        return shape;
    }

    dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
    dnnl::stream stream_{engine_};
    std::map<Shape, Product> products_;
    std::map<Shape, std::optional<Product>> products_of_packed_;
    std::map<Shape, Packing> packings_;
    AlignedBuffer<std::byte> packed_;  ///< the last packed B
};

template <class T>
void multiply(Type type, StridedOperand<T> a, StridedOperand<T> b, std::size_t k, Matrix c,
              std::span<const Range> row_runs) {
    const Shape shape{.type = type,
                      .m = c.rows,
                      .n = c.columns,
                      .k = k,
                      .a_row = a.row_stride,
                      .a_column = a.column_stride,
                      .b_row = b.row_stride,
                      .b_column = b.column_stride,
                      .c_row = c.stride};
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

/// A dnnl::cpu_isa has the bits of all instruction sets that it includes, and one of its own.
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

void onednn_multiply(StridedOperand<BFloat16> a, StridedOperand<BFloat16> b, std::size_t k, Matrix c,
                     std::span<const Range> row_runs) {
    // With AVX-512 oneDNN multiplies bfloat16; without AVX-512 BF16 it widens within its kernels.
    if (cpu_has(dnnl::cpu_isa::avx512_core)) {
        multiply(Type::bf16, a, b, k, c, row_runs);
    } else {
        thread_local FloatBuffer a_floats;
        thread_local FloatBuffer b_floats;
        multiply(Type::f32, widened(a, c.rows, k, a_floats), widened(b, k, c.columns, b_floats), k, c, row_runs);
    }
}

std::string bf16_drawback() {
    if (cpu_has(dnnl::cpu_isa::avx512_core_amx)) return "";
    return "without AMX --precision bf16 is slower than fp32, which leaves zeros out; use fp32";
}

std::string onednn_description() {
    const dnnl_version_t& version = *dnnl_version();
    std::string_view isa = dnnl_cpu_isa2str(dnnl_get_effective_cpu_isa());
    isa.remove_prefix(std::string_view("cpu_isa_").size());
    return fmt::format("oneDNN {}.{}.{} {}", version.major, version.minor, version.patch, isa);
}

}  // namespace dropsweep::linalg
