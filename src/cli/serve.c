
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* cricket: becomes nginx in the foreground. */


#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cricket_cli.h"


#define CRICKET_SERVE_MODULE    "ngx_http_cricket_module.so"
#define CRICKET_SERVE_EXAMPLE   "nginx.conf.example"
#define CRICKET_SERVE_MAX_CONF  (1024 * 1024)
#define CRICKET_SERVE_MAX_ARGS  14


typedef struct {
    const cricket_cli_t   *cli;
    char                   here[PATH_MAX];      /* where this program is */
    char                   conf[PATH_MAX];
    char                   nginx[PATH_MAX];
    char                   module[PATH_MAX];    /* empty: nginx's own */
    char                   modules[PATH_MAX];   /* nginx's folder of it */
    char                   prefix[PATH_MAX];
    unsigned               dump:1;
} cricket_serve_t;


static cricket_exit_e cricket_serve_here(cricket_serve_t *serve);
static cricket_exit_e cricket_serve_conf(cricket_serve_t *serve);
static cricket_exit_e cricket_serve_nginx(cricket_serve_t *serve);
static cricket_exit_e cricket_serve_module(cricket_serve_t *serve);
static cricket_exit_e cricket_serve_prefix(cricket_serve_t *serve);
static cricket_exit_e cricket_serve_runtime(char *dst, const char *runtime);
static int cricket_serve_above(const char *dir);
static int cricket_serve_own(const struct stat *st);
static cricket_exit_e cricket_serve_folder(const char *dir);
static cricket_exit_e cricket_serve_links(cricket_serve_t *serve);
static cricket_exit_e cricket_serve_link(cricket_serve_t *serve,
    const char *module, const char *name);
static cricket_exit_e cricket_serve_exec(cricket_serve_t *serve);
static cricket_exit_e cricket_serve_file(char *dst, const char *option,
    const char *file, int mode);
static int cricket_serve_path(char *dst, const char *dir, const char *name);
static int cricket_serve_find(char *dst, const char *dir, const char *name,
    int mode);
static int cricket_serve_has(const char *text, const char *directive);
static cricket_exit_e cricket_serve_read(const char *file, cricket_buf_t *b);


cricket_exit_e
cricket_serve(const cricket_cli_t *cli)
{
    cricket_exit_e   code;
    cricket_serve_t  serve;

    memset(&serve, 0, sizeof(cricket_serve_t));

    serve.cli = cli;

    code = cricket_serve_here(&serve);

    if (code == CRICKET_EXIT_OK) {
        code = cricket_serve_nginx(&serve);
    }

    if (code == CRICKET_EXIT_OK) {
        code = cricket_serve_conf(&serve);
    }

    if (code == CRICKET_EXIT_OK) {
        code = cricket_serve_module(&serve);
    }

    if (code == CRICKET_EXIT_OK) {
        code = cricket_serve_prefix(&serve);
    }

    if (code == CRICKET_EXIT_OK) {
        code = cricket_output();
    }

    if (code == CRICKET_EXIT_OK) {
        code = cricket_serve_exec(&serve);
    }

    return code;
}


cricket_exit_e
cricket_serve_dump(const cricket_cli_t *cli)
{
    cricket_exit_e   code;
    cricket_serve_t  serve;

    memset(&serve, 0, sizeof(cricket_serve_t));

    serve.cli = cli;
    serve.dump = 1;

    code = cricket_serve_here(&serve);

    if (code == CRICKET_EXIT_OK) {
        code = cricket_serve_nginx(&serve);
    }

    if (code == CRICKET_EXIT_OK && cli->conf == NULL) {
        (void) execl(serve.nginx, serve.nginx, "-v", "-T", (char *) NULL);

        cricket_error("cannot start %s: %s", serve.nginx, strerror(errno));

        return CRICKET_EXIT_LOCAL;
    }

    if (code == CRICKET_EXIT_OK) {
        code = cricket_serve_conf(&serve);
    }

    if (code == CRICKET_EXIT_OK) {
        code = cricket_serve_module(&serve);
    }

    if (code == CRICKET_EXIT_OK) {
        code = cricket_serve_prefix(&serve);
    }

    if (code == CRICKET_EXIT_OK) {
        code = cricket_serve_exec(&serve);
    }

    return code;
}


