"""A throw-away Cyrus imapd on a free loopback port: users test, other and admin, password "pass".

SPDX-License-Identifier: MIT

Its packages exclude Dovecot's: they are unpacked, not installed.
"""
import os
import socket
import time

from .server import PASSWORD, Server, placeholder
from .unpacked import Unavailable, libraries, reachable, run, unpack

PACKAGES = ("cyrus-common", "cyrus-imapd", "libical3", "libxapian30", "sasl2-bin", "libsasl2-modules", "libsasl2-modules-db")
PATIENCE = 20
USERS = ("test", "other", "admin")
BIN = "usr/lib/cyrus/bin"

# What is off by default is on.
CONFIGURATION = """\
configdirectory: {folder}/conf
partition-default: {folder}/spool
defaultpartition: default
mboxname_lockpath: {folder}/lock
temp_path: {folder}/tmp
cyrus_user: {user}
cyrus_group: {group}
servername: localhost
admins: admin
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {folder}/sasldb2
sasl_mech_list: PLAIN
allowplaintext: yes
failedloginpause: 0
autocreate_quota: 100
autocreate_inbox_folders: Sent
autocreate_subscribe_folders: Sent
xlist-sent: Sent
altnamespace: no
unixhierarchysep: no
virtdomains: off
anyoneuseracl: yes
duplicatesuppression: no
conversations: yes
annotation_allow_undefined: yes
annotation_definitions: {folder}/annotations
specialusealways: yes
expunge_mode: immediate
delete_mode: immediate
statuscache: no
search_fuzzy_always: no
imapidlepoll: 1
maxmessagesize: 1000000
idlesocket: {folder}/idle
lmtpsocket: {folder}/lmtp
notifysocket: {folder}/notify
sendmail: /bin/true
"""
MASTER = """\
START {{
  recover cmd="{bin}/ctl_cyrusdb -C {folder}/imapd.conf -r"
}}
SERVICES {{
  imap cmd="{bin}/imapd -C {folder}/imapd.conf -U 1000" listen="127.0.0.1:{port}" prefork=2
}}
DAEMON {{
  idled cmd="{bin}/idled -C {folder}/imapd.conf"
}}
EVENTS {{
}}
"""


class Cyrus(Server):
    """Runs until close(), or until this process ends in any way; raises Unavailable."""

    def __init__(self):
        root = unpack("cyrus", PACKAGES)
        super().__init__()
        try:
            self.root = reachable(root, self.folder)
            libraries(self.root, (f"{BIN}/master", f"{BIN}/imapd", f"{BIN}/ctl_cyrusdb"), self.environment())
            with placeholder() as port:
                self.imap = port.getsockname()[1]
                self.write_files()
                self.begin([self.run])
                self.wait_for_port()
        except BaseException:
            self.close()
            raise

    def environment(self):
        lib = os.path.join(self.root, "usr/lib")
        return {"PATH": "/usr/bin:/bin", "LD_LIBRARY_PATH": f"{lib}:{lib}/{os.uname().machine}-linux-gnu",
                "SASL_PATH": f"{lib}/{os.uname().machine}-linux-gnu/sasl2"}

    def write_files(self):
        self.make_folders("conf/socket", "conf/db", "conf/proc", "conf/log", "conf/msg", "conf/ptclient", "spool/stage.",
                          "lock", "tmp")
        names = {"folder": self.folder, "user": self.user.pw_name, "group": self.group, "port": self.imap,
                 "bin": os.path.join(self.root, BIN)}
        self.write("imapd.conf", CONFIGURATION.format(**names))
        self.write("cyrus.conf", MASTER.format(**names))
        self.write("annotations", "")
        for user in USERS:
            run(["sh", "-c", f"echo {PASSWORD} | {self.root}/usr/sbin/saslpasswd2 -p -c -u localhost -f {self.path('sasldb2')} {user}"],
                "saslpasswd2", env=self.environment())
        self.own(self.folder)

    def run(self, die_with_parent):
        os.chdir(self.folder)
        null, log = self.output("cyrus.out")
        for target, source in enumerate((null, log, log)):
            os.dup2(source, target, inheritable=True)
        self.become()
        die_with_parent()
        master = os.path.join(self.root, BIN, "master")
        os.execve(master, [master, "-D", "-C", self.path("imapd.conf"), "-M", self.path("cyrus.conf"),
                           "-p", self.path("master.pid")], self.environment())

    def wait_for_port(self):
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self.imap)).close()
            except OSError as error:
                if time.monotonic() > deadline:
                    raise Unavailable(f"Cyrus does not begin to listen: {self.said()}") from error
            time.sleep(0.02)

    def said(self):
        with open(self.path("cyrus.out"), errors="replace") as file:
            return " ".join(file.read().split())[-300:]
