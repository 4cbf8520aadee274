"""FieldSeal's envelopes, version 1, written from the format's page alone (docs/envelope.md).

One JSON value becomes one JSON string. This file reads top down: bytes, JSON, context, derivation,
opening, sealing, tokens, key ids, and a command line for the files of `vectors/`:

    python envelope.py check FILE...    # "fieldseal envelope 1", "fieldseal saved ciphertexts 1"
    python envelope.py seal FILE        # a JSON list of jobs; prints it with `envelope` in each

It needs the packages of requirements.txt. Its author saw no code of FieldSeal, so that a mistake in
one of the two shows. Later changes follow what the page says more clearly since.

Limits that a reader must know:

* Unicode. The format asks for toNFKC_Casefold of Unicode 16, which the standard library lacks.
  `nfkc_casefold` derives it from the tables of the Python in use. A text with a code point that
  these do not assign is refused (`unsupported`), because a guess could give a wrong token; tables
  later than 16 would map characters that 16 lacks. `exact/1` and `json/1` need no tables.
* JSON. Python's limit of recursion is the only limit of a document here.
* Document. That the envelopes of one person carry one key id is for the caller to check.
* Memory. Python cannot erase keys and texts from memory.

Errors carry a code alone. No message and no `repr` of this file holds a key, a text or a place.
"""

import base64
import hashlib
import json
import re
import secrets
import sys
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Callable, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import constant_time, hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV, ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

# A key source refuses with one of these; of several refusals the first in this order counts.
KEY_CODES = ("erased", "restricted", "denied", "not-found", "unavailable")


class EnvelopeError(Exception):
    """Carries the `code` of a fault and nothing else: `not-sealed`, `integrity`, `unsupported`,
    `already-sealed`, `limit` (a number), `invalid` (the call is wrong), or one of `KEY_CODES`.

    The functions below raise it outside of `except` blocks: a library exception, which may hold
    the text that it failed on, would else hang on it as its context.
    """

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


# --- Bytes --------------------------------------------------------------------------------------

PERSON, BUCKET, PADDED, ITEM, UNBOUND, MORE_FLAGS = 0x01, 0x02, 0x04, 0x08, 0x40, 0x80
BINDS = ("none", "record-field", "record-path", "field")  # the number stands in b4 and b5
KINDS = (("subject", PERSON), ("retention", BUCKET), ("item", ITEM))  # the order of ids and keys


class Suite(NamedTuple):
    name: str
    label: str
    key_length: int
    iv_length: int  # bytes of a drawn IV at the beginning of the body
    cipher: type


SUITES = {1: Suite("aes-256-gcm", "gcm", 32, 0, AESGCM),
          2: Suite("aes-256-siv", "siv", 64, 0, AESSIV),
          3: Suite("chacha20-poly1305", "chacha", 32, 0, ChaCha20Poly1305),
          5: Suite("aes-256-gcm-iv", "gcm-iv", 32, 12, AESGCM)}


class Demand(NamedTuple):
    """Holds what a policy demands at a place; `Envelope.header` says what an envelope has."""
    suite: int
    bind: str
    subject: bool
    retention: bool
    item: bool
    subject_bound: bool


class Envelope(NamedTuple):
    """Holds the parts of a whole envelope; none of them is secret."""
    suite: int
    flags: int
    key_ids: dict[str, bytes]  # by kind, in the order of KINDS
    prefix: bytes  # everything before the salt
    salt: bytes
    commitment: bytes
    body: bytes

    def header(self) -> Demand:
        """Returns the header in the words of a policy; b2 is no part of a demand."""
        bind, bound = BINDS[self.flags >> 4 & 3], not self.flags & UNBOUND
        return Demand(self.suite, bind, *(bool(self.flags & flag) for _, flag in KINDS), bound)


