"""Tasks of many kinds, each with models and losses that suit it."""

from __future__ import annotations

from composing.plan import Domain, Lines


def _net(layers: Lines, forward: Lines) -> Lines:
    return (
        "class Net(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
        *(f"        {line}" for line in layers),
        "",
        "    def forward(self, x):",
        *(f"        {line}" for line in forward),
    )


def _stack(*layers: str) -> Lines:
    """A model that is an nn.Sequential of these layers."""
    return (
        "def Net():",
        "    return nn.Sequential(",
        *(f"        {one}," for one in layers),
        "    )",
    )


CLUSTERS = Domain(
    name="clusters",
    data=(
        "centres = torch.randn(4, 16)",
        "targets = torch.randint(0, 4, (256,))",
        "inputs = centres[targets] + torch.randn(256, 16)",
        "held_targets = torch.randint(0, 4, (96,))",
        "held_inputs = centres[held_targets] + torch.randn(96, 16)",
    ),
    models={
        "stack": _stack("nn.Linear(16, 32)", "nn.ReLU()", "nn.Linear(32, 4)"),
        "linear": _stack("nn.Linear(16, 4)"),
        "normed": _stack(
            "nn.Linear(16, 32)", "nn.BatchNorm1d(32)", "nn.ReLU()", "nn.Linear(32, 4)"
        ),
        "dropped": _net(
            ("self.fc1 = nn.Linear(16, 64)", "self.drop = nn.Dropout(0.3)",
             "self.fc2 = nn.Linear(64, 4)"),
            ("return self.fc2(self.drop(torch.relu(self.fc1(x))))",),
        ),
        "functional": _net(
            ("self.fc1 = nn.Linear(16, 64)", "self.fc2 = nn.Linear(64, 4)"),
            ("h = F.dropout(F.relu(self.fc1(x)), 0.2, training=self.training)",
             "return self.fc2(h)"),
        ),
        "residual": _net(
            ("self.into = nn.Linear(16, 24)",
             "self.blocks = nn.ModuleList([nn.Linear(24, 24) for _ in range(3)])",
             "self.norm = nn.LayerNorm(24)", "self.head = nn.Linear(24, 4)"),
            ("h = self.into(x)", "for block in self.blocks:", "    h = h + F.gelu(block(h))",
             "return self.head(self.norm(h))"),
        ),
        "own_parameters": _net(
            ("self.w = nn.Parameter(torch.randn(16, 4) * 0.1)",
             "self.b = nn.Parameter(torch.zeros(4))"),
            ("return x @ self.w + self.b",),
        ),
    },
    losses={
        "module": ("nn.CrossEntropyLoss()", "{c}(out, y)"),
        "smoothed": ("nn.CrossEntropyLoss(label_smoothing=0.1)", "{c}(out, y)"),
        "weighted": ("nn.CrossEntropyLoss(torch.tensor([1.0, 2.0, 1.0, 1.5]))", "{c}(out, y)"),
        "functional": ("", "F.cross_entropy(out, y)"),
        "nll": ("nn.NLLLoss()", "{c}(F.log_softmax(out, dim=1), y)"),
        "log_softmax": ("nn.CrossEntropyLoss()", "{c}(F.log_softmax(out, dim=1), y)"),
        "by_hand": ("", "(torch.logsumexp(out, 1) - out[torch.arange(len(y)), y]).mean()"),
        "log_softmax_picked": ("", "-out.log_softmax(1).gather(1, y[:, None]).mean()"),
        "one_hot": ("nn.CrossEntropyLoss()", "{c}(out, F.one_hot(y, 4).float())"),
        "one_hot_mse": ("nn.MSELoss()", "{c}(out, F.one_hot(y, 4).float())"),
        "margin": ("nn.MultiMarginLoss()", "{c}(out, y)"),
    },
    metric="(out.argmax(1) == y).float().mean()",
)  # fmt: skip

