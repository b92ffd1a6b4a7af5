
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Shards: without a node, nearly full, and too many for the cluster. */


#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cricket_check.h"


/* documents of a shard, deleted ones too: Lucene's IndexWriter.MAX_DOCS */
#define CRICKET_CHECK_FULL      2147483519.0

#define CRICKET_CHECK_NEAR      0.80
#define CRICKET_CHECK_NEARLY    0.95

/* of a partition must be over, before it is told what it will have */
#define CRICKET_CHECK_ELAPSED   0.05

/* of the shards that a cluster may have */
#define CRICKET_CHECK_CROWDED   0.90


static int cricket_check_health(cricket_check_t *check);
static void cricket_check_health_of(cricket_check_t *check,
    const cJSON *index, unsigned nodes);
static int cricket_check_documents(cricket_check_t *check);
static void cricket_check_documents_of(cricket_check_t *check,
    const cJSON *index);
static void cricket_check_full(cricket_check_t *check, const cJSON *index,
    double most);
static int cricket_check_room(cricket_check_t *check);
static void cricket_check_crowded(cricket_check_t *check, const cJSON *health,
    unsigned limit);


int
cricket_check_shards(cricket_check_t *check)
{
    if (check->nnames
        && (cricket_check_health(check) == CRICKET_ERROR
            || cricket_check_documents(check) == CRICKET_ERROR))
    {
        return CRICKET_ERROR;
    }

    return cricket_check_room(check) == CRICKET_ERROR ? CRICKET_ERROR
                                                      : CRICKET_OK;
}


static int
cricket_check_health(cricket_check_t *check)
{
    int               rc;
    unsigned          nodes;
    const cJSON      *index;
    cricket_reply_t   reply;

    /* an alias that is not there would be waited for */

    rc = cricket_check_ask(check, &reply, "ask whether shards have nodes",
                           "cluster privilege monitor",
                           "/_cluster/health/%s?level=indices&timeout=0s"
                           "&filter_path=status,number_of_data_nodes,"
                           "indices.*.status,indices.*.unassigned_shards,"
                           "indices.*.number_of_replicas", check->init.all);

    if (rc != CRICKET_OK && rc != CRICKET_DONE) {
        return rc;
    }

    nodes = 0;

    (void) cricket_init_count(cricket_init_member(reply.json,
                                                  "number_of_data_nodes"),
                              &nodes);

    cJSON_ArrayForEach(index, cricket_init_member(reply.json, "indices")) {
        cricket_check_health_of(check, index, nodes);
    }

    cricket_reply_free(&reply);

    return CRICKET_OK;
}


static void
cricket_check_health_of(cricket_check_t *check, const cJSON *index,
    unsigned nodes)
{
    char         fix[CRICKET_CHECK_WORD_LEN];
    unsigned     unassigned, replicas;
    const char  *status;

    unassigned = 0;
    replicas = 0;

    (void) cricket_init_count(cricket_init_member(index, "unassigned_shards"),
                              &unassigned);
    (void) cricket_init_count(cricket_init_member(index,
                                                  "number_of_replicas"),
                              &replicas);

    status = cJSON_GetStringValue(cricket_init_member(index, "status"));

    if (status && strcmp(status, "red") == 0) {
        cricket_check_found(check, CRICKET_CHECK_ERROR, CRICKET_CHECK_HEALTH,
                            index->string,
                            "start the node that has it; GET "
                            "/_cluster/allocation/explain says more",
                            "a shard is on no node: its datapoints are not "
                            "read, and none is stored");
        return;
    }

    if (unassigned && nodes && replicas >= nodes) {
        snprintf(fix, sizeof(fix), "cricket --init --replicas %u, or more "
                                   "nodes", nodes - 1);

        cricket_check_found(check, CRICKET_CHECK_WARNING,
                            CRICKET_CHECK_REPLICAS, index->string, fix,
                            "%u replica%s of a shard, and %u node%s: not all "
                            "can be placed", replicas,
                            replicas == 1 ? "" : "s", nodes,
                            nodes == 1 ? "" : "s");

    } else if (unassigned) {
        cricket_check_found(check, CRICKET_CHECK_WARNING,
                            CRICKET_CHECK_REPLICAS, index->string,
                            "GET /_cluster/allocation/explain says why; "
                            "--replicas of cricket --init changes how many "
                            "there are to be",
                            "%u of its replicas %s on no node", unassigned,
                            unassigned == 1 ? "is" : "are");

    } else if (replicas == 0 && nodes > 1) {
        cricket_check_found(check, CRICKET_CHECK_NOTE,
                            CRICKET_CHECK_REPLICAS, index->string,
                            "cricket --init --replicas 1",
                            "it has no replicas: what is on a disk that "
                            "breaks is lost");
    }
}


static int
cricket_check_documents(cricket_check_t *check)
{
    int               rc;
    const cJSON      *index;
    cricket_reply_t   reply;

    rc = cricket_check_ask(check, &reply, "count the documents of shards",
                           "index privilege monitor",
                           "/%s/_stats/docs?level=shards"
                           "&ignore_unavailable=true"
                           "&filter_path=indices.*.shards.*.docs",
                           check->init.all);

    if (rc != CRICKET_OK && rc != CRICKET_DONE) {
        return rc;
    }

    cJSON_ArrayForEach(index, cricket_init_member(reply.json, "indices")) {
        cricket_check_documents_of(check, index);
    }

    cricket_reply_free(&reply);

    return CRICKET_OK;
}


