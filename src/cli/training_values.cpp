#include "training_values.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dropsweep/text/error.hpp"

#include "values.hpp"

namespace dropsweep::cli {
namespace {

/// An option that not every optimizer has.
struct OptimizerOption {
    const char* name;
    double optim::Settings::*value;
    double most;  ///< below it, or for epsilon up to it
};

const OptimizerOption kOptimizerOptions[] = {
    {"rho", &optim::Settings::rho, 1},
    {"beta-1", &optim::Settings::beta_1, 1},
    {"beta-2", &optim::Settings::beta_2, 1},
    {"momentum", &optim::Settings::momentum, 1},
    {"epsilon", &optim::Settings::epsilon, 1e30},
};

bool belongs_to(const OptimizerOption& option, optim::Rule rule) {
    return std::ranges::count(optim::definition_of(rule).settings, option.value) > 0;
}

optim::Settings parse_optimizer(const CommandLine& line, train::Rules rules) {
    optim::Settings settings;
    settings.rule = static_cast<optim::Rule>(parse_choice("--optimizer", line.text("optimizer"), optim::rule_names()));
    settings.learning_rate = optim::definition_of(settings.rule).learning_rate;
    if (line.has("learning-rate")) {
        settings.learning_rate = parse_real("--learning-rate", line.text("learning-rate"), 0, 1e30);
    }
    settings.epsilon = train::default_epsilon(rules);
    for (const OptimizerOption& option : kOptimizerOptions) {
        if (!line.has(option.name) || !belongs_to(option, settings.rule)) continue;
        settings.*option.value =
            parse_real(fmt::format("--{}", option.name), line.text(option.name), 0, option.most, option.most == 1);
    }
    return settings;
}

}  // namespace

train::TrainingOptions parse_training(const CommandLine& line) {
    const auto text = [&line](const char* name) { return line.text(name); };
    constexpr std::uint64_t kMany = 1'000'000;
    train::TrainingOptions training;
    training.input_dropout = parse_real("--input-dropout", text("input-dropout"), 0, 1, true);
    training.hidden = parse_widths("--hidden", text("hidden"));
    training.epochs = static_cast<std::uint32_t>(parse_count("--epochs", text("epochs"), 1, kMany));
    training.batch_size = parse_count("--batch-size", text("batch-size"), 1, kMany);
    training.rules = static_cast<train::Rules>(parse_choice("--rules", text("rules"), train::kRulesNames));
    training.optimizer = parse_optimizer(line, training.rules);
    if (line.has("class-weights")) {
        training.class_weights = parse_class_weights("--class-weights", text("class-weights"));
    }
    training.validation_split = parse_real("--validation-split", text("validation-split"), 0, 1, true);
    const auto patience = parse_optional_count("--patience", text("patience"), "none", 0, kMany);
    training.patience = patience ? std::optional(static_cast<std::uint32_t>(*patience)) : std::nullopt;
    training.min_delta = parse_real("--min-delta", text("min-delta"), 0, 1e30);
    training.restore_best_weights = parse_switch("--restore-best-weights", text("restore-best-weights"));
    training.shuffle = parse_switch("--shuffle", text("shuffle"));
    training.gemm_configuration = parse_gemm_configuration("--precision", text("precision"), "--gemm", text("gemm"));
    training.leaf_rows = parse_count("--leaf-rows", text("leaf-rows"), 1, kMany);
    return training;
}

void require_optimizer_options(const CommandLine& line, std::span<const train::TrainingOptions> trainings) {
    for (const OptimizerOption& option : kOptimizerOptions) {
        const auto has_it = [&](const train::TrainingOptions& training) {
            return belongs_to(option, training.optimizer.rule);
        };
        if (!line.has(option.name) || std::ranges::any_of(trainings, has_it)) continue;
        throw Error(ExitCode::usage, fmt::format("--{}: {} has none; leave it out, or choose another --optimizer",
                                                 option.name, optim::to_string(trainings.front().optimizer.rule)));
    }
}

std::vector<OptionText> texts_of(const train::TrainingOptions& training) {
    const auto on_off = [](bool value) { return std::string(value ? "on" : "off"); };
    const optim::Settings& optimizer = training.optimizer;
    std::vector<OptionText> texts = {
        {"input-dropout", fmt::to_string(training.input_dropout), training.input_dropout == 0},
        {"hidden", fmt::to_string(fmt::join(training.hidden, ","))},
        {"epochs", fmt::to_string(training.epochs)},
        {"batch-size", fmt::to_string(training.batch_size)},
        {"optimizer", optim::to_string(optimizer.rule), optimizer.rule == optim::Rule::rmsprop},
        {"learning-rate", fmt::to_string(optimizer.learning_rate)},
    };
    for (const OptimizerOption& option : kOptimizerOptions) {
        if (belongs_to(option, optimizer.rule)) texts.push_back({option.name, fmt::to_string(optimizer.*option.value)});
    }
    texts.push_back({"rules", train::to_string(training.rules)});
    if (const std::string weights = train::to_string(training.class_weights); !weights.empty()) {
        texts.push_back({"class-weights", weights});
    }
    texts.push_back({"validation-split", fmt::to_string(training.validation_split)});
    texts.push_back({"patience", training.patience ? fmt::to_string(*training.patience) : "none"});
    texts.push_back({"min-delta", fmt::to_string(training.min_delta)});
    texts.push_back({"restore-best-weights", on_off(training.restore_best_weights)});
    texts.push_back({"shuffle", on_off(training.shuffle)});
    texts.push_back({"leaf-rows", fmt::to_string(training.leaf_rows)});
    texts.push_back({"precision", linalg::to_string(training.gemm_configuration.precision)});
    texts.push_back({"gemm", linalg::to_string(training.gemm_configuration.gemm)});
    return texts;
}

}  // namespace dropsweep::cli