static cricket_exit_e
cricket_serve_here(cricket_serve_t *serve)
{
    char     *slash;
    ssize_t   n;

    n = readlink("/proc/self/exe", serve->here, PATH_MAX - 1);

    if (n <= 0 || n == PATH_MAX - 1) {
        cricket_error("cannot find out where this program is");
        return CRICKET_EXIT_LOCAL;
    }

    serve->here[n] = '\0';

    slash = strrchr(serve->here, '/');
    if (slash) {
        *slash = '\0';
    }

    return CRICKET_EXIT_OK;
}


static cricket_exit_e
cricket_serve_conf(cricket_serve_t *serve)
{
    if (serve->cli->conf) {
        return cricket_serve_file(serve->conf, "conf", serve->cli->conf, R_OK);
    }

    if (cricket_serve_find(serve->conf, serve->here, CRICKET_SERVE_EXAMPLE,
                           R_OK)
        || cricket_serve_find(serve->conf, serve->here,
                              "../" CRICKET_SERVE_EXAMPLE, R_OK)
        || cricket_serve_find(serve->conf, serve->here,
                              "../share/cricket/" CRICKET_SERVE_EXAMPLE, R_OK)
        || cricket_serve_find(serve->conf, "/usr/share/cricket",
                              CRICKET_SERVE_EXAMPLE, R_OK))
    {
        return CRICKET_EXIT_OK;
    }

    cricket_error("no " CRICKET_SERVE_EXAMPLE " in %s, above it or in "
                  "/usr/share/cricket: give a configuration as --conf",
                  serve->here);

    return CRICKET_EXIT_LOCAL;
}


static cricket_exit_e
cricket_serve_nginx(cricket_serve_t *serve)
{
    char         dir[PATH_MAX];
    size_t       i, n;
    const char  *path, *end;

    /* Debian keeps it where the PATH of users does not look */

    static const char  *others[] = {
        "/usr/sbin", "/usr/local/sbin", "/usr/local/nginx/sbin"
    };

    if (serve->cli->nginx) {
        return cricket_serve_file(serve->nginx, "nginx", serve->cli->nginx,
                                  X_OK);
    }

    for (path = getenv("PATH"); path; path = *end ? end + 1 : NULL) {
        end = strchr(path, ':');

        if (end == NULL) {
            end = path + strlen(path);
        }

        n = end - path;

        if (n == 0 || n >= PATH_MAX || path[0] != '/') {
            continue;
        }

        memcpy(dir, path, n);
        dir[n] = '\0';

        if (cricket_serve_find(serve->nginx, dir, "nginx", X_OK)) {
            return CRICKET_EXIT_OK;
        }
    }

    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {

        if (cricket_serve_find(serve->nginx, others[i], "nginx", X_OK)) {
            return CRICKET_EXIT_OK;
        }
    }

    cricket_error("no nginx found: install it (apt install nginx), or "
                  "give its path as --nginx");

    return CRICKET_EXIT_LOCAL;
}


static cricket_exit_e
cricket_serve_module(cricket_serve_t *serve)
{
    char    dir[PATH_MAX];
    size_t  i;

    /* beside nginx, as distributions and nginx's own "make install" do it */

    static const char  *others[] = {
        "../lib/nginx/modules/" CRICKET_SERVE_MODULE,
        "../lib64/nginx/modules/" CRICKET_SERVE_MODULE,
        "../modules/" CRICKET_SERVE_MODULE
    };

    if (serve->cli->module) {
        return cricket_serve_file(serve->module, "module", serve->cli->module,
                                  R_OK);
    }

    if (cricket_serve_find(serve->module, serve->here, CRICKET_SERVE_MODULE,
                           R_OK))
    {
        return CRICKET_EXIT_OK;
    }

    (void) snprintf(dir, PATH_MAX, "%s", serve->nginx);
    *strrchr(dir, '/') = '\0';

    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {

        if (cricket_serve_find(serve->module, dir, others[i], R_OK)) {
            (void) snprintf(serve->modules, PATH_MAX, "%s", serve->module);
            *strrchr(serve->modules, '/') = '\0';

            return CRICKET_EXIT_OK;
        }
    }

    /* elsewhere nginx may know its own, relative to a prefix of its own */

    return CRICKET_EXIT_OK;
}