static void
cricket_check_documents_of(cricket_check_t *check, const cJSON *index)
{
    double        count, deleted, most;
    const cJSON  *shard, *copy, *docs;

    most = 0;

    cJSON_ArrayForEach(shard, cricket_init_member(index, "shards")) {

        cJSON_ArrayForEach(copy, shard) {
            docs = cricket_init_member(copy, "docs");

            count = cJSON_GetNumberValue(cricket_init_member(docs, "count"));
            deleted = cJSON_GetNumberValue(cricket_init_member(docs,
                                                               "deleted"));

            /* what is no number is not a number, and not more */

            count += (deleted > 0) ? deleted : 0;
            most = (count > most) ? count : most;
        }
    }

    if (index->string) {
        cricket_check_full(check, index, most);
    }
}


static void
cricket_check_full(cricket_check_t *check, const cJSON *index, double most)
{
    int                        parts;
    double                     now, elapsed;
    cricket_str_t              name;
    cricket_check_level_e      level;
    cricket_partition_slot_t   slot;

    static const char  finer[] =
        "a finer partition unit, as %d behind %m, or cricket --init with "
        "more --shards, for the next ones";

    name.data = (unsigned char *) index->string;
    name.len = strlen(index->string);

    parts = (cricket_partition_range(&check->init.cli->partition, &name, &slot)
             == CRICKET_OK);

    now = (double) time(NULL);

    if (most >= CRICKET_CHECK_NEAR * CRICKET_CHECK_FULL) {
        level = (most >= CRICKET_CHECK_NEARLY * CRICKET_CHECK_FULL)
                ? CRICKET_CHECK_ERROR : CRICKET_CHECK_WARNING;

        if (parts && slot.next <= now) {
            level = CRICKET_CHECK_NOTE;
        }

        cricket_check_found(check, level, CRICKET_CHECK_DOCUMENTS,
                            index->string,
                            parts ? finer
                                  : "partitions, as --index metrics-%Y.%m, or "
                                    "another --index with more --shards",
                            "a shard has %.0f of the %.0f documents that it "
                            "can have (%d %%)", most, CRICKET_CHECK_FULL,
                            (int) (100 * most / CRICKET_CHECK_FULL));
        return;
    }

    if (!parts || slot.start > now || slot.next <= now) {
        return;
    }

    elapsed = (now - slot.start) / (slot.next - slot.start);

    if (elapsed >= CRICKET_CHECK_ELAPSED
        && most / elapsed > CRICKET_CHECK_FULL)
    {
        cricket_check_found(check, CRICKET_CHECK_WARNING,
                            CRICKET_CHECK_DOCUMENTS, index->string, finer,
                            "a shard has %.0f documents after %d %% of its "
                            "time, and can have %.0f: it is full before its "
                            "end", most, (int) (100 * elapsed),
                            CRICKET_CHECK_FULL);
    }
}


static int
cricket_check_room(cricket_check_t *check)
{
    int              rc;
    cricket_reply_t  reply;

    /* without the limit's number nothing is known */

    if (check->limit == 0) {
        return CRICKET_OK;
    }

    rc = cricket_check_ask(check, &reply, "count the shards of the cluster",
                           "cluster privilege monitor",
                           "/_cluster/health?timeout=0s&filter_path=status,"
                           "number_of_data_nodes,active_shards,"
                           "unassigned_shards,initializing_shards");

    if (rc != CRICKET_OK && rc != CRICKET_DONE) {
        return rc;
    }

    cricket_check_crowded(check, reply.json, check->limit);

    cricket_reply_free(&reply);

    return CRICKET_OK;
}


static void
cricket_check_crowded(cricket_check_t *check, const cJSON *health,
    unsigned limit)
{
    int       parts;
    size_t    i;
    double    shards, most, needed;
    unsigned  n, nodes;

    static const char  *names[] = {
        "active_shards", "unassigned_shards", "initializing_shards"
    };

    nodes = 0;
    shards = 0;

    (void) cricket_init_count(cricket_init_member(health,
                                                  "number_of_data_nodes"),
                              &nodes);

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        n = 0;
        (void) cricket_init_count(cricket_init_member(health, names[i]), &n);
        shards += n;
    }

    if (nodes == 0) {
        return;
    }

    parts = (check->init.cli->partition.unit != CRICKET_PARTITION_NONE);

    most = (double) limit * nodes;
    needed = check->shards * ((double) check->replicas + 1);

    if (shards + needed > most) {
        cricket_check_found(check, parts ? CRICKET_CHECK_ERROR
                                         : CRICKET_CHECK_WARNING,
                            CRICKET_CHECK_SHARDS, NULL,
                            "drop indices, or a larger "
                            "cluster.max_shards_per_node, or more nodes",
                            "the cluster has %.0f of the %.0f shards that "
                            "cluster.max_shards_per_node allows: no index of "
                            "%.0f can be made", shards, most, needed);

    } else if (shards > CRICKET_CHECK_CROWDED * most) {
        cricket_check_found(check, CRICKET_CHECK_WARNING,
                            CRICKET_CHECK_SHARDS, NULL,
                            "drop indices, or a larger "
                            "cluster.max_shards_per_node, or more nodes",
                            "the cluster has %.0f of the %.0f shards that "
                            "cluster.max_shards_per_node allows: soon no "
                            "index can be made", shards, most);
    }
}
