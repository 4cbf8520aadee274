"""What the Python package jsonschema says of schemas and documents that others have judged.

    python3 oracle/foreign.py FILE.ndjson [...]

The lines, the totals and the rule by which a fault of the validator's own is excused are those of foreign.mjs; the
list of faults is its own. The packages are those of requirements.txt, in a folder that PYTHONPATH names.
"""

import json
import platform
import re
import sys
import threading
import time
from importlib.metadata import version

import jsonschema
from jsonschema_specifications import REGISTRY
from referencing import Registry
from referencing.jsonschema import DRAFT4, DRAFT6, DRAFT7, DRAFT201909, DRAFT202012

DRAFTS = {
    "4": (jsonschema.Draft4Validator, DRAFT4),
    "6": (jsonschema.Draft6Validator, DRAFT6),
    "7": (jsonschema.Draft7Validator, DRAFT7),
    "2019-09": (jsonschema.Draft201909Validator, DRAFT201909),
    "2020-12": (jsonschema.Draft202012Validator, DRAFT202012),
}

# What jsonschema is known to get wrong: a kind, the reason, and the sign of it in a schema (its draft and all objects in
# it). To be on this list excuses nothing: a skip needs the proof of `fault` below, and the list gives the name under
# which it is counted. The first sign that fits names it; "other" is a proven fault that nobody has looked into.
FAULTS = [
    (
        "vocabulary",
        "jsonschema takes every keyword that it knows, whatever vocabularies the meta schema of the schema's own names",
        lambda draft, objects: any(
            isinstance(each.get("$schema"), str) and not re.match(r"https?://json-schema\.org/", each["$schema"]) for each in objects
        ),
    ),
    (
        "unevaluated in 2019-09",
        "for unevaluatedProperties of this draft, names inside additionalProperties count as names of the document",
        lambda draft, objects: (
            draft == "2019-09"
            and any("unevaluatedProperties" in each for each in objects)
            and any(isinstance(each.get(key), dict) for each in objects for key in ("additionalProperties", "unevaluatedProperties"))
        ),
    ),
    (
        "patterns",
        "Python's expressions are not those of ECMA-262: no \\p and \\c, and \\d, \\w and \\s are of all of Unicode",
        lambda draft, objects: any("pattern" in each or "patternProperties" in each for each in objects),
    ),
    (
        "dependencies",
        "jsonschema does not know this keyword after draft 7; the later drafts leave it open",
        lambda draft, objects: draft.startswith("20") and any("dependencies" in each for each in objects),
    ),
    (
        "content",
        "jsonschema asserts nothing about contentEncoding and contentMediaType, which draft 7 leaves open",
        lambda draft, objects: any("contentEncoding" in each or "contentMediaType" in each for each in objects),
    ),
]

COUNTS = ("schemas", "documents", "agreed", "open", "refuses", "admits", "throws", "compile", "skipped")


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def line(text):
    """One line that any terminal can show, lone surrogates and all."""
    text = re.sub(r"\s+", " ", str(text))[:240]
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def message(error):
    return line(f"{type(error).__name__} {error}")


def objects(value):
    """Every object in a value, however deep."""
    found, pending = [], [value]
    while pending:
        each = pending.pop()
        if isinstance(each, dict):
            found.append(each)
            pending.extend(each.values())
        elif isinstance(each, list):
            pending.extend(each)
    return found


built = (None, None, None)


def registered(draft, references):
    """The references beside the meta schemas, which are there already. Many lines have the same: the last is kept."""
    global built
    if built[:2] != (draft, references):
        registry = REGISTRY
        specification = DRAFTS[draft][1]
        for uri, reference in references.items():
            if uri.rstrip("#") in REGISTRY:
                continue
            resource = specification.detect(reference).create_resource(reference)
            try:
                Registry().with_resource(uri, resource).crawl()
            except Exception:
                # Not of a draft that can be walked: an error where a schema gets to it, and nothing elsewhere.
                continue
            registry = registry.with_resource(uri, resource)
        built = (draft, references, registry.crawl())
    return built[2]


def prepared(draft, schema, references):
    """A validator of the draft for the schema. jsonschema compiles nothing: what it cannot take, it finds on the way."""
    return DRAFTS[draft][0](schema, registry=registered(draft, references) if references else REGISTRY)


