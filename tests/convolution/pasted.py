"""Networks as people paste them: rewritten small after tutorials, course notes, questions and libraries."""

from ast import literal_eval
from collections.abc import Mapping
from typing import Final, NamedTuple


class Pasted(NamedTuple):
    """A text that builds one network, called `net`, and an input for it."""

    text: str
    input_shape: tuple[int, ...]


TOP: Final = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n"


def divided(texts: str) -> Mapping[str, Pasted]:
    """The networks by the titles above them, which also say what their inputs are."""
    found = {}
    for part in texts.split("# == ")[1:]:
        title, text = part.split("\n", 1)
        name, shape = title.split(": (")
        found[name] = Pasted(TOP + text, literal_eval(f"({shape}"))
    return found


IN_ORDER: Final = divided(r"""
# == course notes: one layer after the other, and what they print: (1, 12, 12)
net = torch.nn.Sequential(
    torch.nn.Conv2d(1, 3, kernel_size=5, padding=2, stride=1), torch.nn.Sigmoid(),
    torch.nn.AvgPool2d(kernel_size=2, stride=2), torch.nn.Flatten(), torch.nn.Linear(3 * 6 * 6, 10))
X = torch.rand(size=(1, 1, 12, 12), dtype=torch.float32)
for layer in net:
    X = layer(X)
    print(layer.__class__.__name__, 'output shape:', X.shape)
# == course notes: blocks by a function, in a loop over a tuple: (1, 8, 8)
def block(count, before, after):
    parts = []
    for _ in range(count):
        parts.append(torch.nn.Conv2d(before, after, kernel_size=3, padding=1))
        parts.append(torch.nn.ReLU())
        before = after
    parts.append(torch.nn.MaxPool2d(kernel_size=2, stride=2))
    return torch.nn.Sequential(*parts)
def stack(plan):
    blocks = []
    channels = 1
    for (count, after) in plan:
        blocks.append(block(count, channels, after))
        channels = after
    return torch.nn.Sequential(
        *blocks, torch.nn.Flatten(), torch.nn.Linear(after * 2 * 2, 12), torch.nn.ReLU(),
        torch.nn.Dropout(0.5), torch.nn.Linear(12, 4))
plan = ((1, 4), (2, 6))
net = stack(plan)
X = torch.rand(size=(1, 1, 8, 8), dtype=torch.float32)
for layer in net:
    X = layer(X)
    print(layer.__class__.__name__, 'output shape:', X.shape)
# == names by add_module, and to a device: (3, 9, 9)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
net = nn.Sequential()
net.add_module("conv", nn.Conv2d(3, 4, 3))
net.add_module(f"act{1}", nn.LeakyReLU(0.2))
net.add_module("pool%d" % 1, nn.MaxPool2d(2))
net = net.to(device)
print(net)
# == a comprehension, OrderedDict, a generator: (3, 5, 5)
from collections import OrderedDict
widths = [3, 4, 6, 8]
body = nn.Sequential(*[nn.Conv2d(a, b, 3, padding=1) for a, b in zip(widths[:-1], widths[1:])])
head = nn.Sequential(OrderedDict([("flat", nn.Flatten()), ("out", nn.Linear(widths[-1] * 25, 2))]))
net = nn.Sequential(OrderedDict(body=body, head=head))
# == weights, optimizer, loss and training: (1, 5, 5)
import torch.optim as optim
def init_weights(m):
    if type(m) == nn.Linear or type(m) == nn.Conv2d:
        nn.init.xavier_uniform_(m.weight)
net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(18, 3))
net.apply(init_weights)
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(net.parameters(), lr=1e-2, momentum=0.9)
loader = []
for epoch in range(10000):
    running = 0.0
    for i, (inputs, labels) in enumerate(loader):
        optimizer.zero_grad()
        loss = criterion(net(inputs), labels)
        loss.backward()
        optimizer.step()
        running += loss.item()
with torch.no_grad():
    correct = sum((net(x).argmax(1) == y).sum().item() for x, y in loader)
net.eval()
# == the Flatten of a course as a class: (3, 6, 6)
def flatten(x):
    N = x.shape[0]
    return x.view(N, -1)
class Flatten(nn.Module):
    def forward(self, x):
        return flatten(x)
net = nn.Sequential(nn.Conv2d(3, 4, (5, 5), padding=2), nn.ReLU(), Flatten(), nn.Linear(4 * 6 * 6, 10))
# == configuration as a list with letters: (3, 8, 8)
from typing import cast, Dict, List, Union
cfgs: Dict[str, List[Union[str, int]]] = {"A": [4, "M", 8, 8, "M"]}
def make_layers(cfg, batch_norm: bool = False) -> nn.Sequential:
    layers: List[nn.Module] = []
    in_channels = 3
    for v in cfg:
        if v == "M":
            layers += [nn.MaxPool2d(kernel_size=2, stride=2)]
        else:
            v = cast(int, v)
            conv2d = nn.Conv2d(in_channels, v, kernel_size=3, padding=1)
            if batch_norm:
                layers += [conv2d, nn.BatchNorm2d(v), nn.ReLU(inplace=True)]
            else:
                layers += [conv2d, nn.ReLU(inplace=True)]
            in_channels = v
    return nn.Sequential(*layers)
net = make_layers(cfgs["A"], batch_norm=True)
# == activations chosen by name: (6,)
acts = {'relu': nn.ReLU, 'tanh': nn.Tanh}
act = acts['tanh']
net = nn.Sequential(nn.Linear(6, 5), act(), nn.Linear(5, 4), getattr(nn, 'ReLU')(), (lambda n: nn.Linear(n, 2))(4))
""")

