
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What an error of Elasticsearch's means to whoever has to mend it. */


#include <string.h>

#include "cricket_json.h"
#include "cricket_reason.h"


/* of a type, or of a setting's name */
#define CRICKET_REASON_NAME_LEN    64

/* of a limit, in digits */
#define CRICKET_REASON_NUMBER_LEN  10


typedef struct {
    const char  *type;          /* NULL: any */
    const char  *text;          /* is in the reason; NULL: any is */
    const char  *words;
} cricket_reason_row_t;


/* whoever is told of an error's words: more than one may say the same */

typedef struct {
    cricket_json_t  json;
    cricket_str_t   type;       /* the last one read */
    unsigned        depth;      /* of its object */
} cricket_reason_walk_t;


static int cricket_reason_setting(const cricket_str_t *reason,
    cricket_buf_t *words);
static void cricket_reason_limits(const cricket_str_t *reason,
    cricket_buf_t *words);
static int cricket_reason_number(const unsigned char *p,
    const unsigned char *last, cricket_str_t *number);
static int cricket_reason_next(cricket_reason_walk_t *walk,
    cricket_str_t *reason);
static const unsigned char *cricket_reason_find(const unsigned char *p,
    const unsigned char *last, const char *text);


/* the first row that fits; the texts of blocks have numbers before them */

static const cricket_reason_row_t  cricket_reason_table[] = {

    { "cluster_block_exception", "/index read-only (api)",
      "the index's setting index.blocks.read_only is true" },
    { "cluster_block_exception", "/index read (api)",
      "the index's setting index.blocks.read is true" },
    { "cluster_block_exception", "/index write (api)",
      "the index's setting index.blocks.write is true" },
    { "cluster_block_exception", "/disk usage exceeded flood-stage watermark",
      "a disk is too full, so index.blocks.read_only_allow_delete is true" },
    { "cluster_block_exception", "/index read-only / allow delete (api)",
      "a disk is too full, so index.blocks.read_only_allow_delete is true" },
    { "cluster_block_exception", "/cluster read-only (api)",
      "the cluster's setting cluster.blocks.read_only is true" },
    { "cluster_block_exception", "/cluster read-only / allow delete (api)",
      "the cluster's setting cluster.blocks.read_only_allow_delete is true" },
    { "cluster_block_exception", "/state not recovered",
      "the cluster is still starting" },
    { "cluster_block_exception", "/no master", "the cluster has no master" },
    { "master_not_discovered_exception", NULL, "the cluster has no master" },
    { "cluster_manager_not_discovered_exception", NULL,
      "the cluster has no master" },

    { "index_closed_exception", NULL, "the index is closed" },
    { "circuit_breaking_exception", NULL,
      "a node has too little memory for it" },

    { NULL, "'search.allow_expensive_queries' is set to false",
      "the cluster's setting search.allow_expensive_queries is false, which "
      "forbids this" },
    { "illegal_argument_exception", "pipeline with id [",
      "the index's pipeline does not exist" },
    { "illegal_argument_exception",
      "number of documents in the index cannot exceed",
      "a shard of the index is full" },

    { NULL, NULL, NULL }
};


int
cricket_reason_item(const cricket_str_t *type, const cricket_str_t *reason,
    cricket_buf_t *words)
{
    const cricket_reason_row_t  *row;

    for (row = cricket_reason_table; row->words != NULL; row++) {

        if (row->type != NULL && !cricket_string_is(type, row->type)) {
            continue;
        }

        if (row->text != NULL
            && cricket_reason_find(reason->data, reason->data + reason->len,
                                   row->text)
               == NULL)
        {
            continue;
        }

        cricket_buf_cstr(words, row->words);

        return CRICKET_OK;
    }

    return cricket_reason_setting(reason, words);
}


/* "... by changing the [NAME] cluster level setting", or "index level" */

static int
cricket_reason_setting(const cricket_str_t *reason, cricket_buf_t *words)
{
    size_t                i;
    cricket_str_t         name;
    const unsigned char  *p, *end;

    static const struct {
        const char  *text;
        const char  *words;
    } levels[] = {
        { "] cluster level setting", "the cluster's setting " },
        { "] index level setting", "the index's setting " }
    };

    end = NULL;

    for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {

        end = cricket_reason_find(reason->data, reason->data + reason->len,
                                  levels[i].text);
        if (end != NULL) {
            break;
        }
    }

    if (end == NULL) {
        return CRICKET_DONE;
    }

    for (p = end; p > reason->data; p--) {

        if (!((p[-1] >= 'a' && p[-1] <= 'z') || (p[-1] >= '0' && p[-1] <= '9')
              || p[-1] == '.' || p[-1] == '_' || p[-1] == '-'))
        {
            break;
        }
    }

    name.data = p;
    name.len = end - p;

    if (name.len == 0 || name.len > CRICKET_REASON_NAME_LEN
        || p == reason->data || p[-1] != '[')
    {
        return CRICKET_DONE;
    }

    cricket_buf_cstr(words, levels[i].words);
    cricket_buf_append(words, name.data, name.len);

    cricket_reason_limits(reason, words);

    return CRICKET_OK;
}