def to_base64url(data: bytes) -> str:
    """Returns the base64url text (RFC 4648, section 5) without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def parse(text: object) -> Envelope:
    """Returns the parts of a whole envelope (step 1 of opening); takes no key."""
    if not isinstance(text, str) or not text.startswith("Fs1"):
        raise EnvelopeError("not-sealed")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text) or len(text) % 4 == 1:
        raise EnvelopeError("integrity")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_base64url(data) != text:  # spare bits are set, as in "Fs1" alone
        raise EnvelopeError("integrity")
    number, flags = data[2] - 0x40, data[3] if len(data) > 3 else 0
    if number not in SUITES or flags & MORE_FLAGS or (flags & UNBOUND and not flags & PERSON):
        raise EnvelopeError("unsupported")  # whatever the length
    kinds = [kind for kind, flag in KINDS if flags & flag]
    end = 4 + 16 * len(kinds)
    shortest = SUITES[number].iv_length + (32 if flags & PADDED else 1) + 16
    if not flags & (PERSON | BUCKET) or len(data) < end + 48 + shortest:
        raise EnvelopeError("integrity")
    ids = {kind: data[4 + 16 * i:20 + 16 * i] for i, kind in enumerate(kinds)}
    salt, commitment, body = data[end:end + 16], data[end + 16:end + 48], data[end + 48:]
    return Envelope(number, flags, ids, data[:end], salt, commitment, body)


# --- JSON ---------------------------------------------------------------------------------------

def _members(pairs: list) -> dict:
    """Returns the members of an object; refuses a duplicate name."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError
    return dict(pairs)


def _constant(_: str) -> None:
    """Refuses NaN and Infinity, which Python's parser would take."""
    raise ValueError


class Number(NamedTuple):
    """Holds a number as it is written."""
    text: str


_DECODER = json.JSONDecoder(object_pairs_hook=_members, parse_int=Number, parse_float=Number,
                            parse_constant=_constant)


def parse_json(text: str, code: str = "invalid") -> object:
    """Returns the value of a text that is exactly one JSON value. White space around it, duplicate
    names and lone surrogates fail with `code`."""
    try:
        value, end = _DECODER.raw_decode(text)
        json.dumps(value, ensure_ascii=False).encode()  # fails with a lone surrogate anywhere
        if end == len(text):
            return value
    except (ValueError, RecursionError):
        pass
    raise EnvelopeError(code)


def canonical(value: object) -> str:
    """Returns the RFC 8785 text of a value that `parse_json` gave."""
    if isinstance(value, Number):
        return _number(value.text)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, dict):  # in the order of UTF-16 code units
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(n)}:{canonical(value[n])}" for n in names) + "}"
    return json.dumps(value, ensure_ascii=False)  # escapes strings as RFC 8785 does


def _number(written: str) -> str:
    """Returns a number as ECMAScript writes the double; `repr` gives the same shortest digits. A
    number that this text would change has no token."""
    value = float(written)
    try:
        is_same = abs(value) != float("inf") and Decimal(repr(value)) == Decimal(written)
    except ArithmeticError:  # an exponent beyond those of Decimal
        is_same = False
    if not is_same:
        raise EnvelopeError("limit")
    if value == 0:
        return "0"
    sign, figures, exponent = Decimal(repr(value)).as_tuple()
    point = len(figures) + exponent  # the decimal point stands after so many digits
    digits = "".join(map(str, figures)).rstrip("0")
    if len(digits) <= point <= 21:
        text = digits.ljust(point, "0")
    elif 0 < point <= 21:
        text = f"{digits[:point]}.{digits[point:]}"
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        text = digits[0] + ("." + digits[1:] if digits[1:] else "") + f"e{point - 1:+d}"
    return "-" * sign + text


# --- Context and derivation ---------------------------------------------------------------------

@dataclass(frozen=True, repr=False)
class Place:
    """Says where a value stands. In `path` a string names a member, a number an array element."""
    tenant: str = ""
    family: str = ""
    record: str = ""
    revision: str = ""
    subject: str = ""
    path: tuple[str | int, ...] = ()


def context(place: Place, flags: int) -> tuple[str, ...]:
    """Returns the six parts of the context; the flags say which of them are empty."""
    bind = BINDS[flags >> 4 & 3]
    record, revision = (place.record, place.revision) if bind.startswith("record") else ("", "")
    subject = place.subject if flags & PERSON and not flags & UNBOUND else ""
    field = ""
    for token in () if bind == "none" else place.path:
        if isinstance(token, str):
            field += "/" + token.replace("~", "~0").replace("/", "~1")
        else:
            field += f"/{token:d}" if bind == "record-path" else "/~*"
    return place.tenant, place.family, record, revision, subject, field


def lv(*texts: str) -> bytes:
    """Returns `LV` of each text, joined; a lone surrogate is refused."""
    try:
        encoded = [text.encode() for text in texts]
        return b"".join(len(data).to_bytes(4, "big") + data for data in encoded)
    except UnicodeEncodeError:
        pass
    raise EnvelopeError("invalid")


