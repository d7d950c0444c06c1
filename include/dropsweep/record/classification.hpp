// How a model classifies the test set: confusion matrix, scores per class, and wrongly classified samples.
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

/// A wrongly classified test sample.
struct Mistake {
    std::size_t index = 0;  ///< in the test file, from 0
    std::size_t truth = 0;
    std::size_t predicted = 0;
    float probability = 0;  ///< of the predicted class, by the model
};

/// The classification of the test set by one model.
struct Classification {
    std::string trial;                   ///< id
    std::vector<std::size_t> confusion;  ///< [classes(), classes()] samples; row: true class, column: predicted class
    std::vector<Mistake> mistakes;       ///< by ascending index
    std::vector<std::string> names;      ///< of the classes, all different
    std::size_t image_rows = 0;          ///< 0: the samples are no images
    std::size_t image_columns = 0;
    /// Pixels [image_rows, image_columns], 0 is background, of the mistakes that are shown, by Mistake::index.
    std::map<std::size_t, std::vector<std::uint8_t>> images;

    std::size_t classes() const { return names.size(); }
    std::size_t count(std::size_t truth, std::size_t predicted) const {
        return confusion[truth * classes() + predicted];
    }
    bool has_images() const { return image_rows > 0; }
};

/// Makes the classification from predictions. Local: no communication.
/// @param predictions  of the trial's model for `samples`
/// @param samples      the test set, with labels below names.size()
/// @param names        of the classes, by label
/// @param image_rows   a divisor of samples.features; 1: the samples are no images
Classification classify(const std::string& trial, const train::Predictions& predictions, const data::Samples& samples,
                        const std::vector<std::string>& names, std::size_t image_rows);

/// Most mistakes shown for a class.
inline constexpr std::size_t kMistakesShown = 32;

/// Up to `most` mistakes of a class, by descending probability.
/// @param confused_with  whether to include those with `label` as predicted class, beside those with it as true class
std::vector<Mistake> mistakes_of_class(const Classification& classification, std::size_t label, bool confused_with,
                                       std::size_t most);

/// Precision, recall and F1 of one class, or their averages.
struct Score {
    double precision = 0;
    double recall = 0;
    double f1 = 0;
    std::size_t support = 0;  ///< samples of the class
};

struct Scores {
    std::vector<Score> classes;
    double accuracy = 0;
    Score macro;     ///< unweighted mean over the classes
    Score weighted;  ///< mean over the classes weighted by support
};

/// precision = TP / (TP + FP), recall = TP / (TP + FN), F1 = 2 TP / (2 TP + FP + FN); 0 where a denominator is 0.
/// Local: no communication. Source: the definitions of scikit-learn's classification_report with zero_division=0.
Scores score(const Classification& classification);

/// The text of classes.csv: the scores in the layout of scikit-learn's classification_report.
std::string classes_csv(const Classification& classification);

/// Writes classes.csv, confusion.csv, misclassified.csv and misclassified_images.csv; their columns are defined in
/// results/README.md. confusion.csv exists only while all of them are complete. Local: no communication.
/// @throws Error  io_error
void write_classification(const Classification& classification, const std::filesystem::path& directory);

/// Reads the last three back; none: there is no confusion.csv. Local: no communication.
/// @throws Error  missing_input: another file is missing; bad_data: a file is not what dropsweep writes (with file and
///                line), the mistakes contradict the matrix, or the images differ in size
std::optional<Classification> read_classification(const std::filesystem::path& directory);

}  // namespace dropsweep::record
