"""The model, data and optimiser of dropsweep in PyTorch, one thread a process, written for speed.

usage: pytorch_mlp.py epochs DATA fp32|bf16 EPOCHS     one trial; CSV: epoch,seconds (training, without validation)
       pytorch_mlp.py sweep DATA fp32|bf16 EPOCHS PROCESSES
           nine dropout values, early stopping with patience 2; CSV: seconds,epochs (of all trials)

Fast means: the data is one tensor in memory and a batch an index_select of it; no DataLoader, no copy of the loss to
Python but at the end of an epoch; denormals are flushed to zero, as dropsweep does.
"""

import multiprocessing
import os
import sys
import time

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"

import torch  # noqa: E402  the variables come first

import digits  # noqa: E402

BATCH_SIZE = 128
DROPOUTS = [p / 10 for p in range(9)]
PATIENCE = 2

data = None


def prepare(directory):
    """In each process, before anything is timed."""
    global data
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    data = [tuple(map(torch.from_numpy, part)) for part in digits.read_split(directory)]


class Trial:
    def __init__(self, dropout, precision, seed=1):
        torch.manual_seed(seed)
        layers = []
        for inputs in (data[0][0].shape[1], 512):
            layers += [torch.nn.Linear(inputs, 512), torch.nn.ReLU(inplace=True)]
            layers += [torch.nn.Dropout(dropout)] if dropout > 0 else []
        self.model = torch.nn.Sequential(*layers, torch.nn.Linear(512, int(data[0][1].max()) + 1))
        for name, parameter in self.model.named_parameters():
            if name.endswith("weight"):
                torch.nn.init.xavier_uniform_(parameter)
            else:
                torch.nn.init.zeros_(parameter)
        # PyTorch's epsilon is outside the root, as in dropsweep.
        self.optimizer = torch.optim.RMSprop(self.model.parameters(), lr=0.001, alpha=0.9, eps=1e-7)
        self.autocast = torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16")

    def loss(self, x, y, reduction="mean"):
        with self.autocast:
            logits = self.model(x)
        return torch.nn.functional.cross_entropy(logits.float(), y, reduction=reduction)

    def train_epoch(self):
        """Returns the mean loss."""
        self.model.train()
        x, y = data[0]
        total = torch.zeros(())
        for batch in torch.randperm(len(x)).split(BATCH_SIZE):
            self.optimizer.zero_grad(set_to_none=True)
            loss = self.loss(x.index_select(0, batch), y.index_select(0, batch))
            loss.backward()
            self.optimizer.step()
            total += loss.detach() * len(batch)
        return total.item() / len(x)

    def validation_loss(self):
        self.model.eval()
        x, y = data[1]
        with torch.inference_mode():
            return self.loss(x, y).item()


def train_with_early_stopping(task):
    """Returns the number of epochs."""
    dropout, precision, most = task
    trial = Trial(dropout, precision)
    best, waited = float("inf"), 0
    for epoch in range(most):
        trial.train_epoch()
        loss = trial.validation_loss()
        best, waited = (loss, 0) if loss < best else (best, waited + 1)
        if waited == PATIENCE:
            return epoch + 1
    return most


def epochs(directory, precision, count):
    prepare(directory)
    trial = Trial(0.3, precision)
    print("epoch,seconds")
    for epoch in range(int(count)):
        start = time.perf_counter()
        trial.train_epoch()
        print(f"{epoch},{time.perf_counter() - start:.5f}", flush=True)


def start_process(directory, ready):
    prepare(directory)
    ready.wait()


def sweep(directory, precision, most, processes):
    """Each process takes one dropout value after the other; the clock starts when all of them have the data."""
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(int(processes) + 1)
    tasks = [(dropout, precision, int(most)) for dropout in reversed(DROPOUTS)]  # the longest first
    with context.Pool(int(processes), start_process, (directory, ready)) as pool:
        ready.wait()
        start = time.perf_counter()
        trained = sum(pool.imap_unordered(train_with_early_stopping, tasks))
        print(f"seconds,epochs\n{time.perf_counter() - start:.4f},{trained}")


if __name__ == "__main__":
    {"epochs": epochs, "sweep": sweep}[sys.argv[1]](*sys.argv[2:])
