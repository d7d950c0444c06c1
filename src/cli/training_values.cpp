// The table of the training options, and what is made of it.
#include "training_values.hpp"

#include <algorithm>
#include <type_traits>

#include <fmt/format.h>

#include "dropsweep/system/features.hpp"
#include "dropsweep/text/error.hpp"

#include "values.hpp"

namespace dropsweep::cli {
namespace {

using Training = train::TrainingOptions;
using OptimizerSetting = double optim::Settings::*;

/// Every rule has a learning rate.
bool uses(optim::Rule rule, OptimizerSetting setting) {
    return setting == &optim::Settings::learning_rate ||
           std::ranges::count(optim::definition_of(rule).settings, setting) > 0;
}

/// A member of a member of train::TrainingOptions.
template <class Outer, class Inner>
auto inside(Outer outer, Inner inner) {
    return [=](auto& training) -> auto& {
        return training.*outer.*inner;
    };
}

constexpr std::uint64_t kMostCount = 1'000'000;
constexpr double kMostNumber = 1e30;

/// @param member  of train::TrainingOptions, or a function that gives a reference to it
/// @param parse   makes its value, or what can be cast to it, of an OptionValue
/// @param write   makes text of the value
template <class Member, class Parse, class Write>
OptionType type_of(std::string value_name, Member member, Parse parse, Write write) {
    return {std::move(value_name),
            [=](const OptionValue& value, Training& training) {
                auto& place = std::invoke(member, training);
                place = static_cast<std::remove_reference_t<decltype(place)>>(parse(value));
            },
            [=](const Training& training) { return std::string(write(std::invoke(member, training))); }};
}

template <class Member>
OptionType count(Member member) {
    return type_of(
        "N", member, [](const OptionValue& value) { return parse_count(value, 1, kMostCount); },
        [](auto number) { return fmt::to_string(number); });
}

/// From 0 to `most`; below it where that is 1.
template <class Member>
OptionType real(const char* value_name, Member member, double most) {
    return type_of(
        value_name, member, [most](const OptionValue& value) { return parse_real(value, 0, most, most == 1); },
        [](double number) { return fmt::to_string(number); });
}

template <class Member>
OptionType on_off(Member member) {
    return type_of("on|off", member, parse_switch, [](bool is_on) { return is_on ? "on" : "off"; });
}

/// @param names  in the order of the enumeration
template <class Names, class Member>
OptionType choice(const Names& names, Member member) {
    return type_of(
        fmt::to_string(fmt::join(names, "|")), member,
        [names](const OptionValue& value) { return parse_choice(value, names); },
        [names](auto chosen) { return names[static_cast<std::size_t>(chosen)]; });
}

OptionType of_optimizer(OptimizerSetting setting, double most) {
    const OptionType number = real("NUMBER", inside(&Training::optimizer, setting), most);
    const auto has_it = [setting](const Training& training) { return uses(training.optimizer.rule, setting); };
    return {number.value_name,
            [=](const OptionValue& value, Training& training) {
                if (has_it(training)) number.parse(value, training);
            },
            [=](const Training& training) { return has_it(training) ? number.text(training) : ""; }, false};
}

void require_possible(const linalg::GemmConfiguration& configuration) {
    if (configuration.precision == linalg::Precision::fp32) return;
    if (configuration.gemm == linalg::Gemm::openblas) {
        throw Error(ExitCode::usage, "--gemm: OpenBLAS multiplies no bf16; leave it at auto");
    }
    if (!system::has_feature("onednn")) system::refuse_without("onednn", "leave --precision at fp32");
}

}  // namespace

const std::vector<TrainingOption>& training_options() {
    static const std::vector<TrainingOption> options = {
        {"input-dropout", "dropout of the inputs, below 1", real("P", &Training::input_dropout, 1), true},
        {"hidden", "widths of the hidden layers",
         type_of("LIST", &Training::hidden, parse_widths,
                 [](const auto& widths) { return fmt::to_string(fmt::join(widths, ",")); })},
        {"epochs", "the most epochs to train", count(&Training::epochs)},
        {"batch-size", "samples of a step, over all ranks", count(&Training::batch_size)},
        {"optimizer", "how the weights follow their gradients",
         choice(optim::rule_names(), inside(&Training::optimizer, &optim::Settings::rule)), true},
        {"learning-rate", "of the optimizer; default: 0.001, of sgd 0.01",
         of_optimizer(&optim::Settings::learning_rate, kMostNumber)},
        {"rho", "of rmsprop: how much of the mean square is kept; default: 0.9",
         of_optimizer(&optim::Settings::rho, 1)},
        {"beta-1", "of adam: how much of the mean gradient is kept; default: 0.9",
         of_optimizer(&optim::Settings::beta_1, 1)},
        {"beta-2", "of adam: how much of the mean square is kept; default: 0.999",
         of_optimizer(&optim::Settings::beta_2, 1)},
        {"momentum", "of sgd: how much of the last change is kept; default: 0",
         of_optimizer(&optim::Settings::momentum, 1)},
        {"epsilon", "of rmsprop and adam; default: that of --rules",
         of_optimizer(&optim::Settings::epsilon, kMostNumber)},
        {"rules", "whose optimizers and loss: of Keras 3, of Keras in 2017, of PyTorch",
         choice(train::kRulesNames, &Training::rules)},
        {"class-weights", "what the loss of each class counts: one number each, or as much less as it is more frequent",
         type_of("balanced|LIST", &Training::class_weights, parse_class_weights,
                 [](const auto& weights) { return train::to_string(weights); })},
        {"validation-split", "share of the training samples that is held out for validation",
         real("NUMBER", &Training::validation_split, 1)},
        {"patience", "stop after so many epochs in a row without a better val_loss; 'none' never stops",
         type_of(
             "N", &Training::patience,
             [](const OptionValue& value) { return parse_optional_count(value, "none", 0, kMostCount); },
             [](const auto& epochs) { return epochs ? fmt::to_string(*epochs) : "none"; })},
        {"min-delta", "how much better counts as better", real("NUMBER", &Training::min_delta, kMostNumber)},
        {"restore-best-weights", "keep the weights of the best epoch, not of the last",
         on_off(&Training::restore_best_weights)},
        {"shuffle", "new order of the samples in each epoch", on_off(&Training::shuffle)},
        {"leaf-rows",
         "samples of a leaf: a batch is cut into leaves of so many, whose gradients are added up in a fixed order",
         count(&Training::leaf_rows)},
        {"precision", "of the operands of matrix products; all else is float32",
         choice(linalg::kPrecisionNames, inside(&Training::gemm_configuration, &linalg::GemmConfiguration::precision))},
        {"gemm", "what multiplies; auto: kernels of our own for fp32, oneDNN for bf16",
         choice(linalg::kGemmNames, inside(&Training::gemm_configuration, &linalg::GemmConfiguration::gemm))},
    };
    return options;
}

std::string text_of(const Training& training, std::string_view option) {
    return std::ranges::find(training_options(), option, &TrainingOption::name)->type.text(training);
}

Training parse_training(const CommandLine& line) {
    Training training;
    for (const TrainingOption& option : training_options()) {
        if (line.has(option.name)) option.type.parse(line.value(option.name), training);
    }
    optim::Settings& optimizer = training.optimizer;
    if (!line.has("learning-rate")) optimizer.learning_rate = optim::definition_of(optimizer.rule).learning_rate;
    if (!line.has("epsilon")) optimizer.epsilon = train::default_epsilon(training.rules);
    require_possible(training.gemm_configuration);
    return training;
}

void require_optimizer_options(const CommandLine& line, std::span<const Training> trainings) {
    for (const TrainingOption& option : training_options()) {
        const auto has_it = [&](const Training& training) { return !option.type.text(training).empty(); };
        if (!line.has(option.name) || std::ranges::any_of(trainings, has_it)) continue;
        throw Error(ExitCode::usage, fmt::format("--{}: {} has none; leave it out, or choose another --optimizer",
                                                 option.name, optim::to_string(trainings.front().optimizer.rule)));
    }
}

}  // namespace dropsweep::cli
