#!/usr/bin/python3
"""schema.py FILE...: whether JSON output is as contrib/schema says; 77 without python3-jsonschema.

To be run by /usr/bin/python3, which finds Debian's python3-jsonschema.
"""
import glob
import json
import os
import sys

try:
    from jsonschema import Draft202012Validator
except ImportError:
    print("# no python3-jsonschema")
    sys.exit(77)

SCHEMAS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "contrib", "schema")


def objects(schema):
    """Every object schema inside one."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for value in schema.values():
            yield from objects(value)


def read_schemas():
    schemas, problems = {}, []
    for path in sorted(glob.glob(os.path.join(SCHEMAS, "*.json"))):
        with open(path) as file:
            schema = json.load(file)
        name = os.path.splitext(os.path.basename(path))[0]
        Draft202012Validator.check_schema(schema)
        if schema["properties"]["schema"].get("const") != f"tlsrpt/{name}":
            problems.append(f"{name}: is not the schema of that name")
        for part in objects(schema):
            # Strict: nothing more, nothing less.
            if part.get("additionalProperties") is not False \
                    or sorted(part["required"]) != sorted(part["properties"]):
                problems.append(f"{name}: an object is not closed: {sorted(part['properties'])}")
        schemas[f"tlsrpt/{name}"] = Draft202012Validator(schema)
    return schemas, problems


def main():
    schemas, problems = read_schemas()
    seen = set()
    for path in sys.argv[1:]:
        with open(path) as file:
            document = json.load(file)
        name = document.get("schema")
        if name not in schemas:
            problems.append(f"{path}: no schema for {name}")
            continue
        seen.add(name)
        for error in list(schemas[name].iter_errors(document))[:3]:
            where = "/".join(map(str, error.absolute_path))
            problems.append(f"{path}: {name} at {where}: {error.message[:200]}")
    for name in set(schemas) - seen:
        problems.append(f"{name}: no output is checked against it")
    for problem in problems:
        print(f"# {problem}")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