def mac(key: bytes, data: bytes) -> bytes:
    """Returns HMAC-SHA-256."""
    state = hmac.HMAC(key, hashes.SHA256())
    state.update(data)
    return state.finalize()


def extract(purpose: str, *keys: bytes) -> bytes:
    """Returns HKDF-Extract, which is HMAC under the salt, of keys joined in the order of KINDS."""
    if any(len(key) != 32 for key in keys):
        raise EnvelopeError("invalid")
    return mac(b"fieldseal1 " + purpose.encode(), b"".join(keys))


def expand(key: bytes, name: str, ctx: bytes, length: int) -> bytes:
    """Returns HKDF-Expand under a label in the manner of TLS 1.3."""
    label = b"fieldseal1 " + name.encode()
    info = length.to_bytes(2, "big") + bytes([len(label)]) + label + bytes([len(ctx)]) + ctx
    return HKDFExpand(hashes.SHA256(), length, info).derive(key)


def value_key(suite: Suite, prk: bytes, h: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """Returns K, the value's key, and C, the commitment."""
    output = expand(prk, suite.label, h + salt, suite.key_length + 32)
    return output[:-32], output[-32:]


def nonce(suite: Suite, iv: bytes) -> tuple[bytes, ...]:
    """Returns what a cipher takes before the text: nothing in suite 2; else the drawn IV, or the
    12 zero bytes of suites 1 and 3. No suite has associated data."""
    return () if suite.cipher is AESSIV else (iv or bytes(12),)


# --- Opening ------------------------------------------------------------------------------------

# Takes kind, tenant, id and, if there is one, reference; returns the key, or raises a KEY_CODE.
KeySource = Callable[[str, str, bytes, str | None], bytes]


def open_value(text: object, place: Place, demands: list[Demand], source: KeySource) -> str:
    """Returns the JSON text that an envelope holds. `text` is the content of the JSON string;
    `demands` holds what the policy demands at the place and whatever else it accepts there."""
    envelope = parse(text)
    if envelope.header() not in demands:
        raise EnvelopeError("integrity")
    parts = context(place, envelope.flags)
    suite, bound = SUITES[envelope.suite], envelope.prefix + lv(*parts)
    item = canonical([place.family, place.record, parts[-1]])
    person = parts[4] if envelope.header().subject_bound else None
    references = {"subject": person, "retention": None, "item": item}
    keys = _ask(envelope.key_ids, place.tenant, references, source)
    h = hashlib.sha256(bound).digest()
    key, commitment = value_key(suite, extract("value", *keys), h, envelope.salt)
    if suite.cipher is AESSIV and any(envelope.salt):
        raise EnvelopeError("integrity")
    if not constant_time.bytes_eq(commitment, envelope.commitment):
        raise EnvelopeError("integrity")
    iv, body = envelope.body[:suite.iv_length], envelope.body[suite.iv_length:]
    try:
        plain = suite.cipher(key).decrypt(*nonce(suite, iv), body, None)
        if envelope.flags & PADDED:
            plain = _unpad(plain)
        result = plain.decode()
    except (InvalidTag, UnicodeDecodeError):
        result = ""  # no JSON value either
    parse_json(result, "integrity")
    return result


def _unpad(text: bytes) -> bytes:
    """Returns the text before `0x80` and the zeros after it, any number of them."""
    stripped = text.rstrip(b"\0")
    if not text or len(text) % 32 or not stripped.endswith(b"\x80"):
        raise EnvelopeError("integrity")
    return stripped[:-1]


def _ask(ids: dict[str, bytes], tenant: str, references: dict, source: KeySource) -> list[bytes]:
    """Returns the keys of the ids. All are asked for: the order of KEY_CODES decides on the code
    of several refusals, not that of the kinds."""
    keys, refusals = [], []
    for kind, key_id_ in ids.items():
        try:
            keys.append(source(kind, tenant, key_id_, references[kind]))
        except EnvelopeError as error:
            refusals.append(error.code)
    if refusals:
        raise EnvelopeError(min(refusals, key=KEY_CODES.index))
    return keys


# --- Sealing ------------------------------------------------------------------------------------

@dataclass(frozen=True, repr=False)
class Key:
    """Holds one key and its id."""
    id: bytes
    secret: bytes


def check_clear(text: str) -> None:
    """Fails if a clear string is a whole envelope, or may be one of a later release."""
    try:
        parse(text)
        code = "already-sealed"
    except EnvelopeError as error:
        code = error.code
    if code == "already-sealed" or (code == "unsupported" and len(text) >= 64):
        raise EnvelopeError(code)


def seal(text: str, place: Place, keys: dict[str, Key], suite: int = 1, bind: str = "record-field",
         padded: bool = True, subject_bound: bool = True,
         draw: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """Returns the envelope of one JSON text, which is kept as it is.

    `keys` has those of `subject`, `retention` and `item` that are used. `draw` is the host's random
    source: it gives r (32 bytes), then the IV of suite 5 (12 bytes). Suite 2 draws nothing.
    """
    value = parse_json(text)
    if isinstance(value, str):
        check_clear(value)
    used = [keys[kind] for kind, _ in KINDS if kind in keys]
    if bind not in BINDS or any(len(key.id) != 16 for key in used):
        raise EnvelopeError("invalid")
    flags = sum(flag for kind, flag in KINDS if kind in keys) | BINDS.index(bind) << 4
    flags |= (PADDED if padded else 0) | (0 if subject_bound else UNBOUND)
    if suite not in SUITES or (flags & UNBOUND and not flags & PERSON):
        raise EnvelopeError("unsupported")
    if not flags & (PERSON | BUCKET):
        raise EnvelopeError("invalid")
    chosen, plain = SUITES[suite], text.encode()
    if padded:
        plain += b"\x80" + bytes(31 - len(plain) % 32)
    prefix = bytes([0x16, 0xCD, 0x40 + suite, flags]) + b"".join(key.id for key in used)
    h = hashlib.sha256(prefix + lv(*context(place, flags))).digest()
    prk = extract("value", *(key.secret for key in used))
    salt = bytes(16)
    if chosen.cipher is not AESSIV:
        salt = mac(expand(prk, "hedge", b"", 32), draw(32) + h + plain)[:16]
    iv = draw(chosen.iv_length) if chosen.iv_length else b""
    key, commitment = value_key(chosen, prk, h, salt)
    body = iv + chosen.cipher(key).encrypt(*nonce(chosen, iv), plain, None)
    return to_base64url(prefix + salt + commitment + body)


# --- Tokens -------------------------------------------------------------------------------------

# The property White_Space; `str.strip()` without it would remove U+001C to U+001F as well.
WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B)))
DEFAULT_IGNORABLE = frozenset(map(chr, (  # the property Default_Ignorable_Code_Point
    0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810),
    *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0x3164,
    *range(0xFE00, 0xFE10), 0xFEFF, 0xFFA0, *range(0xFFF0, 0xFFF9), *range(0x1BCA0, 0x1BCA4),
    *range(0x1D173, 0x1D17B), *range(0xE0000, 0xE1000))))


