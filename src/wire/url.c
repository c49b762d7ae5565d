/* wire/url.c - IMAP URLs.  RFC 5092 section 11, RFC 3986 section 3.2.2, RFC 3339 section 5.6.
 * SPDX-License-Identifier: MIT */
#include "wire/class.h"
#include <hark/mailbox.h>
#include <hark/url.h>
#include <string.h>

enum { LONGEST = 8000 };

/* --- characters --- */

/* achar = unreserved / "!" / "$" / "'" / "(" / ")" / "*" / "+" / "," / "&" / "=" / pct-encoded */
static const char achar[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$'()*+,&=";
/* bchar = achar / ":" / "@" / "/" */
static const char bchar[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$'()*+,&=:@/";
/* What need not be encoded in a mailbox: not ":", before which it would read as a scheme. */
static const char safe[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$'()*+,&=@/";
static const char hex_digits[] = "0123456789abcdef";
static const char name_chars[] = /* of a mechanism */
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.";

static bool is_one_of(const char *set, char ch) { return ch && strchr(set, ch); }

static bool all_of(hark_str s, const char *set) {
  size_t i = 0;
  while (i < s.n && is_one_of(set, s.p[i])) i++;
  return i == s.n;
}

static int hex(char ch) {
  char lower = ch >= 'A' && ch <= 'F' ? (char)(ch | 0x20) : ch;
  const char *at = strchr(hex_digits, lower); /* no text has a NUL */
  return at ? (int)(at - hex_digits) : -1;
}

static bool is_digit(char ch) { return ch >= '0' && ch <= '9'; }

/* UTF-8 without control characters; what NIL stands for is not there, and fine. */
static bool is_text(hark_str s) {
  for (size_t i = 0; s.p && i < s.n; i++)
    if ((uint8_t)s.p[i] < 0x20 || s.p[i] == 0x7f) return false;
  return !s.p || (s.n && s.n <= LONGEST && hark_mailbox_from_utf8(NULL, 0, s) >= 0);
}

/* --- what belongs together, in both directions --- */

/* date-time of RFC 3339: "2007-01-02T03:04:05.6Z", "...+01:00" */
static bool is_date_time(hark_str s) {
  static const char shape[] = "dddd-dd-ddTdd:dd:dd";
  size_t i = 0;
  for (; i < sizeof shape - 1; i++)
    if (i >= s.n || (shape[i] == 'd' ? !is_digit(s.p[i]) : (s.p[i] & ~0x20) != (shape[i] & ~0x20)))
      return false;
  if (i < s.n && s.p[i] == '.')
    for (i++; i < s.n && is_digit(s.p[i]);) i++;
  if (!is_digit(s.p[i - 1]) || i >= s.n) return false;
  if (s.p[i] == 'Z' || s.p[i] == 'z') return i + 1 == s.n;
  const char *zone = s.p + i;
  return s.n - i == 6 && (*zone == '+' || *zone == '-') && is_digit(zone[1]) && is_digit(zone[2]) &&
         zone[3] == ':' && is_digit(zone[4]) && is_digit(zone[5]);
}

/* IPv6address, by its characters and its colons */
static bool is_address(hark_str host) {
  size_t colons = 0;
  for (size_t i = 0; i < host.n; i++) colons += host.p[i] == ':';
  return colons > 1 && all_of(host, "0123456789abcdefABCDEF:.");
}

/* What no percent sign may bring into a host: a slash, an @, a space. */
static bool is_name(hark_str host) {
  size_t i = 0;
  while (i < host.n && ((uint8_t)host.p[i] >= 0x80 || is_one_of(achar, host.p[i]))) i++;
  return i == host.n;
}

/* iserver: where there is one, and only there */
static bool server_is_sound(const hark_url *u) {
  bool has = u->form == HARK_URL_ABSOLUTE || u->form == HARK_URL_NETWORK;
  if (!has) return !u->user.p && !u->auth.p && !u->host.p && !u->port;
  return u->host.p && (is_name(u->host) || is_address(u->host));
}

/* imessagelist / imessagepart [iurlauth], and of a relative one what may stand alone */
static bool message_is_sound(const hark_url *u) {
  bool alone = u->form == HARK_URL_RELATIVE && !u->mailbox.p;
  if (!u->mailbox.p && (u->uidvalidity || u->search.p || (u->uid && !alone))) return false;
  if (!u->uid && !alone && (u->section.p || u->partial)) return false;
  if (u->search.p && u->uid) return false;
  return u->partial ? u->origin <= INT64_MAX && u->count <= INT64_MAX : !u->origin && !u->count;
}

/* iurlauth = [expire] ";URLAUTH=" access [":" uauth-mechanism ":" enc-urlauth] */
static bool access_is_sound(const hark_url *u) {
  bool by_user = u->access == HARK_URL_SUBMIT || u->access == HARK_URL_USER;
  if (!u->access) return !u->expire.p && !u->access_user.p && !u->mechanism.p && !u->token.p;
  if (!u->uid || u->form == HARK_URL_RELATIVE || by_user != (u->access_user.p != NULL))
    return false;
  if (u->expire.p && !is_date_time(u->expire)) return false;
  if (!u->mechanism.p != !u->token.p) return false;
  return !u->token.p || (all_of(u->mechanism, name_chars) && u->token.n >= 32 &&
                         all_of(u->token, "0123456789abcdefABCDEF"));
}

static bool is_sound(const hark_url *u) {
  const hark_str all[] = {u->user,    u->auth,   u->host,        u->mailbox,   u->search,
                          u->section, u->expire, u->access_user, u->mechanism, u->token};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (!is_text(all[i])) return false;
  return u->form >= HARK_URL_ABSOLUTE && u->form <= HARK_URL_RELATIVE &&
         u->access >= HARK_URL_NO_ACCESS && u->access <= HARK_URL_ANONYMOUS && server_is_sound(u) &&
         message_is_sound(u) && access_is_sound(u);
}

/* --- taking apart --- */

typedef struct reader {
  const char *p, *end;
  char *out; /* where the next part is decoded to */
} reader;

static bool at(const reader *r, const char *word) {
  return str_starts((hark_str){r->p, (size_t)(r->end - r->p)}, word);
}

static bool take(reader *r, const char *word) {
  if (!at(r, word)) return false;
  r->p += strlen(word);
  return true;
}

/* 1*(of allowed / pct-encoded), decoded */
static bool part(reader *r, const char *allowed, hark_str *out) {
  char *from = r->out;
  while (r->p < r->end) {
    if (*r->p != '%') {
      if (!is_one_of(allowed, *r->p)) break;
      *r->out++ = *r->p++;
      continue;
    }
    int high = r->end - r->p > 2 ? hex(r->p[1]) : -1, low = high < 0 ? -1 : hex(r->p[2]);
    if (low < 0) return false;
    *r->out++ = (char)(high * 16 + low);
    r->p += 3;
  }
  *out = (hark_str){from, (size_t)(r->out - from)};
  return out->n > 0;
}

/* The slash in front of the next parameter was read as the end of this part. */
static bool give_back_slash(reader *r, hark_str *s) {
  if (r->p[-1] != '/') return false;
  r->p--, s->n--;
  return s->n > 0;
}

static bool number(reader *r, uint64_t most, uint64_t *out) {
  const char *from = r->p;
  for (*out = 0; r->p < r->end && is_digit(*r->p); r->p++) {
    uint64_t digit = (uint64_t)(*r->p - '0');
    if (*out > (most - digit) / 10) return false;
    *out = *out * 10 + digit;
  }
  return r->p > from;
}

static bool nz_number(reader *r, uint32_t *out) {
  uint64_t n;
  if (!number(r, UINT32_MAX, &n)) return false;
  *out = (uint32_t)n;
  return n > 0;
}

/* iuserinfo = enc-user [iauth] / [enc-user] iauth; iauth = ";AUTH=" ("*" / enc-auth-type) */
static bool userinfo(reader *r, hark_url *u) {
  const char *slash = memchr(r->p, '/', (size_t)(r->end - r->p));
  const char *sign = memchr(r->p, '@', (size_t)((slash ? slash : r->end) - r->p));
  if (!sign) return true;
  if (!at(r, ";") && !part(r, achar, &u->user)) return false;
  if (take(r, ";AUTH=") && !part(r, achar, &u->auth)) return false;
  return take(r, "@");
}

/* host = IP-literal / reg-name */
static bool host(reader *r, hark_url *u) {
  if (!take(r, "[")) return part(r, achar, &u->host) && !memchr(u->host.p, ':', u->host.n);
  return part(r, "0123456789abcdefABCDEF:.", &u->host) && is_address(u->host) && take(r, "]");
}

/* iserver = [iuserinfo "@"] host [":" port] */
static bool server(reader *r, hark_url *u) {
  uint64_t port;
  if (!userinfo(r, u) || !host(r, u)) return false;
  if (!take(r, ":")) return true;
  if (!number(r, UINT16_MAX, &port) || !port) return false;
  u->port = (uint16_t)port;
  return true;
}

/* imailbox-ref = enc-mailbox [";UIDVALIDITY=" nz-number] */
static bool mailbox(reader *r, hark_url *u) {
  if (!part(r, bchar, &u->mailbox)) return false;
  if (take(r, ";UIDVALIDITY=")) return nz_number(r, &u->uidvalidity);
  return !at(r, ";UID=") || give_back_slash(r, &u->mailbox);
}

/* iuid-only = ";UID=" nz-number; isection-only = ";SECTION=" enc-section */
static bool section(reader *r, hark_url *u) {
  if (!part(r, bchar, &u->section)) return false;
  return !at(r, ";PARTIAL=") || give_back_slash(r, &u->section);
}

/* ipartial-only = ";PARTIAL=" number ["." nz-number] */
static bool partial(reader *r, hark_url *u) {
  u->partial = true;
  if (!number(r, INT64_MAX, &u->origin)) return false;
  return !take(r, ".") || (number(r, INT64_MAX, &u->count) && u->count);
}

/* ["/"] iuid-only ["/" isection-only] ["/" ipartial-only]; begins: nothing stands before it */
static bool message(reader *r, hark_url *u, bool begins) {
  if (take(r, begins ? ";UID=" : "/;UID=")) {
    if (!nz_number(r, &u->uid)) return false;
    begins = false;
  }
  if (take(r, begins ? ";SECTION=" : "/;SECTION=")) {
    if (!section(r, u)) return false;
    begins = false;
  }
  return !take(r, begins ? ";PARTIAL=" : "/;PARTIAL=") || partial(r, u);
}

/* access = ("submit+" enc-user) / ("user+" enc-user) / "authuser" / "anonymous" */
static bool access(reader *r, hark_url *u) {
  u->access = take(r, "submit+")     ? HARK_URL_SUBMIT
              : take(r, "user+")     ? HARK_URL_USER
              : take(r, "authuser")  ? HARK_URL_AUTHUSER
              : take(r, "anonymous") ? HARK_URL_ANONYMOUS
                                     : HARK_URL_NO_ACCESS;
  if (u->access == HARK_URL_SUBMIT || u->access == HARK_URL_USER)
    return part(r, achar, &u->access_user);
  return u->access != HARK_URL_NO_ACCESS;
}

/* iurlauth-rump [iua-verifier]; iua-verifier = ":" uauth-mechanism ":" enc-urlauth */
static bool authorization(reader *r, hark_url *u) {
  if (take(r, ";EXPIRE=") && !part(r, "0123456789-:.+TtZz", &u->expire)) return false;
  if (!take(r, ";URLAUTH=")) return !u->expire.p;
  if (!access(r, u)) return false;
  if (!take(r, ":")) return true;
  return part(r, name_chars, &u->mechanism) && take(r, ":") &&
         part(r, "0123456789abcdefABCDEF", &u->token);
}

/* icommand = imessagelist / imessagepart [iurlauth]; imessagelist = imailbox-ref ["?" enc-search]
 */
static bool command(reader *r, hark_url *u) {
  bool begins = u->form == HARK_URL_RELATIVE && at(r, ";");
  if (u->form == HARK_URL_RELATIVE && !begins && r->p[strcspn(r->p, ":/;?")] == ':') return false;
  if (!begins && !mailbox(r, u)) return false;
  if (!begins && take(r, "?")) return part(r, bchar, &u->search);
  return message(r, u, begins) && authorization(r, u);
}

static bool url(reader *r, hark_url *u) {
  u->form = take(r, "imap://") ? HARK_URL_ABSOLUTE
            : take(r, "//")    ? HARK_URL_NETWORK
            : at(r, "/")       ? HARK_URL_PATH
                               : HARK_URL_RELATIVE;
  bool has_server = u->form == HARK_URL_ABSOLUTE || u->form == HARK_URL_NETWORK;
  if (has_server && !server(r, u)) return false;
  if (u->form != HARK_URL_RELATIVE && !take(r, "/")) return r->p == r->end;
  return r->p == r->end || (!at(r, "/") && command(r, u) && r->p == r->end);
}

int hark_url_parse(hark_url *u, const char *text, char *buffer, size_t size) {
  size_t n = text ? strlen(text) : 0;
  reader r = {text, text + n, buffer};
  *u = (hark_url){0};
  if (text && n <= LONGEST && n <= size && url(&r, u) && is_sound(u)) return 0;
  *u = (hark_url){0};
  return HARK_ERR_ARG;
}

/* --- making --- */

typedef struct writer {
  char *p;
  size_t cap, n; /* n counts on where nothing more fits */
} writer;

static void byte(writer *w, char ch) {
  if (w->n < w->cap) w->p[w->n] = ch;
  w->n++;
}

static void text(writer *w, const char *s) {
  for (; *s; s++) byte(w, *s);
}

static void encoded(writer *w, const char *name, hark_str s, const char *allowed) {
  if (!s.p) return;
  text(w, name);
  for (size_t i = 0; i < s.n; i++) {
    uint8_t ch = (uint8_t)s.p[i];
    if (is_one_of(allowed, s.p[i])) {
      byte(w, s.p[i]);
      continue;
    }
    byte(w, '%');
    byte(w, "0123456789ABCDEF"[ch >> 4]);
    byte(w, "0123456789ABCDEF"[ch & 15]);
  }
}

static void counted(writer *w, const char *name, uint64_t n) {
  char digits[20];
  size_t i = sizeof digits;
  text(w, name);
  do digits[--i] = (char)('0' + n % 10);
  while (n /= 10);
  while (i < sizeof digits) byte(w, digits[i++]);
}

static void put_server(writer *w, const hark_url *u) {
  bool literal = memchr(u->host.p, ':', u->host.n);
  text(w, u->form == HARK_URL_ABSOLUTE ? "imap://" : "//");
  encoded(w, "", u->user, achar);
  encoded(w, ";AUTH=", u->auth, achar);
  if (u->user.p || u->auth.p) byte(w, '@');
  encoded(w, literal ? "[" : "", u->host, literal ? bchar : achar);
  if (literal) byte(w, ']');
  if (u->port) counted(w, ":", u->port);
}

/* A slash in front would read as the beginning of a path, or of a server. */
static void put_mailbox(writer *w, hark_str name) {
  bool slash = *name.p == '/';
  encoded(w, "", (hark_str){name.p, slash}, achar);
  encoded(w, "", (hark_str){name.p + slash, name.n - slash}, safe);
}

static void put_message(writer *w, const hark_url *u) {
  const char *slash = u->mailbox.p ? "/" : "";
  if (u->uid) {
    text(w, slash);
    counted(w, ";UID=", u->uid);
    slash = "/";
  }
  if (u->section.p) {
    text(w, slash);
    encoded(w, ";SECTION=", u->section, bchar);
    slash = "/";
  }
  if (!u->partial) return;
  text(w, slash);
  counted(w, ";PARTIAL=", u->origin);
  if (u->count) counted(w, ".", u->count);
}

static void put_access(writer *w, const hark_url *u) {
  static const char *const names[] = {"", ";URLAUTH=submit+", ";URLAUTH=user+", ";URLAUTH=authuser",
                                      ";URLAUTH=anonymous"};
  encoded(w, ";EXPIRE=", u->expire, bchar);
  text(w, names[u->access]);
  encoded(w, "", u->access_user, achar);
  encoded(w, ":", u->mechanism, achar);
  encoded(w, ":", u->token, achar);
}

int hark_url_build(char *out, size_t size, const hark_url *u) {
  writer w = {out, size, 0};
  if (!is_sound(u)) return HARK_ERR_ARG;
  if (u->host.p) put_server(&w, u);
  if (u->form != HARK_URL_RELATIVE && (u->mailbox.p || !u->host.p)) byte(&w, '/');
  if (u->mailbox.p) put_mailbox(&w, u->mailbox);
  if (u->uidvalidity) counted(&w, ";UIDVALIDITY=", u->uidvalidity);
  encoded(&w, "?", u->search, bchar);
  put_message(&w, u);
  put_access(&w, u);
  if (w.n > LONGEST) return HARK_ERR_ARG;
  if (out) out[w.n < size ? w.n : size] = 0;
  return (int)w.n;
}
