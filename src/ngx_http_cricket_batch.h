
/*
 * Copyright (C) Cricket authors
 */


#ifndef _NGX_HTTP_CRICKET_BATCH_H_INCLUDED_
#define _NGX_HTTP_CRICKET_BATCH_H_INCLUDED_


#include "cricket_bulk.h"
#include "ngx_http_cricket_elasticsearch.h"


/*
 * Group commit.  A write is what one POST wants stored.  It parks in a lane of
 * its target; a batch takes what is parked to Elasticsearch in one _bulk and
 * brings each write its own verdicts.  A lane has at most "cricket_bulks"
 * batches in flight, so batches grow with the load and wait for no timer.
 */


/* bulk lines too large to copy, shared by their write and its batches */

typedef struct {
    ngx_uint_t                     refs;
    cricket_buf_t                  lines;
} ngx_http_cricket_payload_t;


typedef enum {
    NGX_HTTP_CRICKET_PARKED = 0,    /* waits for a batch */
    NGX_HTTP_CRICKET_IN_FLIGHT,     /* rides one */
    NGX_HTTP_CRICKET_BACKING_OFF,   /* waits for its time to park again */
    NGX_HTTP_CRICKET_SETTLED        /* is no more of our concern */
} ngx_http_cricket_write_e;


typedef struct ngx_http_cricket_batch_s  ngx_http_cricket_batch_t;

typedef void (*ngx_http_cricket_settle_pt)(ngx_http_cricket_write_t *w);
typedef void (*ngx_http_cricket_refuse_pt)(ngx_http_cricket_write_t *w,
    ngx_uint_t index, const cricket_item_t *item);


struct ngx_http_cricket_write_s {

    /* set by the caller, all else zero */

    ngx_http_request_t            *request;
    ngx_http_cricket_target_t     *target;

    u_char                        *lines;       /* of the pending items */
    size_t                         size;
    ngx_uint_t                     n;
    uint32_t                      *index;       /* in the body; NULL: 0 to n */
    ngx_http_cricket_payload_t    *payload;     /* has the lines; or NULL */

    /*
     * settle() is told the end, in "stored" and "error", from an event; it may
     * finalize the request.  refuse() is told of each item that Elasticsearch
     * does not take, before that.
     */
    ngx_http_cricket_settle_pt     settle;
    ngx_http_cricket_refuse_pt     refuse;

    unsigned                       ids:1;       /* all items have ids of ours */
    unsigned                       wait:1;      /* refresh=wait_for */

    /* for settle() */

    ngx_uint_t                     stored;
    const char                    *error;       /* of a 503, or NULL */
    ngx_uint_t                     batch_size;  /* of the last batch */

    unsigned                       unknown:1;   /* some may be stored */

    /* private */

    ngx_http_cricket_write_e       state;
    ngx_queue_t                    queue;       /* the lane's */
    ngx_queue_t                    order;       /* by deadline, the target's */
    ngx_msec_t                     deadline;
    ngx_http_cricket_batch_t      *batch;
    ngx_uint_t                     seat;        /* in it */
    ngx_uint_t                     tries;
    ngx_event_t                   *backoff;
};


typedef struct {
    ngx_queue_t                    parked;
    ngx_uint_t                     in_flight;
} ngx_http_cricket_lane_t;


/* those who ask for refresh=wait_for must not slow down those who don't */

#define NGX_HTTP_CRICKET_LANE      0
#define NGX_HTTP_CRICKET_LANE_WAIT 1
#define NGX_HTTP_CRICKET_LANES     2


/* the state of a worker for one place to write to */

struct ngx_http_cricket_target_s {
    ngx_http_cricket_loc_conf_t   *conf;

    ngx_http_cricket_lane_t        lanes[NGX_HTTP_CRICKET_LANES];

    ngx_queue_t                    order;
    ngx_event_t                    deadline;
    ngx_event_t                    dispatch;

    size_t                         size;        /* of all writes here */
    ngx_uint_t                     requests;

    size_t                         bulk_size;   /* less after a 413 */

    uint32_t                       id_counter;
    u_char                         id_random[5];
};


/* prepares a worker's targets; called once a worker */
ngx_int_t ngx_http_cricket_batch_init_worker(ngx_cycle_t *cycle,
    ngx_http_cricket_main_conf_t *cmcf);

/*
 * Hands over a write; the request must be held.  Returns NGX_OK: settle() will
 * be called unless the request ends before; NGX_DECLINED: the queue is full;
 * or NGX_ERROR.
 */
ngx_int_t ngx_http_cricket_batch_add(ngx_http_cricket_write_t *w);

/* a reference less; the last frees the payload */
void ngx_http_cricket_payload_free(ngx_http_cricket_payload_t *payload);


#endif /* _NGX_HTTP_CRICKET_BATCH_H_INCLUDED_ */