def nfkc(text: str) -> str:
    """Returns the NFKC; refuses a code point that the tables of this Python do not assign."""
    if any(unicodedata.category(character) == "Cn" for character in text):
        raise EnvelopeError("unsupported")
    return unicodedata.normalize("NFKC", text)


def nfkc_casefold(text: str) -> str:
    """Returns toNFKC_Casefold: each character's NFKC_Casefold, and of the whole the NFC."""
    return unicodedata.normalize("NFC", "".join(map(_fold, text)))


def _fold(text: str) -> str:
    """Returns NFKC_Casefold of a character. Unicode constructs it by NFKC, full case folding and
    the removal of default ignorables, repeated until the result is stable."""
    folded = "".join(c for c in nfkc(nfkc(text).casefold()) if c not in DEFAULT_IGNORABLE)
    return text if folded == text else _fold(folded)


def normalise(name: str, value: object) -> tuple[str, str]:
    """Returns the name that is hashed and the normalised text of a value that `parse_json` gave.
    `name` is the schema's `exact`, or `nfkc-casefold/1`, `email/1` or `digits/1`."""
    if value is None or (name == "exact" and not isinstance(value, str)):
        return "json/1", canonical(value)
    text = value if isinstance(value, str) else canonical(value)
    lv(text)  # refuses a lone surrogate
    if name == "exact":
        return "exact/1", text
    if name == "nfkc-casefold/1":
        return name, nfkc_casefold(text)
    if name == "email/1":
        return name, nfkc_casefold(text).strip(WHITE_SPACE)
    digits = "".join(str(unicodedata.decimal(c, "")) for c in nfkc(text))
    if name != "digits/1" or not digits:
        raise EnvelopeError("invalid")
    return name, digits


