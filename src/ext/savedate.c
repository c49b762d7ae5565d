/* ext/savedate.c - SAVEDATE: when a message came into its mailbox.  RFC 8514.
 * SPDX-License-Identifier: MIT */
#include "core/extension.h"
#include <hark/ext/savedate.h>

static bool date_time(scan *s, hark_save_date *date) {
  int16_t zone = 0;
  unsigned odd = 0;
  bool read = scan_date_time(s, &date->time, &zone, &odd);
  date->zone_minutes = zone;
  date->leap_second = odd & SCAN_LEAP_SECOND, date->no_zone = odd & SCAN_NO_ZONE;
  return read;
}

/* msg-att-static =/ "SAVEDATE" SP (date-time / nil) */
static bool savedate(ext_call *call, scan *s) {
  hark_save_date *date = ext_space(call, sizeof *date);
  ext_item(call, HARK_ITEM_SAVEDATE)->any = date;
  if (!date || !scan_sp(s)) return false;
  date->known = !scan_nil(s);
  return !date->known || date_time(s, date);
}

const hark_save_date *hark_item_save_date(const hark_ev_item *item) {
  return item->kind == HARK_ITEM_SAVEDATE ? item->any : NULL;
}

static const ext_word items[] = {{"SAVEDATE", savedate, EXT_WHOLE, EXT_SELECTED}, {0}};
static const hark_field fields[] = {
    {"known", offsetof(hark_save_date, known), 0, HARK_FIELD_BOOL, NULL},
    {"time", offsetof(hark_save_date, time), 0, HARK_FIELD_TIME, NULL},
    {"zone_minutes", offsetof(hark_save_date, zone_minutes), 0, HARK_FIELD_INT, NULL},
    {"leap_second", offsetof(hark_save_date, leap_second), 0, HARK_FIELD_BOOL, NULL},
    {"no_zone", offsetof(hark_save_date, no_zone), 0, HARK_FIELD_BOOL, NULL},
    {0}};
static const ext_fields kinds[] = {{HARK_ITEM_SAVEDATE, "SAVEDATE", fields}, {0}};

extern const hark__extension hark__ext_savedate;
const hark__extension hark__ext_savedate = {.items = items, .item_kinds = kinds};
