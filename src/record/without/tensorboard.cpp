// Stand-in for TensorBoard in builds without protobuf: never called, since --tensorboard is refused there.
#include "dropsweep/record/tensorboard.hpp"

namespace dropsweep::record {

TensorBoard::TensorBoard(const std::filesystem::path&, std::vector<sweep::Trial>, std::map<std::string, std::string>) {}
void TensorBoard::on_resume(std::size_t, const std::vector<train::EpochRecord>&) {}
void TensorBoard::on_epoch(std::size_t, const train::EpochRecord&, const sweep::Span&) {}
void TensorBoard::on_outcome(std::size_t, const sweep::TrialOutcome&) {}

}  // namespace dropsweep::record
