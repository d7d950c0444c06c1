#include "dropsweep/record/predictions.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "dropsweep/core/error.hpp"
#include "dropsweep/core/files.hpp"
#include "dropsweep/core/npz.hpp"

namespace dropsweep::record {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFile = "predictions.npz";
constexpr const char* kLabels = "labels";

fs::path place_of(const fs::path& directory, const std::string& trial) {
    return directory / "models" / (trial + ".npy");
}

std::vector<std::uint8_t> read_kept(const fs::path& path) {
    const std::string content = core::read_file(path);
    try {
        const std::size_t start = core::npy_header_bytes(content);
        const core::NpyHeader header = core::parse_npy_header(std::string_view(content).substr(0, start));
        if (header.bytes() == content.size() - std::min(start, content.size())) {
            return core::npy_values<std::uint8_t>(header, std::as_bytes(std::span(content)).subspan(start));
        }
    } catch (const core::BadArray&) {
    }
    throw Error(ExitCode::bad_data,
                fmt::format("{}: it is not what dropsweep wrote; remove it and the model beside it, and run the same "
                            "command again",
                            path.string()));
}

/// Whether the file holds just these.
bool is_there(const TestPredictions& predictions, const fs::path& directory) {
    try {
        return read_predictions({directory}) == predictions;
    } catch (const Error&) {
        return false;
    }
}

}  // namespace

void keep_predictions(const fs::path& directory, const std::string& trial, std::span<const std::uint8_t> predicted) {
    core::write_file_atomically(place_of(directory, trial), core::npy_bytes({predicted.size()}, predicted));
}

void collect_predictions(const fs::path& directory, const std::vector<TrialRecord>& trials,
                         std::span<const std::uint8_t> labels) {
    TestPredictions predictions{{labels.begin(), labels.end()}, {}};
    for (const TrialRecord& record : trials) {
        const std::string id = record.trial.id();
        const fs::path path = place_of(directory, id);
        // Models of earlier versions have none.
        if (record.result && fs::exists(path)) predictions.trials[id] = read_kept(path);
    }
    if (!is_there(predictions, directory)) write_predictions(predictions, trials, directory);
}

TestPredictions read_predictions(const std::vector<fs::path>& directories) {
    TestPredictions all;
    for (const fs::path& directory : directories) {
        std::error_code ignored;
        if (!fs::exists(directory / kFile, ignored)) continue;
        const core::NpzReader archive(directory / kFile);
        const auto read = [&](const std::string& name) {
            core::NpzMember member = archive.get(name);
            return archive.naming(name, [&] { return member.values<std::uint8_t>(); });
        };
        const std::vector<std::uint8_t> labels = read(kLabels);
        if (all.labels.empty()) all.labels = labels;
        if (all.labels != labels) archive.refuse("its labels are not those of the other parts; report them one by one");
        for (const std::string& file : archive.names()) {
            const std::string name = fs::path(file).replace_extension();
            if (name == kLabels) continue;
            const std::vector<std::uint8_t>& predicted = all.trials[name] = read(name);
            if (predicted.size() == labels.size()) continue;
            archive.refuse(fmt::format("{}: {} classes for {} test samples; restore the file as dropsweep wrote it",
                                       name, predicted.size(), labels.size()));
        }
    }
    return all;
}

void write_predictions(const TestPredictions& predictions, const std::vector<TrialRecord>& trials,
                       const fs::path& directory) {
    if (predictions.trials.empty()) return;
    core::NpzWriter archive(directory / kFile);
    archive.add<std::uint8_t>(kLabels, {predictions.labels.size()}, predictions.labels);
    for (const TrialRecord& record : trials) {
        const auto found = predictions.trials.find(record.trial.id());
        if (found != predictions.trials.end())
            archive.add<std::uint8_t>(found->first, {found->second.size()}, found->second);
    }
    archive.write();
}

}  // namespace dropsweep::record
