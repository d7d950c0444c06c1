#pragma once

#include <algorithm>
#include <exception>
#include <string>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::comm {

/// How a piece of work ended on this rank.
struct WorkResult {
    ExitCode code = ExitCode::done;
    std::string message;
};

/// Runs `work` and catches what it throws. Local.
template <class Work>
WorkResult result_of(Work&& work) {
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
/// @throws AgreedError  on all ranks: work threw; rank 0 reports it
template <class Work>
void run_on_rank_zero(const Communicator& comm, Work&& work) {
    WorkResult result;
    if (comm.rank() == 0) result = result_of(work);
    comm.broadcast(result.code, 0);
    if (result.code != ExitCode::done) throw AgreedError(result.code, result.message, comm.rank() == 0);
}

/// Runs `work` on every rank: where it throws on some, all throw, and the first of those reports it.
/// Collective over comm; `work` itself must not communicate.
/// @throws AgreedError  on all ranks: work threw on at least one
template <class Work>
void run_on_all_ranks(const Communicator& comm, Work&& work) {
    const WorkResult result = result_of(work);
    const std::vector<ExitCode> codes = comm.all_gather(result.code);
    const auto first = std::ranges::find_if(codes, [](ExitCode code) { return code != ExitCode::done; });
    if (first != codes.end()) throw AgreedError(*first, result.message, first - codes.begin() == comm.rank());
}

}  // namespace dropsweep::comm
