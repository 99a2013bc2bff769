"""Every number in a parameter file has bounds: none asks for more than a machine has."""

import pytest

from pipeline.parameters import studies
from tests.faults.draws import keys_of


def parts_of(schema):
    """A schema, and those of what it may hold, whatever it is in."""
    yield schema
    for part in (
        *schema.get("anyOf", ()), *schema.get("prefixItems", ()), *schema.get("patternProperties", {}).values(),
        *schema.get("properties", {}).values(), schema.get("items"), schema.get("additionalProperties"),
    ):  # fmt: skip
        if isinstance(part, dict):
            yield from parts_of(part)


def numbers_of(study):
    """Each number of a study, with the key it stands under."""
    for key, schema in keys_of(study).items():
        for part in parts_of(schema):
            if part.get("type") in ("integer", "number") and "enum" not in part and "const" not in part:
                yield key, part


@pytest.mark.parametrize("study", studies())
def test_every_number_has_an_upper_bound(study):
    numbers = [*numbers_of(study)]
    assert len(numbers) >= 20
    assert [key for key, number in numbers if not {"maximum", "exclusiveMaximum"} & number.keys()] == []


@pytest.mark.parametrize("study", studies())
def test_every_seed_is_one_for_what_draws_from_it(study):
    seeds = [(key, number) for key, number in numbers_of(study) if key.endswith("seed")]
    assert seeds
    for key, number in seeds:
        greatest = number.get("maximum", number.get("exclusiveMaximum", 0) - 1)
        assert 0 <= number["minimum"] <= greatest < 2**32, key  # as Keras and NumPy ask for


@pytest.mark.parametrize("study", studies())
def test_every_list_of_numbers_has_a_longest_length(study):
    lists = [
        (key, choice)
        for key, schema in keys_of(study).items()
        for choice in schema.get("anyOf", [schema])
        if choice.get("items", {}).get("type") in ("integer", "number", "array") and "enum" not in choice["items"]
    ]
    assert [key for key, schema in lists if "maxItems" not in schema and not key.startswith("figures.")] == []
