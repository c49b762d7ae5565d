/* bench/parse/etpan.c - libetpan reads the same file, from memory too.
 * SPDX-License-Identifier: MIT
 *
 * Its parser is called response by response, and what it made is freed before the next: a
 * whole answer to one command would be a list in memory. */
#include "sum.h"
#include <libetpan/libetpan.h>

/* Exported, and in no header that is installed. */
struct mailimap_parser_context;
struct mailimap_parser_context *mailimap_parser_context_new(mailimap *session);
int mailimap_response_data_parse(mailstream *fd, MMAPString *buffer,
                                 struct mailimap_parser_context *ctx, size_t *at,
                                 struct mailimap_response_data **result, size_t progress_rate,
                                 progress_function *progress);

static uint64_t responses;

/* --- a stream that reads from memory --- */

static struct {
  const char *p;
  size_t n, at;
} memory;

static ssize_t memory_read(mailstream_low *s, void *to, size_t n) {
  (void)s;
  if (n > memory.n - memory.at) n = memory.n - memory.at;
  memcpy(to, memory.p + memory.at, n);
  memory.at += n;
  return (ssize_t)n;
}

static ssize_t memory_write(mailstream_low *s, const void *p, size_t n) {
  return (void)s, (void)p, (ssize_t)n;
}
static int memory_close(mailstream_low *s) { return (void)s, 0; }
static int memory_fd(mailstream_low *s) { return (void)s, -1; }
static void memory_free(mailstream_low *s) { free(s); }
static void memory_cancel(mailstream_low *s) { (void)s; }

static mailstream_low_driver driver = {.mailstream_read = memory_read,
                                       .mailstream_write = memory_write,
                                       .mailstream_close = memory_close,
                                       .mailstream_get_fd = memory_fd,
                                       .mailstream_free = memory_free,
                                       .mailstream_cancel = memory_cancel};

/* --- fields, in the order of hark.c --- */

static void str(const char *s) { sum_str(s, s ? strlen(s) : 0); }
static void word(const char *s) { sum_word(s, s ? strlen(s) : 0); }
static size_t count(clist *l) { return l ? (size_t)clist_count(l) : 0; }
#define EACH(it, l) for (clistiter *it = (l) ? clist_begin(l) : NULL; it; it = clist_next(it))

static void flag(const struct mailimap_flag *f) {
  static const char *const names[] = {"\\ANSWERED", "\\FLAGGED", "\\DELETED", "\\SEEN", "\\DRAFT"};
  if (f->fl_type >= MAILIMAP_FLAG_ANSWERED && f->fl_type <= MAILIMAP_FLAG_DRAFT)
    word(names[f->fl_type - MAILIMAP_FLAG_ANSWERED]);
  else
    word(f->fl_type == MAILIMAP_FLAG_KEYWORD ? f->fl_data.fl_keyword : f->fl_data.fl_extension);
}

static void flags(const struct mailimap_msg_att_dynamic *d) {
  sum_num(count(d->att_list));
  EACH(it, d->att_list) {
    const struct mailimap_flag_fetch *f = clist_content(it);
    if (f->fl_type == MAILIMAP_FLAG_FETCH_RECENT)
      word("\\RECENT");
    else
      flag(f->fl_flag);
  }
}

static void addresses(clist *l) {
  sum_num(count(l));
  EACH(it, l) {
    const struct mailimap_address *a = clist_content(it);
    str(a->ad_personal_name), str(a->ad_source_route), str(a->ad_mailbox_name),
        str(a->ad_host_name);
  }
}

static void envelope(const struct mailimap_envelope *e) {
  str(e->env_date), str(e->env_subject);
  addresses(e->env_from ? e->env_from->frm_list : NULL);
  addresses(e->env_sender ? e->env_sender->snd_list : NULL);
  addresses(e->env_reply_to ? e->env_reply_to->rt_list : NULL);
  addresses(e->env_to ? e->env_to->to_list : NULL);
  addresses(e->env_cc ? e->env_cc->cc_list : NULL);
  addresses(e->env_bcc ? e->env_bcc->bcc_list : NULL);
  str(e->env_in_reply_to), str(e->env_message_id);
}

