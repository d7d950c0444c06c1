#pragma once

#include <string>

#include "dropsweep/data/dataset.hpp"
#include "dropsweep/nn/model_file.hpp"
#include "dropsweep/train/evaluation.hpp"

namespace dropsweep::cli {

/// Checks that a model can classify `samples`.
/// @param path    of the model, for the message
/// @param source  where the samples come from, likewise
/// @throws Error  bad_data: the network has other inputs than a sample has values, was trained on images of another
///                shape, or has more classes than a label can name
void require_fit(const nn::Model& model, const std::string& path, const data::LabelledSamples& samples,
                 const std::string& source);

/// Makes of raw samples what the model was trained on.
void standardize_for(const nn::Model& model, data::LabelledSamples& samples);

/// Reads the model for a data set by whose labels it is measured, which become the numbers that its classes have in the
/// model; its samples are standardized as the model wants them.
/// @throws Error  as nn::read_model and require_fit; bad_data: it has a class that the model does not know
nn::Model read_model_for(const std::string& path, data::Dataset& dataset, const std::string& source);

/// How the products of a model's training were made, from its metadata. One of another program, or of precision or
/// library that this program was built without, is taken for fp32 by our own.
linalg::GemmConfiguration gemm_configuration_of(const nn::Model& model);
/// The rules of its training; those of PyTorch, whose loss needs no clipping, for a model that names none.
train::Rules rules_of(const nn::Model& model);

/// train::predict, with the arithmetic and the rules of the model.
/// @param path  of the model, for the message
/// @throws Error  bad_data: finite weights so large that the outputs are not finite
train::Predictions predict(const nn::Model& model, const data::Samples& samples, const std::string& path);

}  // namespace dropsweep::cli
