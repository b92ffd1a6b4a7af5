
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What nginx's configuration lacks, and where it is not what is checked. */


#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cricket_check.h"


#define CRICKET_CHECK_MAX_DUMP  (64 * 1024 * 1024)
#define CRICKET_CHECK_MAX_SAID  (1024 * 1024)

/* milliseconds to connect in, where there is another node to go to */
#define CRICKET_CHECK_CONNECT   2000


/* what a location has, by itself or from the levels above */

typedef struct {
    const char                  *pass;
    const char                  *index;
    const char                  *tags;
    const char                  *connect;
} cricket_check_location_t;


static void cricket_check_nginx_version(cricket_check_t *check,
    const cricket_buf_t *said, int *kept);
static void cricket_check_nginx_failed(cricket_check_t *check,
    const cricket_buf_t *said);
static void cricket_check_nginx_blocks(cricket_check_t *check,
    cricket_check_conf_t *conf, int kept);
static int cricket_check_nginx_location(const cricket_check_conf_t *conf,
    const cricket_check_conf_block_t *block, cricket_check_location_t *loc);
static void cricket_check_nginx_pass(cricket_check_t *check,
    cricket_check_conf_t *conf, const cricket_check_location_t *loc, int kept);
static void cricket_check_nginx_upstream(cricket_check_t *check,
    cricket_check_conf_t *conf, cricket_check_conf_block_t *block,
    const cricket_check_location_t *loc, int kept);
static long cricket_check_nginx_msec(const char *text);
static void cricket_check_nginx_tags(cricket_check_t *check,
    const char *tags, unsigned *seen);
static int cricket_check_nginx_keys(const char *tags, cricket_str_t *keys,
    cricket_buf_t *text);
static int cricket_check_nginx_same(const cricket_str_t *one, size_t n,
    const cricket_str_t *two, size_t m);


void
cricket_check_nginx(cricket_check_t *check)
{
    int                   rc, kept;
    cricket_buf_t         out, said;
    cricket_check_conf_t  conf;

    cricket_buf_init(&out, CRICKET_CHECK_MAX_DUMP);
    cricket_buf_init(&said, CRICKET_CHECK_MAX_SAID);

    rc = cricket_check_dump(check->init.cli, &out, &said);

    cricket_buf_append(&said, "", 1);

    if (rc != CRICKET_OK || said.failed) {
        cricket_check_nginx_failed(check, &said);
        goto done;
    }

    kept = 0;

    cricket_check_nginx_version(check, &said, &kept);

    rc = cricket_check_conf(&conf, out.data, out.len);

    if (rc == CRICKET_OK) {
        cricket_check_nginx_blocks(check, &conf, kept);

    } else {
        cricket_check_found(check, CRICKET_CHECK_NOTE, CRICKET_CHECK_NGINX,
                            NULL, NULL,
                            "nginx's configuration was not checked: what "
                            "nginx -T prints is not understood");
    }

    cricket_check_conf_free(&conf);

done:

    cricket_buf_free(&out);
    cricket_buf_free(&said);
}


/* from 1.29.7 on an upstream keeps connections without being told to */

static void
cricket_check_nginx_version(cricket_check_t *check, const cricket_buf_t *said,
    int *kept)
{
    unsigned     major, minor, patch;
    const char  *p;

    p = strstr((char *) said->data, "nginx version: ");
    p = p ? strchr(p, '/') : NULL;

    if (p == NULL || sscanf(p, "/%u.%u.%u", &major, &minor, &patch) != 3) {
        return;
    }

    *kept = (major > 1
             || (major == 1 && (minor > 29 || (minor == 29 && patch >= 7))));

    if (major < 1 || (major == 1 && minor < 22)) {
        cricket_check_found(check, CRICKET_CHECK_WARNING,
                            CRICKET_CHECK_VERSION, NULL,
                            "take nginx 1.22 or later",
                            "nginx is %u.%u.%u, older than Cricket is for",
                            major, minor, patch);
    }
}


/* with the line that says most: nginx's own, or else the last */

static void
cricket_check_nginx_failed(cricket_check_t *check, const cricket_buf_t *said)
{
    char        *line, *next, *best;
    const char  *why;

    best = NULL;

    if (!said->failed) {

        for (line = strtok_r((char *) said->data, "\r\n", &next);
             line != NULL;
             line = strtok_r(NULL, "\r\n", &next))
        {
            if (best == NULL || strstr(best, "[emerg]") == NULL) {
                best = line;
            }
        }
    }

    why = best ? best : "it says nothing";

    /* without the time and the process */

    if (strstr(why, "[emerg]")) {
        why = strstr(why, "[emerg]");
    }

    if (strncmp(why, "cricket: ", 9) == 0) {
        why += 9;
    }

    cricket_check_found(check, CRICKET_CHECK_NOTE, CRICKET_CHECK_NGINX, NULL,
                        "run cricket --check where Cricket's nginx is, as a "
                        "user that may read what it reads, or give --nginx "
                        "and --conf",
                        "nginx's configuration was not checked, for nginx -T "
                        "failed: %.*s", CRICKET_CHECK_WORD_LEN, why);
}