def token_mac(kind: str, key: bytes, tenant: str, domain: str, name: str, value: object) -> bytes:
    """Returns T; `kind` is `index` or `pseudonym`."""
    tk = expand(extract("token", key), kind, b"", 32)
    return mac(tk, lv(tenant, domain, *normalise(name, value)))


def index(key: bytes, bits: int, tenant: str, domain: str, name: str, value: object) -> str:
    """Returns the index value of 8 to 64 bits; the domain is the index's name."""
    if not 8 <= bits <= 64:
        raise EnvelopeError("invalid")
    size, spare = (bits + 7) // 8, -bits % 8
    t = int.from_bytes(token_mac("index", key, tenant, domain, name, value)[:size], "big")
    return "Fi1" + to_base64url(bytes([bits]) + (t >> spare << spare).to_bytes(size, "big"))


def pseudonym(key: Key, tenant: str, domain: str, name: str, value: object) -> str:
    """Returns the pseudonym; the domain is the marker's, else the schema family."""
    t = token_mac("pseudonym", key.secret, tenant, domain, name, value)
    return "Fp1" + to_base64url(key.id[:4] + t[:20])


# --- Key ids ------------------------------------------------------------------------------------

def key_id(key: bytes, kind: str, tenant: str, reference: str, version: int) -> bytes:
    """Returns the id that a keyring derives from a key; versions count from 1."""
    if kind not in ("subject", "retention", "item", "index", "pseudonym") or version < 1:
        raise EnvelopeError("invalid")
    name = hashlib.sha256(lv(kind, tenant, reference) + version.to_bytes(4, "big")).digest()
    return expand(extract("key", key), "id", name, 16)


def fingerprint(key: bytes) -> bytes:
    """Returns the fingerprint by which a keyring recognises a destroyed key."""
    return expand(extract("key", key), "fingerprint", b"", 32)


# --- Command line -------------------------------------------------------------------------------

def _place_and_keys(item: dict) -> tuple[Place, dict[str, Key]]:
    """Returns place and keys of an item of a file, whose empty strings mean that there is none."""
    place = Place(*(item[name] for name in ("tenant", "family", "record", "revision", "subject")),
                  tuple(item["path"]))
    keys = {kind: Key(bytes.fromhex(item.get(f"{kind}KeyId", "")),
                      bytes.fromhex(item[f"{kind}Key"])) for kind, _ in KINDS
            if item.get(f"{kind}Key")}
    return place, keys


def _open(item: dict) -> str:
    """Returns the text of an item's envelope. The demand is the item's, else the header itself:
    sealing the item to the same bytes shows that the header is right. The key source has the
    item's keys, the item key under its reference if the item tells it, others under any."""
    place, keys = _place_and_keys(item)
    names = ("suite", "bind", "subject", "retention", "item", "subjectBound")
    demand = (Demand(*(item["demand"][name] for name in names)) if "demand" in item
              else parse(item["envelope"]).header())

    def source(kind: str, _tenant: str, wanted: bytes, reference: str | None) -> bytes:
        is_other = kind == "item" and reference != item.get("itemRef", reference)
        if is_other or kind not in keys or keys[kind].id not in (b"", wanted):
            raise EnvelopeError("not-found")
        return keys[kind].secret
    return open_value(item["envelope"], place, [demand], source)


def _seal(item: dict) -> str:
    """Returns the envelope of a job. `entropy` holds r, `iv` the IV of suite 5."""
    drawn = bytes.fromhex(item["entropy"]), bytes.fromhex(item.get("iv", ""))
    if item["suite"] != 2 and tuple(map(len, drawn)) != (32, 12 if item["suite"] == 5 else 0):
        raise EnvelopeError("invalid")
    place, keys = _place_and_keys(item)
    return seal(item["plaintext"], place, keys, item["suite"], item["bind"], item["padded"],
                item["subjectBound"], lambda count: drawn[0] if count == 32 else drawn[1])


def _seal_clear(item: dict) -> str:
    return seal(json.dumps(item["value"]), Place(), {"subject": Key(bytes(16), bytes(32))})


