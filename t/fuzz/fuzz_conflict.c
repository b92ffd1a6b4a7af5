
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#include <cjson/cJSON.h>

#include "cricket_conflict.h"
#include "fuzz.h"


/*
 * An input is an item, a zero, and a reply.  What the item makes of the request
 * must be what cJSON reads; of a reply that is accepted no more may be compared
 * than was asked for.
 */

static const unsigned char  fuzz_item[] =
    "{\"create\":{\"_id\":\"i\"}}\n"
    "{\"name\":\"n\",\"type\":\"t\",\"value\":1,\"timestamp\":1,\"series\":"
    "\"s\"}\n";


static void fuzz_request(cricket_conflict_t *c);
static void fuzz_reply(cricket_conflict_t *c, const uint8_t *data,
    size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                 rc;
    size_t              len;
    const uint8_t      *end;
    cricket_conflict_t  c;

    end = size ? memchr(data, '\0', size) : NULL;
    len = end ? (size_t) (end - data) : size;

    cricket_conflict_init(&c);

    rc = cricket_conflict_add(&c, data, len);

    FUZZ_CHECK(rc == CRICKET_OK || rc == CRICKET_INVALID);
    FUZZ_CHECK(c.n == (rc == CRICKET_OK));

    if (rc == CRICKET_OK) {
        FUZZ_CHECK(cricket_conflict_name(&c, &c.items[0]).len != 0);
    }

    FUZZ_CHECK(cricket_conflict_add(&c, fuzz_item, sizeof(fuzz_item) - 1)
               == CRICKET_OK);

    /* a line of ours has no blanks: where they are, it may be misread */

    if (rc == CRICKET_INVALID || (len && data[0] == '{')) {
        fuzz_request(&c);
    }

    if (end) {
        fuzz_reply(&c, end + 1, size - len - 1);
    }

    cricket_conflict_free(&c);

    return 0;
}


static void
fuzz_request(cricket_conflict_t *c)
{
    cJSON          *root, *docs, *last;
    cricket_buf_t  *body;

    body = cricket_conflict_body(c);

    FUZZ_CHECK(body != NULL && !body->failed);

    root = cJSON_ParseWithLength((const char *) body->data, body->len);

    if (root == NULL) {
        return;
    }

    docs = cJSON_GetObjectItemCaseSensitive(root, "docs");

    FUZZ_CHECK((size_t) cJSON_GetArraySize(docs) == c->n);

    last = cJSON_GetArrayItem(docs, (int) c->n - 1);

    FUZZ_CHECK(strcmp(cJSON_GetObjectItem(last, "_id")->valuestring, "i")
               == 0);

    cJSON_Delete(root);
}


static void
fuzz_reply(cricket_conflict_t *c, const uint8_t *data, size_t size)
{
    int  rc;

    rc = cricket_conflict_reply(c, data, size);

    FUZZ_CHECK(rc == CRICKET_OK || rc == CRICKET_INVALID);
    FUZZ_CHECK(c->compared <= c->n && c->differ <= c->compared);
    FUZZ_CHECK(rc == CRICKET_OK || c->compared == 0);
    FUZZ_CHECK((c->differ != 0) == (c->first != NULL));
    FUZZ_CHECK(c->first == NULL || c->first->value != c->stored);
}