static void
cricket_check_nginx_blocks(cricket_check_t *check, cricket_check_conf_t *conf,
    int kept)
{
    size_t                       i, locations;
    unsigned                     seen;
    const char                  *index;
    cricket_check_location_t     loc;
    cricket_check_conf_block_t  *block;

    index = check->init.cli->index;
    locations = 0;
    seen = 0;

    for (i = 0; i < conf->n; i++) {
        block = &conf->blocks[i];

        if (!cricket_check_nginx_location(conf, block, &loc)) {
            continue;
        }

        locations++;

        cricket_check_nginx_pass(check, conf, &loc, kept);

        if (strcmp(loc.index, index) == 0) {
            cricket_check_nginx_tags(check, loc.tags, &seen);

        } else {
            cricket_check_found(check, CRICKET_CHECK_NOTE,
                                CRICKET_CHECK_NGINX, NULL,
                                "check it, too, with --index",
                                "nginx has locations with cricket_index %s, "
                                "which is not the one that is checked",
                                loc.index);
        }
    }

    if (locations == 0) {
        cricket_check_found(check, CRICKET_CHECK_NOTE, CRICKET_CHECK_NGINX,
                            NULL, "give that of Cricket as --conf",
                            "nginx's configuration was not checked: it has no "
                            "location of Cricket's");

    } else if (!seen) {
        cricket_check_found(check, CRICKET_CHECK_WARNING, CRICKET_CHECK_NGINX,
                            NULL, "is --index what cricket_index says?",
                            "no location of nginx has cricket_index %s",
                            index);
    }
}


/* does it ask Elasticsearch?  The parent of 0 is 0 */

static int
cricket_check_nginx_location(const cricket_check_conf_t *conf,
    const cricket_check_conf_block_t *block, cricket_check_location_t *loc)
{
    size_t       place[4];
    const char  *text, *route;

    text = (const char *) conf->text.data;
    route = text + block->route;

    if (block->kind != CRICKET_CHECK_CONF_LOCATION || block->route == 0
        || strcmp(route, "index") == 0 || strcmp(route, "health") == 0
        || strcmp(route, "status") == 0)
    {
        return 0;
    }

    memset(place, 0, sizeof(place));

    for ( /* void */ ;
         block != conf->blocks;
         block = &conf->blocks[block->parent])
    {
        place[0] = place[0] ? place[0] : block->pass;
        place[1] = place[1] ? place[1] : block->index;
        place[2] = place[2] ? place[2] : block->tags;
        place[3] = place[3] ? place[3] : block->connect;
    }

    if (place[0] == 0) {
        return 0;
    }

    loc->pass = text + place[0];
    loc->index = place[1] ? text + place[1] : "metrics";
    loc->tags = (place[2] && strcmp(text + place[2], "off") != 0)
                ? text + place[2] : "";
    loc->connect = place[3] ? text + place[3] : "5s";

    return 1;
}


static void
cricket_check_nginx_pass(cricket_check_t *check, cricket_check_conf_t *conf,
    const cricket_check_location_t *loc, int kept)
{
    size_t                       i, len;
    const char                  *host, *name;
    cricket_check_conf_block_t  *block;

    host = strstr(loc->pass, "://");
    host = host ? host + 3 : loc->pass;
    len = strcspn(host, "/");

    for (i = 0; i < conf->n; i++) {
        block = &conf->blocks[i];

        if (block->kind != CRICKET_CHECK_CONF_UPSTREAM || block->name == 0) {
            continue;
        }

        name = (const char *) conf->text.data + block->name;

        if (strlen(name) == len && strncasecmp(name, host, len) == 0) {
            cricket_check_nginx_upstream(check, conf, block, loc, kept);
            return;
        }
    }

    cricket_check_found(check, CRICKET_CHECK_WARNING, CRICKET_CHECK_NGINX,
                        NULL, "name an upstream block with keepalive 16",
                        "cricket_pass %s keeps no connection: it names no "
                        "upstream block", loc->pass);
}