IMAGES = Domain(
    name="images",
    data=(
        "patterns = torch.rand(5, 1, 8, 8)",
        "targets = torch.randint(0, 5, (192,))",
        "inputs = patterns[targets] + 0.3 * torch.randn(192, 1, 8, 8)",
        "held_targets = torch.randint(0, 5, (64,))",
        "held_inputs = patterns[held_targets] + 0.3 * torch.randn(64, 1, 8, 8)",
    ),
    models={
        "plain": _stack(
            "nn.Conv2d(1, 8, 3, padding=1)", "nn.ReLU()", "nn.MaxPool2d(2)", "nn.Flatten()",
            "nn.Linear(128, 5)",
        ),
        "normed": _net(
            ("self.conv1 = nn.Conv2d(1, 8, 3, padding=1, bias=False)",
             "self.bn1 = nn.BatchNorm2d(8)",
             "self.conv2 = nn.Conv2d(8, 16, 3, stride=2, padding=1)", "self.bn2 = nn.BatchNorm2d(16)",
             "self.fc = nn.Linear(16, 5)"),
            ("x = F.relu(self.bn1(self.conv1(x)))", "x = F.relu(self.bn2(self.conv2(x)))",
             "return self.fc(x.mean(dim=(2, 3)))"),
        ),
        "dropped": _net(
            ("self.features = nn.Sequential(nn.Conv2d(1, 6, 3), nn.LeakyReLU(0.1), "
             "nn.Dropout2d(0.1))",
             "self.head = nn.Sequential(nn.Flatten(), nn.Linear(216, 32), nn.ReLU(), "
             "nn.Dropout(0.2), nn.Linear(32, 5))"),
            ("return self.head(self.features(x))",),
        ),
        "flat": _net(
            ("self.fc1 = nn.Linear(64, 32)", "self.fc2 = nn.Linear(32, 5)"),
            ("x = x.view(x.size(0), -1)", "return self.fc2(torch.tanh(self.fc1(x)))"),
        ),
    },
    losses={
        "module": ("nn.CrossEntropyLoss()", "{c}(out, y)"),
        "functional": ("", "F.cross_entropy(out, y)"),
        "nll": ("nn.NLLLoss()", "{c}(torch.log_softmax(out, 1), y)"),
        "keyword": ("nn.CrossEntropyLoss(reduction='mean')", "{c}(input=out, target=y)"),
    },
    metric="(out.argmax(dim=1) == y).float().mean()",
)  # fmt: skip

REGRESSION = Domain(
    name="regression",
    data=(
        "slopes = torch.randn(6, 1)",
        "inputs = torch.randn(256, 6)",
        "targets = torch.tanh(inputs @ slopes) + 0.1 * torch.randn(256, 1)",
        "held_inputs = torch.randn(80, 6)",
        "held_targets = torch.tanh(held_inputs @ slopes)",
    ),
    models={
        "stack": _stack("nn.Linear(6, 32)", "nn.Tanh()", "nn.Linear(32, 1)"),
        "deep": _stack(
            "nn.Linear(6, 24)", "nn.SiLU()", "nn.Linear(24, 24)", "nn.SiLU()", "nn.Linear(24, 1)"
        ),
        "normed": _net(
            ("self.a = nn.Linear(6, 32)", "self.n = nn.BatchNorm1d(32)", "self.b = nn.Linear(32, 1)"),
            ("return self.b(F.relu(self.n(self.a(x))))",),
        ),
        "linear": _stack("nn.Linear(6, 1)"),
    },
    losses={
        "module": ("nn.MSELoss()", "{c}(out, y)"),
        "by_hand": ("", "((out - y) ** 2).mean()"),
        "squeezed": ("nn.MSELoss()", "{c}(out.squeeze(1), y.squeeze(1))"),
        "huber": ("nn.SmoothL1Loss()", "{c}(out, y)"),
        "absolute": ("", "F.l1_loss(out, y)"),
        "summed": ("", "F.mse_loss(out, y, reduction='sum') / len(y)"),
    },
    metric="(out - y).abs().mean()",
)  # fmt: skip