/*
 * A folder of this user's for the pid file, which is not to be the system's
 * nginx's, and for what a configuration names relative to the prefix.  It has
 * a name that others can guess, so it must be ours alone.
 */

static cricket_exit_e
cricket_serve_prefix(cricket_serve_t *serve)
{
    int             n;
    char            dir[PATH_MAX], logs[PATH_MAX];
    const char     *runtime;
    cricket_exit_e  code;

    runtime = getenv("XDG_RUNTIME_DIR");

    if (runtime && runtime[0] == '/') {

        code = cricket_serve_runtime(dir, runtime);
        if (code != CRICKET_EXIT_OK) {
            return code;
        }

        n = snprintf(serve->prefix, PATH_MAX, "%s/cricket", dir);

    } else if (geteuid() == 0) {
        n = snprintf(serve->prefix, PATH_MAX, "/run/cricket");

    } else {
        n = snprintf(serve->prefix, PATH_MAX, "/tmp/cricket-%lu",
                     (unsigned long) geteuid());
    }

    if (n < 0 || n >= PATH_MAX) {
        cricket_error("XDG_RUNTIME_DIR is too long");
        return CRICKET_EXIT_LOCAL;
    }

    /* the pid file's path goes into a directive between quotes */

    if (strpbrk(serve->prefix, "\"\\$\n")) {
        cricket_error("XDG_RUNTIME_DIR has characters that nginx would "
                      "read otherwise");
        return CRICKET_EXIT_LOCAL;
    }

    code = cricket_serve_folder(serve->prefix);
    if (code != CRICKET_EXIT_OK) {
        return code;
    }

    if (cricket_serve_path(logs, serve->prefix, "logs") != CRICKET_OK) {
        cricket_error("XDG_RUNTIME_DIR is too long");
        return CRICKET_EXIT_LOCAL;
    }

    code = cricket_serve_folder(logs);

    if (code == CRICKET_EXIT_OK && serve->module[0]) {
        code = cricket_serve_link(serve, serve->module, CRICKET_SERVE_MODULE);
    }

    if (code == CRICKET_EXIT_OK && serve->modules[0]) {
        code = cricket_serve_links(serve);
    }

    return code;
}


/* "sudo -E" and "su" hand down another's, and a module is loaded from there */

static cricket_exit_e
cricket_serve_runtime(char *dst, const char *runtime)
{
    char         dir[PATH_MAX];
    size_t       len;
    struct stat  st;

    len = strlen(runtime);

    while (len > 1 && runtime[len - 1] == '/') {
        len--;
    }

    if (len >= PATH_MAX) {
        cricket_error("XDG_RUNTIME_DIR is too long");
        return CRICKET_EXIT_LOCAL;
    }

    /* with a slash at its end a link would be followed */

    memcpy(dir, runtime, len);
    dir[len] = '\0';

    if (lstat(dir, &st) != 0 || realpath(dir, dst) == NULL) {
        cricket_error("XDG_RUNTIME_DIR %s: %s", dir, strerror(errno));
        return CRICKET_EXIT_LOCAL;
    }

    if (!cricket_serve_own(&st) || !cricket_serve_above(dst)) {
        cricket_error("XDG_RUNTIME_DIR %s is not a folder that only this "
                      "user can write to or replace: unset it, or give "
                      "another one", dir);
        return CRICKET_EXIT_LOCAL;
    }

    return CRICKET_EXIT_OK;
}


/* can nobody but this user and root put another folder in the place of dir */

