// What only OpenBLAS has: the choice of its kernels, their names, its threads and its work buffer.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <vector>

#include <cblas.h>
#include <fmt/format.h>
#include <unistd.h>

#include "dropsweep/linalg/blas.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::linalg {
namespace {

/// The OpenBLAS kernels for this CPU's instruction sets; nullptr: OpenBLAS chooses.
const char* kernels_of_cpu() {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl")) {
        return "SkylakeX";
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "Haswell";
#endif
    return nullptr;
}

bool are_for_avx2_or_better() {
    constexpr std::array kNames = {"Haswell", "Zen", "Excavator", "SkylakeX", "Cooperlake", "SapphireRapids"};
    return std::ranges::find(kNames, std::string_view(openblas_get_corename())) != kNames.end();
}

}  // namespace

void restart_with_better_blas_kernels() {
    constexpr const char* kVariable = "OPENBLAS_CORETYPE";
    const char* kernels = kernels_of_cpu();
    if (std::getenv(kVariable) != nullptr || kernels == nullptr || are_for_avx2_or_better()) return;
    std::ifstream command_line("/proc/self/cmdline", std::ios::binary);
    std::vector<std::string> arguments;
    for (std::string argument; std::getline(command_line, argument, '\0');) arguments.push_back(argument);
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    if (pointers.empty()) return;
    pointers.push_back(nullptr);
    setenv(kVariable, kernels, 1);
    constexpr const char* kProgram = "/proc/self/exe";
    std::error_code error;
    // By its path, so that ps shows its name; by /proc/self/exe if the file was replaced.
    execv(std::filesystem::read_symlink(kProgram, error).c_str(), pointers.data());
    execv(kProgram, pointers.data());
    // Only reached where the system refuses.
    unsetenv(kVariable);
}

void start_blas() {
    const bool user_asked = std::getenv("OPENBLAS_NUM_THREADS") != nullptr ||
                            std::getenv("GOTO_NUM_THREADS") != nullptr || std::getenv("OMP_NUM_THREADS") != nullptr;
    if (!user_asked) openblas_set_num_threads(1);
    // OpenBLAS allocates 128 MB of address space at its first large product, and retries forever when it is refused.
    constexpr std::size_t kWorkBuffer = std::size_t{160} << 20;
    void* probe = std::malloc(kWorkBuffer);
    if (probe == nullptr) {
        throw Error(ExitCode::failure,
                    "no memory for the work buffer of OpenBLAS (128 MB); raise the limit (ulimit -v)");
    }
    std::free(probe);
    // Large enough to need the buffer.
    constexpr std::size_t kSide = 128;
    constexpr std::size_t kSize = kSide * kSide;
    FloatBuffer numbers(3 * kSize);
    multiply(ConstMatrix(numbers.data(), kSide, kSide), ConstMatrix(numbers.data() + kSize, kSide, kSide),
             Matrix(numbers.data() + 2 * kSize, kSide, kSide));
}

int blas_threads() {
    return openblas_get_num_threads();
}

std::string blas_description() {
    // The configuration string opens with "OpenBLAS <version>"; the core name is the kernel chosen at run time.
    const std::string configuration = openblas_get_config();
    const std::size_t version_end = configuration.find(' ', configuration.find(' ') + 1);
    return fmt::format("{} {}", configuration.substr(0, version_end), openblas_get_corename());
}

}  // namespace dropsweep::linalg
