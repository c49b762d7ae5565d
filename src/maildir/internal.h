/* maildir/internal.h - the insides of a Maildir and its state, for maildir/ alone.
 * SPDX-License-Identifier: MIT
 *
 *   open.c     the public calls of its life; the order of opening
 *   folder.c   the folder itself: is it a Maildir, whose is it
 *   deliver.c  pull events come in
 *   file.c     one message into its file in tmp/; line ends
 *   header.c   the Message-ID, read from the stream
 *   batch.c    what is gathered, the worker thread, what has ended
 *   settle.c   what the worker does with a batch: sync, COMMIT, rename, sync
 *   match.c    what a batch writes into the state
 *   stray.c    files that an old copy of the state does not know
 *   state.c    SQLite: opening, versions, statements
 *   cursor.c   what is here, for a new pull
 *   recover.c  what a crash left;  rebuild.c  a state from the names of the files
 *   name.c     names of files;  say.c  error sentences;  sys.c  the calls of the system
 *
 * The pull's thread gathers one batch while the worker settles the other.  The state belongs to
 * the worker while it has a batch, else to the pull's thread. */
#ifndef HARK_MAILDIR_INTERNAL_H
#define HARK_MAILDIR_INTERNAL_H
#include <hark/maildir.h>
#include <hark/set.h>
#include <pthread.h>
#include <sqlite3.h>
#include <sys/types.h>

#define md_name_put       hark__md_name_put
#define md_name_read      hark__md_name_read
#define md_base_length    hark__md_base_length
#define md_hash           hark__md_hash
#define md_letters        hark__md_letters
#define md_letters_put    hark__md_letters_put
#define md_letters_read   hark__md_letters_read
#define md_scan_begin     hark__md_scan_begin
#define md_scan_put       hark__md_scan_put
#define md_scan_id        hark__md_scan_id
#define md_scan_over      hark__md_scan_over
#define md_id_put         hark__md_id_put
#define md_file_begin     hark__md_file_begin
#define md_file_put       hark__md_file_put
#define md_file_end       hark__md_file_end
#define md_file_rename    hark__md_file_rename
#define md_file_drop      hark__md_file_drop
#define md_write          hark__md_write
#define md_read           hark__md_read
#define md_sync           hark__md_sync
#define md_sync_folder    hark__md_sync_folder
#define md_sync_all       hark__md_sync_all
#define md_sync_all_tells hark__md_sync_all_tells
#define md_rename         hark__md_rename
#define md_fits           hark__md_fits
#define md_networked      hark__md_networked
#define md_each_name      hark__md_each_name
#define md_say            hark__md_say
#define md_say_errno      hark__md_say_errno
#define md_say_state      hark__md_say_state
#define md_note           hark__md_note
#define md_folder_open    hark__md_folder_open
#define md_folder_make    hark__md_folder_make
#define md_folder_close   hark__md_folder_close
#define md_state_open     hark__md_state_open
#define md_state_create   hark__md_state_create
#define md_state_close    hark__md_state_close
#define md_use            hark__md_use
#define md_text           hark__md_text
#define md_run            hark__md_run
#define md_number         hark__md_number
#define md_rollback       hark__md_rollback
#define md_uids           hark__md_uids
#define md_box            hark__md_box
#define md_record         hark__md_record
#define md_forget         hark__md_forget
#define md_settle         hark__md_settle
#define md_stray_look     hark__md_stray_look
#define md_stray_is       hark__md_stray_is
#define md_stray_free     hark__md_stray_free
#define md_entry_name     hark__md_entry_name
#define md_publish        hark__md_publish
#define md_room           hark__md_room
#define md_find_box       hark__md_find_box
#define md_add            hark__md_add
#define md_keep           hark__md_keep
#define md_start          hark__md_start
#define md_worker_start   hark__md_worker_start
#define md_worker_stop    hark__md_worker_stop
#define md_recover        hark__md_recover
#define md_rebuild        hark__md_rebuild

enum {
  NAME_MOST = 96, /* with NUL; two digits of info more than 120 are never reached */
  HASH_DIGITS = 16,
  ID_MOST = 255, /* RFC 8474: objectid = 1*255; longer Message-IDs identify nothing */
  FILE_BUFFER = 65536,
  ENTRIES_MOST = 1024,
  TEXT_MOST = 131072, /* of identities and reasons in a batch */
  ENTRY_TEXT_MOST = 2 * ID_MOST,
  SINGLES_MOST = 4,      /* messages that are synced file by file: docs/delivery.md */
  DESCRIPTORS_MOST = 64, /* of files of a batch, where all of them must be */
  SENTENCE_MOST = 600
};

