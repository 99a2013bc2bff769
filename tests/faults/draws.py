"""Values of every key of every section of a study, drawn from what its schema allows, and some that it does not."""

import json
import math
import tomllib
from dataclasses import dataclass
from functools import cache

import numpy as np

from pipeline.parameters import study_parameters
from tests.faults.tiny import TINY

NO_SECTION = ("name", "study", "run", "runs")
# Keys that ask for more time only, and nothing else happens in it: up to three more than the least
MORE_WORK = (
    *("epochs", "batches_per_epoch", "pairs_per_epoch", "pieces_per_composer", "per_class", "rounds", "round_s"),
    *("n_forests", "n_seeds"),
)
WORDS = ("", "unknown", "a\0b", "/", "x" * 300)
N_TOGETHER = 40  # draws of several keys at once
SEED = 440


@dataclass(frozen=True)
class Draw:
    """Values of keys, ``section.key``; None: left out."""

    values: dict

    @property
    def section(self):
        """That of its key, or that there are several."""
        return "several" if len(self.values) > 1 else next(iter(self.values)).split(".")[0]

    def __str__(self):
        return ", ".join(f"{key} = {to_toml(value)[:80]}" for key, value in self.values.items())

    def text_of(self, study):
        """The tiny parameter file with these values."""
        tables, needed = tomllib.loads(TINY[study].text), TINY[study].needed.get(self.section, {})
        for name, value in (needed | self.values).items():
            section, key = name.split(".")
            table = tables.setdefault(section, {})
            table.pop(key, None)
            if value is not None:
                table[key] = value
        return "".join(f"{json.dumps(section)} = {to_toml(table)}\n" for section, table in tables.items())


def to_toml(value):
    """A value as TOML, tables in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {to_toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(to_toml, value)) + "]"
    return repr(value) if isinstance(value, float) else json.dumps(value)


def draw_all(study):
    """Every value of every key, one at a time."""
    for number, (key, schema) in enumerate(keys_of(study).items()):
        values = values_of(schema, np.random.default_rng([SEED, number]))
        for value in {to_toml(value): value for value in values}.values():
            yield Draw({key: value})


def draw_together(draws, n_draws=N_TOGETHER):
    """Of draws that load, some of two to five at once."""
    rng = np.random.default_rng(SEED)
    for _ in range(n_draws):
        chosen = rng.choice(len(draws), rng.integers(2, 6), replace=False)
        values = {key: value for number in chosen for key, value in draws[number].values.items()}
        if len(values) > 1:
            yield Draw(values)


@cache
def keys_of(study):
    """The schema of each key of each section of a study, by ``section.key``."""
    schema = study_parameters(study).model_json_schema()

    def resolve(part):  # what it refers to in place of the reference
        if isinstance(part, list):
            return [resolve(each) for each in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            return resolve(schema["$defs"][part["$ref"].rsplit("/")[-1]])
        return {name: resolve(each) for name, each in part.items()}

    keys = {}
    for section, described in resolve(schema["properties"]).items():
        if section not in NO_SECTION:
            (table,) = [choice for choice in described.get("anyOf", [described]) if "properties" in choice]
            for key, each in table["properties"].items():
                keys[f"{section}.{key}"] = each | ({"most_above_least": 3} if key in MORE_WORK else {})
    return keys


def values_of(schema, rng):
    """Values within, at and beyond what the schema of a key allows, and some of no such type."""
    if "anyOf" in schema:
        return [value for choice in schema["anyOf"] for value in values_of(choice, rng)]
    if "enum" in schema or "const" in schema:
        return [*schema.get("enum", [schema.get("const")]), "unknown"]
    return OF_TYPE[schema["type"]](schema, rng)


def integers(schema, rng):
    """Least and greatest, just outside, one within, one of 401 digits."""
    least = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
    greatest = schema.get("maximum", schema.get("exclusiveMaximum", 0) - 1)
    top = least + schema["most_above_least"] if "most_above_least" in schema else greatest
    return [least, top, least - 1, greatest + 1, int(draw_between(least, top, rng)), 10**400, 1.5, "one"]


def numbers(schema, rng):
    """Least and greatest, just outside, no finite one, one within."""
    least = schema.get("minimum", math.nextafter(schema.get("exclusiveMinimum", 0), math.inf))
    greatest = schema.get("maximum", math.nextafter(schema.get("exclusiveMaximum", 0), -math.inf))
    top = least + schema["most_above_least"] if "most_above_least" in schema else greatest
    outside = [math.nextafter(least, -math.inf), math.nextafter(greatest, math.inf), math.inf, math.nan, 1e300]
    return [float(least), float(top), *outside, float(draw_between(least, top, rng)), "one"]


def draw_between(least, top, rng):
    """A number of any order of magnitude."""
    return least + np.expm1(rng.uniform(0, np.log1p(top - least)))


def lists(schema, rng):
    """None, one with each value of its items, many of the same."""
    if "prefixItems" in schema:
        each = [values_of(item, rng) for item in schema["prefixItems"]]
        return [[], *([values[n % len(values)] for values in each] for n in range(max(map(len, each))))]
    items = values_of(schema["items"], rng)
    finite = [item for item in items if not isinstance(item, float) or math.isfinite(item)]
    return [[], *([item] for item in items), finite[:1] * 2, finite[:2], finite[:1] * 3000, "one"]


def tables(schema, rng):
    """None, and names that are strange, with each of the values."""
    (item,) = schema.get("patternProperties", {"": schema.get("additionalProperties")}).values()
    items = values_of(item, rng)
    return [{}, *({"a": item} for item in items), *({word: items[0]} for word in WORDS), "one"]


OF_TYPE = {
    "integer": integers,
    "number": numbers,
    "boolean": lambda *_: [False, True, "true"],
    "string": lambda *_: [*WORDS, 3],
    "array": lists,
    "object": tables,
    "null": lambda *_: [None],
}