CLASSES: Final = divided(r"""
# == features counted in a loop over the size: (1, 8, 8)
class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 6, 3)
        self.fc1 = nn.Linear(6 * 3 * 3, 5)
    def forward(self, x):
        # Max pooling over a (2, 2) window
        x = F.max_pool2d(F.relu(self.conv1(x)), (2, 2))
        x = x.view(-1, self.num_flat_features(x))
        x = self.fc1(x)
        return x
    def num_flat_features(self, x):
        size = x.size()[1:]
        num_features = 1
        for s in size:
            num_features *= s
        return num_features
net = Net()
print(net)
# == an example with a main function: (1, 10, 10)
import argparse
class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 4, 3, 1)
        self.dropout1 = nn.Dropout(0.25)
        self.fc1 = nn.Linear(64, 10)
    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = torch.flatten(self.dropout1(x), 1)
        output = F.log_softmax(self.fc1(x), dim=1)
        return output
def train(args, model, device, train_loader, optimizer, epoch):
    model.train()
    for batch_idx, (data, target) in enumerate(train_loader):
        loss = F.nll_loss(model(data), target)
        loss.backward()
def main():
    parser = argparse.ArgumentParser(description='an example')
    parser.add_argument('--lr', type=float, default=1.0)
    args = parser.parse_args([])
    use_cuda = not getattr(args, 'no_cuda', False) and torch.cuda.is_available()
    device = torch.device("cuda" if use_cuda else "cpu")
    model = Net().to(device)
    optimizer = torch.optim.Adadelta(model.parameters(), lr=args.lr)
    for epoch in range(1, 2):
        train(args, model, device, [], optimizer, epoch)
    return model
if __name__ == '__main__':
    net = main()
# == what is returned besides the output: (1, 6, 6)
class CNN(nn.Module):
    def __init__(self):
        super(CNN, self).__init__()
        self.conv1 = nn.Sequential(
            nn.Conv2d(in_channels=1, out_channels=4, kernel_size=5, stride=1, padding=2,), nn.ReLU(),
            nn.MaxPool2d(kernel_size=2),)
        self.out = nn.Linear(4 * 3 * 3, 10)
    def forward(self, x):
        x = self.conv1(x)
        x = x.view(x.size(0), -1)
        output = self.out(x)
        return output, x    # to look at
net = CNN()
# == a list of modules in a loop: (9,)
class MLP(nn.Module):
    def __init__(self, sizes=(9, 8, 7), act=nn.ReLU):
        super().__init__()
        self.layers = nn.ModuleList()
        for i in range(len(sizes) - 1):
            self.layers.append(nn.Linear(sizes[i], sizes[i + 1]))
        self.act = act()
        self.last = nn.Linear(sizes[-1], 2)
    def forward(self, x):
        for i, layer in enumerate(self.layers):
            x = self.act(layer(x))
        return self.last(x)
net = MLP(sizes=[9, 6, 4], act=nn.Tanh)
# == layers by setattr and getattr: (2, 16)
class Deep(nn.Module):
    def __init__(self, depth):
        super().__init__()
        self.depth = depth
        for i in range(depth):
            setattr(self, f'conv{i}', nn.Conv1d(2, 2, kernel_size=3, dilation=2 ** i, padding=2 ** i))
    def forward(self, x):
        for i in range(self.depth):
            x = torch.tanh(getattr(self, f'conv{i}')(x))
        return x.mean(-1)
net = Deep(3)
# == a class that is a Sequential, with keyword arguments passed on: (3, 16, 16)
class ConvBNReLU(nn.Sequential):
    def __init__(self, in_planes, out_planes, kernel_size=3, stride=1, groups=1, **kwargs):
        padding = (kernel_size - 1) // 2
        super().__init__(
            nn.Conv2d(in_planes, out_planes, kernel_size, stride, padding, groups=groups, bias=False, **kwargs),
            nn.BatchNorm2d(out_planes), nn.ReLU6(inplace=True),)
class InvertedResidual(nn.Module):
    def __init__(self, inp, oup, stride, expand_ratio):
        super().__init__()
        assert stride in [1, 2]
        hidden_dim = int(round(inp * expand_ratio))
        self.use_res_connect = stride == 1 and inp == oup
        layers = []
        if expand_ratio != 1:
            layers.append(ConvBNReLU(inp, hidden_dim, kernel_size=1))
        layers.extend([
            ConvBNReLU(hidden_dim, hidden_dim, stride=stride, groups=hidden_dim),
            nn.Conv2d(hidden_dim, oup, 1, 1, 0, bias=False), nn.BatchNorm2d(oup),])
        self.conv = nn.Sequential(*layers)
    def forward(self, x):
        if self.use_res_connect:
            return x + self.conv(x)
        return self.conv(x)
class Mobile(nn.Module):
    def __init__(self, width_mult=1.0):
        super().__init__()
        channels = 4
        features = [ConvBNReLU(3, channels, stride=2)]
        for t, c, n, s in [[1, 4, 1, 1], [6, 6, 2, 2]]:
            for i in range(n):
                features.append(InvertedResidual(channels, int(c * width_mult), s if i == 0 else 1, expand_ratio=t))
                channels = int(c * width_mult)
        self.features = nn.Sequential(*features)
        self.classifier = nn.Linear(channels, 3)
    def forward(self, x):
        x = self.features(x)
        x = x.mean([2, 3])
        return self.classifier(x)
net = Mobile()
# == an empty Sequential as shortcut: (3, 8, 8)
class BasicBlock(nn.Module):
    expansion = 1
    def __init__(self, in_planes, planes, stride=1):
        super(BasicBlock, self).__init__()
        self.conv1 = nn.Conv2d(in_planes, planes, kernel_size=3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.shortcut = nn.Sequential()
        if stride != 1 or in_planes != self.expansion*planes:
            self.shortcut = nn.Sequential(
                nn.Conv2d(in_planes, self.expansion*planes, kernel_size=1, stride=stride, bias=False),)
    def forward(self, x):
        out = self.bn1(self.conv1(x))
        out += self.shortcut(x)
        return F.relu(out)
class ResNet(nn.Module):
    def __init__(self, block, num_blocks, num_classes=10):
        super(ResNet, self).__init__()
        self.in_planes = 3
        self.layer1 = self._make_layer(block, 3, num_blocks[0], stride=1)
        self.layer2 = self._make_layer(block, 8, num_blocks[1], stride=2)
        self.linear = nn.Linear(8*block.expansion, num_classes)
    def _make_layer(self, block, planes, num_blocks, stride):
        strides = [stride] + [1]*(num_blocks-1)
        layers = []
        for stride in strides:
            layers.append(block(self.in_planes, planes, stride))
            self.in_planes = planes * block.expansion
        return nn.Sequential(*layers)
    def forward(self, x):
        out = F.avg_pool2d(self.layer2(self.layer1(x)), 4)
        return self.linear(out.view(out.size(0), -1))
def small():
    return ResNet(BasicBlock, [2, 1])
def test():
    net = small()
    y = net(torch.randn(1, 3, 8, 8))
    print(y.size())
    return net
net = test()
# == a residual block with a flag, of a book: (1, 32, 32)
class Residual(nn.Module):
    def __init__(self, input_channels, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.conv1 = nn.Conv2d(input_channels, num_channels, kernel_size=3, padding=1, stride=strides)
        if use_1x1conv:
            self.conv3 = nn.Conv2d(input_channels, num_channels, kernel_size=1, stride=strides)
        else:
            self.conv3 = None
    def forward(self, X):
        Y = self.conv1(X)
        if self.conv3:
            X = self.conv3(X)
        Y += X
        return F.relu(Y)
def resnet_block(input_channels, num_channels, num_residuals, first_block=False):
    blk = []
    for i in range(num_residuals):
        if i == 0 and not first_block:
            blk.append(Residual(input_channels, num_channels, use_1x1conv=True, strides=2))
        else:
            blk.append(Residual(num_channels, num_channels))
    return blk
b2 = nn.Sequential(*resnet_block(4, 4, 2, first_block=True))
net = nn.Sequential(nn.Conv2d(1, 4, 7, 2, 3), b2, nn.Sequential(*resnet_block(4, 6, 2)), nn.AdaptiveAvgPool2d((1, 1)))
X = torch.rand(size=(1, 1, 32, 32))
for layer in net:
    X = layer(X)
    print(layer.__class__.__name__, 'output shape:\t', X.shape)
# == branches by methods, and an auxiliary classifier for training alone: (3, 7, 7)
class BasicConv2d(nn.Module):
    def __init__(self, in_channels, out_channels, **kwargs):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, bias=False, **kwargs)
    def forward(self, x):
        return F.relu(self.conv(x), inplace=True)
class Net(nn.Module):
    def __init__(self, in_channels=3, aux_logits=True, conv_block=None):
        super().__init__()
        self.aux_logits = aux_logits
        if conv_block is None:
            conv_block = BasicConv2d
        self.branch1x1 = conv_block(in_channels, 4, kernel_size=1)
        self.branch_pool = conv_block(in_channels, 6, kernel_size=1)
        if aux_logits:
            self.aux = nn.Conv2d(13, 1, 1)
        self.fc = nn.Linear(13, 3)
    def _forward(self, x):
        branch_pool = F.avg_pool2d(x, kernel_size=3, stride=1, padding=1)
        outputs = [self.branch1x1(x), x, self.branch_pool(branch_pool)]
        return outputs
    def forward(self, x):
        x = torch.cat(self._forward(x), 1)
        aux = None
        if self.training and self.aux_logits:
            aux = self.aux(x)
        x = torch.flatten(F.adaptive_avg_pool2d(x, (1, 1)), 1)
        x = self.fc(F.dropout(x, training=self.training))
        if self.training and self.aux_logits:
            return x, aux
        return x
net = Net().eval()
# == each layer sees all before it: (3, 8, 8)
from collections import OrderedDict
class _DenseLayer(nn.Module):
    def __init__(self, num_input_features, growth_rate, bn_size):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(num_input_features)
        self.relu1 = nn.ReLU(inplace=False)
        self.conv1 = nn.Conv2d(num_input_features, bn_size * growth_rate, kernel_size=1, stride=1, bias=False)
        self.conv2 = nn.Conv2d(bn_size * growth_rate, growth_rate, kernel_size=3, stride=1, padding=1, bias=False)
        self.drop_rate = 0.0
    def bn_function(self, inputs):
        concated_features = torch.cat(inputs, 1)
        bottleneck_output = self.conv1(self.relu1(self.norm1(concated_features)))
        return bottleneck_output
    def forward(self, input):
        if isinstance(input, torch.Tensor):
            prev_features = [input]
        else:
            prev_features = input
        new_features = self.conv2(self.bn_function(prev_features))
        if self.drop_rate > 0:
            new_features = F.dropout(new_features, p=self.drop_rate, training=self.training)
        return new_features
class _DenseBlock(nn.ModuleDict):
    def __init__(self, num_layers, num_input_features, bn_size, growth_rate):
        super().__init__()
        for i in range(num_layers):
            layer = _DenseLayer(num_input_features + i * growth_rate, growth_rate=growth_rate, bn_size=bn_size)
            self.add_module("denselayer%d" % (i + 1), layer)
    def forward(self, init_features):
        features = [init_features]
        for name, layer in self.items():
            new_features = layer(features)
            features.append(new_features)
        return torch.cat(features, 1)
class DenseNet(nn.Module):
    def __init__(self, growth_rate=2, block_config=(3, 2), num_init_features=4, bn_size=2, num_classes=5):
        super().__init__()
        self.features = nn.Sequential(
            OrderedDict([("conv0", nn.Conv2d(3, num_init_features, kernel_size=3, padding=1, bias=False))]))
        num_features = num_init_features
        for i, num_layers in enumerate(block_config):
            block = _DenseBlock(
                num_layers=num_layers, num_input_features=num_features, bn_size=bn_size, growth_rate=growth_rate,)
            self.features.add_module("denseblock%d" % (i + 1), block)
            num_features = num_features + num_layers * growth_rate
            if i != len(block_config) - 1:
                trans = nn.Sequential(nn.Conv2d(num_features, num_features // 2, kernel_size=1), nn.AvgPool2d(2, 2))
                self.features.add_module("transition%d" % (i + 1), trans)
                num_features = num_features // 2
        self.features.add_module("norm5", nn.BatchNorm2d(num_features))
        self.classifier = nn.Linear(num_features, num_classes)
    def forward(self, x):
        features = self.features(x)
        out = F.relu(features, inplace=True)
        out = F.adaptive_avg_pool2d(out, (1, 1))
        out = torch.flatten(out, 1)
        return self.classifier(out)
net = DenseNet()
# == down and up again with what was there before: (1, 8, 8)
class DoubleConv(nn.Module):
    '''(convolution => BN => ReLU) * 2'''
    def __init__(self, in_channels, out_channels, mid_channels=None):
        super().__init__()
        if not mid_channels:
            mid_channels = out_channels
        self.double_conv = nn.Sequential(
            nn.Conv2d(in_channels, mid_channels, kernel_size=3, padding=1), nn.ReLU(inplace=True),
            nn.Conv2d(mid_channels, out_channels, kernel_size=3, padding=1), nn.ReLU(inplace=True),)
    def forward(self, x):
        return self.double_conv(x)
class UNet(nn.Module):
    def __init__(self, n_channels, n_classes):
        super().__init__()
        self.inc = DoubleConv(n_channels, 4)
        self.down1 = nn.Sequential(nn.MaxPool2d(2), DoubleConv(4, 6))
        self.down2 = nn.Sequential(nn.MaxPool2d(2), DoubleConv(6, 8))
        self.up = nn.Upsample(scale_factor=2, mode='bilinear', align_corners=True)
        self.conv1 = DoubleConv(14, 6)
        self.conv2 = DoubleConv(10, 4)
        self.outc = nn.Conv2d(4, n_classes, kernel_size=1)
    def forward(self, x):
        x1 = self.inc(x)
        x2 = self.down1(x1)
        x3 = self.down2(x2)
        x = self.conv1(torch.cat([x2, self.up(x3)], dim=1))
        x = self.conv2(torch.cat([x1, F.interpolate(x, scale_factor=2)], dim=1))
        return torch.sigmoid(self.outc(x))
net = UNet(n_channels=1, n_classes=2)
# == three steps added to their input: (2, 6, 6)
class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.a, self.b = nn.Conv2d(c, c, 3, padding=1), nn.Conv2d(c, c, 1)
        self.c = nn.Conv2d(c, c, 5, padding=2)
    def forward(self, x):
        y = x + self.a(x)
        return torch.add(y, self.b(y)) + 1.0 * self.c(x)
net = nn.Sequential(Block(2), nn.ReLU(), Block(2))
# == a sum over a list of ways: (2, 7, 7)
class Wide(nn.Module):
    def __init__(self, c=2, ways=3):
        super().__init__()
        self.ways = nn.ModuleList([nn.Conv2d(c, c, 2 * k + 1, padding=k) for k in range(ways)])
    def forward(self, x):
        return sum([way(x) for way in self.ways])
net = Wide()
# == methods of tensors: (1, 6, 6)
class Net(nn.Module):
    def __init__(self, hidden: int = 6):
        super().__init__()
        self.conv = nn.Conv2d(1, 3, kernel_size=3, padding='same')
        self.gap = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(3, hidden)
    def forward(self, x):
        x = x.float() / 1.0
        x = self.conv(x).relu()
        b, c, h, w = x.size()
        x = self.gap(x).view(b, c)
        return self.fc(x.contiguous()).softmax(dim=-1)
net = Net(hidden=5)
# == global pooling by the size of the map: (1, 6, 6)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 3, 3)
        self.fc = nn.Linear(3, 2)
    def forward(self, x):
        x = F.pad(x, (1, 1, 1, 1))
        x = self.conv(x)
        x = F.avg_pool2d(x, kernel_size=x.size()[2:])
        x = x.squeeze(-1).squeeze(-1)
        return self.fc(x)
net = Net()
# == activations as functions and partial layers: (3, 9, 9)
from functools import partial
norm = partial(nn.BatchNorm2d, eps=1e-3, momentum=0.01)
class Stem(nn.Module):
    def __init__(self, norm_layer, activation=F.relu):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, stride=2, bias=False)
        self.norm = norm_layer(4)
        self.activation = activation
    @property
    def width(self):
        return 4
    @staticmethod
    def double(n):
        return 2 * n
    def forward(self, x):
        return self.activation(self.norm(self.conv(x)))
stem = Stem(norm, activation=F.leaky_relu)
net = nn.Sequential(stem, nn.Conv2d(stem.width, Stem.double(3), 1))
# == an encoder that inherits: (8,)
class Base(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(8, width), nn.ReLU())
    def encode(self, x):
        return self.encoder(x)
    def forward(self, x):
        return self.encode(x)
class Net(Base):
    def __init__(self):
        super().__init__(width=4)
        self.head = nn.Linear(4, 1)
    def forward(self, x):
        return self.head(super().forward(x.view(-1, 8)))
net = Net()
# == activations kept by name: (2, 12)
class Net(nn.Module):
    def __init__(self, act='lrelu'):
        super().__init__()
        self.activations = nn.ModuleDict([['lrelu', nn.LeakyReLU()], ['prelu', nn.PReLU()]])
        self.steps = nn.ModuleDict({'conv': nn.Conv1d(2, 3, 3), 'pool': nn.MaxPool1d(3)})
        self.act = act
        self.drop = nn.Dropout(0.1) if act != 'none' else None
    def forward(self, x):
        x = self.steps['pool'](self.activations[self.act](self.steps['conv'](x)))
        if self.drop is not None:
            x = self.drop(x)
        while x is None:
            break
        return x.reshape(x.shape[0], -1)
net = Net('prelu')
""")

