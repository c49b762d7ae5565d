#!/usr/bin/env python3
"""Seeds out of the examples of the RFCs: what their servers say, to an observer, for the tags are not ours.
SPDX-License-Identifier: MIT

    fuzz/rfc_seeds.py FOLDER"""
import pathlib, sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests/rfc"))
import examples

OBSERVE, EOF, PAUSE = 1, 16, b"\xf7"  # input.h

folder, written = pathlib.Path(sys.argv[1]), 0
for example in examples.read_all():
    said = b"".join(m.wire() + PAUSE for m in example.messages if m.side == "S")
    if said:
        (folder / f"rfc{example.rfc}-{example.line}").write_bytes(bytes([OBSERVE | EOF, 0]) + said)
        written += 1
print(f"{written} seeds of RFCs")
