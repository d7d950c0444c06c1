#include "dropsweep/optim/optimizer.hpp"

#include "dropsweep/optim/adam.hpp"
#include "dropsweep/optim/rmsprop.hpp"
#include "dropsweep/optim/sgd.hpp"

namespace dropsweep::optim {

std::unique_ptr<Optimizer> make_optimizer(const Settings& settings, std::size_t size) {
    switch (settings.rule) {
        case Rule::rmsprop:
            return std::make_unique<RmsProp>(settings, size);
        case Rule::adam:
            return std::make_unique<Adam>(settings, size);
        case Rule::sgd:
            return std::make_unique<Sgd>(settings, size);
    }
    return nullptr;
}

}  // namespace dropsweep::optim
