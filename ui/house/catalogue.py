"""The concepts, in teaching order. Adding one is an entry here and three folders at the same path."""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Concept(NamedTuple):
    """One page of the dashboard: `pages/<section>/<name>/`, its demos and its tests."""

    section: str
    name: str  # also the page's address
    title: str
    summary: str  # one sentence of few words: it stands on a card, and under the page's title
    icon: str
    keywords: str  # what it teaches, as people ask for it: the gallery finds it by these words


SECTIONS: Final[Mapping[str, str]] = {
    "networks": "Networks",
    "capacity": "Capacity and generalization",
    "optimization": "Optimization",
    "gradients": "Gradients through depth",
    "convolution": "Convolution",
    "sequences": "Sequences and attention",
    "data": "Data",
}

CONCEPTS: Final = (
    Concept(
        section="networks",
        name="playground",
        title="Neural network playground",
        summary="A real network on points in the plane: every neuron, every weight, every epoch.",
        icon=":material/hub:",
        keywords="neural network, multilayer perceptron, MLP, neuron, hidden layer, forward pass, weights and biases, "
        "decision boundary, classification, XOR, spiral, circle, features, feature engineering, nonlinearity, "
        "training, epoch, mini-batch, cross-entropy, logit, random restart, seed, symmetry breaking, NaN, "
        "TensorFlow Playground, own points, nn.Sequential",
    ),
    Concept(
        section="capacity",
        name="polynomial_fitting",
        title="Polynomial fitting",
        summary="Too few coefficients miss the pattern, too many learn the noise: find the degree between.",
        icon=":material/show_chart:",
        keywords="overfitting, underfitting, capacity, model complexity, degree, regression, least squares, curve "
        "fitting, K-fold cross-validation, model selection, validation error, generalization, bias and "
        "variance, learning curve, sample size, weight decay, ridge, L2 regularization, λ, double descent, "
        "interpolation, Runge, Bishop, own data, own points, CSV",
    ),
    Concept(
        section="optimization",
        name="optimizers",
        title="Optimizer trajectories",
        summary="Nine optimizers on one surface: who overshoots, who crawls, who diverges, and why.",
        icon=":material/route:",
        keywords="SGD, gradient descent, momentum, Nesterov, Adagrad, Adadelta, RMSprop, Adam, AdamW, NAdam, weight "
        "decay, learning rate, step size, 2/λmax, stability, divergence, oscillation, Hessian, curvature, "
        "condition number, ravine, saddle point, local minimum, basin of attraction, loss surface, "
        "Rosenbrock, Himmelblau, bias correction, adaptive rates, own formula",
    ),
    Concept(
        section="gradients",
        name="activations",
        title="Activation functions",
        summary="What one bend can do: draw any curve, pass the gradient on, or die.",
        icon=":material/call_made:",
        keywords="activation, ReLU6, PReLU, ELU, SELU, GELU, SiLU, swish, Mish, softplus, softsign, tanh, "
        "hardsigmoid, step function, derivative, saturated, universal approximation, universal "
        "approximator, piecewise linear, ramp, collapse, rank, revive, own formula",
    ),
    Concept(
        section="gradients",
        name="vanishing_gradients",
        title="Vanishing and exploding gradients",
        summary="What shrinks the gradient on its way through the layers, what blows it up, what keeps it flowing.",
        icon=":material/waves:",
        keywords="backpropagation, depth, deep network, activation function, sigmoid, tanh, ReLU, leaky ReLU, dying "
        "ReLU, dead units, GELU, saturation, weight initialization, Xavier, Glorot, He, Kaiming, gradient "
        "clipping, exploding gradient, underflow, float16, mixed precision, loss scaling, batch "
        "normalization, batchnorm, skip connection, residual, ResNet, mean field",
    ),
    Concept(
        section="convolution",
        name="cross_correlation",
        title="Convolution step by step",
        summary="A kernel slides over a picture: every product, every sum, and how the kernel is learned.",
        icon=":material/filter_center_focus:",
        keywords="cross-correlation, convolution, convolutional layer, Conv2d, kernel, filter, edge detection, Sobel, "
        "Laplacian, blur, sharpen, flipped kernel, true convolution, output size, same padding, valid, zero padding, "
        "reflect padding, circular padding, stride, dilation, weight sharing, parameter sharing, sparse matrix, "
        "Toeplitz, learn the kernel, max pooling, average pooling, ceil_mode, "
        "channels, own picture, own kernel",
    ),
    Concept(
        section="convolution",
        name="receptive_field",
        title="Receptive fields",
        summary="What one unit deep in a network sees of the picture, and the few cells that count.",
        icon=":material/center_focus_strong:",
        keywords="CNN, convolutional network, kernel size, stride, padding, dilation, dilated convolution, atrous, "
        "pooling, effective receptive field, field of view, feature map, VGG, ResNet, checkerboard, "
        "own PyTorch code",
    ),
    Concept(
        section="convolution",
        name="architectures",
        title="Architectures layer by layer",
        summary="LeNet to MobileNet, or your own code: where the parameters sit, and where the work is done.",
        icon=":material/stacked_bar_chart:",
        keywords="CNN, LeNet, AlexNet, VGG, NiN, ResNet, MobileNet, network in network, layers, output shape, "
        "parameter count, number of weights, FLOPs, MACs, multiply-accumulates, memory, activations, "
        "inference time, latency, depthwise separable convolution, 1×1 convolution, global average pooling, "
        "fully connected, dense layer, input too small, nn.Sequential, own PyTorch code",
    ),
    Concept(
        section="convolution",
        name="invariance",
        title="Invariance and augmentation",
        summary="A digit moves, turns, grows: which networks still know it, and what training on such pictures buys.",
        icon=":material/rotate_right:",
        keywords="CNN, translation invariance, shift invariance, equivariance, equivariant, rotation, rotated image, "
        "scale, data augmentation, cropped, flips, anti-aliasing, aliasing, max pooling, blur pooling, BlurPool, "
        "subsampling, global average pooling, flatten, consistency, sampling theorem, circular padding, digits",
    ),
    Concept(
        section="data",
        name="class_imbalance",
        title="Class imbalance",
        summary="One class is rare: what resampling, weights and a moved threshold do to the mistakes.",
        icon=":material/balance:",
        keywords="imbalanced data, rare class, minority, oversampling, undersampling, SMOTE, ADASYN, Tomek links, "
        "NearMiss, class weights, cost-sensitive learning, threshold, precision and recall, F1 score, "
        "accuracy paradox, confusion matrix, false alarms, false positives, ROC curve, AUC, average "
        "precision, calibration, probabilities, ensemble, bagging, boosting, EasyEnsemble, BalanceCascade, "
        "isolation forest, anomaly detection, data leakage, own data, CSV",
    ),
)
