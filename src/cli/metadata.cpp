// What a run tells about itself beside its tables.
#include "metadata.hpp"

#include <fmt/format.h>

#include "training_values.hpp"

namespace dropsweep::cli {

void warn_of_different_machines(const linalg::GemmConfiguration& configuration,
                                const std::vector<record::RankMachine>& machines, const Warn& warn) {
    // The own fp32 kernels give the same bits on every machine.
    if (configuration == linalg::GemmConfiguration{}) return;
    for (const record::RankMachine& machine : machines) {
        if (machine.products == machines.front().products && machine.cpu == machines.front().cpu) continue;
        warn(
            fmt::format("{} ({}, {}) differs from {} ({}, {}): other bits on each; use --gemm auto with "
                        "--precision fp32, or choose equal machines",
                        machine.host, machine.cpu, machine.products, machines.front().host, machines.front().cpu,
                        machines.front().products));
        return;
    }
}

std::map<std::string, std::string> model_metadata(const sweep::Trial& trial, std::map<std::string, std::string> data,
                                                  const train::TrainingOptions& training) {
    for (const sweep::Choice& choice : trial.choices) {
        if (!choice.value.empty()) data.insert({choice.option, choice.value});
    }
    data.insert({{"dropout", trial.dropout.text()}, {"seed", fmt::to_string(trial.seed)}});
    for (const char* option : {"precision", "gemm", "rules", "optimizer"}) {
        data.insert({option, text_of(training, option)});
    }
    return data;
}

std::map<std::string, std::string> hyper_parameters(const Config& config) {
    const std::vector<Config::Entry> entries = config.of_a_trial();
    std::map<std::string, std::string> parameters(entries.begin(), entries.end());
    parameters.erase("dropout");
    return parameters;
}

}  // namespace dropsweep::cli
