// Makes report.json, all facts of a run.
#pragma once

#include <optional>

#include <nlohmann/json_fwd.hpp>

#include "dropsweep/record/classification.hpp"
#include "dropsweep/record/run_record.hpp"
#include "dropsweep/report/comparison.hpp"

namespace dropsweep::report {

/// report.json, from which page and plots are made. docs/report.schema.json defines every member; a number that is not
/// finite or not known is null. Local: no communication.
nlohmann::ordered_json report_json(const record::RunRecord& record, const Comparison& comparison,
                                   const std::optional<record::Classification>& classification);

}  // namespace dropsweep::report