def fault(given):
    """How jsonschema fails on the plain schema, by the official suite's verdicts, as (kind, proof); None where it does not."""
    plain = given.get("plain")
    if plain is None:
        return None
    references = plain.get("references", given.get("references", {}))

    def named(proof):
        # The references only if nothing in the schema itself is a sign: one set of them may serve many schemas.
        for value in (plain["schema"], references):
            every = objects(value)
            for kind, _, sign in FAULTS:
                if every and sign(given["draft"], every):
                    return kind, proof
        return "other", proof

    try:
        validator = prepared(given["draft"], plain["schema"], references)
    except Exception as error:
        return named(f"does not take the plain schema: {message(error)}")
    for document in plain["documents"]:
        try:
            if validator.is_valid(document["data"]) != document["valid"]:
                return named(f"calls {compact(document['data'])} {'invalid' if document['valid'] else 'valid'} under the plain schema")
        except Exception as error:
            return named(f"throws under the plain schema: {message(error)}")
    return None


def judge(given, counts):
    """The disagreements of one line as (kind, detail), and its other documents counted."""
    documents = given["documents"]
    counts["schemas"] += 1
    counts["documents"] += len(documents)
    try:
        validator = prepared(given["draft"], given["schema"], given.get("references", {}))
    except Exception as error:
        return [("compile", message(error))]
    found = []
    for document in documents:
        data, accept = document["data"], document["accept"]
        try:
            valid = validator.is_valid(data)
        except Exception as error:
            found.append(("throws", f"{message(error)} on {compact(data)}"))
            continue
        if accept is None:
            counts["open"] += 1
        elif valid == accept:
            counts["agreed"] += 1
        else:
            found.append(("refuses" if accept else "admits", compact(data)))
    return found


def lines(files):
    for file in files:
        with open(file, encoding="utf-8") as opened:
            for text in opened:
                if text.strip():
                    yield json.loads(text)


def row(cells):
    print("".join(str(cell).ljust(8) if index == 0 else str(cell).rjust(10) for index, cell in enumerate(cells)))


def main(files):
    drafts, skips, skipped, contradictions, contradicted = {}, {}, [], [], {}
    listed = files[1] if files[:1] == ["--list"] else None
    files = files[2:] if listed else files
    began = time.monotonic()
    for given in lines(files):
        if given["draft"] not in DRAFTS:
            raise ValueError(f"{given['origin']}: no draft {given['draft']}")
        counts = drafts.setdefault(given["draft"], dict.fromkeys(COUNTS, 0))
        found = judge(given, counts)
        excuse = fault(given) if found else None
        if excuse is None:
            if found:
                contradicted[given["origin"]] = True
            for kind, detail in found:
                counts[kind] += 1
                contradictions.append(line(f"draft {given['draft']}, {given['origin']}: {kind} {detail}"))
        else:
            kind, proof = excuse
            counts["skipped"] += len(found)
            skips[kind] = skips.get(kind, 0) + len(found)
            if kind == "other":
                skipped.append(line(f"draft {given['draft']}, {given['origin']}: {proof}"))

    total = {key: sum(counts[key] for counts in drafts.values()) for key in COUNTS}
    result = {"validator": f"jsonschema {version('jsonschema')}", **total, "skips": skips, "drafts": drafts}
    result["seconds"] = round(time.monotonic() - began, 1)
    print(f"{result['validator']}, Python {platform.python_version()}")
    row(["draft", *COUNTS])
    for draft in DRAFTS:
        if draft in drafts:
            row([draft, *drafts[draft].values()])
    row(["all", *total.values()])
    for kind, count in skips.items():
        reason = next((reason for name, reason, _ in FAULTS if name == kind), "proven on the plain schema, not looked into")
        print(f"skipped {count}, {kind}: {reason}")
    for each in skipped[:20]:
        print(f"  {each}")
    if contradictions:
        print(f"the first {min(20, len(contradictions))} of {len(contradictions)} contradictions:")
    for each in contradictions[:20]:
        print(f"  {each}")
    print(json.dumps(result, separators=(",", ":")))
    if total["schemas"] == 0:
        print("no schemas: give at least one file that has lines", file=sys.stderr)
    if listed:
        with open(listed, "w", encoding="utf-8") as opened:
            json.dump(list(contradicted), opened)
    return 1 if (contradictions and not listed) or total["schemas"] == 0 else 0


if __name__ == "__main__":
    # Sealed schemas nest deeper than the default depth, which jsonschema uses several times over for each level.
    sys.setrecursionlimit(20_000)
    threading.stack_size(512 * 1024 * 1024)
    ended = []
    thread = threading.Thread(target=lambda: ended.append(main(sys.argv[1:])))
    thread.start()
    thread.join()
    sys.exit(ended[0] if ended else 1)
