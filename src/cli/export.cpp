// The command `dropsweep export`.
#include <filesystem>

#include <fmt/format.h>

#include "dropsweep/nn/model_export.hpp"

#include "local_commands.hpp"
#include "standard_output.hpp"

namespace dropsweep::cli {
namespace {

namespace po = boost::program_options;

void add_options(po::options_description& options) {
    auto add = options.add_options();
    add("format", text_value("onnx|npz"),
        "onnx: input [N, pixels] float32 in 0..1, output probabilities; npz: the arrays that keras.Model.set_weights "
        "takes, in order");
    add("output", text_value("FILE"), "default: beside the model, with the format's suffix");
}

void run(const CommandLine& line, const Warn& /*warn*/) {
    const std::string format = line.text_or_empty("format");
    if (format != "onnx" && format != "npz") {
        refuse(line.command(), format.empty() ? "--format is missing; give --format onnx or --format npz"
                                              : fmt::format("--format: '{}' is neither onnx nor npz", format));
    }
    const std::filesystem::path source = line.operands.front();
    const nn::Model model = nn::read_model(source);
    std::filesystem::path target = line.text_or_empty("output");
    if (target.empty()) target = std::filesystem::path(source).replace_extension(format);
    std::error_code not_there;
    if (std::filesystem::equivalent(source, target, not_there)) {
        refuse(line.command(), fmt::format("{} is the model itself; name another file with --output", target.string()));
    }
    (format == "onnx" ? nn::write_onnx : nn::write_npz)(target, model);
    print_to_stdout(fmt::format("{}\n", target.string()), "the file is written");
}

}  // namespace

LocalCommand export_command() {
    return {"export", "a model as ONNX or NumPy .npz", {.names = "MODEL", .least = 1, .most = 1}, add_options, run};
}

}  // namespace dropsweep::cli
