"""A PyTorch arm as a notebook does it: a DataLoader, PIL's resize image by image, float32, Adam, everything each epoch.

Written from the facts that are known of the authors' notebook; nothing of the study's library is used.
"""

from collections.abc import Iterator

import numpy as np
import torch
import torchvision
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from performance.speed.layers_pytorch import layers_of
from performance.speed.notebook import read_split
from performance.speed.sides import CLASSES, Call, Side, warm

BATCH = 64
RATES = {"scratch_pytorch": 1e-3, "pretrained_pytorch": 1e-4}


class ResizedImages(Dataset[tuple[Tensor, int]]):
    """Images that are resized when they are asked for."""

    def __init__(self, images: NDArray[np.uint8], labels: NDArray[np.int64]) -> None:
        self.images, self.labels = images, labels
        self.transform = transforms.Compose(
            [
                transforms.Resize((224, 224)),
                transforms.ToTensor(),
                transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
            ]
        )

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.transform(Image.fromarray(self.images[index])), int(self.labels[index])


class AlexNet(nn.Module):
    """Section 1.1 of the document."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, kernel_size=11, stride=4, padding=2),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=3, stride=2),
            nn.Conv2d(64, 128, kernel_size=5, padding=2),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=3, stride=2),
            nn.Conv2d(128, 256, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(256, 256, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(256, 256, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=3, stride=2),
        )
        self.classifier = nn.Sequential(
            nn.Linear(256 * 6 * 6, 4096),
            nn.ReLU(inplace=True),
            nn.Dropout(0.5),
            nn.Linear(4096, 4096),
            nn.ReLU(inplace=True),
            nn.Dropout(0.5),
            nn.Linear(4096, CLASSES),
        )

    def forward(self, images: Tensor) -> Tensor:
        return self.classifier(torch.flatten(self.features(images), 1))


def pretrained_alexnet() -> nn.Module:
    """Section 2.1; random parameters, which are as fast as those of ImageNet."""
    model = torchvision.models.alexnet(weights=None)
    for parameter in model.features.parameters():
        parameter.requires_grad = False
    model.classifier[6] = nn.Linear(4096, CLASSES)
    return model


def prepare(call: Call) -> Side:
    """The notebook's cells."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = (AlexNet() if call.arm == "scratch_pytorch" else pretrained_alexnet()).to(device)
    loss_function = nn.CrossEntropyLoss()
    optimiser = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=RATES[call.arm])
    train_data, test_data = (ResizedImages(*read_split(call.images, split)) for split in ("train", "test"))
    train_batches = forever(DataLoader(train_data, batch_size=BATCH, shuffle=True))
    test_batches = forever(DataLoader(test_data, batch_size=BATCH))

    def train(batches: int) -> None:
        model.train()
        correct, loss_sum = 0, 0.0
        for _ in range(batches):
            given, labels = (part.to(device) for part in next(train_batches))
            optimiser.zero_grad()
            outputs = model(given)
            loss = loss_function(outputs, labels)
            loss.backward()
            optimiser.step()
            loss_sum += loss.item()
            correct += (outputs.argmax(1) == labels).sum().item()

    def score(batches: int) -> None:
        model.eval()
        correct = 0
        with torch.no_grad():
            for _ in range(batches):
                given, labels = (part.to(device) for part in next(test_batches))
                correct += (model(given).argmax(1) == labels).sum().item()

    def resize(batches: int) -> None:
        for _ in range(batches):
            next(test_batches)

    tasks = {name: warm(work, BATCH) for name, work in (("train", train), ("score", score), ("resize", resize))}
    layers = layers_of(model, torch.zeros(1, 3, 224, 224, device=device))
    return Side(tasks, "float32", BATCH, layers)


def forever(loader: DataLoader[tuple[Tensor, int]]) -> Iterator[tuple[Tensor, Tensor]]:
    """The loader's full batches, epoch after epoch."""
    while True:
        yield from ((images, labels) for images, labels in loader if len(labels) == BATCH)
