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
    FIELD(hark_save_date, known, BOOL),       FIELD(hark_save_date, time, TIME),
    FIELD(hark_save_date, zone_minutes, INT), FIELD(hark_save_date, leap_second, BOOL),
    FIELD(hark_save_date, no_zone, BOOL),     {0}};
static const ext_fields kinds[] = {{HARK_ITEM_SAVEDATE, "SAVEDATE", fields}, {0}};

extern const hark__extension hark__ext_savedate;
const hark__extension hark__ext_savedate = {.items = items, .item_kinds = kinds};
