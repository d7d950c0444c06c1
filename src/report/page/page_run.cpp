#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dropsweep/core/shell_word.hpp"
#include "dropsweep/core/text.hpp"
#include "dropsweep/report/occupancy.hpp"

#include "html.hpp"
#include "page_parts.hpp"

namespace dropsweep::report {
namespace {

using Json = nlohmann::ordered_json;

/// The value at `pointer`, e.g. "/plan/ranks", whatever its type; null where there is none.
const Json& at(const Json& json, const char* pointer) {
    static const Json kNull;
    const Json::json_pointer where(pointer);
    return json.contains(where) ? json.at(where) : kNull;
}

/// A value as plain text; a manifest is a file, and a file may hold anything.
std::string plain(const Json& value) {
    if (value.is_null()) return "";
    if (value.is_string()) return value.get<std::string>();
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string text_at(const Json& json, const char* pointer) {
    return escape(plain(at(json, pointer)));
}

std::string code(const std::string& html) {
    return html.empty() ? "" : "<code>" + html + "</code>";
}

/// "20261123T233401Z" as "2026-11-23 23:34:01 UTC"; anything else as it is.
std::string readable_time(const std::string& text) {
    const bool is_known = text.size() == 16 && text[8] == 'T' && text[15] == 'Z' &&
                          text.find_first_not_of("0123456789TZ") == std::string::npos;
    if (!is_known) return text;
    const auto part = [&](std::size_t from, std::size_t length) { return text.substr(from, length); };
    return fmt::format("{}-{}-{} {}:{}:{} UTC", part(0, 4), part(4, 2), part(6, 2), part(9, 2), part(11, 2),
                       part(13, 2));
}

std::vector<std::string> command_of(const Json& manifest) {
    std::vector<std::string> words;
    for (const Json& word : at(manifest, "/program/command")) words.push_back(plain(word));
    return words;
}

/// A command line with its words quoted for a shell, plain text; under mpirun when there were several ranks.
std::string command_line(const Json& manifest, const std::vector<std::string>& words) {
    const Json& ranks = at(manifest, "/plan/ranks");
    std::string line;
    if (ranks.is_number_integer() && ranks.get<std::int64_t>() > 1) {
        line = fmt::format("mpirun -n {}", ranks.get<std::int64_t>());
    }
    for (const std::string& word : words) {
        if (!line.empty()) line += ' ';
        line += core::shell_word(word);
    }
    return line;
}

/// "ranks 0-3" for consecutive numbers, "ranks 0, 2, 5" for others.
std::string ranks_text(const Json& ranks) {
    if (!ranks.is_array() || ranks.empty()) return plain(ranks);
    bool are_consecutive = true;
    std::string list;
    for (std::size_t i = 0; i < ranks.size(); ++i) {
        list += fmt::format("{}{}", i == 0 ? "" : ", ", plain(ranks[i]));
        are_consecutive = are_consecutive && ranks[i].is_number_integer() && ranks[0].is_number_integer() &&
                          ranks[i].get<std::int64_t>() == ranks[0].get<std::int64_t>() + static_cast<std::int64_t>(i);
    }
    if (ranks.size() == 1) return "rank " + list;
    return "ranks " + (are_consecutive ? plain(ranks.front()) + "\u2013" + plain(ranks.back()) : list);
}

std::string machines_html(const Json& manifest) {
    std::string html;
    for (const Json& machine : at(manifest, "/machines")) {
        html += fmt::format("{}{}: {}, {} <span class=\"muted\">({})</span>", html.empty() ? "" : "<br>",
                            text_at(machine, "/host"), text_at(machine, "/cpu"),
                            text_at(machine, machine.contains("products") ? "/products" : "/blas"),
                            escape(ranks_text(at(machine, "/ranks"))));
    }
    return html;
}

std::string groups_html(const Json& manifest) {
    std::string html;
    for (const Json& group : at(manifest, "/plan/groups")) {
        const Json& first = at(group, "/first_rank");
        const Json& ranks = at(group, "/ranks");
        if (!first.is_number_integer() || !ranks.is_number_integer()) continue;
        const std::int64_t begin = first.get<std::int64_t>(), count = ranks.get<std::int64_t>();
        html += html.empty() ? "" : ", ";
        html += count == 1 ? std::to_string(begin) : fmt::format("{}\u2013{}", begin, begin + count - 1);
    }
    return html.empty() ? "" : "ranks " + html;
}

std::string samples_html(const Json& manifest) {
    const std::string training = text_at(manifest, "/data/training_samples");
    if (training.empty()) return "";
    const std::string rows = text_at(manifest, "/data/rows");
    const std::string columns = text_at(manifest, "/data/columns");
    const std::string what = rows == "1" ? fmt::format("samples of {} features", columns)
                                         : fmt::format("images of {} \u00d7 {} pixels", rows, columns);
    return fmt::format("{} training, {} validation, {} test {}, {} classes", training,
                       text_at(manifest, "/data/validation_samples"), text_at(manifest, "/data/test_samples"), what,
                       text_at(manifest, "/data/classes"));
}

/// Names, escaped, of which the first ones are enough to know them.
std::string names_html(const Json& names) {
    constexpr std::size_t kMost = 40;
    std::vector<std::string> parts;
    for (const Json& name : names) {
        if (parts.size() == kMost) {
            parts.push_back(fmt::format("and {} more", names.size() - kMost));
            break;
        }
        parts.push_back(escape(plain(name)));
    }
    return fmt::to_string(fmt::join(parts, ", "));
}

std::string class_weights_html(const Json& manifest) {
    std::vector<std::string> parts;
    for (const Json& weight : at(manifest, "/class_weights")) {
        const std::string name = text_at(manifest, fmt::format("/data/class_names/{}", parts.size()).c_str());
        const std::string value = weight.is_number() ? fmt::format("{:.4g}", weight.get<double>()) : plain(weight);
        parts.push_back(fmt::format("{} for {}", escape(value), name.empty() ? fmt::to_string(parts.size()) : name));
    }
    return fmt::to_string(fmt::join(parts, ", "));
}

std::string facts_of(const Json& manifest) {
    const std::string name = text_at(manifest, "/program/name");
    Facts facts;
    facts.add("Program", name.empty() ? "" : name + " " + text_at(manifest, "/program/version"));
    facts.add("Started", escape(readable_time(plain(at(manifest, "/started")))));
    facts.add("Command", code(escape(command_line(manifest, command_of(manifest)))));
    facts.add("Machines", machines_html(manifest));
    facts.add("MPI", text_at(manifest, "/mpi"));
    facts.add("BLAS threads per rank", text_at(manifest, "/blas_threads"));
    facts.add("Precision", text_at(manifest, "/precision"));
    facts.add("Rules", text_at(manifest, "/rules"));
    facts.add("Class weights", class_weights_html(manifest));
    facts.add("Ranks", text_at(manifest, "/plan/ranks"));
    facts.add("Groups", groups_html(manifest));
    const Json& unused = at(manifest, "/plan/unused_ranks");
    facts.add("Unused ranks", unused.empty() ? "" : escape(plain(unused)));
    facts.add("Leaves per trial", text_at(manifest, "/plan/leaves"));
    facts.add("Shards per trial", text_at(manifest, "/plan/shards"));  // of an earlier dropsweep
    facts.add("Trials", text_at(manifest, "/plan/trials"));
    facts.add("Data", text_at(manifest, "/data/source"));
    facts.add("Why this data", text_at(manifest, "/data/note"));
    facts.add("Data SHA-256", code(text_at(manifest, "/data/sha256")));
    facts.add("Samples", samples_html(manifest));
    facts.add("Classes", names_html(at(manifest, "/data/class_names")));
    facts.add("Features", names_html(at(manifest, "/data/feature_names")));
    return facts.html();
}

std::string directory_of(const RunRecord& record, std::size_t part) {
    return record.directories.size() == record.manifests.size() ? record.directories[part].string() : "";
}

std::string shell_block(const std::string& commands) {
    return fmt::format("<pre class=\"command\" tabindex=\"0\"><code>{}</code></pre>\n", escape(commands));
}

}  // namespace

std::string timeline_section(const RunRecord& record, const Plots& plots) {
    const bool has_ended =
        std::ranges::find(record.timing, TimingRow::Event::sweep, &TimingRow::event) != record.timing.end();
    const std::string figure = plots.figure("timeline");
    if (!has_ended && figure.empty()) return "";
    const Occupancy occupancy = occupancy_of(record.timing);
    std::string text;
    if (has_ended && occupancy.seconds > 0) {
        const auto prediction = std::ranges::find_if(record.timing, [](const TimingRow& row) {
            return row.event == TimingRow::Event::prediction && row.trial.empty();
        });
        text = fmt::format("<p>{} in {} on {}; ranks idle for {} % of the time.{}</p>\n",
                           core::counted(occupancy.trials, "trial"), duration(occupancy.seconds),
                           core::counted(static_cast<std::size_t>(occupancy.ranks), "rank"),
                           number(100 * occupancy.idle_share, 1),
                           prediction == record.timing.end()
                               ? ""
                               : fmt::format(" Predicted at the start: {}.", duration(prediction->seconds)));
    }
    return "<section id=\"timeline\"><h2>Timeline</h2>\n" + text + figure + "</section>\n";
}

std::string configuration_section(const RunRecord& record) {
    Facts facts;
    for (const auto& [name, value] : record.config) facts.add(name, code(escape(value)));
    return "<section id=\"configuration\"><h2>Configuration</h2>\n" + facts.html() + "</section>\n";
}

std::string provenance_section(const RunRecord& record) {
    std::string html = "<section id=\"provenance\"><h2>Provenance</h2>\n";
    for (std::size_t part = 0; part < record.manifests.size(); ++part) {
        const std::string directory = directory_of(record, part);
        if (record.manifests.size() > 1) {
            html += fmt::format("<h3>Part {}{}{}</h3>\n", part + 1, directory.empty() ? "" : ": ", escape(directory));
        }
        html += facts_of(record.manifests[part]);
    }
    return html + "</section>\n";
}

std::string repeat_section(const RunRecord& record) {
    std::string from_config, as_started;
    for (std::size_t part = 0; part < record.manifests.size(); ++part) {
        const Json& manifest = record.manifests[part];
        const std::vector<std::string> command = command_of(manifest);
        const std::string directory = directory_of(record, part);
        as_started += command_line(manifest, command) + "\n";
        if (directory.empty() || command.size() < 2) continue;
        const std::string config = (std::filesystem::path(directory) / "config.ini").string();
        from_config += command_line(manifest, {command[0], command[1], "--config", config}) + "\n";
    }
    std::string html = "<section id=\"repeat\"><h2>Repeat the run</h2>\n";
    if (!from_config.empty()) {
        html += "<p>With every setting as it was resolved, into a new directory:</p>\n" + shell_block(from_config);
    }
    return html + "<p>As it was started:</p>\n" + shell_block(as_started) + "</section>\n";
}

}  // namespace dropsweep::report
