
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The parameters of every route. */


#include <stddef.h>

#include "cricket_params_table.h"


/*
 * Every parameter there is.  A new one is a row here and a field of
 * cricket_query_t, which cricket_search.c makes a part of the search.
 */

const cricket_query_param_t  cricket_params_table[] = {

    { cricket_string("name"), cricket_params_text,
      offsetof(cricket_query_t, name), CRICKET_NAME_LEN,
      CRICKET_ON_NAMED, CRICKET_ON_STATS | CRICKET_ON_LAST, 0, 0, 0 },

    { cricket_string("name~"), cricket_params_pattern,
      offsetof(cricket_query_t, name_like), CRICKET_NAME_LEN,
      CRICKET_ON_FILTERS, 0, 0, 0, 0 },

    { cricket_string("timestamp"), cricket_params_time,
      offsetof(cricket_query_t, timestamp), 0,
      CRICKET_ON_METRICS, 0, 0, 0, 0 },

    { cricket_string("type"), cricket_params_text,
      offsetof(cricket_query_t, type), CRICKET_TYPE_LEN,
      CRICKET_ON_FILTERS, 0, 0, 0, 0 },

    { cricket_string("tag."), cricket_params_tag,
      0, CRICKET_TAG_VALUE_LEN,
      CRICKET_ON_FILTERS, 0, 1, 0, 0 },

    { cricket_string("start"), cricket_params_time,
      offsetof(cricket_query_t, start), 0,
      CRICKET_ON_FILTERS, CRICKET_ON_STATS, 0, 0, 0 },

    { cricket_string("end"), cricket_params_time,
      offsetof(cricket_query_t, end), 0,
      CRICKET_ON_FILTERS, CRICKET_ON_STATS, 0, 0, 0 },

    { cricket_string("before"), cricket_params_time,
      offsetof(cricket_query_t, before), 0,
      CRICKET_ON_FILTERS, 0, 0, 0, 0 },

    { cricket_string("tz"), cricket_params_zone,
      0, CRICKET_ZONE_LEN,
      CRICKET_ON_FILTERS, 0, 0, 0, 0 },

    { cricket_string("key"), cricket_params_key,
      offsetof(cricket_query_t, key), CRICKET_TAG_KEY_LEN,
      CRICKET_ON_TAGS, 0, 0, 0, 0 },

    { cricket_string("prefix"), cricket_params_text,
      offsetof(cricket_query_t, prefix), CRICKET_NAME_LEN,
      CRICKET_ON_NAMES | CRICKET_ON_TAGS, 0, 0, 0, 0 },

    { cricket_string("detail"), cricket_params_detail,
      0, 0,
      CRICKET_ON_NAMES, 0, 0, 1, 0 },

    { cricket_string("interval"), cricket_params_interval,
      offsetof(cricket_query_t, interval), 0,
      CRICKET_ON_STATS, 0, 0, 0, 0 },

    { cricket_string("points"), cricket_params_points,
      0, 0,
      CRICKET_ON_STATS, 0, 0, 0, 0 },

    { cricket_string("fill"), cricket_params_fill,
      0, 0,
      CRICKET_ON_STATS, 0, 0, 0, 0 },

    { cricket_string("group_by"), cricket_params_keys,
      0, 0,
      CRICKET_ON_STATS, 0, 0, 0, 0 },

    { cricket_string("top"), cricket_params_top,
      0, 0,
      CRICKET_ON_STATS, 0, 0, 0, 0 },

    { cricket_string("bottom"), cricket_params_bottom,
      0, 0,
      CRICKET_ON_STATS, 0, 0, 0, 0 },

    { cricket_string("rank"), cricket_params_rank,
      0, 0,
      CRICKET_ON_STATS, 0, 0, 0, 0 },

    { cricket_string("percentiles"), cricket_params_percentiles,
      0, 0,
      CRICKET_ON_STATS, 0, 0, 0, 0 },

    { cricket_string("rate"), cricket_params_rate,
      0, 0,
      CRICKET_ON_STATS, 0, 0, 0, 0 },

    { cricket_string("per"), cricket_params_text,
      offsetof(cricket_query_t, per), CRICKET_NAME_LEN,
      CRICKET_ON_STATS, 0, 0, 0, 0 },

    { cricket_string("histogram"), cricket_params_histogram,
      0, 0,
      CRICKET_ON_STATS, 0, 0, 0, 0 },

    { cricket_string("below"), cricket_params_below,
      0, 0,
      CRICKET_ON_STATS, 0, 0, 0, 0 },

    { cricket_string("order"), cricket_params_order,
      0, 0,
      CRICKET_ON_METRICS, 0, 0, 0, 0 },

    { cricket_string("order"), cricket_params_values_order,
      0, 0,
      CRICKET_ON_TAGS, 0, 0, 0, 0 },

    { cricket_string("limit"), cricket_params_limit,
      0, 0,
      CRICKET_ON_PAGES, 0, 0, 1, 0 },

    { cricket_string("cursor"), cricket_params_text,
      offsetof(cricket_query_t, cursor), CRICKET_QUERY_CURSOR * 2,
      CRICKET_ON_PAGES, 0, 0, 1, 0 },

    { cricket_string("format"), cricket_params_format,
      0, 0,
      CRICKET_ON_METRICS | CRICKET_ON_LAST, 0, 0, 1, 0 },

    { cricket_string("format"), cricket_params_export_format,
      0, 0,
      CRICKET_ON_EXPORT, 0, 0, 1, 0 },

    { cricket_string("format"), cricket_params_table_format,
      0, 0,
      CRICKET_ON_STATS | CRICKET_ON_NAMES | CRICKET_ON_TAGS, 0, 0, 1, 0 },

    { cricket_string("accept_partial"), cricket_params_partial,
      0, 0,
      CRICKET_ON_POST, 0, 0, 1, 0 },

    { cricket_string("refresh"), cricket_params_wait,
      0, 0,
      CRICKET_ON_WRITES, 0, 0, 1, 0 },

    /* InfluxDB's: where to, and who, are nginx's concern */

    { cricket_string("db"), cricket_params_taken,
      0, 0,
      CRICKET_ON_INFLUX | CRICKET_ON_ASK, 0, 0, 1, 0 },

    { cricket_string("rp"), cricket_params_taken,
      0, 0,
      CRICKET_ON_INFLUX | CRICKET_ON_ASK, 0, 0, 1, 0 },

    { cricket_string("u"), cricket_params_taken,
      0, 0,
      CRICKET_ON_ACCOUNTS, 0, 0, 1, 0 },

    { cricket_string("p"), cricket_params_taken,
      0, 0,
      CRICKET_ON_ACCOUNTS, 0, 0, 1, 0 },

    { cricket_string("consistency"), cricket_params_taken,
      0, 0,
      CRICKET_ON_INFLUX, 0, 0, 1, 0 },

    { cricket_string("org"), cricket_params_taken,
      0, 0,
      CRICKET_ON_INFLUX_V2, 0, 0, 1, 0 },

    { cricket_string("orgID"), cricket_params_taken,
      0, 0,
      CRICKET_ON_INFLUX_V2, 0, 0, 1, 0 },

    { cricket_string("bucket"), cricket_params_taken,
      0, 0,
      CRICKET_ON_INFLUX_V2, 0, 0, 1, 0 },

    { cricket_string("precision"), cricket_params_precision,
      0, 0,
      CRICKET_ON_INFLUX | CRICKET_ON_INFLUX_V2, 0, 0, 1, 0 },

    { cricket_string("q"), cricket_params_text,
      offsetof(cricket_query_t, statement), 0,
      CRICKET_ON_ASK, 0, 0, 1, 0 },

    { cricket_string("epoch"), cricket_params_taken,
      0, 0,
      CRICKET_ON_ASK, 0, 0, 1, 0 },

    { cricket_string("pretty"), cricket_params_taken,
      0, 0,
      CRICKET_ON_ASK, 0, 0, 1, 0 },

    { cricket_string("chunked"), cricket_params_taken,
      0, 0,
      CRICKET_ON_ASK, 0, 0, 1, 0 },

    { cricket_string("chunk_size"), cricket_params_taken,
      0, 0,
      CRICKET_ON_ASK, 0, 0, 1, 0 },

    { cricket_string("params"), cricket_params_taken,
      0, 0,
      CRICKET_ON_ASK, 0, 0, 1, 0 },

    { cricket_string("verbose"), cricket_params_taken,
      0, 0,
      CRICKET_ON_PING, 0, 0, 1, 0 },

    { cricket_string("wait_for_leader"), cricket_params_taken,
      0, 0,
      CRICKET_ON_PING, 0, 0, 1, 0 },

    /* OpenTSDB's: a datapoint is always on disk when it is answered */

    { cricket_string("summary"), cricket_params_summary,
      0, 0,
      CRICKET_ON_OPENTSDB, 0, 0, 1, 0 },

    { cricket_string("details"), cricket_params_details,
      0, 0,
      CRICKET_ON_OPENTSDB, 0, 0, 1, 0 },

    { cricket_string("sync"), cricket_params_taken,
      0, 0,
      CRICKET_ON_OPENTSDB, 0, 0, 1, 0 },

    { cricket_string("sync_timeout"), cricket_params_taken,
      0, 0,
      CRICKET_ON_OPENTSDB, 0, 0, 1, 0 },

    /* ... and what is asked of it: cricket_opentsdb_ask() reads the rest */

    { cricket_string("start"), cricket_params_taken,
      0, 0,
      CRICKET_ON_TSDB, 0, 0, 1, 0 },

    { cricket_string("end"), cricket_params_taken,
      0, 0,
      CRICKET_ON_TSDB, 0, 0, 1, 0 },

    { cricket_string("tz"), cricket_params_taken,
      0, 0,
      CRICKET_ON_TSDB, 0, 0, 1, 0 },

    { cricket_string("timezone"), cricket_params_taken,
      0, 0,
      CRICKET_ON_TSDB, 0, 0, 1, 0 },

    { cricket_string("m"), cricket_params_taken,
      0, 0,
      CRICKET_ON_TSDB, 0, 0, 1, 1 },

    { cricket_string("tsuid"), cricket_params_taken,
      0, 0,
      CRICKET_ON_TSDB, 0, 0, 1, 1 },

    { cricket_string("ms"), cricket_params_taken,
      0, 0,
      CRICKET_ON_TSDB, 0, 0, 1, 0 },

    { cricket_string("arrays"), cricket_params_taken,
      0, 0,
      CRICKET_ON_TSDB, 0, 0, 1, 0 },

    { cricket_string("show_tsuids"), cricket_params_taken,
      0, 0,
      CRICKET_ON_TSDB, 0, 0, 1, 0 },

    { cricket_string("show_query"), cricket_params_taken,
      0, 0,
      CRICKET_ON_TSDB, 0, 0, 1, 0 },

    { cricket_string("use_calendar"), cricket_params_taken,
      0, 0,
      CRICKET_ON_TSDB, 0, 0, 1, 0 },

    { cricket_string("no_annotations"), cricket_params_taken,
      0, 0,
      CRICKET_ON_TSDB, 0, 0, 1, 0 },

    { cricket_string("global_annotations"), cricket_params_taken,
      0, 0,
      CRICKET_ON_TSDB, 0, 0, 1, 0 },

    { cricket_string("show_summary"), cricket_params_taken,
      0, 0,
      CRICKET_ON_TSDB, 0, 0, 1, 0 },

    { cricket_string("show_stats"), cricket_params_taken,
      0, 0,
      CRICKET_ON_TSDB, 0, 0, 1, 0 },

    { cricket_string("padding"), cricket_params_taken,
      0, 0,
      CRICKET_ON_TSDB, 0, 0, 1, 0 },

    { cricket_string("delete"), cricket_params_taken,
      0, 0,
      CRICKET_ON_TSDB, 0, 0, 1, 0 },

    { cricket_string("type"), cricket_params_text,
      offsetof(cricket_query_t, statement), 0,
      CRICKET_ON_SUGGEST, 0, 0, 1, 0 },

    { cricket_string("q"), cricket_params_text,
      offsetof(cricket_query_t, prefix), CRICKET_NAME_LEN,
      CRICKET_ON_SUGGEST, 0, 0, 1, 0 },

    { cricket_string("max"), cricket_params_most,
      0, 0,
      CRICKET_ON_SUGGEST, 0, 0, 1, 0 },

    { cricket_string("m"), cricket_params_text,
      offsetof(cricket_query_t, statement), 0,
      CRICKET_ON_LOOKUP, 0, 0, 1, 0 },

    { cricket_string("limit"), cricket_params_most,
      0, 0,
      CRICKET_ON_LOOKUP, 0, 0, 1, 0 },

    { cricket_string("use_meta"), cricket_params_taken,
      0, 0,
      CRICKET_ON_LOOKUP, 0, 0, 1, 0 },

    { { 0, NULL }, NULL, 0, 0, 0, 0, 0, 0, 0 }
};
