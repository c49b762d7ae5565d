"""A certificate authority made on the spot, and server certificates good and bad.

SPDX-License-Identifier: MIT
"""
import os
import subprocess

NAMES = "DNS:localhost,IP:127.0.0.1,IP:::1,IP:192.0.2.1"
# name: (authority, subjectAltName, days)
KINDS = {
    "good": ("ca", NAMES, 30),
    "expired": ("ca", NAMES, -1),
    "wrong-host": ("ca", "DNS:mail.example.org", 30),
    "stranger": ("stranger-ca", NAMES, 30),
}


def openssl(*arguments):
    done = subprocess.run(["openssl", *arguments], stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {arguments[0]}: {done.stderr.decode(errors='replace')}")


def new_key(path):
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path)


def make_authority(stem, name):
    new_key(stem + ".key")
    openssl("req", "-x509", "-new", "-key", stem + ".key", "-days", "30", "-subj", f"/CN={name}",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-out", stem + ".pem")


def make(folder, kind):
    """folder/KIND.pem and .key, signed by folder/ca.pem or a stranger; gives the two paths."""
    authority, names, days = KINDS[kind]
    signer, stem = os.path.join(folder, authority), os.path.join(folder, kind)
    if not os.path.exists(signer + ".pem"):
        make_authority(signer, f"hark test {authority}")
    with open(stem + ".ext", "w") as extensions:
        extensions.write(f"subjectAltName={names}\nbasicConstraints=CA:FALSE\n"
                         "extendedKeyUsage=serverAuth\n")
    new_key(stem + ".key")
    openssl("req", "-new", "-key", stem + ".key", "-subj", f"/CN=hark test {kind}", "-out", stem + ".csr")
    openssl("x509", "-req", "-in", stem + ".csr", "-CA", signer + ".pem", "-CAkey", signer + ".key",
            "-CAcreateserial", "-days", str(days), "-extfile", stem + ".ext", "-out", stem + ".pem")
    return stem + ".pem", stem + ".key"


def make_all(folder):
    make_authority(os.path.join(folder, "ca"), "hark test ca")
    return {kind: make(folder, kind) for kind in KINDS}