BINARY = Domain(
    name="binary",
    data=(
        "w = torch.randn(8)",
        "inputs = torch.randn(256, 8)",
        "targets = (inputs @ w > 0).float().unsqueeze(1)",
        "held_inputs = torch.randn(64, 8)",
        "held_targets = (held_inputs @ w > 0).float().unsqueeze(1)",
    ),
    models={
        "stack": _stack("nn.Linear(8, 16)", "nn.ReLU()", "nn.Linear(16, 1)"),
        "logistic": _stack("nn.Linear(8, 1)"),
        "dropped": _stack(
            "nn.Linear(8, 32)", "nn.ReLU()", "nn.Dropout(0.2)", "nn.Linear(32, 1)"
        ),
    },
    losses={
        "with_logits": ("nn.BCEWithLogitsLoss()", "{c}(out, y)"),
        "functional": ("", "F.binary_cross_entropy_with_logits(out, y)"),
        "probabilities": ("nn.BCELoss()", "{c}(torch.sigmoid(out), y)"),
        "squeezed": ("nn.BCEWithLogitsLoss()", "{c}(out.squeeze(-1), y.squeeze(-1))"),
        "weighted": ("nn.BCEWithLogitsLoss(pos_weight=torch.tensor([1.5]))", "{c}(out, y)"),
        "hinge": ("", "F.relu(1 - out * (2 * y - 1)).mean()"),
        "softplus": ("", "F.softplus(-(2 * y - 1) * out).mean()"),
    },
    metric="((out > 0).float() == y).float().mean()",
)  # fmt: skip

MULTI_LABEL = Domain(
    name="multi_label",
    data=(
        "w = torch.randn(10, 5)",
        "inputs = torch.randn(240, 10)",
        "targets = (inputs @ w > 0.5).float()",
        "held_inputs = torch.randn(60, 10)",
        "held_targets = (held_inputs @ w > 0.5).float()",
    ),
    models={
        "stack": _stack("nn.Linear(10, 32)", "nn.ReLU()", "nn.Linear(32, 5)"),
        "normed": _stack("nn.Linear(10, 32)", "nn.LayerNorm(32)", "nn.GELU()", "nn.Linear(32, 5)"),
    },
    losses={
        "with_logits": ("nn.BCEWithLogitsLoss()", "{c}(out, y)"),
        "soft_margin": ("nn.MultiLabelSoftMarginLoss()", "{c}(out, y)"),
        "probabilities": ("", "F.binary_cross_entropy(out.sigmoid(), y)"),
    },
    metric="((out > 0).float() == y).float().mean()",
)  # fmt: skip

SEQUENCES = Domain(
    name="sequences",
    data=(
        "inputs = torch.randn(192, 10, 3)",
        "targets = (inputs.sum(dim=(1, 2)) > 0).long()",
        "held_inputs = torch.randn(64, 10, 3)",
        "held_targets = (held_inputs.sum(dim=(1, 2)) > 0).long()",
    ),
    models={
        "lstm": _net(
            ("self.rnn = nn.LSTM(3, 16, batch_first=True)", "self.head = nn.Linear(16, 2)"),
            ("states, (h, c) = self.rnn(x)", "return self.head(h[-1])"),
        ),
        "gru": _net(
            ("self.rnn = nn.GRU(3, 16, batch_first=True)", "self.head = nn.Linear(16, 2)"),
            ("states, _ = self.rnn(x)", "return self.head(states[:, -1])"),
        ),
        "cell": _net(
            ("self.cell = nn.GRUCell(3, 12)", "self.head = nn.Linear(12, 2)"),
            ("h = torch.zeros(x.size(0), 12)", "for t in range(x.size(1)):",
             "    h = self.cell(x[:, t], h)", "return self.head(h)"),
        ),
        "transformer": _net(
            ("self.embed = nn.Linear(3, 16)",
             "layer = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.1, batch_first=True)",
             "self.encoder = nn.TransformerEncoder(layer, 1)", "self.head = nn.Linear(16, 2)"),
            ("return self.head(self.encoder(self.embed(x)).mean(dim=1))",),
        ),
        "attention": _net(
            ("self.q = nn.Linear(3, 8)", "self.k = nn.Linear(3, 8)", "self.v = nn.Linear(3, 8)",
             "self.head = nn.Linear(8, 2)"),
            ("q, k, v = self.q(x), self.k(x), self.v(x)",
             "weights = torch.softmax(q @ k.transpose(1, 2) / 8 ** 0.5, dim=-1)",
             "return self.head((weights @ v).mean(1))"),
        ),
        "convolved": _net(
            ("self.conv = nn.Conv1d(3, 8, 3, padding=1)", "self.head = nn.Linear(8, 2)"),
            ("x = F.relu(self.conv(x.permute(0, 2, 1)))", "return self.head(x.mean(2))"),
        ),
    },
    losses={
        "module": ("nn.CrossEntropyLoss()", "{c}(out, y)"),
        "functional": ("", "F.cross_entropy(out, y)"),
    },
    metric="(out.argmax(-1) == y).float().mean()",
)  # fmt: skip

