
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Names the series that a datapoint belongs to. */


/* all of it is in the header: nothing to link, nothing to find at run time */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "cricket_base64url.h"
#include "cricket_json.h"
#include "cricket_series.h"


/* of a text's characters, each of one byte or more, as "\u0041" */
#define CRICKET_SERIES_ESCAPED  (6 * CRICKET_TAG_VALUE_LEN)


static size_t cricket_series_sort(const cricket_datapoint_t *dp,
    const cricket_tag_t **tags);
static void cricket_series_add(XXH3_state_t *state, const cricket_str_t *text,
    const char *end);
static void cricket_series_decode(XXH3_state_t *state,
    const cricket_str_t *text);


void
cricket_series(const cricket_datapoint_t *dp, unsigned char *dst)
{
    size_t                i, n;
    XXH3_state_t          state;
    XXH128_canonical_t    digest;
    const cricket_tag_t  *tags[CRICKET_TAGS];

    (void) XXH3_128bits_reset(&state);

    /* no string has a control character, and no key a "=" */

    cricket_series_add(&state, &dp->name, "\n");
    cricket_series_add(&state, &dp->type, "\n");

    n = cricket_series_sort(dp, tags);

    for (i = 0; i < n; i++) {
        cricket_series_add(&state, &tags[i]->key, "=");
        cricket_series_add(&state, &tags[i]->value, "\n");
    }

    XXH128_canonicalFromHash(&digest, XXH3_128bits_digest(&state));

    (void) cricket_base64url_encode(dst, digest.digest,
                                    CRICKET_SERIES_LEN * 6 / 8);
}


/* few, and mostly sorted by who sends them */

static size_t
cricket_series_sort(const cricket_datapoint_t *dp, const cricket_tag_t **tags)
{
    size_t  i, k;

    for (i = 0; i < dp->ntags; i++) {

        for (k = i; k > 0; k--) {

            if (cricket_datapoint_key_cmp(&tags[k - 1]->key, &dp->tags[i].key)
                <= 0)
            {
                break;
            }

            tags[k] = tags[k - 1];
        }

        tags[k] = &dp->tags[i];
    }

    return dp->ntags;
}


static void
cricket_series_add(XXH3_state_t *state, const cricket_str_t *text,
    const char *end)
{
    if (memchr(text->data, '\\', text->len) == NULL) {
        (void) XXH3_128bits_update(state, text->data, text->len);

    } else {
        cricket_series_decode(state, text);
    }

    (void) XXH3_128bits_update(state, end, 1);
}


static void
cricket_series_decode(XXH3_state_t *state, const cricket_str_t *text)
{
    ptrdiff_t      len;
    unsigned char  plain[CRICKET_SERIES_ESCAPED];

    /* a reader has seen to both */

    if (text->len > CRICKET_SERIES_ESCAPED) {
        return;
    }

    len = cricket_json_decode(text, plain);

    if (len > 0) {
        (void) XXH3_128bits_update(state, plain, len);
    }
}