/* --- name.c --- */

/* TIME.VuidvalidityUuidSsize.hash: all that is needed to know the message again */
typedef struct mail_name {
  int64_t time; /* INTERNALDATE; 0 where unknown or before 1970 */
  uint32_t uidvalidity, uid;
  uint64_t size; /* of the literal */
  char hash[HASH_DIGITS + 1];
} mail_name;
void md_name_put(char out[NAME_MOST], const mail_name *from);
bool md_name_read(mail_name *to, const char *text, size_t n); /* only what md_name_put() makes */
size_t md_base_length(const char *file);                      /* without the info behind ":" */
void md_hash(char out[HASH_DIGITS + 1], const char *account, hark_str mailbox);

enum { LETTERS_MOST = 8 };
uint8_t md_letters(const hark_strs *flags); /* a set of info letters */
void md_letters_put(char out[LETTERS_MOST], uint8_t letters);
uint8_t md_letters_read(const char *text);

/* --- header.c --- */

typedef struct scan {
  uint8_t at;   /* where in the header */
  uint8_t word; /* letters of the field name that agreed */
  uint16_t n;
  char id[ID_MOST];
} scan;
void md_scan_begin(scan *s);
void md_scan_put(scan *s, const char *p, size_t n);
bool md_scan_over(const scan *s);   /* nothing more is wanted */
hark_str md_scan_id(const scan *s); /* between < and >; NIL: none */
/* The same form for an identifier that came otherwise; NIL: it identifies nothing. */
hark_str md_id_put(char out[ID_MOST], hark_str from);

/* --- file.c: functions return 0 or errno --- */

typedef struct mail_file {
  int dir, fd; /* fd < 0: no message is being written */
  char name[NAME_MOST];
  char *buffer; /* FILE_BUFFER bytes, kept from one message to the next */
  size_t n;
  uint64_t length; /* in the file, without the buffer */
  uint64_t lines;  /* CRLFs that became LFs */
  uint64_t got;    /* as they came */
  bool convert, exact, cr;
} mail_file;
int md_file_begin(mail_file *f, int dir, const char *name, bool convert);
int md_file_put(mail_file *f, const char *p, size_t n);
int md_file_end(mail_file *f, int64_t time); /* all bytes are in the file, unsynced */
int md_file_rename(mail_file *f, const char *name);
void md_file_drop(mail_file *f); /* closes and removes it */

/* --- sys.c: functions return 0 or errno --- */

int md_write(int fd, const char *p, size_t n, uint64_t at);
int md_read(int fd, char *p, size_t n, uint64_t at); /* all n; EIO when there are fewer */
int md_sync(int fd);
int md_sync_folder(int fd);   /* EINVAL: a file system that needs none */
int md_sync_all(int fd);      /* the whole file system */
bool md_sync_all_tells(void); /* of errors of writing: Linux 5.8 */
int md_rename(int from_dir, const char *from, int to_dir, const char *to); /* replaces nothing */
/* ENOSPC: it would leave less than 64 MiB, which are for others (on a small disk a sixteenth of it);
 * EFBIG: so it would, and is so large that others may fit. */
enum { KEEP_FREE = 64 << 20, KEEP_PART = 16 };
int md_fits(int fd, uint64_t size);
bool md_networked(int fd);
typedef int (*md_name_fn)(void *ud, const char *file);
int md_each_name(int dir, md_name_fn fn, void *ud); /* stops at the first that is not 0 */

/* --- batch.c --- */

typedef struct stray { /* a file that no row knows */
  int64_t time;
  uint64_t size;
  uint32_t uid;
} stray;

typedef struct box { /* a mailbox; lives as long as the Maildir */
  struct box *next;
  int64_t id;         /* of its row; 0: not looked up; the worker's */
  uint32_t settled;   /* UIDVALIDITY that its row has, unless matching; the worker's */
  stray *strays;      /* by UID; the worker's */
  size_t nstrays;
  uint32_t strays_of; /* UIDVALIDITY; 0: not looked for */
  char hash[HASH_DIGITS + 1];
  size_t n;
  char name[];
} box;

typedef enum entry_kind {
  ENTRY_MESSAGE,
  ENTRY_SAME,
  ENTRY_STUCK,
  ENTRY_RENUMBERED,
  ENTRY_CAUGHT_UP
} entry_kind;
typedef enum entry_result { RESULT_NONE, RESULT_HAVE, RESULT_AGAIN } entry_result;

