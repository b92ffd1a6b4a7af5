
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* Credentials for Elasticsearch from a file, read with the configuration. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "cricket_credentials.h"
#include "ngx_http_cricket_conf_password.h"
#include "ngx_http_cricket_conf_text.h"


static ngx_int_t ngx_http_cricket_conf_password_read(ngx_conf_t *cf,
    ngx_str_t *file, u_char *buf, size_t *len);
static ngx_int_t ngx_http_cricket_conf_password_open(ngx_conf_t *cf,
    ngx_str_t *file, ngx_fd_t fd, u_char *buf, size_t *len);
static ngx_int_t ngx_http_cricket_conf_password_parse(ngx_conf_t *cf,
    ngx_str_t *file, ngx_str_t *password, u_char *buf, size_t len);
static void ngx_http_cricket_conf_password_cleanup(void *data);


char *
ngx_http_cricket_conf_password(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_cricket_loc_conf_t *ccf = conf;

    size_t      len;
    u_char      buf[CRICKET_CREDENTIALS_FILE + 1];
    ngx_int_t   rc;
    ngx_str_t  *value;

    if (ccf->password.data) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        ngx_str_set(&ccf->password, "");
        return NGX_CONF_OK;
    }

    if (ngx_http_cricket_conf_text_variable(&value[1])) {
        return "takes no variables: the file is read with the configuration; "
               "write its name itself";
    }

    if (ngx_conf_full_name(cf->cycle, &value[1], 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    len = 0;

    rc = ngx_http_cricket_conf_password_read(cf, &value[1], buf, &len);

    if (rc == NGX_OK) {
        rc = ngx_http_cricket_conf_password_parse(cf, &value[1],
                                                  &ccf->password, buf, len);
    }

    cricket_credentials_wipe(buf, sizeof(buf));

    return (rc == NGX_OK) ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/* reads a byte more than a file may have, if it has that */

static ngx_int_t
ngx_http_cricket_conf_password_read(ngx_conf_t *cf, ngx_str_t *file,
    u_char *buf, size_t *len)
{
    ngx_fd_t   fd;
    ngx_int_t  rc;

    /* not to wait for who writes to a pipe */

    fd = ngx_open_file(file->data, NGX_FILE_RDONLY|NGX_FILE_NONBLOCK,
                       NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_open_file_n " \"%V\" failed", file);
        return NGX_ERROR;
    }

    rc = ngx_http_cricket_conf_password_open(cf, file, fd, buf, len);

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_ALERT, cf, ngx_errno,
                           ngx_close_file_n " \"%V\" failed", file);
    }

    return rc;
}


static ngx_int_t
ngx_http_cricket_conf_password_open(ngx_conf_t *cf, ngx_str_t *file,
    ngx_fd_t fd, u_char *buf, size_t *len)
{
    ssize_t          n;
    ngx_file_info_t  info;

    if (ngx_fd_info(fd, &info) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_fd_info_n " \"%V\" failed", file);
        return NGX_ERROR;
    }

    if (!ngx_is_file(&info)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"cricket_password_file\": \"%V\" is no ordinary "
                           "file", file);
        return NGX_ERROR;
    }

    if (ngx_file_access(&info) & (S_IROTH|S_IWOTH)) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "\"cricket_password_file\": all users can read or "
                           "write \"%V\": let only root, who starts nginx, "
                           "do so", file);
    }

    for (*len = 0; *len < CRICKET_CREDENTIALS_FILE + 1; *len += n) {

        n = ngx_read_fd(fd, buf + *len, CRICKET_CREDENTIALS_FILE + 1 - *len);

        if (n == -1) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                               ngx_read_fd_n " \"%V\" failed", file);
            return NGX_ERROR;
        }

        if (n == 0) {
            break;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_cricket_conf_password_parse(ngx_conf_t *cf, ngx_str_t *file,
    ngx_str_t *password, u_char *buf, size_t len)
{
    size_t       n;
    u_char       value[CRICKET_CREDENTIALS_LEN];
    ngx_int_t    rc;
    const char  *err;

    rc = NGX_ERROR;

    if (cricket_credentials_parse(buf, len, value, &n, &err) != CRICKET_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"cricket_password_file\": \"%V\" %s", file, err);

    } else {
        password->data = ngx_pnalloc(cf->pool, n);

        if (password->data) {
            ngx_memcpy(password->data, value, n);
            password->len = n;

            rc = ngx_http_cricket_conf_password_wipe(cf, password);
        }
    }

    cricket_credentials_wipe(value, sizeof(value));

    return rc;
}


ngx_int_t
ngx_http_cricket_conf_password_wipe(ngx_conf_t *cf, ngx_str_t *text)
{
    ngx_str_t           *wiped;
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(cf->pool, sizeof(ngx_str_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    wiped = cln->data;
    *wiped = *text;

    cln->handler = ngx_http_cricket_conf_password_cleanup;

    return NGX_OK;
}


static void
ngx_http_cricket_conf_password_cleanup(void *data)
{
    ngx_str_t  *text = data;

    cricket_credentials_wipe(text->data, text->len);
}
