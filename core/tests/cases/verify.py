"""Recomputes every envelope of the case files from the envelope's format alone, with the Python package `cryptography`.

Each value that a step seals is found by comparing the sealed document with the clear one, decoded, decrypted under the row that its key id names,
and sealed again with the entropy that README.md assigns to it: the bytes must be the file's.
"""

import base64
import hashlib
import hmac
import json
import pathlib
import re
import struct
import sys

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ENVELOPE = re.compile(r'"(Fs1[A-Za-z0-9_-]+)"')
BINDS = ["none", "record-field", "record-path", "field"]


def lv(text):
    data = text.encode()
    return struct.pack(">I", len(data)) + data


def extract(salt, secret):
    return hmac.digest(salt, secret, "sha256")


def expand(prk, name, context, length):
    label = b"fieldseal1 " + name
    info = struct.pack(">HB", length, len(label)) + label + bytes([len(context)]) + context
    out, block, counter = b"", b"", 1
    while len(out) < length:
        block = hmac.digest(prk, block + info + bytes([counter]), "sha256")
        out, counter = out + block, counter + 1
    return out[:length]


def seal(secret, prefix, context, entropy, padded):
    prk = extract(b"fieldseal1 value", secret)
    digest = hashlib.sha256(prefix + context).digest()
    salt = hmac.digest(expand(prk, b"hedge", b"", 32), entropy + digest + padded, "sha256")[:16]
    material = expand(prk, b"gcm", digest + salt, 64)
    body = AESGCM(material[:32]).encrypt(bytes(12), padded, None)
    return base64.urlsafe_b64encode(prefix + salt + material[32:] + body).decode().rstrip("=")


def pad(text):
    data = text.encode() + b"\x80"
    return data + bytes(-len(data) % 32)


def field(path, bind):
    tokens = []
    for token in path:
        if isinstance(token, int):
            token = str(token) if bind == 2 else "~*"
        else:
            token = token.replace("~", "~0").replace("/", "~1")
        tokens.append("/" + token)
    return "" if bind == 0 else "".join(tokens)


def value(text, start):
    """The text of the JSON value at `start`."""
    _, end = json.JSONDecoder().raw_decode(text, start)
    return text[start:end]


def paths(sealed, at=()):
    if isinstance(sealed, dict):
        for name, child in sealed.items():
            yield from paths(child, (*at, name))
    elif isinstance(sealed, list):
        for index, child in enumerate(sealed):
            yield from paths(child, (*at, index))
    elif isinstance(sealed, str):
        yield sealed, at


def verify(case, family, rows, clear, sealed, context, drawn):
    """Walks both texts at once and returns how many values were sealed."""
    where = dict(paths(json.loads(sealed)))
    count, a, b = 0, 0, 0
    while b < len(sealed):
        match = ENVELOPE.match(sealed, b)
        if match is None or clear.startswith(match.group(0), a):
            assert clear[a] == sealed[b], f"{case}: untouched text differs"
            a, b = a + 1, b + 1
            continue
        plain = value(clear, a)
        envelope = match.group(1)
        raw = base64.urlsafe_b64decode(envelope + "=" * (-len(envelope) % 4))
        assert raw[:3] == bytes.fromhex("16cd41") and raw[3] & 0b1000_1010 == 0, f"{case}: header"
        flags = raw[3]
        bind, unbound = flags >> 4 & 3, flags >> 6 & 1
        row = next(row for row in rows.values() if row["id"] == raw[4:20].hex())
        record, revision = (context.get("record", ""), context.get("revision", "")) if bind in (1, 2) else ("", "")
        parts = [context.get("tenant", ""), family, record, revision, "" if unbound else row["ref"], field(where[envelope], bind)]
        entropy = bytes((32 * drawn + n) % 251 for n in range(32 * count, 32 * count + 32))
        padded = pad(plain) if flags & 4 else plain.encode()
        again = seal(bytes.fromhex(row["secret"]), raw[:20], b"".join(map(lv, parts)), entropy, padded)
        assert again == envelope, f"{case}: {where[envelope]} is not what the format gives"
        count, a, b = count + 1, a + len(plain), match.end()
    assert a == len(clear), f"{case}: text is left over"
    return count


def main():
    total = 0
    for path in sorted(pathlib.Path(__file__).parent.glob("*.json")):
        file = json.loads(path.read_text())
        for case in file["cases"]:
            schema = case["schema"]
            schema = file["schemas"].get(schema, schema) if isinstance(schema, str) else schema
            drawn = 0
            for step in case.get("steps", []):
                calls = [(step, step.get("expect", {}))] if step.get("do") == "seal" else []
                if step.get("do") == "seal-many":
                    calls = list(zip(step["calls"], step["expect"]["results"]))
                for call, result in calls:
                    if "document" in result:
                        context = call.get("context", case["context"])
                        drawn += verify(case["name"], schema["x-schema-family"], file["keys"], call["document"], result["document"], context, drawn)
            total += drawn
    print(f"{total} envelopes recomputed")
    return 0 if total else 1


sys.exit(main())
