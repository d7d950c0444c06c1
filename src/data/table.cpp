// Tables of samples: what their columns are, and the numbers and labels in them.
#include "dropsweep/data/table.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "dropsweep/text/error.hpp"
#include "dropsweep/text/utf8.hpp"
#include "dropsweep/text/words.hpp"

#include "memory_need.hpp"
#include "records.hpp"

namespace dropsweep::data {
namespace {

namespace fs = std::filesystem;

using Record = Records::Record;

/// The columns of a table.
struct Columns {
    std::vector<std::string> names;  ///< all different; numbers from 1 where there is no header
    bool has_header = false;
    std::vector<std::size_t> features;
    std::size_t label = 0;          ///< of no meaning in a table without
    std::optional<std::size_t> id;  ///< what the samples are called

    std::optional<std::size_t> find(const std::string& name) const {
        const auto found = std::ranges::find(names, name);
        if (found == names.end()) return std::nullopt;
        return static_cast<std::size_t>(found - names.begin());
    }
    void make_features_but(std::optional<std::size_t> column) {
        for (std::size_t c = 0; c < names.size(); ++c) {
            if (c != column) features.push_back(c);
        }
    }
    /// "column 3 (sepal width)".
    std::string place(std::size_t column) const {
        const std::string number = fmt::to_string(column + 1);
        return names[column] == number ? "column " + number
                                       : fmt::format("column {} ({})", number, text::shown(names[column]));
    }
};

/// The names, and nothing else yet.
Columns named_columns(const Records& records, const Record& first) {
    Columns columns;
    std::set<std::string> different;
    columns.has_header = records.is_header(first);
    for (std::size_t c = 0; c < first.size(); ++c) {
        const bool has_name = columns.has_header && !first[c].empty();
        columns.names.push_back(has_name ? text::as_utf8(first[c]) : fmt::to_string(c + 1));
        if (different.insert(columns.names.back()).second) continue;
        records.refuse_line(fmt::format("two columns are called {}", text::shown(columns.names.back())),
                            "give each a name of its own");
    }
    return columns;
}

std::size_t find_column(const Columns& columns, const char* option, const std::string& name) {
    if (const std::optional<std::size_t> found = columns.find(name)) return *found;
    std::vector<std::string> names;
    for (const std::string& each : columns.names) names.push_back(text::shown(each));
    throw Error(ExitCode::usage, fmt::format("{}: there is no column {}; name one of {}", option, text::shown(name),
                                             text::listed(names, 8)));
}

/// @param label  as of read_tables
Columns training_columns(const Records& records, const Record& first, const std::string& label) {
    if (first.size() < 2) {
        records.refuse_line("there is one column", "give features and a label, in CSV separated by ',', ';' or tabs");
    }
    Columns columns = named_columns(records, first);
    columns.label = label.empty() ? first.size() - 1 : find_column(columns, "--label", label);
    columns.make_features_but(columns.label);
    return columns;
}

/// @param training  columns
Columns test_columns(const Records& records, const Record& first, const Columns& training) {
    Columns columns = named_columns(records, first);
    if (columns.names.size() != training.names.size()) {
        records.refuse(fmt::format("{} columns, {} in the training file", columns.names.size(), training.names.size()),
                       "give tables with the same columns");
    }
    for (std::size_t c = 0; c < columns.names.size(); ++c) {
        if (columns.names[c] == training.names[c]) continue;
        records.refuse(fmt::format("{} is {} in the training file", columns.place(c), text::shown(training.names[c])),
                       "give tables with the same columns, both with a header or both without");
    }
    columns.features = training.features;
    columns.label = training.label;
    return columns;
}

/// @param features, id  as of read_table_samples
Columns sample_columns(const Records& records, const Record& first, const std::vector<std::string>& features,
                       const std::string& id) {
    Columns columns = named_columns(records, first);
    if (!id.empty()) columns.id = find_column(columns, "--id", id);
    if (features.empty() || !columns.has_header) {
        columns.make_features_but(columns.id);
        return columns;
    }
    for (const std::string& name : features) {
        const std::optional<std::size_t> found = columns.find(name);
        if (!found) {
            records.refuse(fmt::format("there is no column {}", text::shown(name)), "give all features of the model");
        }
        columns.features.push_back(*found);
    }
    return columns;
}

/// Classes by their names, in the order in which they occur.
class Labels {
  public:
    /// @return  nullopt: it is a new one, and there may be no more
    std::optional<std::uint8_t> number_of(std::string_view name, bool may_be_new) {
        const auto found = numbers_.find(std::string(name));
        if (found != numbers_.end()) return found->second;
        if (!may_be_new || numbers_.size() == kMostClasses) return std::nullopt;
        const auto number = static_cast<std::uint8_t>(numbers_.size());
        numbers_.emplace(name, number);
        names_.emplace_back(name);
        return number;
    }
    const std::vector<std::string>& names() const { return names_; }
    /// By value if all are numbers, else by their bytes.
    std::vector<std::string> sorted() const {
        std::vector<std::string> sorted = names_;
        std::ranges::sort(sorted);
        const auto value = [](const std::string& name) { return finite_number(name); };
        const auto is_number = [](const std::optional<double>& number) { return number.has_value(); };
        if (std::ranges::all_of(sorted, is_number, value)) std::ranges::stable_sort(sorted, {}, value);
        return sorted;
    }

