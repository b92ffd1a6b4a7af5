
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* What is wrong with the cluster: versions, settings, disks, clocks. */


#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/time.h>

#include "cricket_settings.h"
#include "cricket_check.h"


#define CRICKET_CHECK_MAX_TEXT  8192

/* seconds that clocks may be apart */
#define CRICKET_CHECK_APART     5
#define CRICKET_CHECK_FAR       60

/* bytes of a bulk, cricket_bulk_size */
#define CRICKET_CHECK_BULK      (5 * 1024 * 1024)

#define CRICKET_CHECK_CLUSTER                                                 \
    CRICKET_SETTINGS_CLUSTER ",*.cluster*disk*,*.cluster*allocation*enable,"  \
    "*.cluster*max_shards_per_node,*.http*max_content_length"


/* what settings say of full disks */

typedef struct {
    double                 share;       /* of a disk that may be full, or 0 */
    double                 least;       /* bytes that must be free, or 0 */
    double                 headroom;    /* more than that need not be, or 0 */
    unsigned               watched:1;
} cricket_check_flood_t;


static int cricket_check_version(cricket_check_t *check);
static void cricket_check_version_of(cricket_check_t *check,
    const char *number, int opensearch);
static int cricket_check_versions(cricket_check_t *check);
static int cricket_check_settings(cricket_check_t *check,
    cricket_check_flood_t *flood);
static void cricket_check_cluster(cricket_check_t *check,
    const cricket_reply_t *reply);
static void cricket_check_allocation(cricket_check_t *check,
    const cJSON *root);
static void cricket_check_flood(const cJSON *root,
    cricket_check_flood_t *flood);
static const char *cricket_check_setting(const cJSON *root, const char *name);
static double cricket_check_bytes(const char *text, double *share);
static int cricket_check_nodes(cricket_check_t *check,
    const cricket_check_flood_t *flood);
static void cricket_check_disk(cricket_check_t *check,
    const cricket_check_flood_t *flood, const cJSON *node, const char *name);
static void cricket_check_clock(cricket_check_t *check, const cJSON *node,
    const char *name, double before, double after);
static double cricket_check_now(void);


int
cricket_check_elastic(cricket_check_t *check)
{
    cricket_check_flood_t  flood;

    memset(&flood, 0, sizeof(cricket_check_flood_t));

    return (cricket_check_version(check) == CRICKET_ERROR
            || cricket_check_versions(check) == CRICKET_ERROR
            || cricket_check_settings(check, &flood) == CRICKET_ERROR
            || cricket_check_nodes(check, &flood) == CRICKET_ERROR)
           ? CRICKET_ERROR : CRICKET_OK;
}


static int
cricket_check_version(cricket_check_t *check)
{
    int               rc;
    const char       *number, *name;
    const cJSON      *version;
    cricket_reply_t   reply;

    rc = cricket_check_ask(check, &reply, "ask for the version",
                           "cluster privilege monitor", "/");

    if (rc != CRICKET_OK && rc != CRICKET_DONE) {
        return rc;
    }

    version = cricket_init_member(reply.json, "version");
    number = cJSON_GetStringValue(cricket_init_member(version, "number"));
    name = cJSON_GetStringValue(cricket_init_member(version, "distribution"));

    if (number) {
        cricket_check_version_of(check, number,
                                 name && strcmp(name, "opensearch") == 0);

    } else {
        cricket_check_found(check, CRICKET_CHECK_NOTE, CRICKET_CHECK_VERSION,
                            NULL, NULL, "the version is not known: %s does "
                            "not say it", reply.url);
    }

    cricket_reply_free(&reply);

    return CRICKET_OK;
}


