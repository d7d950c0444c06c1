#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dropsweep/data/dataset.hpp"
#include "dropsweep/train/evaluation.hpp"

namespace dropsweep::record {

/// A test sample that a model got wrong.
struct Mistake {
    std::size_t index = 0;  ///< in the test file, from 0
    std::size_t truth = 0;
    std::size_t predicted = 0;
    float probability = 0;  ///< the model's, of the predicted class
};

/// How one model classifies the test set.
struct Classification {
    std::string trial;
    std::vector<std::size_t> confusion;  ///< [classes(), classes()] samples; row: true class, column: predicted class
    std::vector<Mistake> mistakes;       ///< in ascending order of index
    std::vector<std::string> names;      ///< of the classes, all different
    std::size_t image_rows = 0;          ///< 0: the samples are no images
    std::size_t image_columns = 0;
    /// Pixels, [image_rows, image_columns], 0 is background, of those mistakes that are shown, by index.
    std::map<std::size_t, std::vector<std::uint8_t>> images;

    std::size_t classes() const { return names.size(); }
    std::size_t count(std::size_t truth, std::size_t predicted) const {
        return confusion[truth * classes() + predicted];
    }
    bool has_images() const { return image_rows > 0; }
    /// "1 image", "3 samples".
    std::string counted(std::size_t samples) const;
};

/// Local: no communication.
/// @param predictions  of a model for `samples`, the test set; like their labels, numbers of names
/// @param names        of the classes
/// @param image_rows   a divisor of samples.features; 1: the samples are no images
Classification classify(const std::string& trial, const train::Predictions& predictions, const data::Samples& samples,
                        const std::vector<std::string>& names, std::size_t image_rows);

/// Mistakes shown for a class, at most.
inline constexpr std::size_t kMistakesShown = 32;

/// The mistakes to show for a class: those where it is the true or (`confused_with`) the predicted class, the model's
/// most confident first, at most `most`.
std::vector<Mistake> mistakes_of_class(const Classification& classification, std::size_t label, bool confused_with,
                                       std::size_t most);

/// Precision, recall and F1 of one class, or their averages.
struct Score {
    double precision = 0;
    double recall = 0;
    double f1 = 0;
    std::size_t support = 0;  ///< images of the class
};

struct Scores {
    std::vector<Score> classes;
    double accuracy = 0;
    Score macro;     ///< plain mean over the classes
    Score weighted;  ///< mean over the classes weighted by support
};

/// precision = TP / (TP + FP), recall = TP / (TP + FN), F1 = 2 TP / (2 TP + FP + FN); 0 where a denominator is 0.
/// Local: no communication. Source: the definitions of scikit-learn's classification_report with zero_division=0.
Scores score(const Classification& classification);

/// classes.csv: the scores in the layout of scikit-learn's classification_report.
std::string classes_csv(const Classification& classification);

/// Writes classes.csv, confusion.csv, misclassified.csv and misclassified_images.csv; their columns are defined in
/// results/README.md. While they are not all written there is no confusion.csv. Local: no communication.
/// @throws Error  io_error
void write_classification(const Classification& classification, const std::filesystem::path& directory);

/// Reads the last three back; none when there is no confusion.csv. Local: no communication.
/// @throws Error  missing_input: one of the others is not there; bad_data: one is not what dropsweep writes (file and
///                line), the mistakes are not those that the matrix counts, or the images differ in size
std::optional<Classification> read_classification(const std::filesystem::path& directory);

}  // namespace dropsweep::record
