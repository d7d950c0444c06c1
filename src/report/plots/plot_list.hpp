#pragma once

#include <optional>

#include "dropsweep/report/classification.hpp"
#include "dropsweep/report/comparison.hpp"
#include "dropsweep/report/run_record.hpp"

#include "gnuplot.hpp"

namespace dropsweep::report {

// The plots by name; none where there is nothing to draw. Those of the training show the trials that count, the mean
// over the seeds only while at least half of them still train: what few long trials do is no mean of all.

std::optional<Plot> loss_plot(const Comparison& comparison);
std::optional<Plot> train_loss_plot(const Comparison& comparison);
std::optional<Plot> val_loss_plot(const Comparison& comparison);
std::optional<Plot> val_accuracy_plot(const Comparison& comparison);
std::optional<Plot> test_accuracy_plot(const Comparison& comparison);
std::optional<Plot> timeline_plot(const RunRecord& record);
std::optional<Plot> fscore_plot(const Classification& classification);
std::optional<Plot> confusion_plot(const Classification& classification);
std::optional<Plot> failure_plot(const Classification& classification, std::size_t digit);

}  // namespace dropsweep::report
