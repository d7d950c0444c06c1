// Writes gnuplot scripts and runs gnuplot.
#include "gnuplot.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <sys/mman.h>

#include "dropsweep/record/csv.hpp"
#include "dropsweep/system/descriptor.hpp"
#include "dropsweep/system/files.hpp"
#include "dropsweep/system/process.hpp"
#include "dropsweep/text/error.hpp"
#include "dropsweep/text/utf8.hpp"
#include "dropsweep/text/words.hpp"

#include "plot_templates.hpp"

namespace dropsweep::report {
namespace {

constexpr std::array<const char*, 2> kPictures = {".png", ".svg"};

/// A file in memory that gnuplot draws a picture into, so that no part of a picture can be left on the disk.
class Picture {
  public:
    Picture() : file_(::memfd_create("picture", 0)) {
        if (!file_.is_open()) {
            throw Error(ExitCode::failure, fmt::format("cannot make a file in memory: {}; check the machine's limits",
                                                       std::strerror(errno)));
        }
    }

    /// For this process and gnuplot, which inherits the open file.
    std::string path() const { return fmt::format("/proc/self/fd/{}", file_.number()); }
    std::string content() const { return system::read_file(path()); }

  private:
    system::Descriptor file_;
};

/// One line of UTF-8 without "]]>", which gnuplot writes into an SVG unescaped and XML forbids.
std::string plain(std::string_view text) {
    std::string line = text::as_utf8(one_line(text));
    for (std::size_t at = 0; (at = line.find("]]>", at)) != std::string::npos;) line.replace(at, 3, "]] >");
    return line;
}

/// A gnuplot script that draws into these files.
std::string script(const Plot& plot, const std::string& png, const std::string& svg) {
    // pngcairo takes font sizes in points, and draws points, dashes and legend lines in other sizes than svg.
    std::string text = fmt::format(
        "# gnuplot {0}.gp  draws {0}.png and {0}.svg in the current directory.\n"
        "reset\nset encoding utf8\nset datafile separator \"\\t\"\nwidth = {1}.; height = {2}.\n"
        "set terminal pngcairo noenhanced size {1},{2} font 'DejaVu Sans,20' fontscale 0.75 dashlength 2 background "
        "'#ffffff'\nset output '{3}'\nunit = 1.2\n",
        plot.name, plot.width, plot.height, png);
    text.append(plot.data).append(k_style).append(plot.commands);
    return text + fmt::format(
                      "set terminal svg noenhanced size {},{} font 'DejaVu Sans,20' background '#ffffff'\n"
                      "set output '{}'\nunit = 0.56\nset key spacing 0.97 samplen 2.2\nreplot\nunset output\n",
                      plot.width, plot.height, svg);
}

std::optional<std::string> content_of(const std::filesystem::path& path) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) return std::nullopt;
    return system::read_file(path);
}

void write_scripts(const std::filesystem::path& directory, std::span<const Plot> plots) {
    for (const Plot& plot : plots) {
        const std::filesystem::path path = directory / (plot.name + ".gp");
        const std::string text = script(plot);
        if (content_of(path) == text) continue;
        std::error_code ignored;
        for (const char* extension : kPictures) std::filesystem::remove(directory / (plot.name + extension), ignored);
        system::write_file_atomically(path, text);
    }
}

/// gnuplot's message: the last line. Before it gnuplot may quote the command and mark the place.
std::string complaint(std::string_view output) {
    std::string_view last;
    for (const std::string_view line : text::split(output, '\n')) {
        const std::size_t start = line.find_first_not_of(" \t\r");
        if (start != std::string_view::npos) last = line.substr(start);
    }
    return one_line(last);
}

