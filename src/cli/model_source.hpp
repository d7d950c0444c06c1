// Reads models and runs them on samples, with the arithmetic of their training.
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

/// Standardizes raw samples as those that the model was trained on; without standardization does nothing.
void standardize_for(const nn::Model& model, data::LabelledSamples& samples);

/// Reads a model to evaluate it on a data set.
/// @param dataset  in and out: its labels become the numbers that the classes have in the model, its samples are
///                 standardized
/// @param source   where the data comes from, for the message
/// @throws Error  as nn::read_model and require_fit; bad_data: the data has a class that the model does not know
nn::Model read_model_for(const std::string& path, data::Dataset& dataset, const std::string& source);

/// Precision and library of the products of a model's training, from its metadata; fp32 by the own kernels for a model
/// of another program, and for bf16 where this build has no oneDNN.
linalg::GemmConfiguration gemm_configuration_of(const nn::Model& model);
/// The rules of a model's training, from its metadata; torch, whose loss needs no clipping, for a model that has none.
train::Rules rules_of(const nn::Model& model);

/// train::predict with gemm_configuration_of and rules_of the model.
/// @param path  of the model, for the message
/// @throws Error  bad_data: finite weights so large that the outputs are not finite
train::Predictions predict(const nn::Model& model, const data::Samples& samples, const std::string& path);

}  // namespace dropsweep::cli
