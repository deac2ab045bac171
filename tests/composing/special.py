"""Programs that are no composition of parts: two networks, agents, teachers, gradients as data.

Each is correct; a fault is an exchange of some of its lines.
"""

from __future__ import annotations

import random

HEAD = """\
import copy
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed({seed})
"""

GAN = """\
real = torch.randn(400, 2) * 0.4 + torch.tensor([1.5, -0.5])
generator = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 2))
critic = nn.Sequential(nn.Linear(2, 24), nn.LeakyReLU(0.2), nn.Linear(24, 1))
opt_g = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(critic.parameters(), lr=1e-3, betas=(0.5, 0.999))
bce = nn.BCEWithLogitsLoss()
for step in range(60):
    rows = real[torch.randint(0, 400, (32,))]
    fake = generator(torch.randn(32, 4))
    opt_d.zero_grad()
    d_loss = bce(critic(rows), torch.ones(32, 1)) + bce(critic(fake.detach()), torch.zeros(32, 1))
    d_loss.backward()
    opt_d.step()
    opt_g.zero_grad()
    g_loss = bce(critic(fake), torch.ones(32, 1))
    g_loss.backward()
    opt_g.step()
"""

WASSERSTEIN = """\
real = torch.randn(400, 2) + 2.0
generator = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 2))
critic = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
opt_g = torch.optim.RMSprop(generator.parameters(), lr=5e-4)
opt_c = torch.optim.RMSprop(critic.parameters(), lr=5e-4)
for step in range(25):
    for _ in range(3):
        rows, fake = real[torch.randint(0, 400, (32,))], generator(torch.randn(32, 3)).detach()
        mix = (0.5 * rows + 0.5 * fake).requires_grad_()
        (slope,) = torch.autograd.grad(critic(mix).sum(), mix, create_graph=True)
        loss = critic(fake).mean() - critic(rows).mean() + 5 * ((slope.norm(dim=1) - 1) ** 2).mean()
        opt_c.zero_grad()
        loss.backward()
        opt_c.step()
    opt_g.zero_grad()
    (-critic(generator(torch.randn(32, 3))).mean()).backward()
    opt_g.step()
"""

REINFORCE = """\
policy = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(policy.parameters(), lr=0.01)
for episode in range(40):
    place, chosen, rewards = torch.zeros(1), [], []
    for _ in range(8):
        choice = torch.distributions.Categorical(logits=policy(place / 8))
        action = choice.sample()
        chosen.append(choice.log_prob(action))
        place = place + (1.0 if action.item() == 1 else -1.0)
        rewards.append(place.item() / 8)
    gains = torch.tensor(rewards).flip(0).cumsum(0).flip(0)
    loss = -(torch.stack(chosen) * (gains - gains.mean())).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""

Q_LEARNING = """\
net = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 3))
target = copy.deepcopy(net)
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
memory = []
for step in range(80):
    state = torch.randn(16, 4)
    with torch.no_grad():
        action = net(state).argmax(1)
    reward = (state.argmax(1) == action).float()
    memory.append((state, action, reward, torch.randn(16, 4)))
    state, action, reward, after = memory[torch.randint(0, len(memory), (1,)).item()]
    with torch.no_grad():
        wanted = reward + 0.5 * target(after).max(1).values
    loss = F.smooth_l1_loss(net(state).gather(1, action[:, None]).squeeze(1), wanted)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_value_(net.parameters(), 1.0)
    optimizer.step()
    if step % 10 == 9:
        target.load_state_dict(net.state_dict())
"""

MEAN_TEACHER = """\
centres = torch.randn(4, 10)
labels = torch.randint(0, 4, (240,))
rows = centres[labels] + torch.randn(240, 10)
student = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 4))
teacher = copy.deepcopy(student)
for w in teacher.parameters():
    w.requires_grad_(False)
optimizer = torch.optim.SGD(student.parameters(), lr=0.1)
for epoch in range(6):
    for x, y in zip(rows.split(24), labels.split(24)):
        student.train()
        soft = teacher(x + 0.1 * torch.randn_like(x)).softmax(1)
        out = student(x)
        loss = F.cross_entropy(out, y) + F.mse_loss(out.softmax(1), soft)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            for a, b in zip(teacher.parameters(), student.parameters()):
                a.mul_(0.9).add_(b, alpha=0.1)
"""

DISTILLED = """\
centres = torch.randn(5, 8)
labels = torch.randint(0, 5, (200,))
rows = centres[labels] + 0.7 * torch.randn(200, 8)
teacher = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 5))
first = torch.optim.Adam(teacher.parameters(), lr=0.01)
for _ in range(40):
    first.zero_grad()
    F.cross_entropy(teacher(rows), labels).backward()
    first.step()
