#!/usr/bin/env python3
"""A certificate authority made on the spot, and server certificates good and bad.

certificates.py FOLDER makes those of tests/unit/test_tls_certificates.c (SIGNED, below).
SPDX-License-Identifier: MIT
"""
import datetime
import os
import subprocess
import sys

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


# For the unit tests, in one go: name: (authority, its key, subjectAltName, what else is special).
# An authority of these must stand above those it signs for.
EC, RSA, SHORT = "ec", "rsa", "short"
CA = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n"
SIGNED = {
    "good": ("ca", EC, "DNS:imap.test", {}),
    "expired": ("ca", EC, "DNS:imap.test", {"days": (-30, -1)}),
    "not-yet": ("ca", EC, "DNS:imap.test", {"days": (2, 30)}),
    "wrong-host": ("ca", EC, "DNS:mail.test", {}),
    "self-signed": (None, EC, "DNS:imap.test", {}),
    "stranger": ("stranger-ca", EC, "DNS:imap.test", {}),
    "rsa": ("ca", RSA, "DNS:imap.test", {}),
    "rsa-1024": ("ca", SHORT, "DNS:imap.test", {}),
    "sha-1": ("ca", EC, "DNS:imap.test", {"digest": "sha1"}),
    "address": ("ca", EC, "IP:127.0.0.1", {}),
    "other-address": ("ca", EC, "IP:127.0.0.2", {}),
    "address-as-name": ("ca", EC, "DNS:127.0.0.1", {}),
    "wildcard": ("ca", EC, "DNS:*.example.org", {}),
    "wildcard-partial": ("ca", EC, "DNS:m*l.example.org", {}),
    "wildcard-prefix": ("ca", EC, "DNS:mail*.example.org", {}),
    "wildcard-inside": ("ca", EC, "DNS:mail.*.org", {}),
    "wildcard-twice": ("ca", EC, "DNS:*.*.org", {}),
    "wildcard-top": ("ca", EC, "DNS:*.org", {}),
    "wildcard-alone": ("ca", EC, "DNS:*", {}),
    # a sequence of one dNSName, "imap.test" NUL ".evil.example"
    "nul": ("ca", EC, "DER:" + (b"\x30\x19\x82\x17imap.test\0.evil.example").hex(":"), {}),
    "must-staple": ("ca", EC, "DNS:imap.test", {"more": "tlsfeature=status_request\n"}),
    "client": ("ca", EC, None, {"use": "clientAuth"}),
    "stranger-client": ("stranger-ca", EC, None, {"use": "clientAuth"}),
    "responder": ("ca", EC, None, {"use": "OCSPSigning"}),
    "middle-ca": ("ca", EC, None, {"more": CA}),
    "behind-middle": ("middle-ca", EC, "DNS:imap.test", {"send": ["middle-ca"]}),
    "middle-missing": ("middle-ca", EC, "DNS:imap.test", {}),
    "short-ca": ("ca", SHORT, None, {"more": CA}),
    "behind-short": ("short-ca", EC, "DNS:imap.test", {"send": ["short-ca"]}),
    "sha-1-ca": ("ca", EC, None, {"more": CA, "digest": "sha1"}),
    "behind-sha-1": ("sha-1-ca", EC, "DNS:imap.test", {"send": ["sha-1-ca"]}),
    "narrow-ca": ("ca", EC, None, {"more": CA + "nameConstraints=critical,permitted;DNS:example.org\n"}),
    "narrow-kept": ("narrow-ca", EC, "DNS:imap.example.org", {"send": ["narrow-ca"]}),
    "narrow-broken": ("narrow-ca", EC, "DNS:imap.test", {"send": ["narrow-ca"]}),
}
CONFIG = """[ca]
default_ca = all
[all]
database = {folder}/index
new_certs_dir = {folder}
rand_serial = yes
unique_subject = no
policy = any
[any]
commonName = supplied
"""


def day(days):
    then = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return then.strftime("%Y%m%d%H%M%SZ")


def sign(folder, name):
    """folder/NAME.pem, the authorities between behind it; NAME.key is a link to the key of its kind."""
    authority, key, names, special = SIGNED[name]
    stem, first, last = os.path.join(folder, name), *special.get("days", (-1, 30))
    signer = os.path.join(folder, authority or name)
    os.symlink(key + "-key.pem", stem + ".key")
    with open(stem + ".ext", "w") as extensions:
        extensions.write(special.get("more", ""))
        if CA not in special.get("more", ""):
            extensions.write(f"basicConstraints=CA:FALSE\nextendedKeyUsage={special.get('use', 'serverAuth')}\n")
        if names:
            extensions.write(f"subjectAltName={names}\n")
    openssl("req", "-new", "-key", stem + ".key", "-subj", f"/CN={name}", "-out", stem + ".csr")
    openssl("ca", "-batch", "-notext", "-config", os.path.join(folder, "ca.conf"), "-in", stem + ".csr", "-out", stem + ".pem",
            "-md", special.get("digest", "sha256"), "-startdate", day(first), "-enddate", day(last), "-extfile", stem + ".ext",
            "-keyfile", signer + ".key", *(["-cert", signer + ".pem"] if authority else ["-selfsign"]))
    with open(stem + ".pem", "a") as chain:
        for between in special.get("send", []):
            with open(os.path.join(folder, between + ".pem")) as other:
                chain.write(other.read())


def sign_all(folder):
    new_key(os.path.join(folder, EC + "-key.pem"))
    for name, bits in ((RSA, 2048), (SHORT, 1024)):
        openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{bits}", "-out", os.path.join(folder, name + "-key.pem"))
    with open(os.path.join(folder, "ca.conf"), "w") as config, open(os.path.join(folder, "index"), "w"):
        config.write(CONFIG.format(folder=folder))
    for name in ("ca", "stranger-ca"):
        make_authority(os.path.join(folder, name), f"hark test {name}")
    for name in SIGNED:
        sign(folder, name)


if __name__ == "__main__":
    sign_all(sys.argv[1])