static void
cricket_check_version_of(cricket_check_t *check, const char *number,
    int opensearch)
{
    int          rc;
    unsigned     major, minor;
    const char  *name, *fix, *words;

    name = opensearch ? "OpenSearch" : "Elasticsearch";

    fix = opensearch ? "take OpenSearch 2 or 3"
                     : "take Elasticsearch 7.17, 8 or 9";

    if (sscanf(number, "%u.%u", &major, &minor) != 2) {
        major = 0;
        minor = 0;
    }

    if (opensearch) {
        rc = (major < 2) ? -1 : (major > 3);

    } else {
        rc = (major < 7 || (major == 7 && minor < 17)) ? -1 : (major > 9);
    }

    if (rc == 0) {
        return;
    }

    words = (rc < 0) ? "older than Cricket is for"
                     : "newer than Cricket was tried with";

    cricket_check_found(check, CRICKET_CHECK_WARNING, CRICKET_CHECK_VERSION,
                        NULL, fix, "%s is %.*s, %s", name,
                        CRICKET_CHECK_WORD_LEN, number, words);
}


static int
cricket_check_versions(cricket_check_t *check)
{
    int               rc;
    const char       *version, *first;
    const cJSON      *node;
    cricket_reply_t   reply;

    rc = cricket_check_ask(check, &reply, "ask for the nodes",
                           "cluster privilege monitor",
                           "/_nodes/http?filter_path=nodes.*.version");

    if (rc != CRICKET_OK && rc != CRICKET_DONE) {
        return rc;
    }

    first = NULL;

    cJSON_ArrayForEach(node, cricket_init_member(reply.json, "nodes")) {
        version = cJSON_GetStringValue(cricket_init_member(node, "version"));

        if (version && first && strcmp(version, first) != 0) {
            cricket_check_found(check, CRICKET_CHECK_WARNING,
                                CRICKET_CHECK_VERSION, NULL,
                                "finish the upgrade: until then some "
                                "replicas find no node",
                                "nodes are of different versions, %.64s and "
                                "%.64s", first, version);
            break;
        }

        first = version ? version : first;
    }

    cricket_reply_free(&reply);

    return CRICKET_OK;
}


static int
cricket_check_settings(cricket_check_t *check, cricket_check_flood_t *flood)
{
    int               rc;
    const char       *text;
    cricket_reply_t   reply;

    rc = cricket_check_ask(check, &reply, "ask for the cluster's settings",
                           "cluster privilege monitor", "/%s",
                           CRICKET_CHECK_CLUSTER);

    if (rc != CRICKET_OK && rc != CRICKET_DONE) {
        return rc;
    }

    cricket_check_cluster(check, &reply);
    cricket_check_allocation(check, reply.json);
    cricket_check_flood(reply.json, flood);

    text = cricket_check_setting(reply.json, "cluster.max_shards_per_node");

    if (text && sscanf(text, "%u", &check->limit) != 1) {
        check->limit = 0;
    }

    cricket_reply_free(&reply);

    return CRICKET_OK;
}


static void
cricket_check_cluster(cricket_check_t *check, const cricket_reply_t *reply)
{
    double          bytes, share;
    const char     *text;
    unsigned char  *p, *end, *last;
    cricket_buf_t   why, notes;

    static const char  unset[] =
        "PUT /_cluster/settings, with null for it in transient and persistent";

    cricket_buf_init(&why, CRICKET_CHECK_MAX_TEXT);
    cricket_buf_init(&notes, CRICKET_CHECK_MAX_TEXT);

    cricket_settings_cluster(reply->body.data, reply->body.len, &why, &notes);

    if (why.len) {
        cricket_check_found(check, CRICKET_CHECK_ERROR, CRICKET_CHECK_BLOCKS,
                            NULL, unset, "%.*s", (int) why.len,
                            (char *) why.data);
    }

    last = notes.data + notes.len;

    for (p = notes.data; p < last; p = end + 1) {
        end = memchr(p, '\n', last - p);

        if (end == NULL) {
            break;
        }

        cricket_check_found(check, CRICKET_CHECK_WARNING,
                            CRICKET_CHECK_LIMITS, NULL, unset, "%.*s",
                            (int) (end - p), (char *) p);
    }

    check->found.failed |= (why.failed || notes.failed);

    cricket_buf_free(&why);
    cricket_buf_free(&notes);

    text = cricket_check_setting(reply->json, "http.max_content_length");
    bytes = text ? cricket_check_bytes(text, &share) : 0;

    if (bytes > 0 && bytes < CRICKET_CHECK_BULK) {
        cricket_check_found(check, CRICKET_CHECK_WARNING,
                            CRICKET_CHECK_LIMITS, NULL,
                            "take it out of elasticsearch.yml, or have "
                            "cricket_bulk_size below it",
                            "http.max_content_length is %.64s, less than a "
                            "bulk of cricket_bulk_size, 5m by default", text);
    }
}


