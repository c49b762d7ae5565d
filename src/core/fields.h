/* core/fields.h - rows of the tables that say how events are printed: hark_field.
 * SPDX-License-Identifier: MIT */
#ifndef HARK_CORE_FIELDS_H
#define HARK_CORE_FIELDS_H
#include <hark/event.h>
#include <stddef.h>

/* A member of the payload. */
#define FIELD(type, name, kind) FIELD_OF(type, name, kind, NULL)
/* STRUCT or ENUM: of is its table. */
#define FIELD_OF(type, name, kind, of)                                                             \
  { #name, offsetof(type, name), 0, HARK_FIELD_##kind, of }
/* Elements, and their number behind them. */
#define FIELD_ARRAY(type, name, element, of)                                                       \
  { #name, offsetof(type, name), sizeof(element), HARK_FIELD_ARRAY, of }
/* The first element; next leads to the others. */
#define FIELD_CHAIN(type, name, next, of)                                                          \
  { #name, offsetof(type, name), offsetof(type, next), HARK_FIELD_CHAIN, of }
/* The payload is it. */
#define FIELD_SELF(name, kind)                                                                     \
  { name, 0, 0, HARK_FIELD_##kind, NULL }
/* It stands in the event itself. */
#define FIELD_INLINE(name, kind, of)                                                               \
  { name, HARK_FIELD_INLINE, 0, HARK_FIELD_##kind, of }
/* A value of an enum. */
#define FIELD_NAME(text, value)                                                                    \
  { text, value, 0, 0, NULL }
#endif
