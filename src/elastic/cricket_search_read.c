
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Reads the reply to a search, and writes the answer as it goes. */


#include <string.h>

#include "cricket_search.h"
#include "cricket_search_reader.h"


/* more bytes than a reply without anything in it has */
#define CRICKET_SEARCH_NOWHERE  1024


static int cricket_search_read_reply(cricket_search_reader_t *r,
    const cricket_query_t *q, const cricket_result_writer_t *writer,
    const unsigned char *data, size_t len, cricket_buf_t *out);
static void cricket_search_read_free(cricket_search_reader_t *r);
static const char *cricket_search_read_reason(cricket_search_reader_t *r);
static unsigned cricket_search_read_has(const cricket_query_t *q);
static void cricket_search_read_known(cricket_search_reader_t *r);


/*
 * All that is read of a reply.  A member may be there once; what is not listed
 * is passed over, but for fields of a hit.
 */

#define cricket_search_at(place, name)                                        \
    cricket_string(name), place name

#define cricket_search_to(field)  offsetof(cricket_search_reader_t, field)

#define cricket_search_end  { { 0, NULL }, NULL, 0, 0, NULL, NULL, NULL, 0 }


static const cricket_search_member_t  cricket_search_in_shards[] = {
    { cricket_search_at("_shards.", "failed"), CRICKET_SEARCH_ALL, 0,
      cricket_search_walk_zero, NULL, NULL, 0 },
    cricket_search_end
};


/* every field of "docvalue_fields" is an array of its values */

static const cricket_search_member_t  cricket_search_in_fields[] = {
    { cricket_search_at("hits.hits.fields.", "value"), CRICKET_SEARCH_HITS,
      CRICKET_SEARCH_DOCUMENT,
      cricket_search_walk_array, cricket_search_walk_value, NULL,
      cricket_search_to(hit.value) },
    { cricket_search_at("hits.hits.fields.", "name"), CRICKET_SEARCH_NAME,
      CRICKET_SEARCH_DOCUMENT,
      cricket_search_walk_array, cricket_search_walk_text, NULL,
      cricket_search_to(hit.name) },
    { cricket_search_at("hits.hits.fields.", "type"), CRICKET_SEARCH_TYPE,
      CRICKET_SEARCH_DOCUMENT,
      cricket_search_walk_array, cricket_search_walk_text, NULL,
      cricket_search_to(hit.type) },
    { cricket_search_at("hits.hits.fields.", "tags"), CRICKET_SEARCH_HITS,
      CRICKET_SEARCH_OPTIONAL,
      cricket_search_walk_array, cricket_search_hit_tag, NULL, 0 },
    { cricket_search_at("hits.hits.fields.", "series"), CRICKET_SEARCH_NEWEST,
      CRICKET_SEARCH_OPTIONAL, cricket_search_walk_any, NULL, NULL, 0 },
    cricket_search_end
};


static const cricket_search_member_t  cricket_search_in_hit[] = {
    { cricket_search_at("hits.hits.", "fields"), CRICKET_SEARCH_HITS,
      CRICKET_SEARCH_DOCUMENT | CRICKET_SEARCH_CLOSED,
      cricket_search_walk_object, NULL, cricket_search_in_fields, 0 },
    { cricket_search_at("hits.hits.", "sort"), CRICKET_SEARCH_HITS, 0,
      cricket_search_hit_sort, cricket_search_hit_sort_value, NULL, 0 },
    cricket_search_end
};


static const cricket_search_member_t  cricket_search_in_hits[] = {
    { cricket_search_at("hits.", "hits"), CRICKET_SEARCH_HITS,
      CRICKET_SEARCH_OPTIONAL,
      cricket_search_walk_array, cricket_search_hit, cricket_search_in_hit, 0 },
    cricket_search_end
};


static const cricket_search_member_t  cricket_search_in_key[] = {
    { cricket_search_at("key.", "name"), CRICKET_SEARCH_NAMES, 0,
      cricket_search_walk_text, NULL, NULL, cricket_search_to(key) },
    cricket_search_end
};


static const cricket_search_member_t  cricket_search_in_type[] = {
    { cricket_search_at("types.", "key"), CRICKET_SEARCH_DETAIL, 0,
      cricket_search_bucket_type_key, NULL, NULL, 0 },
    cricket_search_end
};


static const cricket_search_member_t  cricket_search_in_types[] = {
    { cricket_search_at("types.", "buckets"), CRICKET_SEARCH_DETAIL, 0,
      cricket_search_walk_array, cricket_search_bucket_type,
      cricket_search_in_type, 0 },
    cricket_search_end
};


static const cricket_search_member_t  cricket_search_in_distinct[] = {
    { cricket_search_at("distinct.", "value"), CRICKET_SEARCH_DETAIL, 0,
      cricket_search_walk_value, NULL, NULL, cricket_search_to(distinct) },
    cricket_search_end
};


