// Forks, forwards signals and waits.
#include "dropsweep/comm/supervisor.hpp"

#include <csignal>
#include <cstdlib>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dropsweep/comm/environment.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::comm {

void supervise_rank() {
    if (std::getenv("HYDI_CONTROL_FD") == nullptr || launch_from_environment().size == 1) return;
    std::signal(SIGCHLD, SIG_DFL);  // an inherited SIG_IGN would suppress it
    sigset_t awaited;
    sigset_t before;
    sigemptyset(&awaited);
    for (const int number : {SIGCHLD, SIGTERM, SIGINT, SIGUSR1, SIGUSR2}) sigaddset(&awaited, number);
    sigprocmask(SIG_BLOCK, &awaited, &before);
    const pid_t supervisor = ::getpid();
    const pid_t rank = ::fork();
    if (rank <= 0) {
        sigprocmask(SIG_SETMASK, &before, nullptr);
        if (rank < 0) return;  // without a supervisor, if the fork failed
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != supervisor) std::_Exit(EXIT_FAILURE);
        return;
    }
    while (true) {
        int number = 0;
        int status = 0;
        sigwait(&awaited, &number);
        if (number != SIGCHLD) ::kill(rank, number);
        if (::waitpid(rank, &status, WNOHANG) != rank) continue;
        if (WIFEXITED(status)) std::_Exit(WEXITSTATUS(status));
        constexpr unsigned kSecondsToTell = 10;
        ::sleep(kSecondsToTell);
        std::_Exit(static_cast<int>(ExitCode::failure));
    }
}

}  // namespace dropsweep::comm
