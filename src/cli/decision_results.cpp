// The trials of a decision: results that its run has, and what it needs of them.
#include "decision_results.hpp"

#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "dropsweep/record/rounds.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::cli {

void take_earlier_seeds(const RunDirectory& directory, Options& options) {
    std::set<std::uint64_t> seeds(options.seeds.begin(), options.seeds.end());
    for (const std::uint64_t seed : directory.earlier_seeds()) seeds.insert(seed);
    options.seeds.assign(seeds.begin(), seeds.end());
    for (const std::uint64_t seed : options.seeds) {
        if (seed >= 1 && seed <= options.decision->most_seeds) continue;
        throw Error(ExitCode::usage,
                    fmt::format("--output {}: the run in it has a seed {}, and the seeds of a decision are 1 to {}; {}",
                                directory.path().string(), seed, options.decision->most_seeds,
                                seed == 0 ? "name another directory" : "give more --max-seeds"));
    }
}

std::vector<record::TrialRecord> results_of(const std::vector<sweep::Trial>& trials,
                                            const std::vector<record::TrialRecord>& known) {
    std::vector<record::TrialRecord> results;
    for (const sweep::Trial& trial : trials) results.push_back({trial, {}, {}});
    const sweep::TrialIndex index = sweep::index_by_id(trials);
    for (const record::TrialRecord& record : known) {
        const auto found = index.find(record.trial.id());
        if (found != index.end()) results[found->second] = record;
    }
    return results;
}

sweep::Selection selection_of(const Options& options, const std::set<std::size_t>& faulty,
                              const std::vector<record::TrialRecord>& results) {
    sweep::Selection selection(*options.decision, options.settings.size(),
                               {options.seeds.begin(), options.seeds.end()});
    for (std::size_t trial = 0; trial < results.size(); ++trial) {
        if (faulty.contains(trial)) {
            selection.record(trial, {});
        } else if (results[trial].result) {
            selection.record(trial, *results[trial].result);
        }
    }
    return selection;
}

bool keep_what_is_needed(const RunDirectory& directory, const Options& options, const std::set<std::size_t>& faulty,
                         std::vector<record::TrialRecord> results) {
    for (const std::size_t trial : faulty) results[trial].result = train::TrialResult();
    return record::keep_what_is_needed(directory.path(), selection_of(options, faulty, results), *options.decision,
                                       results);
}

}  // namespace dropsweep::cli