AUTOENCODER = Domain(
    name="autoencoder",
    data=(
        "basis = torch.randn(3, 12)",
        "inputs = torch.sigmoid(torch.randn(256, 3) @ basis)",
        "targets = inputs",
        "held_inputs = torch.sigmoid(torch.randn(64, 3) @ basis)",
        "held_targets = held_inputs",
    ),
    models={
        "stack": _stack(
            "nn.Linear(12, 8)", "nn.ReLU()", "nn.Linear(8, 3)", "nn.Linear(3, 8)", "nn.ReLU()",
            "nn.Linear(8, 12)",
        ),
        "two_parts": _net(
            ("self.encoder = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 3))",
             "self.decoder = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 12), "
             "nn.Sigmoid())"),
            ("return self.decoder(self.encoder(x))",),
        ),
        "denoising": _net(
            ("self.body = nn.Sequential(nn.Linear(12, 24), nn.ELU(), nn.Linear(24, 12))",),
            ("if self.training:", "    x = x + 0.1 * torch.randn_like(x)", "return self.body(x)"),
        ),
    },
    losses={
        "module": ("nn.MSELoss()", "{c}(out, x)"),
        "functional": ("", "F.mse_loss(out, y)"),
        "by_hand": ("", "(out - x).pow(2).sum(1).mean()"),
    },
    metric="(out - y).abs().mean()",
)  # fmt: skip

METRIC = Domain(
    name="metric_learning",
    data=(
        "centres = torch.randn(6, 12)",
        "targets = torch.randint(0, 6, (240,))",
        "inputs = centres[targets] + 0.7 * torch.randn(240, 12)",
        "held_targets = torch.randint(0, 6, (60,))",
        "held_inputs = centres[held_targets] + 0.7 * torch.randn(60, 12)",
    ),
    models={
        "embedding": _net(
            ("self.body = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 8))",),
            ("return F.normalize(self.body(x), dim=1)",),
        ),
        "plain": _stack("nn.Linear(12, 32)", "nn.PReLU()", "nn.Linear(32, 8)"),
    },
    losses={
        "pairs": (
            "",
            "torch.where((y[:, None] == y[None, :]), torch.cdist(out, out + 1e-4) ** 2, "
            "F.relu(1 - torch.cdist(out, out + 1e-4)) ** 2).mean()",
        ),
        "contrastive": (
            "",
            "-(torch.log_softmax(F.normalize(out, dim=1) @ F.normalize(out, dim=1).T / 0.5 - 1e4 * torch.eye(len(out)), 1) * "
            "((y[:, None] == y[None, :]).float() - torch.eye(len(y)))).sum(1).mean() / 4",
        ),
    },
    metric="torch.cdist(out, out)[y[:, None] == y[None, :]].mean()",
)  # fmt: skip

