"""Recomputes every envelope and token of the case files from their format alone, with the Python package `cryptography`.

Each value that a step seals is found by comparing the sealed document with the clear one, decoded, decrypted under the rows that its key ids name,
and sealed again with the entropy that README.md assigns to it: the bytes must be the file's. Of a token the normalisation is not to be seen: one of
the four must give it.
"""

import base64
import hashlib
import hmac
import json
import pathlib
import re
import struct
import sys
import unicodedata

from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV, ChaCha20Poly1305

MARKED = re.compile(r'"(F[sp]1[A-Za-z0-9_-]+)"')
BINDS = ["none", "record-field", "record-path", "field"]
KINDS = [(1, "subject"), (2, "retention"), (8, "item")]
SUITES = {1: (b"gcm", 32), 2: (b"siv", 64), 3: (b"chacha", 32), 5: (b"gcm-iv", 32)}
ENTROPY = {1: 32, 2: 0, 3: 32, 5: 44}


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


def base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encrypt(suite, key, iv, padded):
    if suite == 2:
        return AESSIV(key).encrypt(padded, None)
    if suite == 5:
        return iv + AESGCM(key).encrypt(iv, padded, None)
    return (AESGCM if suite == 1 else ChaCha20Poly1305)(key).encrypt(bytes(12), padded, None)


def seal(suite, secrets, prefix, context, entropy, padded):
    prk = extract(b"fieldseal1 value", secrets)
    digest = hashlib.sha256(prefix + context).digest()
    salt = bytes(16)
    if suite != 2:
        salt = hmac.digest(expand(prk, b"hedge", b"", 32), entropy[:32] + digest + padded, "sha256")[:16]
    label, length = SUITES[suite]
    material = expand(prk, label, digest + salt, length + 32)
    return base64url(prefix + salt + material[length:] + encrypt(suite, material[:length], entropy[32:], padded))


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


