"""Every number in a parameter file has bounds: none asks for more than a machine has."""

import pytest

from pipeline.parameters import studies, study_parameters


def numbers_of(schema, definitions, key):
    """Each number of a JSON schema, with the key it stands under."""
    if "$ref" in schema:
        yield from numbers_of(definitions[schema["$ref"].rsplit("/")[-1]], definitions, key)
    for other in (*schema.get("anyOf", ()), *schema.get("prefixItems", ())):
        yield from numbers_of(other, definitions, key)
    for name, other in schema.get("properties", {}).items():
        yield from numbers_of(other, definitions, f"{key}.{name}")
    for other in (schema.get("items"), schema.get("additionalProperties")):
        if isinstance(other, dict):
            yield from numbers_of(other, definitions, key)
    if schema.get("type") in ("integer", "number") and "enum" not in schema and "const" not in schema:
        yield key, schema


@pytest.mark.parametrize("study", studies())
def test_every_number_has_an_upper_bound(study):
    schema = study_parameters(study).model_json_schema()
    numbers = dict(numbers_of(schema, schema["$defs"], study))
    assert len(numbers) >= 20
    assert [key for key, number in numbers.items() if not {"maximum", "exclusiveMaximum"} & number.keys()] == []
