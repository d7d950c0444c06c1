#include "gnuplot.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <sys/mman.h>

#include "dropsweep/core/descriptor.hpp"
#include "dropsweep/core/error.hpp"
#include "dropsweep/core/files.hpp"
#include "dropsweep/core/process.hpp"
#include "dropsweep/core/utf8.hpp"
#include "dropsweep/report/palette.hpp"

namespace dropsweep::report {
namespace {

constexpr std::array<const char*, 2> kPictures = {".png", ".svg"};
constexpr double kSvgPoint = 7.5;  // pixels from the centre to the edge of a point of size 1, with a font of 20 pixels

/// A picture that gnuplot draws: a file in memory, so that nothing of it can be left or seen half-written.
class Picture {
  public:
    Picture() : file_(::memfd_create("picture", 0)) {
        if (!file_.is_open()) {
            throw Error(ExitCode::failure, fmt::format("cannot make a file in memory: {}; check the machine's limits",
                                                       std::strerror(errno)));
        }
    }

    /// For this process and those that it starts, which inherit the file.
    std::string path() const { return fmt::format("/proc/self/fd/{}", file_.number()); }
    std::string content() const { return core::read_file(path()); }

  private:
    core::Descriptor file_;
};

/// A gnuplot script that draws into these files.
std::string script(const Plot& plot, const std::string& png, const std::string& svg) {
    // PNG fonts are in points; points, dashes and the lines of a legend have other sizes in a PNG than in an SVG.
    std::string text = fmt::format(
        "# gnuplot {0}.gp  draws {0}.png and {0}.svg in the current directory.\n"
        "reset\nset encoding utf8\nset datafile separator \"\\t\"\n",
        plot.name);
    text += fmt::format(
        "set terminal pngcairo noenhanced size {},{} font 'DejaVu Sans,20' fontscale 0.75 dashlength 2 background "
        "'{}'\n",
        plot.width, plot.height, kBackground.light);
    text += fmt::format("set output '{}'\nunit = 1.2\nradius = 0.25\n", png);
    text += plot.commands;
    text += fmt::format("set terminal svg noenhanced size {},{} font 'DejaVu Sans,20' background '{}'\n", plot.width,
                        plot.height, kBackground.light);
    text += fmt::format(
        "set output '{}'\nunit = 0.56\nradius = {}\nset key spacing 0.97 samplen 2.2\nreplot\nunset output\n", svg,
        1 / kSvgPoint);
    return text;
}

std::optional<std::string> content_of(const std::filesystem::path& path) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) return std::nullopt;
    return core::read_file(path);
}

void write_scripts(const std::filesystem::path& directory, std::span<const Plot> plots) {
    for (const Plot& plot : plots) {
        const std::filesystem::path path = directory / (plot.name + ".gp");
        const std::string text = script(plot);
        if (content_of(path) == text) continue;
        std::error_code ignored;
        for (const char* extension : kPictures) std::filesystem::remove(directory / (plot.name + extension), ignored);
        core::write_file_atomically(path, text);
    }
}

/// Whether gnuplot says with it what is wrong in one line of a script: "line 12: ...".
bool is_located(std::string_view line) {
    constexpr std::string_view kLine = "line ";
    if (!line.starts_with(kLine)) return false;
    const std::size_t end = line.find_first_not_of("0123456789", kLine.size());
    return end != std::string_view::npos && end > kLine.size() && line[end] == ':';
}

/// The line that says what is wrong: before it gnuplot may quote the line it means and point at the place.
std::string complaint(std::string_view output) {
    std::string first;
    while (!output.empty()) {
        const std::size_t end = output.find('\n');
        const std::string_view line = output.substr(0, end);
        output.remove_prefix(end == std::string_view::npos ? output.size() : end + 1);
        const std::size_t start = line.find_first_not_of(" \t\r");
        if (start == std::string_view::npos || line.substr(start) == "^") continue;
        if (is_located(line.substr(start))) return one_line(line.substr(start));
        if (first.empty()) first = one_line(line.substr(start));
    }
    return first;
}

}  // namespace

std::string gnuplot_string(std::string_view text) {
    // Between single quotes gnuplot sees neither escapes nor commands in backquotes; only the quote itself is doubled.
    std::string result = "'";
    for (const char c : core::as_utf8(one_line(text))) result += c == '\'' ? "''" : std::string(1, c);
    return result + "'";
}

std::string field(std::string_view text) {
    // gnuplot reads escapes such as \n in data, and strips quotes around it.
    std::string result;
    for (const char c : core::as_utf8(one_line(text))) {
        if (c == '\\') result += '\\';
        result += c == '"' ? '\'' : c;
    }
    return result;
}

std::string script(const Plot& plot) {
    return script(plot, plot.name + ".png", plot.name + ".svg");
}

bool draw(const std::filesystem::path& directory, std::span<const Plot> plots) {
    write_scripts(directory, plots);
    if (plots.empty()) return true;
    std::vector<std::array<Picture, kPictures.size()>> pictures(plots.size());
    std::string scripts;
    for (std::size_t i = 0; i < plots.size(); ++i)
        scripts += script(plots[i], pictures[i][0].path(), pictures[i][1].path());
    // -d: not with the settings of whoever runs this.
    constexpr std::chrono::seconds kLimit(60);
    const auto result = core::run_process({"gnuplot", "-d"}, scripts, kLimit);
    if (!result) return false;
    if (result->status != 0) {
        const std::string reason = complaint(result->output);
        throw Error(ExitCode::failure,
                    fmt::format("gnuplot: {}; run gnuplot on the scripts in {} to see which one fails",
                                reason.empty() ? fmt::format("it ended with status {}", result->status) : reason,
                                directory.string()));
    }
    for (std::size_t i = 0; i < plots.size(); ++i) {
        for (std::size_t kind = 0; kind < kPictures.size(); ++kind) {
            const std::string name = plots[i].name + kPictures[kind];
            const std::string picture = pictures[i][kind].content();
            if (picture.empty()) {
                throw Error(ExitCode::failure,
                            fmt::format("gnuplot: it has not drawn {}; see what gnuplot says to {}.gp in {}", name,
                                        plots[i].name, directory.string()));
            }
            core::write_file_atomically(directory / name, kind == 1 ? plain_svg(picture) : picture);
        }
    }
    return true;
}

}  // namespace dropsweep::report