typedef struct entry {
  entry_kind kind;
  entry_result result;
  box *box;
  int32_t mailbox;
  int fd; /* of the file, while it may be synced alone; else -1 */
  uint32_t uid, uidvalidity;
  uint64_t size, modseq;
  int64_t time;
  uint8_t letters;
  bool exact, known, placed;
  hark_str email_id, message_id, reason; /* in the batch's text */
} entry;

typedef struct batch {
  size_t n, files, text_n;
  int err; /* why it failed, wholly or in part */
  char error[SENTENCE_MOST];
  entry entries[ENTRIES_MOST];
  char text[TEXT_MOST];
} batch;

struct hark_maildir {
  char *path, *state_path, *account;
  bool crlf;
  int root, tmp, new, cur;
  bool has_folders; /* when it was opened */

  sqlite3 *db;
  sqlite3_stmt **statements;
  bool fresh;  /* the state is new */
  bool shared; /* it is on a network file system, or may be */
  bool broken; /* a batch failed: nothing is taken until the next open */

  mail_file file;
  scan scan;
  box *message_box, *boxes;
  int refused; /* why the message being told is not taken */
  uint64_t announced; /* its size */

  batch *gather, *work, *spare; /* work: the worker has it */
  bool wanted;                  /* gather is to be started when the worker is free */
  size_t singles_most, files_most;
  int done; /* eventfd */
  pthread_t thread;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  bool threaded, quit;
  batch *order; /* under mutex: for the worker */

  hark_set *have, *again;
  char note[SENTENCE_MOST], error[SENTENCE_MOST];
};

box *md_find_box(hark_maildir *m, hark_str name); /* NULL: out of memory */
/* 0: one more entry fits; HARK_ERR_BUSY: reap first; HARK_ERR_DISK: none until the next open. */
int md_room(hark_maildir *m);
entry *md_add(hark_maildir *m, entry_kind kind, const hark_pull_event *ev, box *b);
hark_str md_keep(batch *b, hark_str text); /* a copy that lives as long as the batch */
void md_start(hark_maildir *m);            /* gather is started, now or when the worker is free */
int md_worker_start(hark_maildir *m);
void md_worker_stop(hark_maildir *m);

/* --- settle.c, match.c, stray.c: in the worker --- */

void md_settle(hark_maildir *m, batch *b);
void md_entry_name(char out[NAME_MOST], const entry *e);
/* tmp/name to its place; EEXIST: it is there. */
int md_publish(const hark_maildir *m, const char *name, uint8_t letters);
int md_record(hark_maildir *m, batch *b); /* SQLite's result; all but COMMIT */
void md_forget(hark_maildir *m, const entry *e);
/* Once for each UIDVALIDITY that messages come of, before their rows are written. */
int md_stray_look(hark_maildir *m, const entry *e); /* SQLite's result */
bool md_stray_is(const entry *e);                   /* its file is there already */
void md_stray_free(box *b);

/* --- state.c: functions return SQLite's results --- */

