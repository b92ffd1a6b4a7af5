
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* cricket --check: what is wrong with a set-up, or soon will be. */


#include <string.h>

#include "cricket_check.h"


#define CRICKET_CHECK_MAX_BODY   65536
#define CRICKET_CHECK_MAX_LISTS  (4 * 1024 * 1024)


static int cricket_check_all(cricket_check_t *check);
static void cricket_check_tags(cricket_check_t *check);


cricket_exit_e
cricket_check(const cricket_cli_t *cli)
{
    int              complete;
    cricket_exit_e   code;
    cricket_check_t  check;

    memset(&check, 0, sizeof(cricket_check_t));

    check.init.cli = cli;
    check.replicas = 1;

    cricket_buf_init(&check.init.keys, CRICKET_CHECK_MAX_BODY);
    cricket_buf_init(&check.init.body, CRICKET_CHECK_MAX_BODY);
    cricket_buf_init(&check.tags, CRICKET_CHECK_MAX_BODY);
    cricket_buf_init(&check.names, CRICKET_CHECK_MAX_LISTS);
    cricket_buf_init(&check.pipelines, CRICKET_CHECK_MAX_LISTS);
    cricket_buf_init(&check.asked, CRICKET_CHECK_MAX_LISTS);

    cricket_init_shape(&check.init);
    cricket_check_tags(&check);

    /* before there are connections, which a child would hold open */

    cricket_check_nginx(&check);

    check.init.http = cricket_http_open(cli);

    if (check.init.http == NULL) {
        check.code = CRICKET_EXIT_LOCAL;
        complete = 0;

    } else {
        complete = (cricket_check_all(&check) == CRICKET_OK);

        cricket_http_close(check.init.http);
    }

    code = cricket_check_print(&check, complete);

    if (!complete && code != CRICKET_EXIT_LOCAL) {
        code = check.code;
    }

    cricket_check_free(&check.found);
    cricket_buf_free(&check.init.keys);
    cricket_buf_free(&check.init.body);
    cricket_buf_free(&check.tags);
    cricket_buf_free(&check.names);
    cricket_buf_free(&check.pipelines);
    cricket_buf_free(&check.asked);

    return code;
}


static int
cricket_check_all(cricket_check_t *check)
{
    size_t  i;

    static int (*parts[])(cricket_check_t *check) = {
        cricket_check_elastic,
        cricket_check_template,
        cricket_check_index,
        cricket_check_shards
    };

    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {

        if (parts[i](check) != CRICKET_OK) {
            return CRICKET_ERROR;
        }
    }

    return CRICKET_OK;
}


static void
cricket_check_tags(cricket_check_t *check)
{
    const cricket_cli_t  *cli;

    cli = check->init.cli;

    memcpy(check->tag_fields, cli->tag_fields, sizeof(cli->tag_fields));

    check->ntag_fields = cli->ntag_fields;
    check->tags_known = (cli->ntag_fields != 0);
}
