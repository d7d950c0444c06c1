#pragma once

#include <algorithm>
#include <exception>
#include <string>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/core/error.hpp"

namespace dropsweep::comm {

/// Runs `work` on rank 0 while the others wait for its outcome: what cannot work fails on all ranks, and is said once.
/// Collective over comm.
/// @throws AgreedError  on all ranks: work threw; rank 0's speaks
template <class Work>
void run_on_rank_zero(const Communicator& comm, Work&& work) {
    ExitCode code = ExitCode::done;
    std::string message;
    if (comm.rank() == 0) {
        try {
            work();
        } catch (const std::exception& exception) {
            const Error error = as_error(exception);
            code = error.code();
            message = error.what();
        }
    }
    comm.broadcast(code, 0);
    if (code != ExitCode::done) throw AgreedError(code, message, comm.rank() == 0);
}

/// Runs `work` on every rank: where it throws on some, all throw, and the first of those speaks.
/// Collective over comm; `work` itself must not communicate.
/// @throws AgreedError  on all ranks: work threw on at least one
template <class Work>
void run_on_all_ranks(const Communicator& comm, Work&& work) {
    ExitCode code = ExitCode::done;
    std::string message;
    try {
        work();
    } catch (const std::exception& exception) {
        const Error error = as_error(exception);
        code = error.code();
        message = error.what();
    }
    const std::vector<ExitCode> all = comm.all_gather(code);
    const auto first = std::ranges::find_if(all, [](ExitCode other) { return other != ExitCode::done; });
    if (first != all.end()) throw AgreedError(*first, message, first - all.begin() == comm.rank());
}

}  // namespace dropsweep::comm
