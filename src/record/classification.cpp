// Counts classes, scores them, and writes and reads the CSV files.
#include "dropsweep/record/classification.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include <fmt/format.h>

#include "dropsweep/record/csv.hpp"
#include "dropsweep/system/files.hpp"
#include "dropsweep/text/hex.hpp"

namespace dropsweep::record {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kClassColumns = {"class", "precision", "recall", "f1-score", "support"};
const std::vector<std::string> kConfusionColumns = {"trial", "true", "predicted", "count"};
const std::vector<std::string> kMistakeColumns = {"index", "true", "predicted", "probability"};
const std::vector<std::string> kImageColumns = {"index", "rows", "columns", "pixels"};
constexpr const char* kConfusion = "confusion.csv";
constexpr const char* kMistakes = "misclassified.csv";
constexpr const char* kImages = "misclassified_images.csv";

double ratio(std::size_t part, std::size_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

/// The weighted mean of the scores; support is the sum.
template <class Weight>
Score average(const std::vector<Score>& classes, Weight&& weight) {
    Score mean;
    double total = 0;
    for (const Score& score : classes) {
        const double w = weight(score);
        mean.precision += w * score.precision;
        mean.recall += w * score.recall;
        mean.f1 += w * score.f1;
        mean.support += score.support;
        total += w;
    }
    mean.precision /= total;
    mean.recall /= total;
    mean.f1 /= total;
    return mean;
}

/// The indices of the mistakes that are shown for any class.
std::set<std::size_t> shown_mistakes(const Classification& classification) {
    std::set<std::size_t> shown;
    for (std::size_t label = 0; label < classification.classes(); ++label) {
        for (const bool confused_with : {false, true}) {
            for (const Mistake& mistake : mistakes_of_class(classification, label, confused_with, kMistakesShown)) {
                shown.insert(mistake.index);
            }
        }
    }
    return shown;
}

std::size_t read_class(const CsvReader& row, std::string_view column, const std::vector<std::string>& names) {
    const auto found = std::ranges::find(names, row.text(column));
    if (found == names.end()) {
        row.refuse(fmt::format("{} is {}, which is no class of {}", column, row.text(column), kConfusion));
    }
    return static_cast<std::size_t>(found - names.begin());
}

/// @param end  the reader of the mistakes, for the message
/// @throws Error  bad_data: the mistakes contradict the matrix
void require_counted(const CsvReader& end, const Classification& classification) {
    std::vector<std::size_t> counted(classification.confusion.size());
    for (const Mistake& mistake : classification.mistakes) {
        ++counted[mistake.truth * classification.classes() + mistake.predicted];
    }
    for (std::size_t truth = 0; truth < classification.classes(); ++truth) {
        for (std::size_t predicted = 0; predicted < classification.classes(); ++predicted) {
            const std::size_t rows = counted[truth * classification.classes() + predicted];
            const std::size_t wanted = truth == predicted ? 0 : classification.count(truth, predicted);
            if (rows == wanted) continue;
            end.refuse(fmt::format("{} rows for {} read as {}, but {} has {}", rows, classification.names[truth],
                                   classification.names[predicted], kConfusion, wanted));
        }
    }
}

/// Reads the matrix, which must be complete and in row-major order, and the names of the classes.
void read_confusion(const fs::path& path, Classification& classification) {
    CsvReader row(path, kConfusionColumns);
    std::vector<std::pair<std::string, std::string>> places;
    // Limits the sum of all counts to the samples of an IDX file, so that sums cannot overflow.
    std::uint64_t left = std::numeric_limits<std::uint32_t>::max();
    while (row.next()) {
        classification.trial = row.text("trial");
        classification.confusion.push_back(row.count("count", left));
        left -= classification.confusion.back();
        places.emplace_back(row.text("true"), row.text("predicted"));
    }
    std::vector<std::string>& names = classification.names;
    for (const auto& [truth, predicted] : places) {
        if (truth == places.front().first) names.push_back(predicted);
    }
    bool complete = places.size() == names.size() * names.size() && !places.empty();
    for (std::size_t i = 0; complete && i < places.size(); ++i) {
        complete = places[i] == std::pair(names[i / names.size()], names[i % names.size()]);
    }
    if (!complete) row.refuse("the rows are not those of a square matrix, in order");
}

void read_images(const fs::path& path, Classification& classification) {
    constexpr std::uint64_t kLargestExtent = 65'535;
    for (CsvReader row(path, kImageColumns); row.next();) {
        const std::size_t rows = row.count("rows", kLargestExtent);
        const std::size_t columns = row.count("columns", kLargestExtent);
        if (rows == 0 || columns == 0) row.refuse(fmt::format("{} x {} are no pixels", rows, columns));
        if (classification.images.empty()) {
            classification.image_rows = rows;
            classification.image_columns = columns;
        }
        if (rows != classification.image_rows || columns != classification.image_columns) {
            row.refuse(fmt::format("{} x {} pixels after images of {} x {}", rows, columns, classification.image_rows,
                                   classification.image_columns));
        }
        auto pixels = text::from_hex(row.text("pixels"));
        if (!pixels || pixels->size() != rows * columns) {
            row.refuse(fmt::format("the pixels are not {} x {} bytes", rows, columns));
        }
        classification.images.emplace(row.count("index"), std::move(*pixels));
    }
}

}  // namespace

Classification classify(const std::string& trial, const train::Predictions& predictions, const data::Samples& samples,
                        const std::vector<std::string>& names, std::size_t image_rows) {
    const std::size_t classes = names.size();
    Classification result;
    result.trial = trial;
    result.names = names;
    result.confusion.assign(classes * classes, 0);
    if (image_rows > 1) {
        result.image_rows = image_rows;
        result.image_columns = samples.features / image_rows;
    }
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const std::size_t truth = samples.labels[i];
        const std::size_t predicted = predictions.predicted[i];
        ++result.confusion[truth * classes + predicted];
        if (predicted == truth) continue;
        result.mistakes.push_back({i, truth, predicted, predictions.probabilities.span()[i * classes + predicted]});
    }
    if (!result.has_images()) return result;
    for (const std::size_t index : shown_mistakes(result)) result.images.emplace(index, samples.image(index));
    return result;
}

