// Tells which command the arguments name, and runs those that need no MPI.
#include "dropsweep/cli/commands.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "dropsweep/record/manifest.hpp"
#include "dropsweep/system/features.hpp"
#include "dropsweep/system/process.hpp"
#include "dropsweep/text/error.hpp"

#include "local_commands.hpp"
#include "option_descriptions.hpp"
#include "standard_output.hpp"

namespace dropsweep::cli {
namespace {

namespace po = boost::program_options;

const std::vector<LocalCommand>& local_commands() {
    static const std::vector<LocalCommand> commands = {report_command(), evaluate_command(), predict_command(),
                                                       export_command()};
    return commands;
}

const LocalCommand* find_local(const std::string& name) {
    const auto found = std::ranges::find(local_commands(), name, &LocalCommand::name);
    return found == local_commands().end() ? nullptr : &*found;
}

po::options_description describe(const LocalCommand& command) {
    po::options_description options = describe_options(command.name, command.operands.names);
    command.add_options(options);
    return options;
}

/// Two spaces stand before each description, as help2man and people want them.
std::string text_of(const po::options_description& options) {
    std::ostringstream text;
    options.print(text, options.get_option_column_width() + 1);
    return text.str();
}

std::string usage() {
    std::string text =
        "usage: dropsweep COMMAND [options]\n"
        "\n"
        "Trains multilayer perceptrons with many dropout rates at once and says which rate is best.\n"
        "\n"
        "commands:\n";
    const auto add = [&text](const std::string& command, const std::string& summary) {
        text += fmt::format("  {:<23}{}\n", command, summary);
    };
    add("sweep", "train every dropout value with every seed (MPI: mpirun -n RANKS dropsweep sweep)");
    add("train", "train one model on all ranks (MPI)");
    add("plan", "predict what a sweep would take on another machine");
    for (const LocalCommand& command : local_commands()) {
        add(fmt::format("{} {}", command.name, command.operands.names), command.summary);
    }
    return text +
           "\ndropsweep COMMAND --help lists the options of a command; --version tells what it was built with.\n";
}

std::string version_text() {
    std::string text = fmt::format("dropsweep {}\n", record::version());
    for (const system::Feature& feature : system::features()) {
        // gnuplot is a program, which may have been installed or removed since dropsweep was built.
        const bool has =
            feature.name == "gnuplot" ? system::run_process({"gnuplot", "--version"}, "").has_value() : feature.present;
        text += fmt::format("  {:<5}{:<13}{}\n", has ? "on" : "off", feature.name,
                            has ? feature.brings : fmt::format("{} (Debian: {})", feature.brings, feature.packages));
    }
    return text;
}

}  // namespace

std::optional<std::string> immediate_answer(const std::vector<std::string>& arguments) {
    const auto given = [&](const char* argument) { return std::ranges::find(arguments, argument) != arguments.end(); };
    if (given("--version")) return version_text();
    if (!given("--help")) return std::nullopt;
    const std::string& name = arguments.front();
    if (const auto run = find_command(name)) return text_of(describe_run(*run));
    if (const LocalCommand* command = find_local(name)) return text_of(describe(*command));
    return usage();
}

bool needs_mpi(const std::vector<std::string>& arguments) {
    return !arguments.empty() && find_command(arguments.front()) && !immediate_answer(arguments);
}

void run_alone(const std::vector<std::string>& arguments, const Warn& warn) {
    if (const auto answer = immediate_answer(arguments)) {
        print_to_stdout(*answer, "nothing is lost");
        return;
    }
    if (arguments.empty()) throw Error(ExitCode::usage, "no command given; use e.g. sweep, or see --help");
    const LocalCommand* command = find_local(arguments.front());
    if (command == nullptr) {
        throw Error(ExitCode::usage,
                    fmt::format("unknown command '{}'; use e.g. sweep, or see --help", arguments.front()));
    }
    command->run(parse_command_line(arguments, describe(*command), command->operands), warn);
}

}  // namespace dropsweep::cli