  private:
    std::unordered_map<std::string, std::uint8_t> numbers_;
    std::vector<std::string> names_;
};

/// What all values of a column have in common.
struct Sameness {
    bool is_constant = true;
    bool counts_lines = true;
    float first = 0;

    void include(float value, std::size_t index) {
        if (index == 0) first = value;
        is_constant &= value == first;
        counts_lines &= (first == 0 || first == 1) && value == first + static_cast<float>(index);
    }
};

/// Reads one file.
class TableReader {
  public:
    /// @param memory  bytes that the samples may take
    TableReader(const fs::path& path, std::size_t memory)
        : records_(open_records(path)), path_(path), memory_(memory) {}

    /// @param choose      choose(records, first record) says what the columns are
    /// @param add_others  add_others(record) takes what is no feature
    template <class Choose, class AddOthers>
    LabelledSamples read(Choose&& choose, AddOthers&& add_others) {
        bool is_first = true;
        records_->for_each([&](const Record& record) {
            if (std::exchange(is_first, false)) {
                columns_ = choose(*records_, record);
                same_.resize(columns_.names.size());
                if (columns_.has_header) return;
            }
            add_features(record);
            add_others(record);
            ++samples_.count;
            if (samples_.count % kLookAtMemory == 1) require_memory();
        });
        if (samples_.count == 0) records_->refuse("there is no sample in it", "give some below the header");
        samples_.rows = 1;
        samples_.columns = columns_.features.size();
        return std::move(samples_);
    }

    /// Takes the label of a record.
    /// @param labels  to be filled, or of the training file
    void add_label(const Record& record, Labels& labels, bool is_training) {
        const std::string name = text::as_utf8(record[columns_.label]);
        const std::optional<std::uint8_t> number = name.empty() ? std::nullopt : labels.number_of(name, is_training);
        if (number) {
            samples_.labels.push_back(*number);
            return;
        }
        const std::string place = columns_.place(columns_.label);
        if (name.empty()) records_->refuse_line(place + ": the label is missing", "give each sample one");
        if (is_training) {
            records_->refuse_line(
                fmt::format("{}: '{}' is one label more than {}", place, text::shown(name), kMostClasses),
                "name the column of the label with --label");
        }
        records_->refuse_line(fmt::format("{}: no training sample has the label '{}'", place, text::shown(name)),
                              "give training samples of each class");
    }

    const Columns& columns() const { return columns_; }

