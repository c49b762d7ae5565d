"""A throw-away Dovecot on free loopback ports: any user, password "pass".

SPDX-License-Identifier: MIT
"""
import imaplib
import os

from . import certificates
from .server import PASSWORD, Server, listener, make_folder  # noqa: F401: others take them from here

# What Dovecot 2.3 announces, for it can be told what to say, but not what to leave out.
CAPABILITIES = """IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES
    THREAD=REFS THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE
    UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN
    CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE
    LITERAL+ NOTIFY""".split()

CONFIGURATION = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
instance_name = hark-test
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
default_vsz_limit = 0
default_process_limit = 200
default_client_limit = 1000
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
ssl_min_protocol = TLSv1.2
disable_plaintext_auth = no
auth_mechanisms = plain
auth_failure_delay = 0
{before}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
first_valid_uid = 0
mail_location = {storage}:~/Maildir
mail_max_userip_connections = 0
maildir_very_dirty_syncs = no
mail_fsync = never
{capability}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  service_count = 0
  process_min_avail = 1
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
"""

# A user whose mail is elsewhere.
MOVED = """\
passdb {
  driver = static
  username_filter = moved
  args = password=pass nologin=y host=imap.example.org reason=moved
}
"""
# What the other tests need nothing of, and which costs time at every sign-in; mailboxes have the names that
# Cyrus and Courier give them.
EXTENSIONS = """\
mail_plugins = acl quota zlib
mail_attribute_dict = file:%h/attributes
imap_urlauth_host = localhost
protocol imap {{
  mail_plugins = acl quota zlib imap_acl imap_quota imap_zlib
  imap_metadata = yes
}}
namespace inbox {{
  separator = .
  prefix = INBOX.
  mailbox Sent {{
    special_use = \\Sent
    auto = subscribe
  }}
  mailbox Archive {{
    special_use = \\Archive
    auto = create
  }}
  mailbox Drafts {{
    special_use = \\Drafts
    auto = create
  }}
  mailbox Junk {{
    special_use = \\Junk
    auto = create
  }}
  mailbox Flagged {{
    special_use = \\Flagged \\Important
    auto = create
  }}
  mailbox All {{
    special_use = \\All
    auto = create
  }}
}}
namespace volatile {{
  separator = .
  prefix = Volatile.
  location = mbox:~/Volatile:INDEX=MEMORY
}}
remote 127.0.0.2 {{
  disable_plaintext_auth = yes
}}
remote 127.0.0.4 {{
  imap_literal_minus = yes
}}
namespace shared {{
  type = shared
  separator = .
  prefix = shared.%%u.
  location = maildir:{folder}/mail/%%u/Maildir
  list = children
  subscriptions = no
}}
plugin {{
  acl = vfile
  acl_shared_dict = file:{folder}/state/shared
  acl_anyone = allow
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:storage=100K:messages=200
}}
"""


def executable():
    for folder in (*os.environ.get("PATH", "").split(":"), "/usr/sbin", "/usr/local/sbin"):
        if os.access(os.path.join(folder, "dovecot"), os.X_OK):
            return os.path.join(folder, "dovecot")
    raise FileNotFoundError("Dovecot is missing; scripts/setup try installs it")


class Dovecot(Server):
    """Runs until close(), or until this process ends in any way.

    Its sockets are made here and handed over as systemd would: the ports are nobody else's, and
    a client that connects too early only waits.
    """

    def __init__(self, certificate="good", storage="maildir", without=(), command=None, before="", more=""):
        unknown = set(without) - set(CAPABILITIES)
        if unknown:
            raise ValueError(f"Dovecot does not announce {' '.join(sorted(unknown))}")
        self.program = executable()
        super().__init__()
        try:
            listeners = [listener(), listener()]
            self.imap, self.imaps = (sock.getsockname()[1] for sock in listeners)
            self.write_files(certificate, storage, without, before, more)
        except BaseException:
            self.close()
            raise
        self.begin([lambda die_with_parent: self.run(listeners, die_with_parent)],
                   command and (lambda die_with_parent: self.run_command(command, die_with_parent)), listeners)
        for sock in listeners:
            sock.close()

    @property
    def ca(self):
        return self.path("tls", "ca.pem")

    def write_files(self, certificate, storage, without, before, more):
        self.make_folders("tls", "mail", "run", "state")
        if certificate != "good":
            certificates.make(self.path("tls"), "good")
        pem, key = certificates.make(self.path("tls"), certificate)
        capability = " ".join(name for name in CAPABILITIES if name not in without)
        names = {"folder": self.folder, "user": self.user.pw_name, "group": self.group}
        self.write("dovecot.conf", CONFIGURATION.format(
            certificate=pem, key=key, password=PASSWORD, storage=storage, imap=self.imap, imaps=self.imaps,
            capability=f"imap_capability = {capability}" if without else "", before=before, **names) + more.format(**names))
        self.own(self.folder)

    def run(self, listeners, die_with_parent):
        os.chdir(self.folder)
        null, log = self.output("dovecot.out")
        self.become()
        die_with_parent()
        # systemd's way: sockets from descriptor 3 on, and whom they are for.
        sources = [os.dup(fd) for fd in (null, log, log, *(sock.fileno() for sock in listeners))]
        for target, source in enumerate(sources):
            os.dup2(source, target, inheritable=True)
        environment = {"PATH": "/usr/bin:/bin", "LISTEN_PID": str(os.getpid()), "LISTEN_FDS": str(len(listeners))}
        os.execve(self.program, [self.program, "-F", "-c", self.path("dovecot.conf")], environment)

    def run_command(self, command, die_with_parent):
        die_with_parent()
        os.execvpe(command[0], command, {
            **os.environ, "HARK_TEST_IMAP": str(self.imap), "HARK_TEST_IMAPS": str(self.imaps),
            "HARK_TEST_CA": self.ca, "HARK_TEST_DIR": self.folder})

    def prepare(self):
        """What no command brings about: user broken has a mailbox broken, with a folder where a file is wanted."""
        place = "mail/broken/Maildir/.broken"
        self.make_folders(*(f"{place}/{name}" for name in ("cur", "new", "tmp", "dovecot-uidlist")))
        self.own(self.path("mail"))

    def sign_in(self, user):
        client = imaplib.IMAP4("127.0.0.1", self.imap, timeout=10)
        client.login(user, PASSWORD)
        return client