def _token(item: dict) -> str:
    name = {"exact/1": "exact", "json/1": "exact"}.get(item["normalisation"], item["normalisation"])
    value = parse_json(item["value"]) if item["normalisation"] == "json/1" else item["value"]
    key, parts = bytes.fromhex(item["key"]), (item["tenant"], item["domain"], name, value)
    if item["kind"] == "index":
        return index(key, item["bits"], *parts)
    return pseudonym(Key(bytes.fromhex(item["keyId"]), key), *parts)


def _key(item: dict) -> tuple[str, str]:
    key = bytes.fromhex(item["secret"])
    made = key_id(key, item["kind"], item["tenant"], item["ref"], item["version"])
    return made.hex(), fingerprint(key).hex()


def _code(action: Callable[[dict], object], item: dict) -> str:
    """Returns the code with which an action on an item fails, or the empty string."""
    try:
        action(item)
    except EnvelopeError as error:
        return error.code
    return ""


def _kinds(data: dict) -> list[tuple[str, list, Callable[[dict], bool]]]:
    """Returns name, items and check of each kind that a file has to have."""
    items = data["envelopes"]
    if data["format"] == "fieldseal envelope 1":
        return [("opened", items, lambda i: _open(i) == i["plaintext"]),
                ("sealed byte for byte the same", items, lambda i: _seal(i) == i["envelope"]),
                ("opened with more padding", data["openings"],
                 lambda i: _open(i) == i["plaintext"]),
                ("refused as expected", data["refusals"], lambda i: _code(_open, i) == i["code"]),
                ("tokens", data["tokens"], lambda i: _token(i) == i["token"]),
                ("key ids", data["keys"], lambda i: _key(i) == (i["id"], i["fingerprint"])),
                ("clear values", data["clearValues"],
                 lambda i: _code(_seal_clear, i) == i["code"])]
    if data["format"] != "fieldseal saved ciphertexts 1":
        raise ValueError
    refused = [i for i in items if not i["subjectBound"] and not i["subjectKey"]]  # b6 without b0
    good = [i for i in items if i["subjectBound"] or i["subjectKey"]]
    kinds = [("opened", good, lambda i: _open(i) == i["plaintext"]),
             ("sealed byte for byte the same", good, lambda i: _seal(i) == i["envelope"]),
             ("refused as expected", refused,
              lambda i: _code(_open, i) == _code(_seal, i) == "unsupported"),
             ("tokens", data.get("tokens", []), lambda i: _token(i) == i["token"])]
    return [kind for kind in kinds if kind[1]] or kinds


def check(path: str) -> bool:
    """Prints a line for each kind of a file's known answers; returns whether all agree."""
    try:
        with open(path, encoding="utf-8") as file:
            kinds = _kinds(json.load(file))
    except (OSError, ValueError, KeyError, TypeError):
        print(f"{path}: no file of a known format")
        return False
    fine = True
    for kind, items, agrees in kinds:
        wrong = []
        for number, item in enumerate(items):
            try:
                reason = "" if agrees(item) else "differs"
            except EnvelopeError as error:
                reason = error.code
            except (AttributeError, KeyError, TypeError, ValueError):
                reason = "malformed"
            wrong += [f"item {number} {reason}"] if reason else []
        print(f"{path}: {kind}: {len(items) - len(wrong)} of {len(items)}", *wrong, sep="; ")
        fine = fine and bool(items) and not wrong
    return fine


def seal_jobs(path: str) -> bool:
    """Prints the jobs of a file, each with `envelope`, or with `code` if sealing refuses it;
    returns whether all are sealed."""
    with open(path, encoding="utf-8") as file:
        jobs = json.load(file)
    codes = [_code(lambda job: job.update(envelope=_seal(job)), job) for job in jobs]
    print(json.dumps([job | ({"code": c} if c else {}) for job, c in zip(jobs, codes)], indent=1))
    return not any(codes)


def main(arguments: list[str]) -> int:
    """Returns the exit status: 0 if all is well, 1 if anything differs, 2 for a wrong call."""
    if len(arguments) > 1 and arguments[0] == "check":
        return 0 if all([check(path) for path in arguments[1:]]) else 1
    if len(arguments) == 2 and arguments[0] == "seal":
        return 0 if seal_jobs(arguments[1]) else 1
    print("usage: envelope.py check FILE... | seal FILE", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