def canonical(value):
    """RFC 8785, as far as the cases need it: names of ASCII, and numbers that are integers or short fractions."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{canonical(value[name])}" for name in sorted(value)) + "}"
    return json.dumps(value, ensure_ascii=False)


def normalised(value):
    """The names of the normalisations, and what each makes of a value."""
    text = value if isinstance(value, str) else canonical(value)
    yield "exact/1" if isinstance(value, str) else "json/1", text
    if value is None:
        return
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    yield "nfkc-casefold/1", folded
    yield "email/1", folded.strip()
    digits = [unicodedata.decimal(c, None) for c in unicodedata.normalize("NFKC", text)]
    if any(digit is not None for digit in digits):
        yield "digits/1", "".join(str(digit) for digit in digits if digit is not None)


def tokens(kind, secret, tenant, domain, value):
    key = expand(extract(b"fieldseal1 token", bytes.fromhex(secret)), kind, b"", 32)
    for name, text in normalised(value):
        yield hmac.digest(key, b"".join(map(lv, [tenant, domain, name, text])), "sha256")


def pseudonyms(rows, tenant, token, value):
    """What the token may be, under the key that it begins with."""
    begin = decoded(token[3:])[:4]
    row = next(row for row in rows.values() if row["kind"] == "pseudonym" and bytes.fromhex(row["id"])[:4] == begin)
    return ["Fp1" + base64url(begin + t[:20]) for t in tokens(b"pseudonym", row["secret"], tenant, row["ref"], value)]


def verify_index(case, rows, tenant, index, clear):
    value = json.loads(clear)
    for token in index["pointer"].split("/")[1:]:
        value = value[int(token)] if isinstance(value, list) else value[token.replace("~1", "/").replace("~0", "~")]
    raw = decoded(index["value"][3:])
    bits, expected = raw[0], set()
    for row in rows.values():
        if row["kind"] == "index" and (row["ref"] == index["name"] or row["ref"].startswith(canonical([index["name"]])[:-1] + ",")):
            for t in tokens(b"index", row["secret"], tenant, index["name"], value):
                kept = int.from_bytes(t[:8], "big") >> (64 - bits) << (64 - bits)
                expected.add("Fi1" + base64url(bytes([bits]) + kept.to_bytes(8, "big")[: (bits + 7) // 8]))
    assert index["value"] in expected, f"{case}: the index at {index['pointer']} is not what the format gives"


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


def resealed(case, family, rows, envelope, path, plain, context, entropy):
    """The envelope made again, with the entropy from that byte on, and how many bytes of it that drew."""
    raw = decoded(envelope)
    assert raw[:2] == bytes.fromhex("16cd") and raw[2] >> 6 == 1 and raw[3] & 0b1000_0000 == 0, f"{case}: header"
    suite, flags = raw[2] & 63, raw[3]
    assert flags & 0b0100_0001 != 0b0100_0000, f"{case}: header"
    entropy = stream(entropy, ENTROPY[suite])
    bind, unbound = flags >> 4 & 3, flags >> 6 & 1
    at, secrets, subject = 4, b"", ""
    for flag, kind in KINDS:
        if flags & flag:
            row = next(row for row in rows.values() if row["kind"] == kind and row["id"] == raw[at : at + 16].hex())
            at, secrets = at + 16, secrets + bytes.fromhex(row["secret"])
            subject = row["ref"] if kind == "subject" and not unbound else subject
    record, revision = (context.get("record", ""), context.get("revision", "")) if bind in (1, 2) else ("", "")
    parts = [context.get("tenant", ""), family, record, revision, subject, field(path, bind)]
    padded = pad(plain) if flags & 4 else plain.encode()
    return seal(suite, secrets, raw[:at], b"".join(map(lv, parts)), entropy, padded), ENTROPY[suite]


def stream(start, length):
    return bytes(n % 251 for n in range(start, start + length))


def made(case):
    """The keys that a keyring may have made: each of the first blocks of entropy, as each version of each owner that the case names."""
    owners = {("subject", "", case["context"]["subject"])}
    owners |= {(w["kind"], w.get("tenant", ""), w["ref"]) for w in (step["who"] for step in case["steps"] if "who" in step)}
    rows = {}
    for kind, tenant, ref in owners:
        for number in range(16):
            for version in range(1, 8):
                names = hashlib.sha256(b"".join(map(lv, [kind, tenant, ref])) + struct.pack(">I", version)).digest()
                secret = stream(32 * number, 32)
                id = expand(extract(b"fieldseal1 key", secret), b"id", names, 16).hex()
                rows[id] = {"kind": kind, "tenant": tenant, "ref": ref, "id": id, "secret": secret.hex()}
    return rows


def place(pointer, verdict):
    """The tokens of a place; of a marked schema that which the verdict names. In these files no name is a number."""
    if "properties" in pointer or "$defs" in pointer:
        pointer = verdict["sealed"][0]["pointer"].replace("*", "0")
    tokens = [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]
    return tuple(int(token) if token.isdigit() else token for token in tokens)


def verify(case, family, rows, clear, sealed, context, drawn, most=0, at=()):
    """Walks both texts at once; returns how many values were sealed, and how many bytes of entropy were drawn: for values, and for at most `most` keys of 32 bytes."""
    where = dict(paths(json.loads(sealed), at))
    count, draws, a, b = 0, 0, 0, 0
    while b < len(sealed):
        match = MARKED.match(sealed, b)
        if match is None or clear.startswith(match.group(0), a):
            assert clear[a] == sealed[b], f"{case}: untouched text differs"
            a, b = a + 1, b + 1
            continue
        plain, text = value(clear, a), match.group(1)
        if text.startswith("Fp1"):
            expected = pseudonyms(rows, context.get("tenant", ""), text, json.loads(plain))
            assert text in expected, f"{case}: the token at {where[text]} is not what the format gives"
        else:
            for keys in range(most + 1):
                again, drew = resealed(case, family, rows, text, where[text], plain, context, drawn + draws + 32 * keys)
                if again == text:
                    break
            assert again == text, f"{case}: {where[text]} is not what the format gives"
            draws, most = draws + 32 * keys + drew, most - keys
        count, a, b = count + 1, a + len(plain), match.end()
    assert a == len(clear), f"{case}: text is left over"
    return count, draws


def main():
    total, indexes = 0, 0
    for path in sorted(pathlib.Path(__file__).parent.glob("*.json")):
        file = json.loads(path.read_text())
        for case in file["cases"]:
            schema = case["schema"]
            schema = file["schemas"].get(schema, schema) if isinstance(schema, str) else schema
            drawn = 0
            is_keyring = "keyring" in json.dumps(case.get("source"))
            rows, most = (made(case), 8) if is_keyring else (file["keys"], 0)
            for step in case.get("steps", []):
                calls = [(step, step.get("expect", {}))] if step.get("do") == "seal" else []
                if step.get("do") == "seal-value":
                    calls = [(step, step["expect"])]
                if step.get("do") in ("seal-many", "seal-values"):
                    calls = list(zip(step.get("calls", step.get("values")), step["expect"]["results"]))
                for call, result in calls:
                    if "document" in result or "envelope" in result:
                        context = call.get("context", case["context"])
                        family = schema["x-schema-family"]
                        clear, sealed, at = (call.get("document"), result.get("document"), ())
                        if "place" in call:
                            clear, sealed, at = call["value"], json.dumps(result["envelope"]), place(call["place"], result["verdict"])
                        count, draws = verify(case["name"], family, rows, clear, sealed, context, drawn, most, at)
                        total, drawn = total + count, drawn + draws
                        for index in result.get("indexes", []):
                            index = dict(index, pointer="" if "place" in call else index["pointer"])
                            verify_index(case["name"], rows, context.get("tenant", ""), index, clear)
                            indexes += 1
    print(f"{total} envelopes and tokens in documents recomputed, and {indexes} blind indexes")
    return 0 if total else 1


sys.exit(main())