static void params(const struct mailimap_body_fld_param *p) {
  clist *l = p ? p->pa_list : NULL;
  sum_num(count(l));
  EACH(it, l) {
    const struct mailimap_single_body_fld_param *one = clist_content(it);
    str(one->pa_name), str(one->pa_value);
  }
}

static void disposition(const struct mailimap_body_fld_dsp *d) {
  str(d ? d->dsp_type : NULL);
  params(d ? d->dsp_attributes : NULL);
}

static void language(const struct mailimap_body_fld_lang *l) {
  if (!l) {
    sum_num(0);
  } else if (l->lg_type == MAILIMAP_BODY_FLD_LANG_SINGLE) {
    sum_num(l->lg_data.lg_single != NULL);
    if (l->lg_data.lg_single) str(l->lg_data.lg_single);
  } else {
    sum_num(count(l->lg_data.lg_list));
    EACH(it, l->lg_data.lg_list) str(clist_content(it));
  }
}

static void encoding(const struct mailimap_body_fld_enc *e) {
  static const char *const names[] = {"7BIT", "8BIT", "BINARY", "BASE64", "QUOTED-PRINTABLE"};
  if (e->enc_type >= MAILIMAP_BODY_FLD_ENC_7BIT &&
      e->enc_type <= MAILIMAP_BODY_FLD_ENC_QUOTED_PRINTABLE)
    word(names[e->enc_type - MAILIMAP_BODY_FLD_ENC_7BIT]);
  else
    word(e->enc_value);
}

static void basic_type(const struct mailimap_media_basic *m) {
  static const char *const names[] = {"APPLICATION", "AUDIO", "IMAGE", "MESSAGE", "VIDEO"};
  if (m->med_type >= MAILIMAP_MEDIA_BASIC_APPLICATION && m->med_type <= MAILIMAP_MEDIA_BASIC_VIDEO)
    word(names[m->med_type - MAILIMAP_MEDIA_BASIC_APPLICATION]);
  else
    word(m->med_basic_type);
  word(m->med_subtype);
}

static void one_part(const struct mailimap_body_type_1part *p) {
  const struct mailimap_body_fields *f;
  uint64_t lines = 0;
  if (p->bd_type == MAILIMAP_BODY_TYPE_1PART_TEXT) {
    word("TEXT"), word(p->bd_data.bd_type_text->bd_media_text);
    f = p->bd_data.bd_type_text->bd_fields, lines = p->bd_data.bd_type_text->bd_lines;
  } else {
    basic_type(p->bd_data.bd_type_basic->bd_media_basic);
    f = p->bd_data.bd_type_basic->bd_fields;
  }
  const struct mailimap_body_ext_1part *x = p->bd_ext_1part;
  str(f->bd_id), str(f->bd_description), encoding(f->bd_encoding);
  sum_num(f->bd_size), sum_num(lines), str(x ? x->bd_md5 : NULL);
  params(f->bd_parameter);
  disposition(x ? x->bd_disposition : NULL);
  language(x ? x->bd_language : NULL);
  str(x ? x->bd_loc : NULL);
}

static void body(const struct mailimap_body *b) {
  if (b->bd_type == MAILIMAP_BODY_1PART) {
    one_part(b->bd_data.bd_body_1part);
    return;
  }
  const struct mailimap_body_type_mpart *m = b->bd_data.bd_body_mpart;
  const struct mailimap_body_ext_mpart *x = m->bd_ext_mpart;
  word("MULTIPART"), word(m->bd_media_subtype);
  EACH(it, m->bd_list) body(clist_content(it));
  params(x ? x->bd_parameter : NULL);
  disposition(x ? x->bd_disposition : NULL);
  language(x ? x->bd_language : NULL);
  str(x ? x->bd_loc : NULL);
}

