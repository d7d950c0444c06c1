#include "model_source.hpp"

#include <limits>

#include <fmt/format.h>

#include "dropsweep/core/error.hpp"

namespace dropsweep::cli {

nn::Model read_model_for(const std::string& path, const data::LabelledImages& images, std::size_t classes,
                         const std::string& source) {
    nn::Model model = nn::read_model(path);
    const auto refuse = [&](const std::string& what, const std::string& remedy) {
        throw Error(ExitCode::bad_data, fmt::format("{}: {}; {}", path, what, remedy));
    };
    const nn::Architecture& network = model.architecture;
    if (network.inputs != images.features()) {
        refuse(fmt::format("a network with {} inputs, but the images of {} have {} x {} pixels", network.inputs, source,
                           images.rows, images.columns),
               "give images of the size it was trained on");
    }
    constexpr std::size_t kMostClasses = std::numeric_limits<std::uint8_t>::max() + 1;
    if (network.classes > kMostClasses) {
        refuse(fmt::format("{} classes", network.classes), fmt::format("IDX labels name at most {}", kMostClasses));
    }
    if (classes > network.classes) {
        refuse(fmt::format("a network with {} classes, but {} has the label {}", network.classes, source, classes - 1),
               "give the data it was trained on");
    }
    return model;
}

}  // namespace dropsweep::cli