    /// Of features that tell nothing.
    void warn(std::vector<std::string>& warnings, std::size_t samples) const {
        std::vector<std::string> constant;
        for (const std::size_t c : columns_.features) {
            if (same_[c].is_constant && samples > 1) {
                constant.push_back(columns_.place(c));
            } else if (same_[c].counts_lines && samples > 3) {
                warnings.push_back(columns_.place(c) + " counts the lines; leave it out if it is no feature");
            }
        }
        if (constant.size() == 1) warnings.push_back(constant.front() + " never changes; it tells nothing");
        if (constant.size() < 2) return;
        warnings.push_back(
            fmt::format("{} columns never change; they tell nothing: {}", constant.size(), text::listed(constant, 5)));
    }

  private:
    void add_features(const Record& record) {
        if (record.size() != columns_.names.size()) {
            records_->refuse_line(
                fmt::format("{} fields where there are {} columns", record.size(), columns_.names.size()),
                "give each line all fields");
        }
        for (const std::size_t c : columns_.features) {
            const std::optional<double> number = finite_number(record[c]);
            const float value = number ? static_cast<float>(*number) : 0.0f;
            if (!number || !std::isfinite(value)) refuse_value(c, record[c]);
            samples_.numbers.push_back(value);
            same_[c].include(value, samples_.count);
        }
    }

    [[noreturn]] void refuse_value(std::size_t column, std::string_view text) const {
        const std::string what =
            text.empty() ? "the value is missing" : fmt::format("'{}' is no finite number", text::shown(text));
        records_->refuse_line(fmt::format("{}: {}", columns_.place(column), what),
                              "every column but the label, see --label, has to be a number");
    }

    /// For the values and the copy that the ranks of a node share: of all samples, as far as the size of the file tells
    /// how many there will be, and of those that are there.
    void require_memory() const {
        std::size_t values = samples_.numbers.size();
        if (samples_.count == 1 && !records_->compressed()) {
            std::error_code ignored;
            const auto bytes = static_cast<double>(fs::file_size(path_, ignored));
            values = static_cast<std::size_t>(bytes / static_cast<double>(records_->record_bytes()) *
                                              static_cast<double>(samples_.numbers.size()));
        }
        const std::size_t wanted = 2 * sizeof(float) * values;
        if (wanted > memory_) records_->refuse(too_large(wanted, memory_), kTooLargeRemedy);
    }

    static constexpr std::size_t kLookAtMemory = 1024;  ///< samples
    std::unique_ptr<Records> records_;
    fs::path path_;
    std::size_t memory_;
    LabelledSamples samples_;
    Columns columns_;
    std::vector<Sameness> same_;  ///< of each column
};

}  // namespace

Dataset read_tables(const fs::path& train, const fs::path& test, const std::string& label,
                    std::vector<std::string>& warnings, std::size_t memory) {
    Dataset dataset;
    Labels labels;
    TableReader training(train, memory);
    dataset.train = training.read(
        [&](const Records& records, const Record& first) { return training_columns(records, first, label); },
        [&](const Record& record) { training.add_label(record, labels, true); });
    training.warn(warnings, dataset.train.count);
    const Columns& columns = training.columns();
    if (!test.empty()) {
        TableReader testing(test, memory);
        dataset.test = testing.read(
            [&](const Records& records, const Record& first) { return test_columns(records, first, columns); },
            [&](const Record& record) { testing.add_label(record, labels, false); });
    }
    dataset.class_names = labels.sorted();
    rename_classes(dataset, labels.names(), dataset.class_names);
    if (columns.has_header) {
        for (const std::size_t c : columns.features) dataset.feature_names.push_back(columns.names[c]);
    }
    return dataset;
}

NamedSamples read_table_samples(const fs::path& file, const std::vector<std::string>& features, const std::string& id) {
    NamedSamples named;
    TableReader reader(file, system::available_memory());
    named.samples = reader.read(
        [&](const Records& records, const Record& first) { return sample_columns(records, first, features, id); },
        [&](const Record& record) {
            if (!id.empty()) named.ids.push_back(text::as_utf8(record[*reader.columns().id]));
        });
    if (!id.empty()) named.id_name = reader.columns().names[*reader.columns().id];
    return named;
}

}  // namespace dropsweep::data
