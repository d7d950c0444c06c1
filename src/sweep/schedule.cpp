// Decides which trial free ranks begin or join.
#include "dropsweep/sweep/schedule.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>

namespace dropsweep::sweep {
namespace {

std::size_t divide_up(std::size_t a, std::size_t b) {
    return (a + b - 1) / b;
}

}  // namespace

Schedule::Schedule(const Plan& plan, const std::vector<Trial>& trials, ByChoices<EpochForecast> forecasts,
                   std::optional<Selection> selection)
    : plan_(plan),
      trials_(trials),
      forecasts_(std::move(forecasts)),
      waiting_(plan.queue.begin(), plan.queue.end()),
      selection_(std::move(selection)) {
    for (int rank = 0; rank < plan.ranks; ++rank) free_.insert(rank);
}

Schedule::Offer Schedule::offer(std::size_t trial, std::vector<int> ranks) {
    for (const int rank : ranks) free_.erase(rank);
    running_[trial].promised = ranks;
    return {trial, std::move(ranks)};
}

/// The first group of the plan whose ranks are all free. In an elastic decision otherwise any free rank: groups may
/// have lent ranks before the waiting trial was known.
std::vector<int> Schedule::free_group() const {
    for (const Group& group : plan_.groups) {
        std::vector<int> ranks;
        for (int rank = group.first_rank; rank < group.first_rank + group.ranks; ++rank) ranks.push_back(rank);
        if (std::ranges::all_of(ranks, [this](int rank) { return free_.contains(rank); })) return ranks;
    }
    if (selection_ && plan_.elastic && !free_.empty()) return {*free_.begin()};
    return {};
}

std::vector<Schedule::Offer> Schedule::begin() {
    std::vector<Offer> offers;
    while (!stopping_ && !waiting_.empty()) {
        std::vector<int> ranks = free_group();
        if (ranks.empty()) break;
        const std::size_t trial = waiting_.front();
        waiting_.pop_front();
        offers.push_back(offer(trial, std::move(ranks)));
    }
    return offers;
}

std::vector<Schedule::Offer> Schedule::begin_ahead() {
    std::vector<Offer> offers;
    if (!selection_ || stopping_ || !waiting_.empty() || free_.empty()) return offers;
    for (const std::size_t trial : selection_->ahead()) {
        if (running_.contains(trial)) continue;
        std::vector<int> ranks = free_group();
        if (ranks.empty()) break;
        offers.push_back(offer(trial, std::move(ranks)));
    }
    return offers;
}

std::vector<std::size_t> Schedule::unneeded() {
    std::vector<std::size_t> trials;
    for (auto& [trial, running] : running_) {
        if (running.is_unneeded || !is_unneeded(trial)) continue;
        running.is_unneeded = true;
        trials.push_back(trial);
    }
    return trials;
}

void Schedule::record(std::size_t trial, const train::TrialResult& result) {
    if (!selection_) return;
    selection_->record(trial, result);
    refill();
}

/// Sorts the waiting trials by seed, and those of a seed by expected time, longest first.
void Schedule::refill() {
    waiting_.clear();
    const auto seconds = [this](std::size_t trial) {
        return forecasts_.of(trials_[trial]).expected(trials_[trial].dropout.value()) * plan_.epoch_seconds[trial];
    };
    for (const std::size_t trial : selection_->wanted()) {
        if (!running_.contains(trial)) waiting_.push_back(trial);
    }
    std::ranges::stable_sort(waiting_, [&](std::size_t a, std::size_t b) {
        if (trials_[a].seed != trials_[b].seed) return trials_[a].seed < trials_[b].seed;
        return seconds(a) > seconds(b);
    });
}

std::vector<Schedule::Offer> Schedule::lend() {
    std::vector<Offer> offers;
    if (!plan_.elastic || stopping_ || !waiting_.empty()) return offers;
    while (auto offer = next_loan()) offers.push_back(std::move(*offer));
    return offers;
}

std::optional<Schedule::Offer> Schedule::next_loan() {
    // A step takes as long as the rank with the most leaves: a loan is the fewest ranks that reduce this number.
    Running* best = nullptr;
    Offer offer;
    std::size_t wanted = 0;
    double longest = 0;
    for (auto& [trial, running] : running_) {
        if (running.is_unneeded) continue;
        const std::size_t most_leaves = divide_up(plan_.leaves_of(trial), running.size());
        if (most_leaves == 1) continue;
        const std::size_t more = divide_up(plan_.leaves_of(trial), most_leaves - 1) - running.size();
        const double left = forecasts_.of(trials_[trial]).left(trials_[trial].dropout.value(), running.epochs) *
                            plan_.epoch_seconds[trial] * static_cast<double>(most_leaves);
        if (left <= longest) continue;
        std::vector<int> free = free_for(running);
        if (more > free.size()) continue;
        longest = left;
        best = &running;
        offer = {trial, std::move(free)};
        wanted = more;
    }
    if (best == nullptr) return std::nullopt;
    offer.ranks.resize(wanted);
    for (const int rank : offer.ranks) free_.erase(rank);
    best->promised.insert(best->promised.end(), offer.ranks.begin(), offer.ranks.end());
    return offer;
}

/// The free ranks that may join: those of its own nodes first, then by distance from its first rank.
std::vector<int> Schedule::free_for(const Running& running) const {
    const auto node_of = [this](int rank) { return plan_.nodes[static_cast<std::size_t>(rank)]; };
    std::set<int> own_nodes;
    for (const std::vector<int>& ranks : {running.ranks, running.promised}) {
        for (const int rank : ranks) own_nodes.insert(node_of(rank));
    }
    const auto is_near = [&](int rank) { return own_nodes.contains(node_of(rank)); };
    const bool takes_all = plan_.lends_across_nodes || own_nodes.size() > 1;
    std::vector<int> ranks;
    std::ranges::copy_if(free_, std::back_inserter(ranks), [&](int rank) { return takes_all || is_near(rank); });
    std::ranges::stable_sort(ranks, {},
                             [&](int rank) { return std::pair(!is_near(rank), std::abs(rank - running.first())); });
    return ranks;
}

std::vector<int> Schedule::join(std::size_t trial, std::size_t count) {
    Running& running = running_.at(trial);
    const auto end = running.promised.begin() + static_cast<std::ptrdiff_t>(count);
    std::vector<int> joined(running.promised.begin(), end);
    running.promised.erase(running.promised.begin(), end);
    running.ranks.insert(running.ranks.end(), joined.begin(), joined.end());
    return joined;
}

void Schedule::end(std::size_t trial, std::optional<std::uint32_t> epochs) {
    if (epochs) forecasts_.of(trials_[trial]).learn(trials_[trial].dropout.value(), *epochs);
    const Running& running = running_.at(trial);
    free_.insert(running.ranks.begin(), running.ranks.end());
    free_.insert(running.promised.begin(), running.promised.end());
    running_.erase(trial);
}

std::vector<int> Schedule::first_ranks() const {
    std::vector<int> ranks;
    for (const auto& [trial, running] : running_) ranks.push_back(running.first());
    return ranks;
}

}  // namespace dropsweep::sweep