static void fixed(const struct mailimap_msg_att_static *s) {
  switch (s->att_type) {
  case MAILIMAP_MSG_ATT_UID: sum_num(s->att_data.att_uid); break;
  case MAILIMAP_MSG_ATT_ENVELOPE: envelope(s->att_data.att_env); break;
  case MAILIMAP_MSG_ATT_BODYSTRUCTURE: body(s->att_data.att_bodystructure); break;
  case MAILIMAP_MSG_ATT_BODY_SECTION:
    sum_num(s->att_data.att_body_section->sec_length);
    sum_bytes(s->att_data.att_body_section->sec_body_part,
              s->att_data.att_body_section->sec_length);
    break;
  default: abort();
  }
}

static void message(const struct mailimap_message_data *m) {
  sum_num(m->mdt_number);
  EACH(it, m->mdt_msg_att->att_list) {
    const struct mailimap_msg_att_item *item = clist_content(it);
    if (item->att_type == MAILIMAP_MSG_ATT_ITEM_DYNAMIC)
      flags(item->att_data.att_dyn);
    else
      fixed(item->att_data.att_static);
  }
}

static size_t list_flags(const struct mailimap_mbx_list_flags *f, bool tell) {
  static const char *const own[] = {"\\MARKED", "\\NOSELECT", "\\UNMARKED"};
  size_t n = 0;
  if (!f) return 0;
  EACH(it, f->mbf_oflags) {
    const struct mailimap_mbx_list_oflag *o = clist_content(it);
    n++;
    if (!tell) continue;
    char text[64];
    if (o->of_type == MAILIMAP_MBX_LIST_OFLAG_NOINFERIORS)
      word("\\NOINFERIORS");
    else
      snprintf(text, sizeof text, "\\%s", o->of_flag_ext), word(text);
  }
  if (f->mbf_type == MAILIMAP_MBX_LIST_FLAGS_SFLAG) {
    n++;
    if (tell) word(own[f->mbf_sflag - MAILIMAP_MBX_LIST_SFLAG_MARKED]);
  }
  return n;
}

static void mailbox(const struct mailimap_mailbox_data *m) {
  if (m->mbd_type == MAILIMAP_MAILBOX_DATA_SEARCH) {
    EACH(it, m->mbd_data.mbd_search) sum_num(*(uint32_t *)clist_content(it));
    return;
  }
  const struct mailimap_mailbox_list *l = m->mbd_data.mbd_list;
  sum_num(list_flags(l->mb_flag, false));
  list_flags(l->mb_flag, true);
  sum_num((uint8_t)l->mb_delimiter), str(l->mb_name);
}

static void read_all(mailimap *session, const input *in) {
  memory.p = in->p, memory.n = in->n, memory.at = 0;
  struct mailimap_parser_context *ctx = mailimap_parser_context_new(session);
  while (mailimap_read_line(session) && session->imap_stream_buffer->len) {
    size_t at = 0;
    struct mailimap_response_data *r = NULL;
    int err = mailimap_response_data_parse(session->imap_stream, session->imap_stream_buffer, ctx,
                                           &at, &r, 0, NULL);
    if (err)
      fprintf(stderr, "libetpan: error %d after %llu responses: %.60s\n", err,
              (unsigned long long)responses, session->imap_stream_buffer->str),
          exit(1);
    if (r->rsp_type == MAILIMAP_RESP_DATA_TYPE_MESSAGE_DATA)
      message(r->rsp_data.rsp_message_data);
    else
      mailbox(r->rsp_data.rsp_mailbox_data);
    mailimap_response_data_free(r);
    responses++;
  }
}

int main(int argc, char **argv) {
  int rounds;
  input in = arguments(argc, argv, &rounds);
  double best = 1e9;
  for (int i = 0; i < rounds; i++) {
    mailimap *session = mailimap_new(0, NULL);
    session->imap_stream = mailstream_new(mailstream_low_new(NULL, &driver), 16384);
    responses = 0;
    double from = seconds();
    read_all(session, &in);
    double took = seconds() - from;
    if (took < best) best = took;
    mailimap_free(session);
  }
  result(responses, best);
  free(in.p);
  return 0;
}
