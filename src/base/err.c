/* base/err.c - errors by name, the version, the defaults of a configuration.
 * SPDX-License-Identifier: MIT */
#include <hark/base.h>
#include <string.h>

const char *hark_err_name(int err) {
  switch (err) {
#define X(name, value, fatal, text)                                                                \
  case value: return #name;
    HARK_ERRORS(X)
#undef X
  default: return "HARK_ERR_?";
  }
}

const char *hark_err_text(int err) {
  switch (err) {
#define X(name, value, fatal, text)                                                                \
  case value: return text;
    HARK_ERRORS(X)
#undef X
  default: return "unknown error";
  }
}

const char *hark_version(void) { return HARK_VERSION; }

void hark_config_init_sized(hark_config *config, size_t size) {
  memset(config, 0, size);
  config->size = size;
}
