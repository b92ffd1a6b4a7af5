
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Which index, or partitions, a location has, and what is in them. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "cricket_index.h"
#include "ngx_http_cricket_conf_index.h"
#include "ngx_http_cricket_conf_text.h"


/* instants before that are in "-past" */
#define NGX_HTTP_CRICKET_INDEX_AGE  (10 * 365 * 86400)


char *
ngx_http_cricket_conf_index(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_cricket_loc_conf_t *ccf = conf;

    ngx_str_t      *value;
    const char     *err;
    cricket_str_t   text;

    if (ccf->partition) {
        return "is duplicate";
    }

    value = cf->args->elts;

    text.data = value[1].data;
    text.len = value[1].len;

    ccf->partition = ngx_palloc(cf->pool, sizeof(cricket_partition_t));
    if (ccf->partition == NULL) {
        return NGX_CONF_ERROR;
    }

    if (cricket_partition_parse(ccf->partition, &text, &err) != CRICKET_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is no name of an index: %s", &value[1],
                           err);
        return NGX_CONF_ERROR;
    }

    ccf->index = value[1];

    return NGX_CONF_OK;
}


/* a time as "10y", before now, or a date */

char *
ngx_http_cricket_conf_index_from(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_cricket_loc_conf_t *ccf = conf;

    time_t           age;
    ngx_str_t       *value;
    cricket_time_t   time;
    u_char           text[sizeof("2016-12-31T00:00:00Z") - 1];
    char             err[CRICKET_TIME_ERROR];

    if (ccf->index_age != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    value = cf->args->elts;

    age = ngx_parse_time(&value[1], 1);

    if (age != (time_t) NGX_ERROR && age != 0) {
        ccf->index_age = age;
        return NGX_CONF_OK;
    }

    if (value[1].len == sizeof("2016-12-31") - 1) {
        ngx_memcpy(text, value[1].data, value[1].len);
        ngx_memcpy(text + value[1].len, "T00:00:00Z", 10);

        if (cricket_time_parse(text, sizeof(text), &time, err) == CRICKET_OK) {
            ccf->index_from = time.sec;
            ccf->index_age = 0;
            return NGX_CONF_OK;
        }
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "\"%V\" is no time: expected one like 10y, or a date "
                       "like 2016-12-31", &value[1]);

    return NGX_CONF_ERROR;
}


char *
ngx_http_cricket_conf_index_tags(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_cricket_loc_conf_t *ccf = conf;

    ngx_str_t      *value;
    ngx_uint_t      i;
    ngx_array_t    *keys;
    cricket_str_t   key, *elt;

    if (ccf->tag_fields != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2
        && value[1].len == sizeof("off") - 1
        && ngx_strncmp(value[1].data, "off", sizeof("off") - 1) == 0)
    {
        ccf->tag_fields = NULL;
        return NGX_CONF_OK;
    }

    keys = ngx_array_create(cf->pool, cf->args->nelts, sizeof(cricket_str_t));
    if (keys == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 1; i < cf->args->nelts; i++) {
        key.data = value[i].data;
        key.len = value[i].len;

        if (keys->nelts == CRICKET_INDEX_TAG_FIELDS) {
            return "has too many keys";
        }

        if (cricket_index_tag(&key, keys->elts, keys->nelts) != CRICKET_OK) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\" cannot be the key of a tag with a "
                               "field: expected A-Z, a-z, 0-9, \"_\", \".\", "
                               "\"/\" and \"-\", none twice or a part of "
                               "another up to a dot", &value[i]);
            return NGX_CONF_ERROR;
        }

        elt = ngx_array_push(keys);
        if (elt == NULL) {
            return NGX_CONF_ERROR;
        }

        *elt = key;
    }

    ccf->tag_fields = keys;

    return NGX_CONF_OK;
}


ngx_int_t
ngx_http_cricket_conf_index_merge(ngx_conf_t *cf,
    ngx_http_cricket_loc_conf_t *prev, ngx_http_cricket_loc_conf_t *conf)
{
    const char  *err;

    static const cricket_str_t  metrics = cricket_string("metrics");

    if (conf->partition == NULL) {
        conf->index = prev->index;
        conf->partition = prev->partition;
    }

    if (conf->partition == NULL) {
        ngx_str_set(&conf->index, "metrics");

        conf->partition = ngx_palloc(cf->pool, sizeof(cricket_partition_t));
        if (conf->partition == NULL) {
            return NGX_ERROR;
        }

        (void) cricket_partition_parse(conf->partition, &metrics, &err);
    }

    if (conf->index_age == NGX_CONF_UNSET) {
        conf->index_age = prev->index_age;
        conf->index_from = prev->index_from;
    }

    if (conf->index_age == NGX_CONF_UNSET) {
        conf->index_age = NGX_HTTP_CRICKET_INDEX_AGE;
    }

    ngx_conf_merge_ptr_value(conf->tag_fields, prev->tag_fields, NULL);

    return NGX_OK;
}


ngx_uint_t
ngx_http_cricket_conf_index_same(ngx_http_cricket_loc_conf_t *one,
    ngx_http_cricket_loc_conf_t *two)
{
    /* an array is either inherited, and so the same, or another */

    return ngx_http_cricket_conf_text_same(&one->index, &two->index)
           && one->tag_fields == two->tag_fields;
}
