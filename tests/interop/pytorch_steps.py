"""One epoch in PyTorch, in file order, without dropout. Started by rules_test.py.

usage: pytorch_steps.py GIVEN RESULT OPTIMIZER
    GIVEN   .npz: x, y, validation_x, validation_y, weights w0, w1 ... as in Keras, batch_size, learning_rate
    RESULT  .npz: the weights after it, loss, val_loss
    OPTIMIZER  e.g. "Adam(_, lr=1e-3)": of torch.optim, _ being the parameters
"""

import sys

import numpy
import torch


def main(given_path, result_path, optimizer_text):
    with numpy.load(given_path) as file:
        given = {name: torch.from_numpy(file[name]) for name in file.files}
    arrays = [given[f"w{i}"] for i in range(sum(name.startswith("w") for name in given))]
    layers = []
    for kernel, bias in zip(arrays[::2], arrays[1::2]):
        layers += [torch.nn.Linear(*kernel.shape), torch.nn.ReLU()]
        layers[-2].weight.data, layers[-2].bias.data = kernel.T.contiguous(), bias
    model = torch.nn.Sequential(*layers[:-1])
    loss = torch.nn.CrossEntropyLoss()
    optimizer = eval(f"torch.optim.{optimizer_text}", {"torch": torch, "_": model.parameters()})

    total, size = 0.0, int(given["batch_size"])
    for x, y in zip(given["x"].split(size), given["y"].split(size)):
        optimizer.zero_grad()
        mean = loss(model(x), y)
        mean.backward()
        optimizer.step()
        total += mean.item() * len(x)
    with torch.no_grad():
        val_loss = loss(model(given["validation_x"]), given["validation_y"])
        result = {"loss": total / len(given["x"]), "val_loss": val_loss}
        for i, parameter in enumerate(model.parameters()):
            result[f"w{i}"] = parameter.numpy().T
    numpy.savez(result_path, **result)


if __name__ == "__main__":
    main(*sys.argv[1:])
