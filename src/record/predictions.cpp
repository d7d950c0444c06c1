// Reads, writes and collects what the models of a run predict for the test set.
#include "dropsweep/record/predictions.hpp"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "dropsweep/system/features.hpp"
#include "dropsweep/system/files.hpp"
#include "dropsweep/system/npz.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::record {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFile = "predictions.npz";
constexpr const char* kLabels = "labels";

fs::path place_of(const fs::path& directory, const std::string& trial) {
    return directory / "models" / (trial + ".npy");
}

/// @throws Error  bad_data
[[noreturn]] void refuse(const fs::path& path, const std::string& what, const std::string& remedy) {
    throw Error(ExitCode::bad_data, fmt::format("{}: {}; {}", path.string(), what, remedy));
}

constexpr const char* kRemedyOfKept = "remove it and the model beside it, and run the same command again";
constexpr const char* kRemedy = "restore it as dropsweep wrote it, or remove it: a run that goes on makes it again";

bool is_list_of_classes(const system::NpyHeader& header) {
    return header.is_native<std::uint8_t>() && header.shape.size() == 1;
}

std::vector<std::uint8_t> read_kept(const fs::path& path, std::size_t samples) {
    const std::string content = system::read_file(path);
    try {
        const std::size_t start = system::npy_header_bytes(content);
        const system::NpyHeader header = system::parse_npy_header(std::string_view(content).substr(0, start));
        if (is_list_of_classes(header) && header.items() == samples && content.size() == start + samples) {
            return system::npy_values<std::uint8_t>(header, std::as_bytes(std::span(content)).subspan(start));
        }
    } catch (const system::BadArray&) {
    }
    refuse(path, fmt::format("it is not what dropsweep wrote, a class of each of {} test samples", samples),
           kRemedyOfKept);
}

std::vector<std::uint8_t> read_classes(const system::NpzReader& archive, const std::string& name) {
    system::NpzMember member = archive.get(name);
    return archive.naming(name, [&] {
        if (!is_list_of_classes(member.header())) throw system::BadArray(member.header().describe());
        return member.values<std::uint8_t>();
    });
}

/// Empty if there is no file, or no feature npz.
TestPredictions read_predictions(const fs::path& directory) {
    std::error_code ignored;
    if (!system::has_feature("npz") || !fs::exists(directory / kFile, ignored)) return {};
    const system::NpzReader archive(directory / kFile, kRemedy);
    TestPredictions predictions{read_classes(archive, kLabels), {}};
    for (const std::string& name : archive.names()) {
        if (name == kLabels) continue;
        const std::vector<std::uint8_t>& predicted = predictions.trials[name] = read_classes(archive, name);
        if (predicted.size() != predictions.labels.size())
            archive.refuse(name + ": not a class of each sample", kRemedy);
    }
    return predictions;
}

/// Whether the file has this content.
bool is_there(const TestPredictions& predictions, const fs::path& directory) {
    try {
        return read_predictions(directory) == predictions;
    } catch (const Error&) {
        return false;
    }
}

}  // namespace

void keep_predictions(const fs::path& directory, const std::string& trial, std::span<const std::uint8_t> predicted) {
    system::write_file_atomically(place_of(directory, trial), system::npy_bytes({predicted.size()}, predicted));
}

void collect_predictions(const fs::path& directory, const std::vector<TrialRecord>& trials,
                         std::span<const std::uint8_t> labels) {
    TestPredictions predictions{{labels.begin(), labels.end()}, {}};
    for (const TrialRecord& record : trials) {
        const std::string id = record.trial.id();
        const fs::path path = place_of(directory, id);
        // Earlier versions kept no predictions.
        const bool is_kept = record.counts() && fs::exists(path);
        if (is_kept) predictions.trials[id] = read_kept(path, labels.size());
    }
    if (system::has_feature("npz") && !is_there(predictions, directory))
        write_predictions(predictions, trials, directory);
}

TestPredictions read_predictions(const RunRecord& record) {
    TestPredictions all;
    for (const fs::path& directory : record.directories) {
        TestPredictions part = read_predictions(directory);
        if (all.labels.empty()) all.labels = part.labels;
        if (!part.labels.empty() && part.labels != all.labels) {
            refuse(directory / kFile, "its labels are not those of the other parts", "report them one by one");
        }
        all.trials.merge(part.trials);
    }
    for (const TrialRecord& trial : record.trials) {
        const auto found = all.trials.find(trial.trial.id());
        if (found == all.trials.end() || !trial.counts()) continue;
        std::size_t correct = 0;
        for (std::size_t i = 0; i < all.labels.size(); ++i) correct += found->second[i] == all.labels[i] ? 1 : 0;
        const double accuracy = static_cast<double>(correct) / static_cast<double>(all.labels.size());
        if (accuracy == trial.result->test.accuracy) continue;
        refuse(record.directories.front() / kFile,
               fmt::format("{} of {} classes of {} are right, which is not its test_accuracy in summary.csv", correct,
                           all.labels.size(), found->first),
               kRemedy);
    }
    return all;
}

void write_predictions(const TestPredictions& predictions, const std::vector<TrialRecord>& trials,
                       const fs::path& directory) {
    if (predictions.trials.empty()) return;
    system::NpzWriter archive(directory / kFile);
    archive.add<std::uint8_t>(kLabels, {predictions.labels.size()}, predictions.labels);
    for (const TrialRecord& record : trials) {
        const auto found = predictions.trials.find(record.trial.id());
        if (found == predictions.trials.end()) continue;
        archive.add<std::uint8_t>(found->first, {found->second.size()}, found->second);
    }
    archive.write();
}

}  // namespace dropsweep::record