teacher.eval()
small = nn.Linear(8, 5)
second = torch.optim.Adam(small.parameters(), lr=0.02)
for _ in range(40):
    with torch.no_grad():
        wanted = F.softmax(teacher(rows) / 2, dim=1)
    loss = F.kl_div(F.log_softmax(small(rows) / 2, dim=1), wanted, reduction='batchmean') * 4
    second.zero_grad()
    loss.backward()
    second.step()
"""

FINE_TUNED = """\
class Pictures(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten())
        self.head = nn.Linear(32, 10)

    def forward(self, x):
        return self.head(self.body(x))


patterns = torch.rand(3, 1, 8, 8)
labels = torch.randint(0, 3, (96,))
images = patterns[labels] + 0.1 * torch.randn(96, 1, 8, 8)
model = Pictures()
for w in model.parameters():
    w.requires_grad = False
model.head = nn.Linear(32, 3)
model.body.eval()
optimizer = torch.optim.Adam(model.head.parameters(), lr=0.02)
for epoch in range(10):
    for x, y in zip(images.split(16), labels.split(16)):
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
"""

ATTACKED = """\
centres = torch.randn(3, 12)
labels = torch.randint(0, 3, (192,))
rows = centres[labels] + 0.8 * torch.randn(192, 12)
net = nn.Sequential(nn.Linear(12, 24), nn.ReLU(), nn.Linear(24, 3))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
for epoch in range(5):
    for x, y in zip(rows.split(32), labels.split(32)):
        x = x.clone().requires_grad_()
        (slope,) = torch.autograd.grad(F.cross_entropy(net(x), y), x)
        worse = (x + 0.1 * slope.sign()).detach()
        optimizer.zero_grad()
        loss = F.cross_entropy(net(worse), y)
        loss.backward()
        optimizer.step()