static const cricket_search_member_t  cricket_search_in_last[] = {
    { cricket_search_at("last.", "value"), CRICKET_SEARCH_DETAIL, 0,
      cricket_search_walk_number, NULL, NULL, cricket_search_to(last_msec) },
    cricket_search_end
};


static const cricket_search_member_t  cricket_search_in_bucket[] = {
    { cricket_search_at("", "key"), CRICKET_SEARCH_NAMES, 0,
      cricket_search_bucket_key, NULL, cricket_search_in_key, 0 },
    { cricket_search_at("", "doc_count"), CRICKET_SEARCH_NAMES, 0,
      cricket_search_walk_count, NULL, NULL, 0 },
    { cricket_search_at("", "types"), CRICKET_SEARCH_DETAIL, 0,
      cricket_search_walk_object, NULL, cricket_search_in_types, 0 },
    { cricket_search_at("", "distinct"), CRICKET_SEARCH_DETAIL, 0,
      cricket_search_walk_object, NULL, cricket_search_in_distinct, 0 },
    { cricket_search_at("", "last"), CRICKET_SEARCH_DETAIL, 0,
      cricket_search_walk_object, NULL, cricket_search_in_last, 0 },
    cricket_search_end
};


static const cricket_search_member_t  cricket_search_in_buckets[] = {
    { cricket_search_at("buckets.", "buckets"), CRICKET_SEARCH_NAMES, 0,
      cricket_search_walk_array, cricket_search_bucket,
      cricket_search_in_bucket, 0 },
    cricket_search_end
};


static const cricket_search_member_t  cricket_search_in_aggregations[] = {
    { cricket_search_at("", "buckets"), CRICKET_SEARCH_NAMES, 0,
      cricket_search_walk_object, NULL, cricket_search_in_buckets, 0 },
    cricket_search_end
};


/* no hits, no member "hits" */

static const cricket_search_member_t  cricket_search_in_reply[] = {
    { cricket_search_at("", "timed_out"), CRICKET_SEARCH_ALL, 0,
      cricket_search_walk_false, NULL, NULL, 0 },
    { cricket_search_at("", "_shards"), CRICKET_SEARCH_ALL, 0,
      cricket_search_walk_object, NULL, cricket_search_in_shards, 0 },
    { cricket_search_at("", "hits"), CRICKET_SEARCH_HITS,
      CRICKET_SEARCH_OPTIONAL,
      cricket_search_walk_object, NULL, cricket_search_in_hits, 0 },
    { cricket_search_at("", "aggregations"), CRICKET_SEARCH_NAMES, 0,
      cricket_search_walk_object, NULL, cricket_search_in_aggregations, 0 },
    cricket_search_end
};


static const cricket_search_member_t  cricket_search_root = {
    { 0, NULL }, NULL, 0, 0, NULL, NULL, cricket_search_in_reply, 0
};


int
cricket_search_read(const cricket_query_t *q,
    const cricket_result_writer_t *writer, const unsigned char *data,
    size_t len, cricket_buf_t *out, cricket_buf_t *next, size_t *foreign,
    const char **err)
{
    int                      rc;
    cricket_search_reader_t  r;

    rc = cricket_search_read_reply(&r, q, writer, data, len, out);

    *foreign = r.foreign;

    if (rc == CRICKET_INVALID) {
        *err = cricket_search_read_reason(&r);

    } else if (rc == CRICKET_OK && r.more) {
        cricket_query_next(q, &r.last, next);
    }

    if (rc != CRICKET_INVALID && (out->failed || next->failed)) {
        rc = CRICKET_ERROR;
    }

    cricket_search_read_free(&r);

    return rc;
}


int
cricket_search_is_nowhere(const unsigned char *data, size_t len)
{
    int                   inside, total;
    cricket_json_t        json;
    cricket_json_token_e  token;

    if (len > CRICKET_SEARCH_NOWHERE) {
        return 0;
    }

    cricket_json_init(&json, data, len);

    inside = 0;
    total = 0;

    for ( ;; ) {
        token = cricket_json_next(&json);

        switch (token) {

        case CRICKET_JSON_ERROR:
        case CRICKET_JSON_END:
            return 0;

        case CRICKET_JSON_KEY:

            if (json.depth == 1) {
                inside = cricket_string_is(&json.text, "_shards");
            }

            total = (inside && json.depth == 2
                     && cricket_string_is(&json.text, "total"));
            break;

        case CRICKET_JSON_NUMBER:

            if (total) {
                return cricket_string_is(&json.text, "0");
            }

            break;

        default:
            break;
        }
    }
}