/* "... less than or equal to: [MAX] but was [N]" */

static void
cricket_reason_limits(const cricket_str_t *reason, cricket_buf_t *words)
{
    cricket_str_t         max, n;
    const unsigned char  *p, *last;

    static const char  less[] = "less than or equal to: [";
    static const char  but[] = "] but was [";

    last = reason->data + reason->len;

    p = cricket_reason_find(reason->data, last, less);

    if (p != NULL
        && cricket_reason_number(p + sizeof(less) - 1, last, &max)
           == CRICKET_OK)
    {
        p = max.data + max.len;

        if (cricket_reason_find(p, last, but) == p
            && cricket_reason_number(p + sizeof(but) - 1, last, &n)
               == CRICKET_OK)
        {
            cricket_buf_literal(words, " is ");
            cricket_buf_append(words, max.data, max.len);
            cricket_buf_literal(words, ", and this needs ");
            cricket_buf_append(words, n.data, n.len);
            return;
        }
    }

    cricket_buf_literal(words, " is too low for this");
}


/* digits and a closing bracket */

static int
cricket_reason_number(const unsigned char *p, const unsigned char *last,
    cricket_str_t *number)
{
    number->data = p;

    while (p < last && *p >= '0' && *p <= '9') {
        p++;
    }

    number->len = p - number->data;

    return (number->len > 0 && number->len <= CRICKET_REASON_NUMBER_LEN
            && p < last && *p == ']')
           ? CRICKET_OK : CRICKET_INVALID;
}


int
cricket_reason_reply(const unsigned char *data, size_t len,
    cricket_buf_t *words)
{
    cricket_str_t          reason;
    cricket_reason_walk_t  walk;

    memset(&walk, 0, sizeof(cricket_reason_walk_t));
    cricket_json_init(&walk.json, data, len);

    while (cricket_reason_next(&walk, &reason) == CRICKET_OK) {

        if (cricket_reason_item(&walk.type, &reason, words) == CRICKET_OK) {
            return CRICKET_OK;
        }
    }

    return CRICKET_DONE;
}


int
cricket_reason_type(const unsigned char *data, size_t len, cricket_str_t *type)
{
    size_t                 i;
    unsigned char          c;
    cricket_str_t          reason;
    cricket_reason_walk_t  walk;

    memset(&walk, 0, sizeof(cricket_reason_walk_t));
    cricket_json_init(&walk.json, data, len);

    while (cricket_reason_next(&walk, &reason) == CRICKET_OK) {

        *type = walk.type;

        for (i = 0; i < type->len; i++) {
            c = type->data[i];

            if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
                  || c == '_'))
            {
                break;
            }
        }

        if (i == type->len && i > 0 && i <= CRICKET_REASON_NAME_LEN) {
            return CRICKET_OK;
        }
    }

    return CRICKET_DONE;
}


/*
 * The next type, with an empty reason, or the next reason, with the type if its
 * object has had one.  Elasticsearch writes the type first, and what an object
 * holds further behind both.
 */

static int
cricket_reason_next(cricket_reason_walk_t *walk, cricket_str_t *reason)
{
    cricket_str_t         key;
    cricket_json_t       *json;
    cricket_json_token_e  token;

    json = &walk->json;

    for ( ;; ) {
        token = cricket_json_next(json);

        if (token == CRICKET_JSON_ERROR || token == CRICKET_JSON_END) {
            return CRICKET_DONE;
        }

        if (token != CRICKET_JSON_KEY) {
            continue;
        }

        key = json->text;

        token = cricket_json_next(json);

        if (token != CRICKET_JSON_STRING) {

            if (token == CRICKET_JSON_ERROR) {
                return CRICKET_DONE;
            }

            continue;
        }

        if (cricket_string_is(&key, "type")) {
            walk->type = json->text;
            walk->depth = json->depth;

            reason->len = 0;
            reason->data = json->text.data;

            return CRICKET_OK;
        }

        if (cricket_string_is(&key, "reason")
            || cricket_string_is(&key, "error"))
        {
            if (walk->depth != json->depth) {
                walk->type.len = 0;
            }

            *reason = json->text;

            return CRICKET_OK;
        }
    }
}


static const unsigned char *
cricket_reason_find(const unsigned char *p, const unsigned char *last,
    const char *text)
{
    size_t  len;

    len = strlen(text);

    for ( /* void */ ; (size_t) (last - p) >= len; p++) {

        if (memcmp(p, text, len) == 0) {
            return p;
        }
    }

    return NULL;
}