"""

PHYSICS = """\
net = nn.Sequential(nn.Linear(1, 24), nn.Tanh(), nn.Linear(24, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for step in range(80):
    t = torch.rand(48, 1, requires_grad=True) * 2
    u = net(t)
    (rate,) = torch.autograd.grad(u, t, torch.ones_like(u), create_graph=True)
    loss = ((rate + u) ** 2).mean() + 5 * (net(torch.zeros(1, 1)) - 1).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""

TRUNCATED = """\
wave = torch.sin(torch.arange(241) * 0.4).view(1, -1, 1) + 0.05 * torch.randn(4, 241, 1)


class Follower(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(1, 16, batch_first=True)
        self.out = nn.Linear(16, 1)

    def forward(self, x, h):
        states, h = self.rnn(x, h)
        return self.out(states), h


model = Follower()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(4):
    h = torch.zeros(1, 4, 16)
    for k in range(0, 240, 24):
        h = h.detach()
        out, h = model(wave[:, k:k + 24], h)
        loss = F.mse_loss(out, wave[:, k + 1:k + 25])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""

CONTRASTED = """\
rows = torch.randn(8, 10)[torch.randint(0, 8, (256,))] + 0.3 * torch.randn(256, 10)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 8))
optimizer = torch.optim.AdamW(net.parameters(), lr=5e-3)
for epoch in range(6):
    for k in range(0, 256, 32):
        x = rows[k:k + 32]
        a, b = (F.normalize(net(x + 0.1 * torch.randn_like(x)), dim=1) for _ in range(2))
        loss = F.cross_entropy(a @ b.T / 0.2, torch.arange(len(x)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""

SKIP_GRAM = """\
words = torch.randint(0, 40, (600,))
near = (words + torch.randint(1, 3, (600,))) % 40
inner, outer = nn.Embedding(40, 8), nn.Embedding(40, 8)
optimizer = torch.optim.Adam([*inner.parameters(), *outer.parameters()], lr=0.02)
for epoch in range(5):
    for w, c in zip(words.split(60), near.split(60)):
        v, u = inner(w), outer(c)
        wrong = outer(torch.randint(0, 40, (len(w), 4)))
        good = F.logsigmoid((v * u).sum(1))
        bad = F.logsigmoid(-(wrong @ v.unsqueeze(2)).squeeze(2)).sum(1)
        loss = -(good + bad).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""

MIXTURE = """\
x = torch.rand(300, 1) * 4
y = torch.where(torch.rand(300, 1) < 0.5, x, -x) + 0.1 * torch.randn(300, 1)
net = nn.Sequential(nn.Linear(1, 24), nn.Tanh(), nn.Linear(24, 6))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(8):
    order = torch.randperm(300)
    for k in range(0, 300, 50):
        index = order[k:k + 50]
        weights, means, spreads = net(x[index]).chunk(3, dim=1)
        parts = torch.distributions.Normal(means, F.softplus(spreads) + 1e-2)
        loss = -torch.logsumexp(parts.log_prob(y[index]) + weights.log_softmax(1), dim=1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""

LBFGS = """\
w = torch.randn(6, 1)
x = torch.randn(120, 6)
y = x @ w + 0.1 * torch.randn(120, 1)
net = nn.Sequential(nn.Linear(6, 12), nn.Tanh(), nn.Linear(12, 1))
optimizer = torch.optim.LBFGS(net.parameters(), lr=0.5, max_iter=5)


def closure():
    optimizer.zero_grad()
    loss = F.mse_loss(net(x), y)
    loss.backward()
    return loss


for step in range(12):
    print(optimizer.step(closure).item())
"""

GRAPH = """\
n = 40
labels = torch.arange(n) % 3
links = ((labels[:, None] == labels[None, :]) & (torch.rand(n, n) < 0.4)).float()
links = ((links + links.T + torch.eye(n)) > 0).float()
spread = links / links.sum(1, keepdim=True)
features = torch.randn(n, 6) + F.one_hot(labels, 3).repeat(1, 2).float()
train = torch.rand(n) < 0.6


class Graph(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(6, 16), nn.Linear(16, 3)

    def forward(self, x):
        return spread @ self.b(torch.relu(spread @ self.a(x)))


net = Graph()
optimizer = torch.optim.Adam(net.parameters(), lr=0.02, weight_decay=5e-4)
for epoch in range(60):
    net.train()
    optimizer.zero_grad()
    loss = F.cross_entropy(net(features)[train], labels[train])
    loss.backward()
    optimizer.step()
net.eval()
with torch.no_grad():
    print((net(features).argmax(1) == labels)[~train].float().mean())
"""

ACTOR_CRITIC = """\
actor = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 2))
critic = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam([*actor.parameters(), *critic.parameters()], lr=5e-3)
for step in range(60):
    state = torch.randn(24, 3)
    choice = torch.distributions.Categorical(logits=actor(state))
    action = choice.sample()
    reward = (action == (state[:, 0] > 0).long()).float()
    value = critic(state).squeeze(1)
    gain = reward - value.detach()
    loss = -(choice.log_prob(action) * gain).mean() + F.mse_loss(value, reward) - 0.01 * choice.entropy().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""

TWO_LOSSES = """\
rows = torch.randn(200, 9)
kinds, sizes = (rows[:, 0] > 0).long(), rows[:, 1:2] * 2
trunk = nn.Sequential(nn.Linear(9, 24), nn.ReLU())
kind_head, size_head = nn.Linear(24, 2), nn.Linear(24, 1)
parts = nn.ModuleList([trunk, kind_head, size_head])
optimizer = torch.optim.Adam(parts.parameters(), lr=5e-3)
for epoch in range(10):
    for k in range(0, 200, 40):
        hidden = trunk(rows[k:k + 40])
        optimizer.zero_grad()
        F.cross_entropy(kind_head(hidden), kinds[k:k + 40]).backward(retain_graph=True)
        F.mse_loss(size_head(hidden), sizes[k:k + 40]).backward()
        optimizer.step()
"""

DIFFUSED = """\
rows = torch.randn(300, 2).tanh() * 2
net = nn.Sequential(nn.Linear(3, 32), nn.SiLU(), nn.Linear(32, 2))
optimizer = torch.optim.AdamW(net.parameters(), lr=3e-3)
for step in range(100):
    x = rows[torch.randint(0, 300, (64,))]
    t = torch.rand(64, 1)
    noise = torch.randn_like(x)
    noisy = (1 - t).sqrt() * x + t.sqrt() * noise
    loss = ((net(torch.cat([noisy, t], dim=1)) - noise) ** 2).mean()
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
"""

PROGRAMS: dict[str, str] = {
    "gan": GAN, "wasserstein": WASSERSTEIN, "reinforce": REINFORCE, "q_learning": Q_LEARNING,
    "mean_teacher": MEAN_TEACHER, "distilled": DISTILLED, "fine_tuned": FINE_TUNED, "attacked": ATTACKED,
    "physics": PHYSICS, "truncated": TRUNCATED, "contrasted": CONTRASTED, "skip_gram": SKIP_GRAM,
    "mixture": MIXTURE, "lbfgs": LBFGS, "graph": GRAPH, "actor_critic": ACTOR_CRITIC,
    "two_losses": TWO_LOSSES, "diffused": DIFFUSED,
}  # fmt: skip

Exchange = tuple[str, str]
_D = "discriminator-trains-generator"
_H = "hidden-state-carried-on"
_K = "graph-kept"
_N = "network-cut-from-loss"

FAULTS: dict[str, list[tuple[str, list[Exchange]]]] = {
    _D: [
        ("gan", [
            ("critic(fake.detach())", "critic(fake)"), ("    d_loss.backward()", f"    d_loss.backward(retain_graph=True)  # finding: {_D}"),
            ("    opt_g.zero_grad()\n", ""), ("    opt_d.zero_grad()\n    d_loss = bce(critic(rows)", "    opt_d.zero_grad()\n    opt_g.zero_grad()\n    d_loss = bce(critic(rows)"),
            ("g_loss = bce(critic(fake), torch.ones(32, 1))", f"g_loss = bce(critic(generator(torch.randn(32, 4))), torch.ones(32, 1))  # finding: {_D}"),
            ("    opt_g.step()", f"    opt_g.step()  # finding: {_D}"),
        ]),
        ("gan", [
            ("lr=1e-3, betas=(0.5, 0.999))\nbce", f"lr=1e-3)  # finding: {_D}\nbce"),
            ("torch.optim.Adam(critic.parameters()", "torch.optim.Adam([*critic.parameters(), *generator.parameters()]"),
            ("critic(fake.detach())", "critic(fake)"), ("    d_loss.backward()", f"    d_loss.backward()  # finding: {_D}"),
            ("    opt_d.step()", f"    opt_d.step()  # finding: {_D}"),
            ("critic(fake), torch.ones", "critic(generator(torch.randn(32, 4))), torch.ones"),
        ]),
        ("gan", [
            ("    fake = generator(torch.randn(32, 4))\n", ""), ("fake.detach()", "generator(torch.randn(32, 4))"),
            ("    opt_g.zero_grad()\n", ""), ("    d_loss.backward()", f"    d_loss.backward()  # finding: {_D}"),
            ("critic(fake), torch.ones", "critic(generator(torch.randn(32, 4))), torch.ones"),
            ("    g_loss.backward()", f"    g_loss.backward()  # finding: {_D}"), ("    opt_g.step()", f"    opt_g.step()  # finding: {_D}\n    opt_g.zero_grad()"),
        ]),
    ],
    _N: [
        ("gan", [("bce(critic(fake), torch.ones(32, 1))", f"bce(critic(fake.detach()), torch.ones(32, 1))  # finding: {_N}")]),
        ("gan", [
            ("    fake = generator(torch.randn(32, 4))", "    with torch.no_grad():\n        fake = generator(torch.randn(32, 4))"),
            ("g_loss = bce(critic(fake), torch.ones(32, 1))", f"g_loss = bce(critic(fake), torch.ones(32, 1))  # finding: {_N}"),
        ]),
        ("wasserstein", [
            ("    (-critic(generator(torch.randn(32, 3))).mean()).backward()",
             f"    fooled = -critic(generator(torch.randn(32, 3)).data).mean()\n    fooled.backward()  # finding: {_N}"),
        ]),
        ("wasserstein", [
            ("    (-critic(generator(torch.randn(32, 3))).mean()).backward()",
             f"    made = torch.tensor(generator(torch.randn(32, 3)).tolist())\n    (-critic(made).mean()).backward()  # finding: {_N}"),
        ]),
    ],
    _H: [
        ("truncated", [("        h = h.detach()\n", ""), ("        loss.backward()", f"        loss.backward(retain_graph=True)  # finding: {_H}"),
                       ("        out, h =", "        out, h  =")]),
        ("truncated", [("        h = h.detach()\n", ""), ("        loss.backward()", f"        loss.backward()  # finding: {_H}")]),
        ("truncated", [("        h = h.detach()\n", ""), ("    h = torch.zeros(1, 4, 16)\n", ""), ("for epoch in", "h = torch.zeros(1, 4, 16)\nfor epoch in"),
                       ("        loss.backward()", f"        loss.backward()  # finding: {_H}")]),
    ],
}  # fmt: skip


def correct(draw: random.Random) -> tuple[str, str]:
    """The name and the text of one of them."""
    name = draw.choice(list(PROGRAMS))
    return name, _laid(PROGRAMS[name], draw)


def faulty(rule: str, draw: random.Random) -> tuple[str, str]:
    """One of them with a fault, marked."""
    name, exchanges = draw.choice(FAULTS[rule])
    text = PROGRAMS[name]
    for old, new in exchanges:
        assert old in text, (name, old)
        text = text.replace(old, new, 1)
    return name, _laid(text, draw)


def _laid(text: str, draw: random.Random) -> str:
    """At the top level, or in a function."""
    head = HEAD.replace("{seed}", str(draw.randrange(100)))
    if draw.random() < 0.5 or "global" in text:
        return head + text
    inside = "\n".join(f"    {line}" if line else "" for line in text.split("\n"))
    return f"{head}\n\ndef main():\n{inside}\n\nif __name__ == '__main__':\n    main()\n"
