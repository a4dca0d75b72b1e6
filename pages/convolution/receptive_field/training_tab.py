"""The tab that trains a stack of convolutions, and looks at the effective field before and after."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

import numpy as np
import streamlit as st

from demos.convolution.receptive_field import width
from demos.convolution.training import KERNEL_SIZE, SIDE, Progress, train
from pages.convolution.receptive_field import tab_charts as charts
from pages.convolution.receptive_field.controls import DEPTHS, Controls
from pages.convolution.receptive_field.images import image, shade
from ui import kit

STEPS: Final = 200
TOLD: Final = 20
SEEDS: Final = (0, 1, 2)
TRAINED_CHANNELS: Final = 16
LEARNING_RATE: Final = 0.003
BATCH: Final = 64

Told = tuple[int, Progress]  # with which seed


def training(view: Controls) -> None:
    """Train the stack with each seed."""
    told = _trained(view.depth, STEPS)
    if told is None:
        st.caption(
            f"{STEPS} steps of Adam on digits of {SIDE} × {SIDE} pixels, for {len(SEEDS)} seeds, with {view.depth} "
            f"convolutions of {KERNEL_SIZE} × {KERNEL_SIZE} and {TRAINED_CHANNELS} channels; before, after and in "
            "between the gradient of the unit in the middle is measured. Some seconds; moving a control stops it."
        )
    else:
        by_seed = groupby(told, key=lambda part: part[0])
        _show_training(view.depth, {seed: [each for _, each in parts] for seed, parts in by_seed})


@kit.long("Train on handwritten digits", keep=8)
def _trained(depth: int, steps: int) -> Iterator[kit.Progress[Told]]:
    for place, seed in enumerate(SEEDS):
        for each in train(
            depth=depth,
            channels=TRAINED_CHANNELS,
            lr=LEARNING_RATE,
            steps=steps,
            batch_size=BATCH,
            seed=seed,
            every=TOLD,
        ):
            share = (place + each.step / steps) / len(SEEDS)
            yield kit.Progress(share, f"Seed {seed}, step {each.step} of {steps}", (seed, each))


def _show_training(depth: int, told: Mapping[int, Sequence[Progress]]) -> None:
    law = math.sqrt(depth * (KERNEL_SIZE**2 - 1) + 1)
    widths = {seed: [width(each.energy, axis=0) for each in progress] for seed, progress in told.items()}
    left, right = st.columns([3, 2], gap="medium")
    with left:
        kit.show(
            charts.training(
                STEPS,
                2 * DEPTHS[1] + 1,
                colors=tuple((f"seed {seed}", shade(place)) for seed, place in zip(SEEDS, (1, 5, 4), strict=True)),
                ink=kit.ink(),
            ),
            {
                "widths": {
                    "seed": [f"seed {seed}" for seed, progress in told.items() for _ in progress],
                    "step": [each.step for progress in told.values() for each in progress],
                    "cells": [each for along in widths.values() for each in along],
                },
                "law": {"cells": [law], "label": [f"at random: {law:.1f}"]},
            },
            key="field training",
            alt_text="The effective width of the unit in the middle over the steps of training, a line a seed.",
        )
    with right:
        grew = sum(along[-1] > along[0] for along in widths.values())
        means = [float(np.mean([along[place] for along in widths.values()])) for place in (0, -1)]
        right_answers = float(np.mean([progress[-1].accuracy for progress in told.values()]))
        st.markdown(
            f"- Before training the effective width is **{means[0]:.1f}** cells on average, after it "
            f"**{means[1]:.1f}**, of a field of {depth * (KERNEL_SIZE - 1) + 1}. It grew with {grew} of {len(told)} "
            f"seeds.\n- {right_answers:.0%} of the test digits are right after {STEPS} steps (10 % is guessing).\n"
            "- Luo et al. saw it grow with larger networks on larger pictures. Here training moves it little, and not "
            "always upwards."
        )
        for column, place, name in zip(st.columns(2), (0, -1), ("before", "after"), strict=True):
            with column:
                strength = np.sqrt(np.mean([progress[place].energy for progress in told.values()], axis=0))
                st.caption(name.capitalize())
                image(strength / strength.max(), 6, key=f"field {name} training", height=140)
