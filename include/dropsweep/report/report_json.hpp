#pragma once

#include <optional>

#include <nlohmann/json.hpp>

#include "dropsweep/report/classification.hpp"
#include "dropsweep/report/comparison.hpp"
#include "dropsweep/report/run_record.hpp"

namespace dropsweep::report {

/// report.json: all facts of a run, of which page and plots are made. docs/report.schema.json defines every member;
/// a number that there is none of (not finite, or not known) is null. Local: no communication.
nlohmann::ordered_json report_json(const RunRecord& record, const Comparison& comparison,
                                   const std::optional<Classification>& classification);

}  // namespace dropsweep::report
