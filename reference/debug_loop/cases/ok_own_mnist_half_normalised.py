# Its own MNIST scaled to [-1, 1] with Normalize((0.5,), (0.5,)) and flattened by the transform.
import torch
from torch import nn, optim
from torchvision import datasets, transforms

tf = transforms.Compose([
    transforms.ToTensor(),
    transforms.Normalize((0.5,), (0.5,)),
    transforms.Lambda(torch.flatten),
])
trainset = datasets.MNIST('~/.pytorch/MNIST_data/', download=True, train=True, transform=tf)
valset = datasets.MNIST('~/.pytorch/MNIST_data/', download=True, train=False, transform=tf)
trainloader = torch.utils.data.DataLoader(trainset, batch_size=64, shuffle=True)
valloader = torch.utils.data.DataLoader(valset, batch_size=64, shuffle=True)

model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(),
                      nn.Linear(64, 10), nn.LogSoftmax(dim=1))
criterion = nn.NLLLoss()
optimizer = optim.SGD(model.parameters(), lr=0.03, momentum=0.9)

for e in range(2):
    model.train()
    running_loss = 0
    for images, labels in trainloader:
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
    print("Epoch {} - Training loss: {}".format(e, running_loss / len(trainloader)))

correct_count, all_count = 0, 0
model.eval()
for images, labels in valloader:
    for i in range(len(labels)):
        img = images[i].view(1, 784)
        with torch.no_grad():
            logps = model(img)
        probab = list(torch.exp(logps).numpy()[0])
        if labels.numpy()[i] == probab.index(max(probab)):
            correct_count += 1
        all_count += 1
print("Images tested:", all_count, "accuracy:", correct_count / all_count)
