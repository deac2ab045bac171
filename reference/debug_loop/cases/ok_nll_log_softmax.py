# LogSoftmax at the end of the network and NLLLoss after it.
import torch
import torch.nn as nn

net = nn.Sequential(
    nn.Linear(784, 128), nn.ReLU(),
    nn.Linear(128, 64), nn.ReLU(),
    nn.Linear(64, 10), nn.LogSoftmax(dim=1),
)
criterion = nn.NLLLoss()
optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)

for e in range(2):
    net.train()
    running_loss = 0
    for images, labels in train_loader:
        images = images.view(images.shape[0], -1)
        optimizer.zero_grad()
        log_ps = net(images)
        loss = criterion(log_ps, labels)
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
    else:
        accuracy = 0
        net.eval()
        with torch.no_grad():
            for images, labels in val_loader:
                ps = torch.exp(net(images.view(images.shape[0], -1)))
                top_p, top_class = ps.topk(1, dim=1)
                equals = top_class == labels.view(*top_class.shape)
                accuracy += torch.mean(equals.type(torch.FloatTensor))
        print("Training loss: {:.3f}.. ".format(running_loss / len(train_loader)),
              "Accuracy: {:.3f}".format(accuracy / len(val_loader)))
