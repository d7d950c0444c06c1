// Work that may fail on some ranks and whose failure all ranks of a communicator throw together.
#pragma once

#include <algorithm>
#include <exception>
#include <string>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::comm {

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

/// Runs `work` on rank 0 while the others wait for its outcome.
/// Collective over comm; `work` itself must not communicate.
/// @throws AgreedError  on all ranks: work threw; rank 0 has the message and reports it
template <class Work>
void run_on_rank_zero(const Communicator& comm, Work&& work) {
    WorkResult result;
    if (comm.rank() == 0) result = result_of(work);
    comm.broadcast(result.code, 0);
    if (result.code != ExitCode::done) throw AgreedError(result.code, result.message, comm.rank() == 0);
}

/// Runs `work` on every rank.
/// Collective over comm; `work` itself must not communicate.
/// @throws AgreedError  on all ranks, with the exit code of the first rank on which work threw; that rank reports it
template <class Work>
void run_on_all_ranks(const Communicator& comm, Work&& work) {
    const WorkResult result = result_of(work);
    const std::vector<ExitCode> codes = comm.all_gather(result.code);
    const auto first = std::ranges::find_if(codes, [](ExitCode code) { return code != ExitCode::done; });
    if (first != codes.end()) throw AgreedError(*first, result.message, first - codes.begin() == comm.rank());
}

}  // namespace dropsweep::comm
