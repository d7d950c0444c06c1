// Reads models and runs them on samples.
#include "model_source.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "dropsweep/data/standardize.hpp"
#include "dropsweep/system/features.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::cli {

namespace {

[[noreturn]] void refuse(const std::string& path, const std::string& what, const std::string& remedy) {
    throw Error(ExitCode::bad_data, fmt::format("{}: {}; {}", path, what, remedy));
}

}  // namespace

void require_fit(const nn::Model& model, const std::string& path, const data::LabelledSamples& samples,
                 const std::string& source) {
    const nn::Architecture& network = model.architecture;
    if (network.inputs != samples.features()) {
        refuse(path,
               fmt::format("a network with {} inputs, but the samples of {} have {}", network.inputs, source,
                           samples.shape()),
               "give samples of the size it was trained on");
    }
    const auto extent = [&model](const char* name, std::size_t otherwise) {
        const auto entry = model.metadata.find(name);
        return entry == model.metadata.end() ? fmt::to_string(otherwise) : entry->second;
    };
    const std::string rows = extent("image_rows", samples.rows);
    const std::string columns = extent("image_columns", samples.columns);
    if (rows != fmt::to_string(samples.rows) || columns != fmt::to_string(samples.columns)) {
        refuse(path,
               fmt::format("trained on images of {} x {} pixels, but the samples of {} have {}", rows, columns, source,
                           samples.shape()),
               "give samples of the size it was trained on");
    }
    if (network.classes > data::kMostClasses) {
        refuse(path, fmt::format("{} classes", network.classes),
               fmt::format("labels name at most {}", data::kMostClasses));
    }
}

void standardize_for(const nn::Model& model, data::LabelledSamples& samples) {
    if (model.feature_means.empty()) return;
    data::standardize(samples, {model.feature_means, model.feature_deviations});
}

nn::Model read_model_for(const std::string& path, data::Dataset& dataset, const std::string& source) {
    nn::Model model = nn::read_model(path);
    require_fit(model, path, dataset.test, source);
    try {
        data::rename_classes(dataset, dataset.class_names, model.class_names);
    } catch (const Error& error) {
        refuse(path, fmt::format("{}: {}", source, error.what()), "give the data it was trained on");
    }
    for (data::LabelledSamples* samples : {&dataset.train, &dataset.test}) standardize_for(model, *samples);
    return model;
}

linalg::GemmConfiguration gemm_configuration_of(const nn::Model& model) {
    const auto is = [&](const char* name, const std::string& value) {
        const auto entry = model.metadata.find(name);
        return entry != model.metadata.end() && entry->second == value;
    };
    linalg::GemmConfiguration configuration;
    if (is("gemm", linalg::to_string(linalg::Gemm::openblas))) configuration.gemm = linalg::Gemm::openblas;
    if (system::has_feature("onednn") && is("precision", linalg::to_string(linalg::Precision::bf16))) {
        configuration = {linalg::Precision::bf16, linalg::Gemm::own};
    }
    return configuration;
}

train::Rules rules_of(const nn::Model& model) {
    const auto entry = model.metadata.find("rules");
    for (const train::Rules rules : {train::Rules::keras, train::Rules::keras_2017}) {
        if (entry != model.metadata.end() && entry->second == train::to_string(rules)) return rules;
    }
    return train::Rules::torch;
}

train::Predictions predict(const nn::Model& model, const data::Samples& samples, const std::string& path) {
    train::Predictions predictions = train::predict(model.architecture, gemm_configuration_of(model), rules_of(model),
                                                    model.weights.span(), samples);
    const auto is_finite = [](float probability) { return std::isfinite(probability); };
    if (!std::isfinite(predictions.evaluation.loss) ||
        !std::ranges::all_of(predictions.probabilities.span(), is_finite)) {
        throw Error(ExitCode::bad_data,
                    fmt::format("{}: its weights are so large that its outputs are not finite numbers; give a model "
                                "that dropsweep wrote",
                                path));
    }
    return predictions;
}

}  // namespace dropsweep::cli