static void
cricket_check_allocation(cricket_check_t *check, const cJSON *root)
{
    int          none;
    const char  *text;

    static const char  name[] = "cluster.routing.allocation.enable";

    text = cricket_check_setting(root, name);

    if (text == NULL || strcmp(text, "all") == 0) {
        return;
    }

    none = (strcmp(text, "none") == 0);

    cricket_check_found(check,
                        none ? CRICKET_CHECK_ERROR : CRICKET_CHECK_WARNING,
                        CRICKET_CHECK_SHARDS, NULL,
                        "PUT /_cluster/settings, with null for it in "
                        "transient and persistent",
                        "%s is %.64s: %s", name, text,
                        none ? "shards of a new index find no node"
                             : "replicas find no node");
}


static void
cricket_check_flood(const cJSON *root, cricket_check_flood_t *flood)
{
    double       share;
    const char  *text;

    static const char  prefix[] = "cluster.routing.allocation.disk.";
    char               name[sizeof(prefix) + 64];

    snprintf(name, sizeof(name), "%sthreshold_enabled", prefix);
    text = cricket_check_setting(root, name);

    flood->watched = (text == NULL || strcmp(text, "false") != 0);

    snprintf(name, sizeof(name), "%swatermark.flood_stage", prefix);
    text = cricket_check_setting(root, name);

    flood->least = text ? cricket_check_bytes(text, &flood->share) : 0;

    snprintf(name, sizeof(name), "%swatermark.flood_stage.max_headroom",
             prefix);
    text = cricket_check_setting(root, name);

    flood->headroom = text ? cricket_check_bytes(text, &share) : 0;
}


/* the level that decides, in the order in which they do */

static const char *
cricket_check_setting(const cJSON *root, const char *name)
{
    size_t        i;
    const char   *text;
    const cJSON  *level;

    static const char  *levels[] = { "transient", "persistent", "defaults" };

    for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        level = cricket_init_member(root, levels[i]);
        text = cJSON_GetStringValue(cricket_init_member(level, name));

        if (text) {
            return text;
        }
    }

    return NULL;
}


/*
 * Elasticsearch's "byte size units", or 0 with a share, "95%" or "0.95"; -1,
 * which is no limit, is 0.
 */

static double
cricket_check_bytes(const char *text, double *share)
{
    char    *end;
    double   value;
    size_t   i;

    static const struct {
        const char  *unit;
        double       bytes;
    } units[] = {
        { "b", 1 }, { "k", 1024.0 }, { "kb", 1024.0 },
        { "m", 1048576.0 }, { "mb", 1048576.0 },
        { "g", 1073741824.0 }, { "gb", 1073741824.0 },
        { "t", 1099511627776.0 }, { "tb", 1099511627776.0 },
        { "p", 1125899906842624.0 }, { "pb", 1125899906842624.0 }
    };

    *share = 0;

    value = strtod(text, &end);

    if (end == text || !(value >= 0 && value < 1e18)) {
        return 0;
    }

    if (strcmp(end, "%") == 0) {
        *share = value / 100;
        return 0;
    }

    if (*end == '\0') {
        *share = (value <= 1) ? value : 0;
        return 0;
    }

    for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {

        if (strcasecmp(end, units[i].unit) == 0) {
            return value * units[i].bytes;
        }
    }

    return 0;
}


