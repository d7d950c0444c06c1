// What a sweep that is stopped leaves to the one that goes on, without files.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lambda_host.hpp"
#include "recorder.hpp"

namespace dropsweep::testing_support {

/// The states of trials as a run directory keeps them, on each rank for those it speaks for.
class KeptStates {
  public:
    void save_from(LambdaHost& host) {
        host.save = [this](const sweep::Trial& trial, const train::Checkpoint& state) {
            of_trial_[trial.id()] = train::encode(state, {}, trial.id());
        };
    }
    void load_into(LambdaHost& host, const nn::Architecture& architecture) const {
        const std::size_t parameters = nn::ParameterLayout(architecture).size();
        host.load = [this, parameters](const sweep::Trial& trial) -> std::optional<train::Checkpoint> {
            const auto state = of_trial_.find(trial.id());
            if (state == of_trial_.end()) return std::nullopt;
            return train::decode(state->second, {}, trial.id(), parameters);
        };
    }
    /// Collective: what every rank has to every rank.
    void share(const comm::Communicator& world) {
        std::map<std::string, std::string> all;
        for (int root = 0; root < world.size(); ++root) {
            std::size_t count = of_trial_.size();
            world.broadcast(count, root);
            auto own = of_trial_.begin();
            for (std::size_t i = 0; i < count; ++i) {
                std::pair<std::string, std::string> state;
                if (world.rank() == root) state = *own++;
                world.broadcast(state.first, root);
                world.broadcast(state.second, root);
                all[state.first] = state.second;
            }
        }
        of_trial_ = all;
    }

  private:
    std::map<std::string, std::string> of_trial_;
};

/// The trials that have ended, as rank 0 has recorded it. Collective.
inline std::set<std::size_t> ended_trials(const comm::Communicator& world, const Recorder& recorder) {
    std::vector<std::uint8_t> has_ended;
    for (const auto& outcomes : recorder.outcomes) has_ended.push_back(outcomes.empty() ? 0 : 1);
    world.broadcast(has_ended, 0);
    std::set<std::size_t> ended;
    for (std::size_t t = 0; t < has_ended.size(); ++t) {
        if (has_ended[t] == 1) ended.insert(t);
    }
    return ended;
}

}  // namespace dropsweep::testing_support