static void
cricket_check_nginx_upstream(cricket_check_t *check,
    cricket_check_conf_t *conf, cricket_check_conf_block_t *block,
    const cricket_check_location_t *loc, int kept)
{
    const char  *name;

    name = (const char *) conf->text.data + block->name;

    if (block->servers > 1
        && cricket_check_nginx_msec(loc->connect) > CRICKET_CHECK_CONNECT)
    {
        cricket_check_found(check, CRICKET_CHECK_WARNING, CRICKET_CHECK_NGINX,
                            NULL, "cricket_connect_timeout 1s;",
                            "cricket_connect_timeout is %s: so long does a "
                            "bulk wait for a node of upstream %s that is "
                            "switched off", loc->connect, name);
    }

    if (block->told) {
        return;
    }

    block->told = 1;

    if (!block->keepalive && !kept) {
        cricket_check_found(check, CRICKET_CHECK_WARNING, CRICKET_CHECK_NGINX,
                            NULL, "keepalive 16;",
                            "upstream %s has no keepalive: each request to "
                            "Elasticsearch makes a connection of its own",
                            name);
    }

    if (block->servers > 1 && !block->least) {
        cricket_check_found(check, CRICKET_CHECK_WARNING, CRICKET_CHECK_NGINX,
                            NULL, "least_conn; before keepalive",
                            "upstream %s has %u servers, but not least_conn: "
                            "one that hangs holds up nearly all writes",
                            name, block->servers);
    }

    if (block->servers > 1 && block->fails) {
        cricket_check_found(check, CRICKET_CHECK_WARNING, CRICKET_CHECK_NGINX,
                            NULL, "max_fails=0 for each server",
                            "upstream %s has %u of %u servers without "
                            "max_fails=0: healthy ones that wait for one that "
                            "hangs count as failed", name, block->fails,
                            block->servers);
    }
}


/* as ngx_parse_time() reads it, without months and years: a sum of parts */

static long
cricket_check_nginx_msec(const char *text)
{
    long          n, total;
    size_t        i, len;

    static const struct {
        const char  *unit;
        long         msec;
    } units[] = {
        { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 },
        { "d", 86400000 }, { "w", 604800000 }
    };

    total = 0;

    while (*text) {

        for (n = 0; *text >= '0' && *text <= '9' && n < 100000000; text++) {
            n = n * 10 + (*text - '0');
        }

        len = strspn(text, "mshdw");

        if (len == 0 && *text != '\0' && *text != ' ') {
            break;
        }

        for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {

            if (strlen(units[i].unit) == len
                && strncmp(text, units[i].unit, len) == 0)
            {
                break;
            }
        }

        total += n * (len && i < sizeof(units) / sizeof(units[0])
                      ? units[i].msec : 1000);

        text += len;
        text += strspn(text, " ");
    }

    return total;
}


/*
 * Those of the command line are to be the same as those of nginx, and without
 * a command line all that nginx has for this index are.
 */

static void
cricket_check_nginx_tags(cricket_check_t *check, const char *tags,
    unsigned *seen)
{
    int             n;
    const char     *words;
    cricket_buf_t   text;
    cricket_str_t   keys[CRICKET_INDEX_TAG_FIELDS];

    cricket_buf_init(&text, CRICKET_CHECK_MAX_SAID);

    /* what is first points into check->tags, which grows no more */

    n = cricket_check_nginx_keys(tags, keys,
                                 check->tags_known ? &text : &check->tags);

    if (!check->tags_known) {
        memcpy(check->tag_fields, keys, sizeof(keys));

        check->ntag_fields = n;
        check->tags_known = 1;

    } else if (!cricket_check_nginx_same(keys, n, check->tag_fields,
                                         check->ntag_fields))
    {
        words = check->init.cli->ntag_fields ? "other keys than --tag-fields"
                                             : "different keys";

        cricket_check_found(check, CRICKET_CHECK_WARNING, CRICKET_CHECK_NGINX,
                            NULL,
                            "name the same keys everywhere, and as "
                            "--tag-fields to cricket --init",
                            "cricket_tag_fields of locations with "
                            "cricket_index %s has %s", check->init.cli->index,
                            words);
    }

    *seen = 1;

    cricket_buf_free(&text);
}


/* returns how many; nginx -T has seen to it that they are keys */

static int
cricket_check_nginx_keys(const char *tags, cricket_str_t *keys,
    cricket_buf_t *text)
{
    int     n;
    size_t  len;
    char   *key;

    if (cricket_buf_reserve(text, strlen(tags) + 1) == NULL) {
        return 0;
    }

    key = (char *) text->data + text->len;

    cricket_buf_append(text, tags, strlen(tags) + 1);

    for (n = 0; n < CRICKET_INDEX_TAG_FIELDS; key += len) {

        key += strspn(key, " ");
        len = strcspn(key, " ");

        if (len == 0) {
            break;
        }

        keys[n].data = (unsigned char *) key;
        keys[n].len = len;

        /* Elasticsearch's replies are searched for each by its name */

        n += (cricket_index_tag(&keys[n], keys, n) == CRICKET_OK);
    }

    return n;
}


static int
cricket_check_nginx_same(const cricket_str_t *one, size_t n,
    const cricket_str_t *two, size_t m)
{
    size_t  i, k;

    if (n != m) {
        return 0;
    }

    for (i = 0; i < n; i++) {

        for (k = 0; k < m; k++) {

            if (one[i].len == two[k].len
                && memcmp(one[i].data, two[k].data, one[i].len) == 0)
            {
                break;
            }
        }

        if (k == m) {
            return 0;
        }
    }

    return 1;
}