SEGMENTATION = Domain(
    name="segmentation",
    data=(
        "def scenes(n):",
        "    images = 0.3 * torch.randn(n, 1, 8, 8)",
        "    masks = torch.zeros(n, 8, 8)",
        "    for k in range(n):",
        "        r, c = torch.randint(0, 5, (2,)).tolist()",
        "        masks[k, r:r + 4, c:c + 4] = 1",
        "    return images + masks[:, None], masks.long()",
        "",
        "inputs, targets = scenes(128)",
        "held_inputs, held_targets = scenes(48)",
    ),
    models={
        "plain": _stack("nn.Conv2d(1, 8, 3, padding=1)", "nn.ReLU()", "nn.Conv2d(8, 2, 1)"),
        "unet": _net(
            ("self.down = nn.Conv2d(1, 8, 3, padding=1)",
             "self.low = nn.Conv2d(8, 8, 3, padding=1)",
             "self.up = nn.ConvTranspose2d(8, 8, 2, stride=2)", "self.norm = nn.GroupNorm(2, 16)",
             "self.out = nn.Conv2d(16, 2, 1)"),
            ("a = F.relu(self.down(x))", "b = F.relu(self.low(F.max_pool2d(a, 2)))",
             "return self.out(self.norm(torch.cat([a, self.up(b)], dim=1)))"),
        ),
    },
    losses={
        "module": ("nn.CrossEntropyLoss()", "{c}(out, y)"),
        "dice": (
            "",
            "1 - (2 * (out.softmax(1)[:, 1] * y).sum() + 1) / (out.softmax(1)[:, 1].sum() + "
            "y.sum() + 1)",
        ),
        "one_channel": (
            "", "F.binary_cross_entropy_with_logits(out[:, 1] - out[:, 0], y.float())"
        ),
    },
    metric="(out.argmax(1) == y).float().mean()",
    pace=0.5,
)  # fmt: skip

LANGUAGE = Domain(
    name="language",
    data=(
        "words = 'the cat sat on a mat and dog saw his log by my old hat'.split()",
        "text = ' '.join(words[k] for k in torch.randint(0, len(words), (300,)).tolist())",
        "letters = sorted(set(text))",
        "codes = torch.tensor([letters.index(c) for c in text])",
        "windows = codes.unfold(0, 13, 4)",
        "inputs, targets = windows[:240, :-1], windows[:240, 1:]",
        "held_inputs, held_targets = windows[240:, :-1], windows[240:, 1:]",
        "size = len(letters)",
    ),
    models={
        "gru": _net(
            ("self.embed = nn.Embedding(size, 12)",
             "self.rnn = nn.GRU(12, 24, batch_first=True)", "self.head = nn.Linear(24, size)"),
            ("return self.head(self.rnn(self.embed(x))[0])",),
        ),
        "bigram": _stack("nn.Embedding(size, size)"),
        "causal": _net(
            ("self.embed = nn.Embedding(size, 16)",
             "self.place = nn.Parameter(0.02 * torch.randn(12, 16))",
             "self.layer = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, batch_first=True)",
             "self.head = nn.Linear(16, size)",
             "self.register_buffer('mask', nn.Transformer.generate_square_subsequent_mask(12))"),
            ("h = self.embed(x) + self.place", "return self.head(self.layer(h, self.mask))"),
        ),
    },
    losses={
        "flattened": ("nn.CrossEntropyLoss()", "{c}(out.reshape(-1, size), y.reshape(-1))"),
        "transposed": ("", "F.cross_entropy(out.transpose(1, 2), y)"),
    },
    metric="(out.argmax(-1) == y).float().mean()",
)  # fmt: skip