static int
cricket_serve_above(const char *dir)
{
    char         above[PATH_MAX], *slash;
    struct stat  st;

    (void) snprintf(above, PATH_MAX, "%s", dir);

    while ((slash = strrchr(above, '/')) != NULL && slash[1] != '\0') {

        slash[slash == above] = '\0';

        if (lstat(above, &st) != 0
            || (st.st_uid != geteuid() && st.st_uid != 0)
            || ((st.st_mode & (S_IWGRP|S_IWOTH))
                && !(st.st_mode & S_ISVTX)))
        {
            return 0;
        }
    }

    return 1;
}


static int
cricket_serve_own(const struct stat *st)
{
    return S_ISDIR(st->st_mode)
           && st->st_uid == geteuid()
           && !(st->st_mode & (S_IWGRP|S_IWOTH));
}


static cricket_exit_e
cricket_serve_folder(const char *dir)
{
    struct stat  st;

    if (mkdir(dir, 0755) != 0 && errno != EEXIST) {
        cricket_error("cannot make %s: %s", dir, strerror(errno));
        return CRICKET_EXIT_LOCAL;
    }

    if (lstat(dir, &st) != 0 || !cricket_serve_own(&st)) {
        cricket_error("%s is not a folder that only this user can write "
                      "to", dir);
        return CRICKET_EXIT_LOCAL;
    }

    return CRICKET_EXIT_OK;
}


/* the other modules of nginx, which a configuration may load as well */

static cricket_exit_e
cricket_serve_links(cricket_serve_t *serve)
{
    DIR             *folder;
    char             module[PATH_MAX];
    size_t           len;
    cricket_exit_e   code;
    struct dirent   *entry;

    folder = opendir(serve->modules);
    if (folder == NULL) {
        cricket_error("cannot read %s: %s", serve->modules, strerror(errno));
        return CRICKET_EXIT_LOCAL;
    }

    code = CRICKET_EXIT_OK;

    while (code == CRICKET_EXIT_OK && (entry = readdir(folder)) != NULL) {

        len = strlen(entry->d_name);

        if (len > 3 && strcmp(entry->d_name + len - 3, ".so") == 0
            && cricket_serve_path(module, serve->modules, entry->d_name)
               == CRICKET_OK)
        {
            code = cricket_serve_link(serve, module, entry->d_name);
        }
    }

    (void) closedir(folder);

    return code;
}


/* "load_module modules/..." is relative to the prefix */

static cricket_exit_e
cricket_serve_link(cricket_serve_t *serve, const char *module, const char *name)
{
    char  dir[PATH_MAX], file[PATH_MAX], temp[PATH_MAX], fresh[64];

    (void) snprintf(fresh, sizeof(fresh), "new.%ld", (long) getpid());

    if (cricket_serve_path(dir, serve->prefix, "modules") != CRICKET_OK
        || cricket_serve_path(file, dir, name) != CRICKET_OK
        || cricket_serve_path(temp, dir, fresh) != CRICKET_OK)
    {
        cricket_error("XDG_RUNTIME_DIR is too long");
        return CRICKET_EXIT_LOCAL;
    }

    if (cricket_serve_folder(dir) != CRICKET_EXIT_OK) {
        return CRICKET_EXIT_LOCAL;
    }

    if ((unlink(temp) != 0 && errno != ENOENT)
        || symlink(module, temp) != 0
        || rename(temp, file) != 0)
    {
        cricket_error("cannot make a link to the module in %s: %s",
                      serve->prefix, strerror(errno));
        return CRICKET_EXIT_LOCAL;
    }

    return CRICKET_EXIT_OK;
}


