// Gathers the machines of the ranks, and writes and continues manifest.json.
#include "dropsweep/record/manifest.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <set>
#include <string_view>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "dropsweep/comm/environment.hpp"
#include "dropsweep/system/files.hpp"
#include "dropsweep/text/words.hpp"

namespace dropsweep::record {
namespace {

using Json = nlohmann::ordered_json;
using Field = std::array<char, 128>;

std::string cpu_model() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);) {
        const std::size_t value = line.find(": ");
        if (line.starts_with("model name") && value != std::string::npos) return line.substr(value + 2);
    }
    return "unknown";
}

Field to_field(std::string_view text) {
    Field field{};
    std::copy_n(text.begin(), std::min(text.size(), field.size() - 1), field.begin());
    return field;
}

/// The different machines with their ranks, by first rank.
Json machines_json(const std::vector<RankMachine>& machines) {
    Json list = Json::array();
    std::vector<RankMachine> seen;
    for (const RankMachine& machine : machines) {
        if (std::ranges::find(seen, machine) != seen.end()) continue;
        seen.push_back(machine);
        Json ranks = Json::array();
        for (std::size_t rank = 0; rank < machines.size(); ++rank) {
            if (machines[rank] == machine) ranks.push_back(rank);
        }
        list.push_back(
            {{"host", machine.host}, {"cpu", machine.cpu}, {"products", machine.products}, {"ranks", ranks}});
    }
    return list;
}

Json session_json(const Session& session) {
    Json json;
    json["program"] = {{"name", "dropsweep"}, {"version", version()}, {"command", session.command_line}};
    json["started"] = utc_time();
    const linalg::GemmConfiguration& configuration = session.trainings.begin()->second.gemm_configuration;
    json["precision"] = linalg::to_string(configuration.precision);
    json["gemm"] = linalg::to_string(configuration.gemm);
    std::set<std::string> rules;
    std::set<std::string> optimizers;
    for (const auto& [choices, training] : session.trainings) {
        rules.insert(train::to_string(training.rules));
        optimizers.insert(optim::to_string(training.optimizer.rule));
    }
    json["rules"] = fmt::to_string(fmt::join(rules, ","));
    json["optimizer"] = fmt::to_string(fmt::join(optimizers, ","));
    json["mpi"] = comm::mpi_description();
    json["blas_threads"] = session.blas_threads;
    json["machines"] = machines_json(session.machines);
    Json groups = Json::array();
    const sweep::Plan& plan = session.plan;
    for (const sweep::Group& group : plan.groups) {
        groups.push_back({{"first_rank", group.first_rank}, {"ranks", group.ranks}});
    }
    json["plan"] = {{"ranks", plan.ranks},         {"leaves", plan.leaves}, {"elastic", plan.elastic},
                    {"trials", plan.queue.size()}, {"groups", groups},      {"unused_ranks", plan.unused_ranks()}};
    return json;
}

}  // namespace

std::vector<RankMachine> gather_machines(const comm::Communicator& world,
                                         const linalg::GemmConfiguration& configuration) {
    struct Message {
        Field host, cpu, products;
    };
    const Message own{to_field(comm::host_name()), to_field(cpu_model()), to_field(linalg::describe(configuration))};
    std::vector<RankMachine> machines;
    for (const Message& message : world.all_gather(own)) {
        machines.push_back({message.host.data(), message.cpu.data(), message.products.data()});
    }
    return machines;
}

void write_manifest(const std::filesystem::path& path, const Json& manifest) {
    system::write_file_atomically(path, manifest.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void write_manifest(const std::filesystem::path& path, const Session& session, const DataProvenance& data) {
    Json manifest = session_json(session);
    manifest["data"] = {{"source", data.source},
                        {"sha256", data.sha256},
                        {"training_samples", data.training_samples},
                        {"validation_samples", data.validation_samples},
                        {"test_samples", data.test_samples},
                        {"rows", data.rows},
                        {"columns", data.columns},
                        {"classes", data.classes}};
    const std::vector<std::string>& names = data.class_names;
    if (names != text::number_names(names.size())) manifest["data"]["class_names"] = names;
    if (!data.feature_names.empty()) manifest["data"]["feature_names"] = data.feature_names;
    if (!data.class_weights.empty()) manifest["class_weights"] = data.class_weights;
    if (!data.note.empty()) manifest["data"]["note"] = data.note;
    if (!data.initial_weights_sha256.empty()) manifest["initial_weights_sha256"] = data.initial_weights_sha256;
    write_manifest(path, manifest);
}

void write_continued_manifest(const std::filesystem::path& path, Json manifest, const Session& session) {
    manifest["continued"].push_back(session_json(session));
    write_manifest(path, manifest);
}

std::string version() {
    return DROPSWEEP_VERSION;
}

std::string utc_time() {
    const auto now = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
    return fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
}

}  // namespace dropsweep::record
