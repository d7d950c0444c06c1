"""PyTorch, written for speed: the data is one tensor in memory and a batch an index_select of it; no DataLoader,
no copy of the loss to Python but at the end of an epoch; denormals are flushed to zero.
usage: see peer.py; VARIANT: fp32 or bf16, or with torch.compile fp32-compiled or bf16-compiled.
"""

import peer  # first: it sets the number of threads
import torch


class Trial:
    def __init__(self, training, validation, dropout, variant):
        torch.set_num_threads(1)
        torch.set_flush_denormal(True)
        torch.manual_seed(1)
        self.data = [tuple(map(torch.from_numpy, part)) for part in (training, validation)]
        layers = []
        for inputs in (training[0].shape[1], 512):
            layers += [torch.nn.Linear(inputs, 512), torch.nn.ReLU(inplace=True)]
            layers += [torch.nn.Dropout(dropout)] if dropout > 0 else []
        self.model = torch.nn.Sequential(*layers, torch.nn.Linear(512, 10))
        for name, parameter in self.model.named_parameters():
            if name.endswith("weight"):
                torch.nn.init.xavier_uniform_(parameter)
            else:
                torch.nn.init.zeros_(parameter)
        self.optimizer = torch.optim.RMSprop(self.model.parameters(), lr=0.001, alpha=0.9, eps=1e-8)
        self.autocast = torch.autocast("cpu", dtype=torch.bfloat16, enabled=variant.startswith("bf16"))
        if variant.endswith("compiled"):
            self.loss = torch.compile(self.loss)

    def loss(self, x, y):
        with self.autocast:
            logits = self.model(x)
        return torch.nn.functional.cross_entropy(logits.float(), y)

    def train_epoch(self):
        """Returns the mean loss."""
        self.model.train()
        x, y = self.data[0]
        total = torch.zeros(())
        for batch in torch.randperm(len(x)).split(peer.BATCH_SIZE):
            self.optimizer.zero_grad(set_to_none=True)
            loss = self.loss(x.index_select(0, batch), y.index_select(0, batch))
            loss.backward()
            self.optimizer.step()
            total += loss.detach() * len(batch)
        return total.item() / len(x)

    def validation_loss(self):
        self.model.eval()
        with torch.inference_mode():
            return self.loss(*self.data[1]).item()


if __name__ == "__main__":
    peer.main(Trial)