static int
cricket_check_nodes(cricket_check_t *check,
    const cricket_check_flood_t *flood)
{
    int               rc;
    double            before, after;
    const char       *name;
    const cJSON      *node;
    cricket_reply_t   reply;

    before = cricket_check_now();

    rc = cricket_check_ask(check, &reply, "ask for the nodes' disks and clocks",
                           "cluster privilege monitor",
                           "/_nodes/stats/fs?filter_path=nodes.*.name,"
                           "nodes.*.timestamp,nodes.*.roles,"
                           "nodes.*.fs.total");

    if (rc != CRICKET_OK && rc != CRICKET_DONE) {
        return rc;
    }

    after = cricket_check_now();

    if (!flood->watched) {
        cricket_check_found(check, CRICKET_CHECK_NOTE, CRICKET_CHECK_DISK,
                            NULL, "set cluster.routing.allocation.disk."
                            "threshold_enabled to true",
                            "Elasticsearch does not watch its disks: it goes "
                            "on writing until one is full");
    }

    cJSON_ArrayForEach(node, cricket_init_member(reply.json, "nodes")) {
        name = cJSON_GetStringValue(cricket_init_member(node, "name"));
        name = name ? name : "?";

        cricket_check_disk(check, flood, node, name);
        cricket_check_clock(check, node, name, before, after);
    }

    cricket_reply_free(&reply);

    return CRICKET_OK;
}


/* near is twice what must be free, or five in a hundred more */

static void
cricket_check_disk(cricket_check_t *check, const cricket_check_flood_t *flood,
    const cJSON *node, const char *name)
{
    int           data;
    double        total, free, least, near;
    const cJSON  *item, *role;

    item = cricket_init_member(cricket_init_member(node, "fs"), "total");

    total = cJSON_GetNumberValue(cricket_init_member(item, "total_in_bytes"));
    free = cJSON_GetNumberValue(cricket_init_member(item,
                                                    "available_in_bytes"));

    item = cricket_init_member(node, "roles");
    data = !cJSON_IsArray(item);

    cJSON_ArrayForEach(role, item) {
        data |= (cJSON_IsString(role)
                 && strncmp(role->valuestring, "data", 4) == 0);
    }

    /* what is no number is not a number */

    if (!data || !(total > 0) || !(free >= 0)) {
        return;
    }

    least = flood->share > 0 ? total * (1 - flood->share) : flood->least;

    if (flood->share > 0 && flood->headroom > 0 && least > flood->headroom) {
        least = flood->headroom;
    }

    near = 2 * least < least + total / 20 ? 2 * least : least + total / 20;

    if (free <= least) {
        cricket_check_found(check, flood->watched ? CRICKET_CHECK_ERROR
                                                  : CRICKET_CHECK_WARNING,
                            CRICKET_CHECK_DISK, NULL,
                            "make room: a larger disk, another node, or drop "
                            "what nobody needs",
                            "the disk of node %.64s is past the flood stage, "
                            "%.1f %% full: %s", name,
                            100 * (1 - free / total),
                            flood->watched
                            ? "its indices are blocked, nothing is stored"
                            : "soon nothing is stored");

    } else if (free <= near) {
        cricket_check_found(check, CRICKET_CHECK_WARNING, CRICKET_CHECK_DISK,
                            NULL,
                            "make room: a larger disk, another node, or drop "
                            "what nobody needs",
                            "the disk of node %.64s is %.1f %% full, near the "
                            "flood stage of %.1f %%", name,
                            100 * (1 - free / total),
                            100 * (1 - least / total));
    }
}


static void
cricket_check_clock(cricket_check_t *check, const cJSON *node,
    const char *name, double before, double after)
{
    double  at, apart;

    at = cJSON_GetNumberValue(cricket_init_member(node, "timestamp"));

    /* the node looked at its clock between the two */

    apart = (at < before) ? at - before : (at > after) ? at - after : 0;
    apart /= 1000;

    if (!(apart >= CRICKET_CHECK_APART || apart <= -CRICKET_CHECK_APART)) {
        return;
    }

    cricket_check_found(check,
                        (apart >= CRICKET_CHECK_FAR
                         || apart <= -CRICKET_CHECK_FAR)
                        ? CRICKET_CHECK_ERROR : CRICKET_CHECK_WARNING,
                        CRICKET_CHECK_CLOCK, NULL,
                        "let NTP set both, as with chrony",
                        "the clock of node %.64s is %.0f seconds %s that of "
                        "this machine", name, apart < 0 ? -apart : apart,
                        apart < 0 ? "behind" : "ahead of");
}


/* in milliseconds since the epoch */

static double
cricket_check_now(void)
{
    struct timeval  now;

    (void) gettimeofday(&now, NULL);

    return (double) now.tv_sec * 1000 + now.tv_usec / 1000;
}
