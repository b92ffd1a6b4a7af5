
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


#ifndef _NGX_HTTP_CRICKET_WRITE_H_INCLUDED_
#define _NGX_HTTP_CRICKET_WRITE_H_INCLUDED_


#include "cricket_bulk.h"
#include "ngx_http_cricket_count.h"
#include "ngx_http_cricket_limit.h"
#include "ngx_http_cricket_node.h"


/*
 * Group commit.  A write is what one POST wants stored.  It parks in a lane of
 * its target; a batch takes what is parked to Elasticsearch in one _bulk, and
 * the verdicts on its items settle the writes or let them park again.  A lane
 * has at most "cricket_bulks" batches in flight, so batches grow with the load
 * and wait for no timer; twice as many, if nodes hold them up.
 */


/* Elasticsearch waits at least so long for a shard, in milliseconds */
#define NGX_HTTP_CRICKET_WAIT_MIN  100


/* bulk lines too large to copy, shared by their write and its batches */

typedef struct {
    ngx_uint_t                     refs;
    cricket_buf_t                  lines;
} ngx_http_cricket_payload_t;


/*
 *     PARKED --batch--> IN_FLIGHT --stored, refused--> SETTLED
 *       ^ ^                 | |
 *       | +--413, unsent----+ +--again--> BACKING_OFF
 *       +------------ its time ---------------+
 *
 * and from each to SETTLED by the deadline, or if the client is gone.
 */

typedef enum {
    NGX_HTTP_CRICKET_SETTLED = 0,   /* is not yet, or no more, our concern */
    NGX_HTTP_CRICKET_PARKED,        /* waits for a batch */
    NGX_HTTP_CRICKET_IN_FLIGHT,     /* rides one */
    NGX_HTTP_CRICKET_BACKING_OFF    /* waits for its time to park again */
} ngx_http_cricket_write_e;


/*
 * The lanes: those who ask for refresh=wait_for must not slow down those who
 * do not; and what such a write finds stored by an earlier try is seen only
 * after a refresh of its own.  Those whose partition is not there wait in the
 * last one until it is made, while the others go on.
 */

#define NGX_HTTP_CRICKET_LANE          0
#define NGX_HTTP_CRICKET_LANE_WAIT     1
#define NGX_HTTP_CRICKET_LANE_REFRESH  2
#define NGX_HTTP_CRICKET_LANE_MAKE     3
#define NGX_HTTP_CRICKET_LANES         4


typedef struct ngx_http_cricket_batch_s     ngx_http_cricket_batch_t;
typedef struct ngx_http_cricket_conflict_s  ngx_http_cricket_conflict_t;


/* a write's place in a batch */

typedef struct {
    ngx_http_cricket_batch_t      *batch;
    ngx_http_cricket_write_t      *write;       /* NULL: it left */
    ngx_uint_t                     first;       /* item of the batch */
    ngx_uint_t                     n;
    size_t                         size;
    ngx_http_cricket_payload_t    *payload;
} ngx_http_cricket_seat_t;


typedef void (*ngx_http_cricket_settle_pt)(ngx_http_cricket_write_t *w);
typedef void (*ngx_http_cricket_refuse_pt)(ngx_http_cricket_write_t *w,
    ngx_uint_t index, const cricket_item_t *item);


struct ngx_http_cricket_write_s {

    /* set by the caller, all else zero */

    ngx_http_request_t            *request;
    ngx_http_cricket_target_t     *target;
    void                          *data;

    u_char                        *lines;       /* of the pending items */
    size_t                         size;
    ngx_uint_t                     n;
    ngx_uint_t                     base;        /* their places in the body */
    uint32_t                      *index;       /* or, if not in a row, these */
    ngx_http_cricket_payload_t    *payload;     /* has the lines; or NULL */

    /*
     * settle() is told the end, in "stored" and "error", from an event; it may
     * finalize the request.  refuse() is told of each item that Elasticsearch
     * does not take, before that.
     */
    ngx_http_cricket_settle_pt     settle;
    ngx_http_cricket_refuse_pt     refuse;

    ngx_uint_t                     lane;

    unsigned                       ids:1;       /* all items have ids of ours */
    unsigned                       keyed:1;     /* those of an Idempotency-Key,
                                                   perhaps stored long ago */
    unsigned                       merged:1;    /* those of the series and the
                                                   instant, keyed as well */

    /* for settle() */

