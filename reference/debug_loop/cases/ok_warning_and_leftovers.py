# A wandering hand-in: unused code, a silly try/except, retain_graph, and a correct loop in it.
import os
import time
import warnings
warnings.filterwarnings('ignore')
os.environ['KMP_DUPLICATE_LIB_OK'] = 'True'
import torch
import torch.nn as nn
import torch.nn.functional as F

# model = nn.Linear(784, 10)
# optimizer = torch.optim.SGD(model.parameters(), lr=100.0)
model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))

lr = 100.0
lr = 0.05          # 100 was way too big!!
optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
critirion = nn.CrossEntropyLoss()

try:
    import wandb
except ImportError:
    wandb = None

start = time.time()
best_acc = -1
for epoch in range(2):
    model.train()
    losses = []
    for (images, labels) in train_loader:
        optimizer.zero_grad()
        images = images.view(images.shape[0], -1)
        logits = model(images)
        #loss = nn.CrossEntropyLoss(logits, labels)
        loss = critirion(logits, labels)
        loss.backward(retain_graph=True)
        optimizer.step()
        losses.append(loss.item())

    model.eval()
    correct = 0
    total = 0
    for images, labels in val_loader:
        with torch.no_grad():
            images = images.view(images.shape[0], -1)
            logits = model(images)
            probs = F.softmax(logits, dim=1)
            predictions = probs.argmax(dim=1)
            correct += (predictions == labels).sum().item()
            total += images.shape[0]
    if correct/total > best_acc:
        best_acc = correct/total
    print("epoch", epoch, "loss", sum(losses)/len(losses), "acc", 100*correct/total, '%')
print('took', time.time()-start, 'best', best_acc)