static cricket_exit_e
cricket_serve_exec(cricket_serve_t *serve)
{
    char           *args[CRICKET_SERVE_MAX_ARGS], **arg;
    cricket_buf_t   conf, global;

    cricket_buf_init(&conf, CRICKET_SERVE_MAX_CONF);

    if (cricket_serve_read(serve->conf, &conf) != CRICKET_EXIT_OK) {
        cricket_buf_free(&conf);
        return CRICKET_EXIT_LOCAL;
    }

    cricket_buf_init(&global, 2 * PATH_MAX);

    /* nginx takes each of them once */

    if (!cricket_serve_has((char *) conf.data, "daemon")) {
        cricket_buf_literal(&global, "daemon off; ");
    }

    if (!cricket_serve_has((char *) conf.data, "pid")) {
        cricket_buf_literal(&global, "pid \"");
        cricket_buf_cstr(&global, serve->prefix);
        cricket_buf_literal(&global, "/nginx.pid\"; ");
    }

    cricket_buf_append(&global, "", 1);

    arg = args;

    *arg++ = serve->nginx;
    *arg++ = "-e";
    *arg++ = "stderr";
    *arg++ = "-c";
    *arg++ = serve->conf;

    if (serve->module[0]) {
        *arg++ = "-p";
        *arg++ = serve->prefix;
    }

    if (global.len > 1) {
        *arg++ = "-g";
        *arg++ = (char *) global.data;
    }

    if (serve->dump) {
        *arg++ = "-v";
        *arg++ = "-T";
    }

    *arg = NULL;

    if (!global.failed) {
        (void) execv(serve->nginx, args);

        cricket_error("cannot start %s: %s", serve->nginx,
                      strerror(errno));

    } else {
        cricket_error("no memory");
    }

    cricket_buf_free(&global);
    cricket_buf_free(&conf);

    return CRICKET_EXIT_LOCAL;
}


static cricket_exit_e
cricket_serve_file(char *dst, const char *option, const char *file, int mode)
{
    struct stat  st;

    /* nginx would take a relative path for one of its prefix */

    if (realpath(file, dst) == NULL || access(dst, mode) != 0
        || stat(dst, &st) != 0)
    {
        cricket_error("--%s %s: %s", option, file, strerror(errno));
        return CRICKET_EXIT_LOCAL;
    }

    if (!S_ISREG(st.st_mode)) {
        cricket_error("--%s %s: not a file", option, file);
        return CRICKET_EXIT_LOCAL;
    }

    return CRICKET_EXIT_OK;
}


static int
cricket_serve_path(char *dst, const char *dir, const char *name)
{
    int  n;

    n = snprintf(dst, PATH_MAX, "%s/%s", dir, name);

    if (n < 0 || n >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return CRICKET_ERROR;
    }

    return CRICKET_OK;
}


static int
cricket_serve_find(char *dst, const char *dir, const char *name, int mode)
{
    char         path[PATH_MAX];
    struct stat  st;

    if (cricket_serve_path(path, dir, name) == CRICKET_OK
        && stat(path, &st) == 0
        && S_ISREG(st.st_mode)
        && access(path, mode) == 0
        && realpath(path, dst) != NULL)
    {
        return 1;
    }

    dst[0] = '\0';

    return 0;
}


/* does a line of the configuration begin with the directive */

static int
cricket_serve_has(const char *text, const char *directive)
{
    size_t  len;

    len = strlen(directive);

    while (*text) {
        text += strspn(text, " \t\r\n");

        if (strncmp(text, directive, len) == 0
            && (text[len] == ' ' || text[len] == '\t'))
        {
            return 1;
        }

        text += strcspn(text, "\n");
    }

    return 0;
}


static cricket_exit_e
cricket_serve_read(const char *file, cricket_buf_t *b)
{
    FILE           *in;
    size_t          n;
    unsigned char  *p;

    in = fopen(file, "r");
    if (in == NULL) {
        cricket_error("cannot open %s: %s", file, strerror(errno));
        return CRICKET_EXIT_LOCAL;
    }

    do {
        p = cricket_buf_reserve(b, BUFSIZ);
        n = p ? fread(p, 1, BUFSIZ, in) : 0;
        b->len += n;
    } while (n);

    n = ferror(in);

    (void) fclose(in);

    cricket_buf_append(b, "", 1);

    if (n || b->failed) {
        cricket_error("cannot read %s", file);
        return CRICKET_EXIT_LOCAL;
    }

    return CRICKET_EXIT_OK;
}