RESNET: Final = '''
import torch
import torch.nn as nn
from torch import Tensor
from typing import Any, Callable, List, Optional, Type, Union
from functools import partial
__all__ = ["ResNet", "resnet18"]
def conv3x3(in_planes: int, out_planes: int, stride: int = 1, groups: int = 1, dilation: int = 1) -> nn.Conv2d:
    """A window of three, with padding."""
    return nn.Conv2d(
        in_planes, out_planes, kernel_size=3, stride=stride, padding=dilation, groups=groups,
        bias=False, dilation=dilation)
def conv1x1(in_planes: int, out_planes: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(in_planes, out_planes, kernel_size=1, stride=stride, bias=False)
class BasicBlock(nn.Module):
    expansion: int = 1
    def __init__(
        self, inplanes, planes, stride=1, downsample: Optional[nn.Module] = None, groups=1, base_width=64, dilation=1,
        norm_layer: Optional[Callable[..., nn.Module]] = None,) -> None:
        super().__init__()
        if norm_layer is None:
            norm_layer = nn.BatchNorm2d
        if groups != 1 or base_width != 64:
            raise ValueError("no groups here")
        if dilation > 1:
            raise NotImplementedError("no dilation here")
        self.conv1 = conv3x3(inplanes, planes, stride)
        self.bn1 = norm_layer(planes)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = conv3x3(planes, planes)
        self.bn2 = norm_layer(planes)
        self.downsample = downsample
        self.stride = stride
    def forward(self, x: Tensor) -> Tensor:
        identity = x
        out = self.conv1(x)
        out = self.bn1(out)
        out = self.relu(out)
        out = self.conv2(out)
        out = self.bn2(out)
        if self.downsample is not None:
            identity = self.downsample(x)
        out += identity
        out = self.relu(out)
        return out
class Bottleneck(nn.Module):
    expansion: int = 4
    def __init__(
        self, inplanes, planes, stride=1, downsample=None, groups=1, base_width=64, dilation=1, norm_layer=None,):
        super(Bottleneck, self).__init__()
        if norm_layer is None:
            norm_layer = nn.BatchNorm2d
        width = int(planes * (base_width / 64.0)) * groups
        self.conv1 = conv1x1(inplanes, width)
        self.bn1 = norm_layer(width)
        self.conv2 = conv3x3(width, width, stride, groups, dilation)
        self.bn2 = norm_layer(width)
        self.conv3 = conv1x1(width, planes * self.expansion)
        self.bn3 = norm_layer(planes * self.expansion)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = downsample
    def forward(self, x):
        identity = x
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        if self.downsample is not None:
            identity = self.downsample(x)
        out += identity
        return self.relu(out)
class ResNet(nn.Module):
    def __init__(
        self, block: Type[Union[BasicBlock, Bottleneck]], layers: List[int], num_classes: int = 1000,
        zero_init_residual: bool = False, groups: int = 1, width_per_group: int = 64,
        replace_stride_with_dilation: Optional[List[bool]] = None, norm_layer=None,) -> None:
        super().__init__()
        _noted(self)
        if norm_layer is None:
            norm_layer = nn.BatchNorm2d
        self._norm_layer = norm_layer
        self.inplanes = 64
        self.dilation = 1
        if replace_stride_with_dilation is None:
            replace_stride_with_dilation = [False, False, False]
        if len(replace_stride_with_dilation) != 3:
            raise ValueError(f"three values are needed, not {replace_stride_with_dilation}")
        self.groups = groups
        self.base_width = width_per_group
        self.conv1 = nn.Conv2d(3, self.inplanes, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = norm_layer(self.inplanes)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        self.layer1 = self._make_layer(block, 64, layers[0])
        self.layer2 = self._make_layer(block, 128, layers[1], stride=2, dilate=replace_stride_with_dilation[0])
        self.layer3 = self._make_layer(block, 256, layers[2], stride=2, dilate=replace_stride_with_dilation[1])
        self.layer4 = self._make_layer(block, 512, layers[3], stride=2, dilate=replace_stride_with_dilation[2])
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(512 * block.expansion, num_classes)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")
            elif isinstance(m, (nn.BatchNorm2d, nn.GroupNorm)):
                nn.init.constant_(m.weight, 1)
                nn.init.constant_(m.bias, 0)
        if zero_init_residual:
            for m in self.modules():
                if isinstance(m, Bottleneck) and m.bn3.weight is not None:
                    nn.init.constant_(m.bn3.weight, 0)
    def _make_layer(self, block, planes: int, blocks: int, stride: int = 1, dilate: bool = False) -> nn.Sequential:
        norm_layer = self._norm_layer
        downsample = None
        previous_dilation = self.dilation
        if dilate:
            self.dilation *= stride
            stride = 1
        if stride != 1 or self.inplanes != planes * block.expansion:
            downsample = nn.Sequential(
                conv1x1(self.inplanes, planes * block.expansion, stride), norm_layer(planes * block.expansion),)
        layers = []
        layers.append(block(
            self.inplanes, planes, stride, downsample, self.groups, self.base_width, previous_dilation, norm_layer))
        self.inplanes = planes * block.expansion
        for _ in range(1, blocks):
            layers.append(block(
                self.inplanes, planes, groups=self.groups, base_width=self.base_width,
                dilation=self.dilation, norm_layer=norm_layer))
        return nn.Sequential(*layers)
    def _forward_impl(self, x: Tensor) -> Tensor:
        x = self.conv1(x)
        x = self.bn1(x)
        x = self.relu(x)
        x = self.maxpool(x)
        x = self.layer1(x)
        x = self.layer2(x)
        x = self.layer3(x)
        x = self.layer4(x)
        x = self.avgpool(x)
        x = torch.flatten(x, 1)
        x = self.fc(x)
        return x
    def forward(self, x: Tensor) -> Tensor:
        return self._forward_impl(x)
def _resnet(block, layers, weights, progress, **kwargs: Any) -> ResNet:
    if weights is not None:
        _set_named(kwargs, "num_classes", len(weights.meta["categories"]))
    model = ResNet(block, layers, **kwargs)
    if weights is not None:
        model.load_state_dict(weights.get_state_dict(progress=progress, check=True))
    return model
@renamed(weights=("pretrained", 1))
def resnet(*, weights=None, progress: bool = True, **kwargs: Any) -> ResNet:
    """doc"""
    weights = verify(weights) if weights else None
    return _resnet({block}, {layers}, weights, progress, **kwargs)
'''
"""A library's residual networks as its source builds them; a block and how often it stands in each stage go in."""

WITHOUT_LAYERS: Final = Pasted(
    TOP + "conv = nn.Conv2d(1, 2, 3)\npool = nn.MaxPool2d(2)\nx = torch.randn(1, 1, 8, 8)\nnet = pool(F.relu(conv(x)))",
    (1, 8, 8),
)
