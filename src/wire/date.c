/* wire/date.c - date-time, as INTERNALDATE has it.  RFC 9051 section 9, RFC 5322 section 4.3.
 * SPDX-License-Identifier: MIT */
#include "wire/class.h"
#include "wire/put.h"
#include "wire/scan.h"
#include <string.h>

typedef struct date {
  uint32_t year, month, day; /* month and day from 1 */
} date;

static bool expect(scan *s, const char *what) {
  s->expected = what;
  return false;
}

/* From least to most digits; *n says how many there were. */
static bool digits(scan *s, unsigned least, unsigned most, uint32_t *value, unsigned *n) {
  *value = 0;
  for (*n = 0; *n < most; ++*n) {
    int ch = scan_peek(s);
    if (ch < '0' || ch > '9') break;
    *value = *value * 10 + (uint32_t)(ch - '0');
    s->p++;
  }
  return *n >= least || expect(s, "digit");
}

static bool two_digits(scan *s, uint32_t most, uint32_t *value) {
  unsigned n;
  return digits(s, 2, 2, value, &n) && (*value <= most || expect(s, "time or zone that exists"));
}

/* date-day-fixed = (SP DIGIT) / 2DIGIT */
static bool day(scan *s, uint32_t *value) {
  unsigned n;
  bool space = scan_peek(s) == ' ';
  if (space) s->p++;
  if (!digits(s, 1, space ? 1 : 2, value, &n)) return false;
  return space || n == 2 || scan_forgive(s, "day of two places");
}

static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static bool month(scan *s, uint32_t *value) {
  if (s->end - s->p < 3) return expect(s, "month");
  hark_str name = {(const char *)s->p, 3};
  s->p += 3;
  for (*value = 1; *value <= 12; ++*value) {
    if (str_is(name, names[*value - 1])) return true;
  }
  return expect(s, "month");
}

/* date-year = 4DIGIT; of two or three digits as RFC 5322 section 4.3 reads them */
static bool year(scan *s, uint32_t *value) {
  unsigned n;
  if (!digits(s, 2, 4, value, &n)) return false;
  if (n == 4) return *value || expect(s, "year above 0");
  *value += n == 2 && *value < 50 ? 2000 : 1900;
  return scan_forgive(s, "year of four digits");
}

static uint32_t days_in(uint32_t y, uint32_t m) {
  static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
  return days[m - 1] + (m == 2 && leap ? 1u : 0u);
}

static bool date_text(scan *s, date *d) {
  return day(s, &d->day) && scan_ch(s, '-') && month(s, &d->month) && scan_ch(s, '-') &&
         year(s, &d->year) &&
         ((d->day && d->day <= days_in(d->year, d->month)) || expect(s, "day that exists"));
}

/* time = 2DIGIT ":" 2DIGIT ":" 2DIGIT, to seconds; 60 is a leap second */
static bool time_of_day(scan *s, uint32_t *seconds, unsigned *odd) {
  uint32_t h, m, sec;
  if (!two_digits(s, 23, &h) || !scan_ch(s, ':') || !two_digits(s, 59, &m) || !scan_ch(s, ':') ||
      !two_digits(s, 60, &sec)) {
    return false;
  }
  if (sec == 60) *odd |= SCAN_LEAP_SECOND;
  *seconds = (h * 60 + m) * 60 + sec;
  return true;
}

/* zone = ("+" / "-") 4DIGIT */
static bool zone(scan *s, int16_t *minutes, unsigned *odd) {
  uint32_t h, m;
  int sign = scan_peek(s);
  if (sign != '+' && sign != '-') return expect(s, "zone");
  s->p++;
  if (!two_digits(s, 23, &h) || !two_digits(s, 59, &m)) return false;
  int offset = (int)(h * 60 + m);
  *minutes = (int16_t)(sign == '-' ? -offset : offset);
  if (sign == '-' && !offset) *odd |= SCAN_NO_ZONE;
  return true;
}

/* Days since 1970 of a Gregorian date: years begin in March, so that leap days come last. */
static int64_t days_since_1970(const date *d) {
  int64_t y = (int64_t)d->year - (d->month <= 2);
  int64_t month_from_march = (d->month + 9) % 12;
  int64_t in_year = (153 * month_from_march + 2) / 5 + d->day - 1;
  return y * 365 + y / 4 - y / 100 + y / 400 + in_year - 719468;
}

/* date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE */
bool scan_date_time(scan *s, int64_t *seconds, int16_t *zone_minutes, unsigned *odd) {
  date d;
  uint32_t in_day;
  *odd = 0;
  if (!scan_ch(s, '"') || !date_text(s, &d) || !scan_sp(s) || !time_of_day(s, &in_day, odd) ||
      !scan_sp(s) || !zone(s, zone_minutes, odd) || !scan_ch(s, '"')) {
    return false;
  }
  *seconds = days_since_1970(&d) * 86400 + in_day - *zone_minutes * 60;
  return true;
}

/* --- the other way --- */

static date date_of_days(int64_t days) {
  int64_t from_0 = days + 719468; /* since the first of March of the year 0 */
  int64_t era = from_0 / 146097, in_era = from_0 % 146097;
  int64_t y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
  int64_t in_year = in_era - (365 * y + y / 4 - y / 100);
  int64_t m = (5 * in_year + 2) / 153; /* from March */
  date d = {.day = (uint32_t)(in_year - (153 * m + 2) / 5 + 1),
            .month = (uint32_t)(m + 2) % 12 + 1};
  d.year = (uint32_t)(y + era * 400 + (d.month <= 2));
  return d;
}

static char *put_digits(char *to, uint32_t value, unsigned n) {
  for (unsigned i = n; i-- > 0; value /= 10) to[i] = (char)('0' + value % 10);
  return to + n;
}

void put_date_time(put *b, int64_t seconds, int16_t zone_minutes) {
  static const date first = {1, 1, 1}, behind = {10000, 1, 1};
  int64_t from = days_since_1970(&first) * 86400, to = days_since_1970(&behind) * 86400;
  int z = zone_minutes, most = 24 * 60;
  bool fits = z > -most && z < most && seconds >= from - most * 60 && seconds < to + most * 60;
  int64_t local = fits ? seconds + z * 60 : to;
  if (local < from || local >= to) {
    put_raw(b, NULL); /* HARK_ERR_ARG */
    return;
  }
  int64_t since_first = local - from;
  date d = date_of_days(since_first / 86400 + from / 86400);
  uint32_t in_day = (uint32_t)(since_first % 86400), zone_size = (uint32_t)(z < 0 ? -z : z);
  char text[32] = "\"", *p = put_digits(text + 1, d.day, 2);
  *p++ = '-';
  memcpy(p, names[d.month - 1], 3), p += 3;
  *p++ = '-', p = put_digits(p, d.year, 4);
  *p++ = ' ', p = put_digits(p, in_day / 3600, 2);
  *p++ = ':', p = put_digits(p, in_day / 60 % 60, 2);
  *p++ = ':', p = put_digits(p, in_day % 60, 2);
  *p++ = ' ', *p++ = z < 0 ? '-' : '+';
  p = put_digits(p, zone_size / 60 * 100 + zone_size % 60, 4);
  memcpy(p, "\"", 2);
  put_text(b, text);
}
