// Repeats steps on a Trainer for the products of the experiment.
#include "dropsweep/train/step_repeater.hpp"

#include <utility>

#include "trainer.hpp"

namespace dropsweep::train {

class StepRepeater::Work {
  public:
    virtual ~Work() = default;
    virtual StepState make_state() const = 0;
    virtual std::vector<StepEvidence> repeat(const Steps& steps, std::span<const float> weights,
                                             std::span<const float> moments) = 0;
};

template <class Products>
class StepRepeater::WorkOf : public Work {
  public:
    WorkOf(comm::Communicator ranks, const Experiment& experiment, Disturbance* disturbance)
        : ranks_(std::move(ranks)), experiment_(experiment), trainer_(ranks_, experiment, 0, disturbance) {}

    StepState make_state() const override { return trainer_.make_state(); }

    std::vector<StepEvidence> repeat(const Steps& steps, std::span<const float> weights,
                                     std::span<const float> moments) override {
        const std::vector<std::uint32_t> order = epoch_order(experiment_, steps.seed, steps.epoch);
        const EpochDropout dropout = epoch_dropout(experiment_, steps.dropout, steps.seed, steps.epoch);
        const data::Batches batches(order, experiment_.options.batch_size);
        std::uint64_t step = steps.begin;
        trainer_.set_state(weights, moments);
        const std::size_t count = steps.count;
        const auto parts = static_cast<std::size_t>(ranks_.size());
        std::vector<StepEvidence> evidence(parts * count);
        const std::span<StepEvidence> own =
            std::span(evidence).subspan(static_cast<std::size_t>(ranks_.rank()) * count, count);
        for (StepEvidence& each : own) {
            trainer_.step(batches[step], dropout, progress_of(experiment_, steps.epoch, step + 1), false, &each);
            ++step;
        }
        ranks_.all_gather_in_place(std::span(evidence), std::vector<std::size_t>(parts, count));
        return evidence;
    }

  private:
    comm::Communicator ranks_;
    const Experiment& experiment_;
    Trainer<Products> trainer_;
};

StepRepeater::StepRepeater(comm::Communicator ranks, const Experiment& experiment, Disturbance* disturbance)
    : work_(linalg::with_products(experiment.options.gemm_configuration, [&](auto products) -> std::unique_ptr<Work> {
          return std::make_unique<WorkOf<typename decltype(products)::type>>(std::move(ranks), experiment, disturbance);
      })) {}

StepRepeater::StepRepeater(StepRepeater&&) noexcept = default;
StepRepeater::~StepRepeater() = default;

StepState StepRepeater::make_state() const {
    return work_->make_state();
}

std::vector<StepEvidence> StepRepeater::repeat(const Steps& steps, std::span<const float> weights,
                                               std::span<const float> moments) {
    return work_->repeat(steps, weights, moments);
}

}  // namespace dropsweep::train
