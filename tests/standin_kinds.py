"""What XLA has to compile of a model, so that what was compiled before can be told."""

import json
import re
from collections.abc import Iterator
from typing import Any

import keras


def kinds_in(model: keras.Model) -> set[object]:
    """What XLA has to compile of a model: kinds of its layers, its optimizer and its loss.

    A loss with code of its own is like no other: an object that equals nothing else.
    """
    parts = [*layers_in(model), model.optimizer, model.loss]
    own = {own_kind(model)} if not by_keras(model) else set()
    own |= {object()} if model.loss is not None and not by_keras(model.loss) else set()
    return own | {kind_of(part) for part in parts}


def own_kind(model: keras.Model) -> object:
    """The class of a model with code of its own, and what it was given besides layers."""
    plain = keras.Model()
    plain.compile()
    given = {
        name: value
        for name, value in vars(model).items()
        if name not in vars(plain) and value is not None and not of_keras(value)
    }
    try:
        return type(model), frozenset(given.items())
    except TypeError:  # an array, say
        return object()


def layers_in(layer: Any) -> Iterator[Any]:
    """The layers of a model and its other operations, those of models inside it too."""
    for part in getattr(layer, "operations", layer.layers):
        yield from layers_in(part) if hasattr(part, "layers") else (part,)


def by_keras(part: Any) -> bool:
    """Whether a layer, optimizer or loss is Keras's own, or the name of one that is.

    So it may be for each in a list or dict of them, too.
    """
    return of_keras([leaf for leaf in keras.tree.flatten(part) if not isinstance(leaf, str)])


def of_keras(value: Any) -> bool:
    """Whether a value, or each in a list or dict of them, is of a class of Keras."""
    leaves = keras.tree.flatten(value)
    return all(type(leaf).__module__.startswith("keras.") for leaf in leaves)


def kind_of(part: Any) -> object:
    """Class, settings but names, and whether it learns; of Keras's own without the numbers."""
    try:
        settings = part.get_config() if hasattr(part, "get_config") else part
    except NotImplementedError:  # a layer that does not tell is like no other
        return object()
    told = json.dumps([settings, getattr(part, "trainable", None)], default=str)
    told = re.sub(r'"name": "[^"]*"', "", told)
    return f"{type(part)} " + (re.sub(r"-?[\d.]+(e-?\d+)?", "#", told) if by_keras(part) else told)
