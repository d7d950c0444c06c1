#pragma once

#include <algorithm>
#include <exception>
#include <string>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::comm {

/// How a piece of work ended on this rank.
struct Verdict {
    ExitCode code = ExitCode::done;
    std::string message;
};

/// Runs `work` and catches what it throws. Local.
template <class Work>
Verdict verdict_of(Work&& work) {
    try {
        work();
        return {};
    } catch (const std::exception& exception) {
        const Error error = as_error(exception);
        return {error.code(), error.what()};
    }
}

/// Runs `work` on rank 0 while the others wait for its outcome: what cannot work fails on all ranks, and is said once.
/// Collective over comm; `work` itself must not communicate.
/// @throws AgreedError  on all ranks: work threw; rank 0's speaks
template <class Work>
void run_on_rank_zero(const Communicator& comm, Work&& work) {
    Verdict verdict;
    if (comm.rank() == 0) verdict = verdict_of(work);
    comm.broadcast(verdict.code, 0);
    if (verdict.code != ExitCode::done) throw AgreedError(verdict.code, verdict.message, comm.rank() == 0);
}

/// Runs `work` on every rank: where it throws on some, all throw, and the first of those speaks.
/// Collective over comm; `work` itself must not communicate.
/// @throws AgreedError  on all ranks: work threw on at least one
template <class Work>
void run_on_all_ranks(const Communicator& comm, Work&& work) {
    const Verdict verdict = verdict_of(work);
    const std::vector<ExitCode> codes = comm.all_gather(verdict.code);
    const auto first = std::ranges::find_if(codes, [](ExitCode code) { return code != ExitCode::done; });
    if (first != codes.end()) throw AgreedError(*first, verdict.message, first - codes.begin() == comm.rank());
}

}  // namespace dropsweep::comm