/// @return  false when gnuplot is not installed
bool draw(const std::filesystem::path& directory, const Plot& plot) {
    const std::array<Picture, kPictures.size()> pictures;
    // -d: without the user's gnuplot settings.
    constexpr std::chrono::seconds kLimit(60);
    const auto result =
        system::run_process({"gnuplot", "-d"}, script(plot, pictures[0].path(), pictures[1].path()), kLimit);
    if (!result) return false;
    const auto refuse = [&](const std::string& what) {
        throw Error(ExitCode::failure, fmt::format("gnuplot: {}; see what gnuplot says to {}.gp in {}", what, plot.name,
                                                   directory.string()));
    };
    if (result->status != 0) {
        const std::string reason = complaint(result->output);
        refuse(reason.empty() ? fmt::format("it ended with status {}", result->status) : reason);
    }
    for (std::size_t kind = 0; kind < kPictures.size(); ++kind) {
        const std::string name = plot.name + kPictures[kind];
        const std::string picture = pictures[kind].content();
        if (picture.empty()) refuse(fmt::format("it has not drawn {}", name));
        system::write_file_atomically(directory / name, picture);
    }
    return true;
}

}  // namespace

std::string gnuplot_string(std::string_view text) {
    // Between single quotes gnuplot interprets neither escapes nor backquotes; a quote is doubled.
    std::string result = "'";
    for (const char c : plain(text)) result += c == '\'' ? "''" : std::string(1, c);
    return result + "'";
}

void Extent::include(double value) {
    if (!std::isfinite(value)) return;
    low_ = std::min(low_, value);
    high_ = std::max(high_, value);
}

std::pair<double, double> Extent::padded(double share, double least, double most) const {
    const double span = high_ - low_;
    const double margin = span > 0 ? share * span : std::max(0.05 * std::abs(high_), 1e-3);
    return {std::max(low_ - margin, least), std::min(high_ + margin, most)};
}

std::string Datablock::cell(double number) {
    return record::csv_number(number);
}

std::string Datablock::cell(std::string_view text) {
    // gnuplot reads escapes such as \n in data, and strips quotes around it.
    std::string result;
    for (const char c : plain(text)) {
        if (c == '\\') result += '\\';
        result += c == '"' ? '\'' : c;
    }
    return result;
}

std::string Datablock::cell(const nlohmann::ordered_json& value) {
    return value.is_string() ? cell(value.get_ref<const std::string&>())
                             : cell(value.is_null() ? std::nan("") : value.get<double>());
}

void Plot::set(std::string_view variable, double value) {
    data += fmt::format("{} = {}\n", variable, record::csv_number(value));
}

void Plot::set(std::string_view variable, std::string_view text) {
    data += fmt::format("{} = {}\n", variable, gnuplot_string(text));
}

void Plot::set_labels(std::string_view title, std::string_view subtitle, std::string_view x_label,
                      std::string_view y_label) {
    set("title", title);
    set("subtitle", subtitle);
    set("x_label", x_label);
    set("y_label", y_label);
}

void Plot::set_range(const std::pair<double, double>& range) {
    set("low", range.first);
    set("high", range.second);
}

void Plot::set(std::string_view variable, const std::vector<std::string>& texts) {
    std::vector<std::string> quoted;
    for (const std::string& text : texts) quoted.push_back(gnuplot_string(text));
    data += fmt::format("array {}[{}] = [{}]\n", variable, texts.size(), fmt::join(quoted, ", "));
}

void Plot::set(std::string_view variable, const std::vector<double>& values) {
    data += fmt::format("array {}[{}] = [{}]\n", variable, values.size(), fmt::join(values, ", "));
}

std::size_t longest(const std::vector<std::string>& texts) {
    return std::ranges::max(texts, {}, &std::string::size).size();
}

std::string tics(const std::vector<std::string>& names, const std::vector<double>& places) {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < names.size(); ++i) {
        all.push_back(fmt::format("{} {}", gnuplot_string(names[i]), record::csv_number(places[i])));
    }
    return fmt::format("({})", fmt::join(all, ", "));
}

std::string script(const Plot& plot) {
    return script(plot, plot.name + ".png", plot.name + ".svg");
}

bool draw(const std::filesystem::path& directory, std::span<const Plot> plots) {
    write_scripts(directory, plots);
    return std::ranges::all_of(plots, [&](const Plot& plot) { return draw(directory, plot); });
}

}  // namespace dropsweep::report