int
cricket_search_read_export(cricket_query_t *q,
    const cricket_result_writer_t *writer, const unsigned char *data,
    size_t len, cricket_buf_t *out, size_t *foreign, const char **err)
{
    int                      rc;
    int64_t                  first, last;
    cricket_search_reader_t  r;

    rc = cricket_search_read_reply(&r, q, writer, data, len, out);

    *foreign = r.foreign;

    if (rc == CRICKET_INVALID) {
        *err = cricket_search_read_reason(&r);
    }

    cricket_search_read_free(&r);

    if (rc != CRICKET_OK) {
        return rc;
    }

    if (out->failed) {
        return CRICKET_ERROR;
    }

    if (r.n != 0) {
        q->after = r.last;
        q->after_set = 1;
    }

    if (r.past) {
        return CRICKET_DONE;
    }

    if (r.n < q->page) {

        if (!q->until.set) {
            return CRICKET_DONE;
        }

        q->until.set = 0;

        return CRICKET_OK;
    }

    /*
     * Elasticsearch goes through all that matches for every page.  So the next
     * page is looked for no further than where two pages as dense as this one
     * would end; only if it is not full, all that is left is searched again.
     */

    first = cricket_time_msec(&r.first);
    last = cricket_time_msec(&r.last.time);

    q->until.set = cricket_time_set(&q->until.time,
                                    last + (last - first) * 2 + 1, 0)
                   == CRICKET_OK;

    return CRICKET_OK;
}


static int
cricket_search_read_reply(cricket_search_reader_t *r, const cricket_query_t *q,
    const cricket_result_writer_t *writer, const unsigned char *data,
    size_t len, cricket_buf_t *out)
{
    int     rc;
    size_t  i;

    memset(r, 0, sizeof(cricket_search_reader_t));

    r->q = q;
    r->has = cricket_search_read_has(q);

    cricket_json_init(&r->json, data, len);
    cricket_buf_init(&r->known, SIZE_MAX);
    cricket_buf_init(&r->plain, SIZE_MAX);

    for (i = 0; i < CRICKET_RESULT_TYPES; i++) {
        cricket_buf_init(&r->types[i], SIZE_MAX);
    }

    cricket_result_init(&r->result, writer, q, out);

    cricket_search_read_known(r);

    if (r->known.failed) {
        return CRICKET_ERROR;
    }

    writer->head(&r->result);

    rc = cricket_search_walk_object(r, &cricket_search_root,
                                    cricket_json_next(&r->json));

    if (rc == CRICKET_OK && cricket_json_next(&r->json) != CRICKET_JSON_END) {
        rc = CRICKET_INVALID;
    }

    writer->tail(&r->result);

    r->last.index_len = r->last_index.len;

    if (r->last_index.len != 0) {
        memcpy(r->last.index, r->last_index.data, r->last_index.len);
    }

    return r->result.cell.failed ? CRICKET_ERROR : rc;
}


static void
cricket_search_read_free(cricket_search_reader_t *r)
{
    size_t  i;

    for (i = 0; i < CRICKET_RESULT_TYPES; i++) {
        cricket_buf_free(&r->types[i]);
    }

    cricket_buf_free(&r->known);
    cricket_buf_free(&r->plain);
    cricket_result_free(&r->result);
}


static const char *
cricket_search_read_reason(cricket_search_reader_t *r)
{
    if (r->json.error != NULL) {
        return r->json.error;
    }

    return (r->place != NULL) ? r->place : "not an object";
}


static unsigned
cricket_search_read_has(const cricket_query_t *q)
{
    if (q->kind == CRICKET_QUERY_NAMES) {
        return CRICKET_SEARCH_NAMES | (q->detail ? CRICKET_SEARCH_DETAIL : 0);
    }

    /* these are kept, while what is known goes with the reader */

    if (q->kind == CRICKET_QUERY_LAST) {
        return CRICKET_SEARCH_HITS | CRICKET_SEARCH_NEWEST
               | CRICKET_SEARCH_NAME | CRICKET_SEARCH_TYPE;
    }

    return CRICKET_SEARCH_HITS
           | (q->name.len ? 0 : CRICKET_SEARCH_NAME)
           | (q->type.len ? 0 : CRICKET_SEARCH_TYPE);
}


/* what is filtered for is not read: it is in the query */

static void
cricket_search_read_known(cricket_search_reader_t *r)
{
    size_t                n;
    const cricket_str_t  *name, *type;

    if (r->has & CRICKET_SEARCH_NEWEST) {
        return;
    }

    name = &r->q->name;
    type = &r->q->type;

    cricket_buf_json(&r->known, name->data, name->len);
    n = r->known.len;
    cricket_buf_json(&r->known, type->data, type->len);

    if (r->known.failed) {
        return;
    }

    /* without the quotes */

    r->name.text.data = r->known.data + 1;
    r->name.text.len = n - 2;
    r->name.escaped = (r->name.text.len != name->len);

    r->type.text.data = r->known.data + n + 1;
    r->type.text.len = r->known.len - n - 2;
    r->type.escaped = (r->type.text.len != type->len);
}
