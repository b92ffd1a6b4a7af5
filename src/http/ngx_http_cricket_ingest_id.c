
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The ids that datapoints are given. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_sha1.h>

#include "cricket_base64url.h"
#include "cricket_series.h"
#include "ngx_http_cricket_ingest_private.h"


/* 0001-01-01T00:00:00Z in milliseconds, which no instant is before */
#define NGX_HTTP_CRICKET_ID_FIRST  -62135596800000LL


static size_t ngx_http_cricket_ingest_id_keyed(void *data, size_t index,
    const cricket_datapoint_t *dp, const u_char *series, u_char *id);
static size_t ngx_http_cricket_ingest_id_series(void *data, size_t index,
    const cricket_datapoint_t *dp, const u_char *series, u_char *id);
static size_t ngx_http_cricket_ingest_id_own(void *data, size_t index,
    const cricket_datapoint_t *dp, const u_char *series, u_char *id);
static ngx_int_t ngx_http_cricket_ingest_id_compare(const cricket_str_t *one,
    const cricket_str_t *two);


void
ngx_http_cricket_ingest_id(ngx_http_cricket_ingest_t *in)
{
    ngx_uint_t  ids;

    ids = in->conf->ids;

    if (in->key.len) {
        in->write.keyed = 1;
        in->lines->id = ngx_http_cricket_ingest_id_keyed;

    } else if (ids == NGX_HTTP_CRICKET_IDS_SERIES
               || (ids == NGX_HTTP_CRICKET_IDS_AUTO && in->format->series))
    {
        in->write.keyed = 1;
        in->write.merged = 1;
        in->lines->id = ngx_http_cricket_ingest_id_series;

    } else if (ids == NGX_HTTP_CRICKET_IDS_OWN) {
        in->lines->id = ngx_http_cricket_ingest_id_own;
    }

    in->write.ids = (in->lines->id != NULL);
}


/*
 * An id made of the key, the place in the request and the datapoint itself: a
 * request sent again has the same ids, one with other datapoints under the
 * same key has not, and is stored rather than taken for the first.
 */

static size_t
ngx_http_cricket_ingest_id_keyed(void *data, size_t index,
    const cricket_datapoint_t *dp, const u_char *series, u_char *id)
{
    ngx_http_cricket_ingest_t *in = data;

    u_char                digest[20];
    size_t                i, k;
    uint64_t              n[4];
    ngx_str_t             src, dst;
    ngx_sha1_t            hash;
    const cricket_tag_t  *tags[CRICKET_TAGS];

    ngx_sha1_init(&hash);
    ngx_sha1_update(&hash, in->key.data, in->key.len);
    ngx_sha1_update(&hash, "", 1);

    n[0] = index;
    n[1] = (uint64_t) dp->timestamp.sec;
    n[2] = dp->timestamp.nsec;
    ngx_memcpy(&n[3], &dp->value, sizeof(double));

    ngx_sha1_update(&hash, n, sizeof(n));

    /* a NUL ends each string, and is in none */

    ngx_sha1_update(&hash, dp->name.data, dp->name.len);
    ngx_sha1_update(&hash, "", 1);
    ngx_sha1_update(&hash, dp->type.data, dp->type.len);
    ngx_sha1_update(&hash, "", 1);

    /* an object's members have no order: a client may send them in another */

    for (i = 0; i < dp->ntags; i++) {

        for (k = i; k > 0; k--) {

            if (ngx_http_cricket_ingest_id_compare(&tags[k - 1]->key,
                                                   &dp->tags[i].key)
                <= 0)
            {
                break;
            }

            tags[k] = tags[k - 1];
        }

        tags[k] = &dp->tags[i];
    }

    for (i = 0; i < dp->ntags; i++) {
        ngx_sha1_update(&hash, tags[i]->key.data, tags[i]->key.len);
        ngx_sha1_update(&hash, "", 1);
        ngx_sha1_update(&hash, tags[i]->value.data, tags[i]->value.len);
        ngx_sha1_update(&hash, "", 1);
    }

    ngx_sha1_final(digest, &hash);

    src.data = digest;
    src.len = sizeof(digest);

    dst.data = id;

    ngx_encode_base64url(&dst, &src);

    return dst.len;
}


/*
 * The instant, 7 bytes of milliseconds and 3 of nanoseconds, and the series:
 * the time is in front, for ids that increase with it cost Elasticsearch least.
 */

static size_t
ngx_http_cricket_ingest_id_series(void *data, size_t index,
    const cricket_datapoint_t *dp, const u_char *series, u_char *id)
{
    u_char      bytes[10], *p;
    uint64_t    msec;
    uint32_t    nanos;
    ngx_uint_t  i;

    (void) data;
    (void) index;

    msec = (uint64_t) (cricket_time_msec(&dp->timestamp)
                       - NGX_HTTP_CRICKET_ID_FIRST);
    nanos = cricket_time_nanos(&dp->timestamp);

    for (i = 0; i < 7; i++) {
        bytes[i] = (u_char) (msec >> (48 - 8 * i));
    }

    bytes[7] = (u_char) (nanos >> 16);
    bytes[8] = (u_char) (nanos >> 8);
    bytes[9] = (u_char) nanos;

    p = cricket_base64url_encode(id, bytes, sizeof(bytes));
    p = ngx_cpymem(p, series, CRICKET_SERIES_LEN);

    return p - id;
}


static ngx_int_t
ngx_http_cricket_ingest_id_compare(const cricket_str_t *one,
    const cricket_str_t *two)
{
    return ngx_memn2cmp((u_char *) one->data, (u_char *) two->data, one->len,
                        two->len);
}


/* ids that increase with time cost Elasticsearch least to look up */

static size_t
ngx_http_cricket_ingest_id_own(void *data, size_t index,
    const cricket_datapoint_t *dp, const u_char *series, u_char *id)
{
    ngx_http_cricket_ingest_t *in = data;

    u_char                      bytes[18], *p;
    uint64_t                    msec;
    uint32_t                    counter;
    ngx_str_t                   src, dst;
    ngx_time_t                 *tp;
    ngx_http_cricket_target_t  *target;

    target = in->write.target;

    tp = ngx_timeofday();
    msec = (uint64_t) tp->sec * 1000 + tp->msec;
    counter = target->id_counter++;

    p = bytes;

    *p++ = (u_char) (msec >> 40);
    *p++ = (u_char) (msec >> 32);
    *p++ = (u_char) (msec >> 24);
    *p++ = (u_char) (msec >> 16);
    *p++ = (u_char) (msec >> 8);
    *p++ = (u_char) msec;

    p = ngx_cpymem(p, target->id_random, sizeof(target->id_random));

    *p++ = (u_char) (counter >> 24);
    *p++ = (u_char) (counter >> 16);
    *p++ = (u_char) (counter >> 8);
    *p++ = (u_char) counter;

    src.data = bytes;
    src.len = p - bytes;

    dst.data = id;

    ngx_encode_base64url(&dst, &src);

    return dst.len;
}