FORECAST = Domain(
    name="forecast",
    data=(
        "series = torch.sin(torch.arange(400) * 0.3) + 0.1 * torch.randn(400)",
        "windows = series.unfold(0, 11, 1)",
        "inputs, targets = windows[:300, :10], windows[:300, 10]",
        "held_inputs, held_targets = windows[310:, :10], windows[310:, 10]",
    ),
    models={
        "stack": _net(
            ("self.body = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 1))",),
            ("return self.body(x).squeeze(-1)",),
        ),
        "linear": _net(("self.fc = nn.Linear(10, 1)",), ("return self.fc(x)[:, 0]",)),
        "lstm": _net(
            ("self.rnn = nn.LSTM(1, 12, batch_first=True)", "self.fc = nn.Linear(12, 1)"),
            ("h, _ = self.rnn(x.unsqueeze(-1))", "return self.fc(h[:, -1]).squeeze(1)"),
        ),
    },
    losses={
        "module": ("nn.MSELoss()", "{c}(out, y)"),
        "by_hand": ("", "(out - y).square().mean()"),
        "quantile": ("", "torch.maximum(0.5 * (y - out), -0.5 * (y - out)).mean()"),
    },
    metric="(out - y).abs().mean()",
)  # fmt: skip

VARIATIONAL = Domain(
    name="variational",
    data=(
        "basis = torch.randn(2, 10)",
        "inputs = torch.tanh(torch.randn(240, 2) @ basis)",
        "targets = inputs",
        "held_inputs = torch.tanh(torch.randn(60, 2) @ basis)",
        "held_targets = held_inputs",
    ),
    models={
        "vae": _net(
            ("self.enc = nn.Linear(10, 16)", "self.mu = nn.Linear(16, 2)",
             "self.logvar = nn.Linear(16, 2)",
             "self.dec = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 10))"),
            ("h = torch.relu(self.enc(x))", "mu, logvar = self.mu(h), self.logvar(h)",
             "z = mu + torch.randn_like(mu) * torch.exp(0.5 * logvar)",
             "return self.dec(z), mu, logvar"),
        ),
    },
    losses={
        "elbo": (
            "",
            "F.mse_loss(out[0], x, reduction='sum') / len(x) - 0.05 * (1 + out[2] - out[1] ** 2 - "
            "out[2].exp()).sum(1).mean()",
        ),
    },
    metric="(out[0] - y).abs().mean()",
)  # fmt: skip

RATINGS = Domain(
    name="ratings",
    data=(
        "users, items = torch.randn(30, 3), torch.randn(20, 3)",
        "pairs = torch.cartesian_prod(torch.arange(30), torch.arange(20))[torch.randperm(600)]",
        "inputs, held_inputs = pairs[:300], pairs[300:380]",
        "targets = (users[inputs[:, 0]] * items[inputs[:, 1]]).sum(1)",
        "held_targets = (users[held_inputs[:, 0]] * items[held_inputs[:, 1]]).sum(1)",
    ),
    models={
        "factors": _net(
            ("self.u = nn.Embedding(30, 6)", "self.i = nn.Embedding(20, 6)",
             "self.bias = nn.Parameter(torch.zeros(1))"),
            ("return (self.u(x[:, 0]) * self.i(x[:, 1])).sum(1) + self.bias",),
        ),
        "deep": _net(
            ("self.u = nn.Embedding(30, 6)", "self.i = nn.Embedding(20, 6)",
             "self.body = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 1))"),
            ("both = torch.cat([self.u(x[:, 0]), self.i(x[:, 1])], dim=1)",
             "return self.body(both).flatten()"),
        ),
    },
    losses={
        "module": ("nn.MSELoss()", "{c}(out, y)"),
        "by_hand": ("", "torch.mean((out - y) ** 2)"),
    },
    metric="(out - y).abs().mean()",
)  # fmt: skip

DOMAINS: tuple[Domain, ...] = (
    CLUSTERS, IMAGES, REGRESSION, BINARY, MULTI_LABEL, SEQUENCES, AUTOENCODER, METRIC,
    SEGMENTATION, LANGUAGE, FORECAST, VARIATIONAL, RATINGS,
)  # fmt: skip
