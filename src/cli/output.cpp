// What several commands do with their results.
#include "output.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dropsweep/data/standardize.hpp"
#include "dropsweep/report/result_table.hpp"
#include "dropsweep/text/error.hpp"
#include "dropsweep/train/evaluation.hpp"

#include "model_source.hpp"
#include "standard_output.hpp"

namespace dropsweep::cli {

namespace fs = std::filesystem;

void make_output_directory(const fs::path& directory) {
    constexpr const char* kFiles[] = {"config.ini", "manifest.json", "history.csv", "summary.csv"};
    const bool holds_run = std::ranges::any_of(kFiles, [&](const char* name) {
        std::error_code ignored;
        return fs::exists(directory / name, ignored);
    });
    if (holds_run) {
        throw Error(ExitCode::usage,
                    fmt::format("--output {}: it holds a run already; name another directory", directory.string()));
    }
    std::error_code failure;
    fs::create_directories(directory, failure);
    if (failure) {
        throw Error(ExitCode::io_error, fmt::format("--output {}: {}; name a directory that can be written to",
                                                    directory.string(), failure.message()));
    }
}

fs::path model_path(const fs::path& directory, const std::string& trial) {
    return directory / "models" / (trial + ".safetensors");
}

record::Classification classify_trial(const std::string& trial, const nn::Model& model, const data::Samples& test,
                                      std::size_t image_rows) {
    const train::Predictions predictions =
        train::predict(model.architecture, gemm_configuration_of(model), rules_of(model), model.weights.span(), test);
    record::Classification result = record::classify(trial, predictions, test, model.class_names, image_rows);
    if (model.feature_means.empty()) return result;
    // The images of the values before standardization.
    for (auto& [index, image] : result.images) {
        const std::span<const float> sample = test.numbers.subspan(index * test.features, test.features);
        image = data::image_of(data::raw_values(sample, {model.feature_means, model.feature_deviations}));
    }
    return result;
}

void print_results(const report::Comparison& comparison, const std::map<std::string, std::string>& reasons,
                   const fs::path& directory, const std::string& instead) {
    print_to_stdout(fmt::format("{}{}\nfiles: {}\n", report::result_table(comparison, reasons),
                                report::verdict(comparison), directory.string()),
                    instead);
}

}  // namespace dropsweep::cli