#define STATE_VERSION 1
#define STATEMENTS(X)                                                                              \
  X(BEGIN, "BEGIN IMMEDIATE")                                                                      \
  X(COMMIT, "COMMIT")                                                                              \
  X(BOX, "SELECT id, uidvalidity, matching, modseq FROM mailbox"                                   \
         " WHERE (account = ?1 AND name = ?2) OR (hash = ?3 AND name IS NULL)"                     \
         " ORDER BY name IS NULL LIMIT 1")                                                         \
  X(BOX_CLAIM, "UPDATE mailbox SET account = ?2, name = ?3 WHERE id = ?1 AND name IS NULL")        \
  X(BOX_ADD, "INSERT INTO mailbox (account, name, hash) VALUES (?1, ?2, ?3)")                      \
  X(BOX_HASH, "SELECT id FROM mailbox WHERE hash = ?1 AND name IS NULL")                           \
  X(BOX_SETTLED, "UPDATE mailbox SET uidvalidity = ?2, matching = 0 WHERE id = ?1")                \
  X(BOX_MATCHING, "UPDATE mailbox SET uidvalidity = ?2, matching = 1, modseq = 0 WHERE id = ?1")   \
  X(BOX_MODSEQ, "UPDATE mailbox SET modseq = ?2 WHERE id = ?1")                                    \
  X(BOX_REBUILT, "UPDATE mailbox SET (uidvalidity, matching) = (SELECT max(uidvalidity),"          \
                 " count(DISTINCT uidvalidity) > 1 FROM message WHERE mailbox = mailbox.id)")      \
  X(ADD, "INSERT OR IGNORE INTO message (mailbox, uidvalidity, uid, name, letters, size, time,"    \
         " email_id, message_id, exact, staged) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"  \
         " ?11)")                                                                                  \
  X(DELIVERED, "UPDATE message SET staged = NULL WHERE staged IS NOT NULL")                        \
  X(DELIVERED_ONE, "UPDATE message SET staged = NULL WHERE id = ?1")                               \
  X(FORGET, "DELETE FROM message WHERE id = ?1")                                                   \
  X(FORGET_UID, "DELETE FROM message WHERE mailbox = ?1 AND uidvalidity = ?2 AND uid = ?3"         \
                " AND staged IS NOT NULL")                                                         \
  X(STAGED, "SELECT id, name, letters, staged FROM message WHERE staged IS NOT NULL LIMIT ?1")     \
  X(UNCLAIM, "UPDATE message SET uid = NULL WHERE mailbox = ?1 AND uid IS NOT NULL")               \
  X(BY_EMAIL_ID, "SELECT id FROM message WHERE mailbox = ?1 AND email_id = ?2 AND uid IS NULL"     \
                 " LIMIT 1")                                                                       \
  X(BY_MESSAGE_ID, "SELECT id FROM message WHERE mailbox = ?1 AND message_id = ?2"                 \
                   " AND size = ?3 AND time = ?4 AND uid IS NULL"                                  \
                   " AND (email_id IS NULL OR ?5 IS NULL) LIMIT 1")                                \
  X(CLAIM, "UPDATE OR IGNORE message SET uidvalidity = ?2, uid = ?3 WHERE id = ?1")                \
  X(HAVE, "SELECT uid FROM message WHERE mailbox = ?1 AND uidvalidity = ?2 AND uid IS NOT NULL"    \
          " ORDER BY uid")                                                                         \
  X(ANY, "SELECT count(*) FROM (SELECT 1 FROM message LIMIT 1)")                                   \
  X(STUCK_ADD, "INSERT OR REPLACE INTO stuck (mailbox, uidvalidity, uid, reason, since)"           \
               " VALUES (?1, ?2, ?3, ?4, ?5)")                                                     \
  X(STUCK_GONE, "DELETE FROM stuck WHERE mailbox = ?1 AND uidvalidity = ?2 AND uid = ?3")          \
  X(STUCK, "SELECT uid FROM stuck WHERE mailbox = ?1 AND uidvalidity = ?2 ORDER BY uid")
typedef enum statement {
#define X(name, sql) SQL_##name,
  STATEMENTS(X)
#undef X
      SQL_COUNT
} statement;

int md_state_open(hark_maildir *m); /* a hark_err */
int md_state_create(hark_maildir *m);
void md_state_close(hark_maildir *m);
sqlite3_stmt *md_use(hark_maildir *m,
                     statement which);                /* ready to bind; NULL: cannot be prepared */
void md_text(sqlite3_stmt *s, int at, hark_str text); /* until it is run; NIL is NULL */
int md_run(hark_maildir *m, sqlite3_stmt *s);         /* 0: done */
int md_number(hark_maildir *m, sqlite3_stmt *s, int64_t *out); /* SQLITE_ROW, or 0: no row */
void md_rollback(hark_maildir *m);
/* What SQL_HAVE or SQL_STUCK say of a mailbox's row. */
int md_uids(hark_maildir *m, statement which, int64_t row, int64_t uidvalidity, hark_set *to);
/* The row of b; made where it does not exist if create, else id 0. */
int md_box(hark_maildir *m, box *b, bool create);

/* --- folder.c, recover.c, rebuild.c: functions return a hark_err, with the sentence said --- */

int md_folder_open(hark_maildir *m); /* the folder, locked */
int md_folder_make(hark_maildir *m); /* cur, new, tmp */
void md_folder_close(hark_maildir *m);
int md_recover(hark_maildir *m);
int md_rebuild(hark_maildir *m); /* within the transaction that makes the state */

/* --- say.c --- */

/* The sentence "PATH[/WHERE]: WHY", the path escaped; returns err. */
int md_say(char out[SENTENCE_MOST], int err, const char *path, const char *where, const char *why);
int md_say_errno(hark_maildir *m, int number, const char *where); /* HARK_ERR_DISK or _STORE */
int md_say_state(char out[SENTENCE_MOST], const char *path, int result); /* of SQLite's result */
void md_note(hark_maildir *m, uint64_t count, const char *one, const char *many);
#endif