Scores score(const Classification& classification) {
    Scores scores;
    std::size_t correct = 0;
    std::size_t images = 0;
    for (std::size_t c = 0; c < classification.classes(); ++c) {
        std::size_t predicted = 0;
        Score& own = scores.classes.emplace_back();
        for (std::size_t other = 0; other < classification.classes(); ++other) {
            own.support += classification.count(c, other);
            predicted += classification.count(other, c);
        }
        const std::size_t hits = classification.count(c, c);
        own.precision = ratio(hits, predicted);
        own.recall = ratio(hits, own.support);
        own.f1 = ratio(2 * hits, predicted + own.support);
        correct += hits;
        images += own.support;
    }
    scores.accuracy = ratio(correct, images);
    scores.macro = average(scores.classes, [](const Score&) { return 1.0; });
    scores.weighted = average(scores.classes, [](const Score& s) { return static_cast<double>(s.support); });
    return scores;
}

std::vector<Mistake> mistakes_of_class(const Classification& classification, std::size_t label, bool confused_with,
                                       std::size_t most) {
    std::vector<Mistake> chosen;
    std::ranges::copy_if(classification.mistakes, std::back_inserter(chosen), [&](const Mistake& mistake) {
        return mistake.truth == label || (confused_with && mistake.predicted == label);
    });
    std::ranges::stable_sort(chosen, std::greater<>(), &Mistake::probability);
    if (chosen.size() > most) chosen.resize(most);
    return chosen;
}

std::string classes_csv(const Classification& classification) {
    const Scores scores = score(classification);
    std::string text = csv_line(kClassColumns);
    const auto add = [&text](const std::string& name, const Score& row) {
        text += csv_line(
            {name, csv_number(row.precision), csv_number(row.recall), csv_number(row.f1), fmt::to_string(row.support)});
    };
    for (std::size_t c = 0; c < scores.classes.size(); ++c) add(classification.names[c], scores.classes[c]);
    text += csv_line({"accuracy", "", "", csv_number(scores.accuracy), fmt::to_string(scores.macro.support)});
    add("macro avg", scores.macro);
    add("weighted avg", scores.weighted);
    return text;
}

void write_classification(const Classification& classification, const fs::path& directory) {
    std::string confusion = csv_line(kConfusionColumns);
    for (std::size_t truth = 0; truth < classification.classes(); ++truth) {
        for (std::size_t predicted = 0; predicted < classification.classes(); ++predicted) {
            confusion += csv_line({classification.trial, classification.names[truth], classification.names[predicted],
                                   fmt::to_string(classification.count(truth, predicted))});
        }
    }
    std::string mistakes = csv_line(kMistakeColumns);
    for (const Mistake& mistake : classification.mistakes) {
        mistakes += csv_line({fmt::to_string(mistake.index), classification.names[mistake.truth],
                              classification.names[mistake.predicted], fmt::to_string(mistake.probability)});
    }
    std::string images = csv_line(kImageColumns);
    for (const auto& [index, pixels] : classification.images) {
        images += csv_line({fmt::to_string(index), fmt::to_string(classification.image_rows),
                            fmt::to_string(classification.image_columns), text::to_hex(pixels)});
    }
    // confusion.csv is removed first and written last: it marks the others as complete, and names the trial.
    system::remove_file(directory / kConfusion);
    system::write_file_atomically(directory / "classes.csv", classes_csv(classification));
    system::write_file_atomically(directory / kMistakes, mistakes);
    system::write_file_atomically(directory / kImages, images);
    system::write_file_atomically(directory / kConfusion, confusion);
}

std::optional<Classification> read_classification(const fs::path& directory) {
    std::error_code ignored;
    if (!fs::exists(directory / kConfusion, ignored)) return std::nullopt;
    Classification result;
    read_confusion(directory / kConfusion, result);
    CsvReader row(directory / kMistakes, kMistakeColumns);
    while (row.next()) {
        result.mistakes.push_back({row.count("index"), read_class(row, "true", result.names),
                                   read_class(row, "predicted", result.names),
                                   static_cast<float>(row.number("probability"))});
    }
    require_counted(row, result);
    read_images(directory / kImages, result);
    return result;
}

}  // namespace dropsweep::record
