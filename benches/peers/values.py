"""One value of 64 bytes, sealed and opened: the native core, in turns with the Python package
`cryptography` as people use it for this, a key for each value by HKDF-SHA-256 (RFC 5869), then
AES-256-GCM. `run.mjs` starts it; nothing is asserted."""

import os
import statistics
import subprocess
import sys
import time

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

CALLS = 500
ROUNDS = 41
VALUE = b"\"Ada Lovelace, 12, St James's Square, London SW1Y 4JH, England.\""
MASTER = bytes(range(32))
CONTEXT = b"urn:example:orders ord-2026-11-000417 cust-90210 /customer/address"

assert len(VALUE) == 64


def whole(salt):
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=CONTEXT).derive(MASTER)


def expand(salt):
    return HKDFExpand(algorithm=hashes.SHA256(), length=32, info=CONTEXT + salt).derive(MASTER)


def peer(derive):
    def seal():
        salt, nonce = os.urandom(16), os.urandom(12)
        return salt, nonce, AESGCM(derive(salt)).encrypt(nonce, VALUE, CONTEXT)

    sealed = seal()

    def unseal():
        salt, nonce, text = sealed
        return AESGCM(derive(salt)).decrypt(nonce, text, CONTEXT)

    assert unseal() == VALUE
    return {"seal-value": seal, "open-value": unseal}


def timed(call):
    begun = time.perf_counter_ns()
    for _ in range(CALLS):
        call()
    return (time.perf_counter_ns() - begun) / CALLS


def main(program):
    native = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def native_round(what):
        native.stdin.write(f"{CALLS} {what}\n")
        native.stdin.flush()
        return float(native.stdout.readline())

    peers = {"HKDF + AES-GCM": peer(whole), "HKDF-Expand + AES-GCM": peer(expand)}
    for what in ("seal-value", "open-value"):
        ours, theirs = [], {name: [] for name in peers}
        for round in range(-3, ROUNDS):
            times = [native_round(what)] + [timed(verbs[what]) for verbs in peers.values()]
            if round >= 0:
                for name, taken in zip([None, *peers], times):
                    (ours if name is None else theirs[name]).append(taken)
        base = statistics.median(ours)
        print(f"{what}, 64 bytes: native core {base / 1000:.2f} µs")
        for name, taken in theirs.items():
            median = statistics.median(taken)
            line = f"{median / 1000:.2f} µs, {median / base:.1f} times as long"
            print(f"  Python's cryptography, {name}: {line}")
    native.stdin.close()
    native.wait()


main(sys.argv[1])