    unsigned                       unknown:1;   /* some may be stored */
    unsigned                       blocked:1;   /* "since" is set */

    ngx_uint_t                     stored;
    ngx_uint_t                     existed;     /* of these, before */
    ngx_uint_t                     conflicts;   /* of these, with another
                                                   value than was sent */
    const char                    *error;       /* of a 503, or NULL; its text
                                                   may be gone later */
    ngx_uint_t                     batch_size;  /* of the last batch */

    /* private */

    ngx_http_cricket_write_e       state;
    ngx_uint_t                     home;        /* the lane before _MAKE */
    ngx_queue_t                    queue;       /* the lane's */
    ngx_queue_t                    order;       /* by deadline, the target's */
    ngx_msec_t                     deadline;
    ngx_msec_t                     since;       /* the index is blocked */
    ngx_http_cricket_seat_t       *seat;        /* while it is in flight */
    ngx_uint_t                     tries;
    ngx_event_t                   *backoff;
    ngx_http_cricket_conflict_t   *conflict;    /* what is compared, or NULL */
};


typedef struct {
    ngx_queue_t                    parked;
    ngx_queue_t                    batches;     /* in flight, oldest first */
    ngx_uint_t                     in_flight;
} ngx_http_cricket_lane_t;


/* the state of a worker for one place to write to */

struct ngx_http_cricket_target_s {
    ngx_http_cricket_loc_conf_t   *conf;
    ngx_http_cricket_count_t      *count;
    ngx_http_cricket_turns_t      *turns;

    ngx_http_cricket_lane_t        lanes[NGX_HTTP_CRICKET_LANES];

    ngx_queue_t                    order;
    ngx_event_t                    deadline;
    ngx_event_t                    dispatch;    /* its timer is a pause */
    ngx_event_t                    held;        /* when batches will be */

    ngx_uint_t                     pauses;      /* in a row */
    ngx_http_cricket_node_t        node;

    size_t                         size;        /* of all writes here */
    ngx_uint_t                     requests;

    ngx_http_cricket_limit_t       limit;

    ngx_msec_t                     asked;       /* when it is refreshed */

    cricket_buf_t                  scratch;     /* for a body's lines */

    ngx_uint_t                     comparing;   /* requests, at this moment */

    uint32_t                       id_counter;
    u_char                         id_random[8];

    ngx_uint_t                     place;       /* cricket_index_place_e */
    ngx_uint_t                     ask;         /* before it is known; 0: all */

    cricket_buf_t                  missing;     /* names of partitions, each
                                                   with a zero behind it */
    cricket_buf_t                  template;    /* to make them of */

    unsigned                       known:1;     /* there is an index */
    unsigned                       single:1;    /* of one shard, or each */
    unsigned                       timed:1;     /* "asked" is set */
    unsigned                       late:1;      /* no refresh comes in time */
};


/* parks a write, at the front if it has been under way already */
void ngx_http_cricket_write_park(ngx_http_cricket_write_t *w,
    ngx_uint_t front);

/* gives a parked write its place in a batch */
void ngx_http_cricket_write_ride(ngx_http_cricket_write_t *w,
    ngx_http_cricket_seat_t *seat);

/*
 * Takes a write out of its batch and tries it again, the first time at once
 * and then after pauses, or settles it with the error if its deadline is
 * nearer.
 */
void ngx_http_cricket_write_again(ngx_http_cricket_write_t *w,
    ngx_http_cricket_retry_e reason, const char *error);

/* less of a write's lines are left to be stored */
void ngx_http_cricket_write_shrink(ngx_http_cricket_write_t *w, size_t size);

/* takes a write out of wherever it is, silently */
void ngx_http_cricket_write_leave(ngx_http_cricket_write_t *w);

/* the same, and lets the client be answered */
void ngx_http_cricket_write_settle(ngx_http_cricket_write_t *w,
    const char *error);

/* the pause after n others, in milliseconds, with jitter and of at most max */
ngx_msec_t ngx_http_cricket_write_pause(ngx_uint_t n, ngx_msec_t max);

/* lets a client that closes its connection end its request, which is held */
void ngx_http_cricket_write_watch(ngx_http_request_t *r);

/* a reference less; the last frees the payload */
void ngx_http_cricket_write_payload_free(ngx_http_cricket_payload_t *payload);


#endif /* _NGX_HTTP_CRICKET_WRITE_H_INCLUDED_ */
