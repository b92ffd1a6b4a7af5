
/*
 * Copyright (C) The Cricket authors
 * SPDX-License-Identifier: BSD-2-Clause
 */


/* The command line. */


#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <curl/curl.h>

#include "cricket_index.h"
#include "cricket_cli.h"


#define CRICKET_MAX_SHARDS    1024
#define CRICKET_MAX_REPLICAS  1000
#define CRICKET_MAX_TIMEOUT   3600


enum {
    CRICKET_OPT_INIT = 0,
    CRICKET_OPT_EXPIRE,
    CRICKET_OPT_URL,
    CRICKET_OPT_INDEX,
    CRICKET_OPT_SHARDS,
    CRICKET_OPT_REPLICAS,
    CRICKET_OPT_TAG_FIELDS,
    CRICKET_OPT_COMPACT,
    CRICKET_OPT_BEST_COMPRESSION,
    CRICKET_OPT_USER,
    CRICKET_OPT_PASSWORD_FILE,
    CRICKET_OPT_CACERT,
    CRICKET_OPT_CERT_NAME,
    CRICKET_OPT_TIMEOUT,
    CRICKET_OPT_DRY_RUN,
    CRICKET_OPT_CONF,
    CRICKET_OPT_NGINX,
    CRICKET_OPT_MODULE,
    CRICKET_OPT_CHECK,
    CRICKET_OPT_JSON,
    CRICKET_OPT_HELP,
    CRICKET_OPT_VERSION
};


static int cricket_option(cricket_cli_t *cli, int opt, char *value);
static void cricket_option_text(cricket_cli_t *cli, int opt, const char *value);
static int cricket_option_mode(cricket_cli_t *cli, cricket_cli_mode_e mode);
static int cricket_option_urls(cricket_cli_t *cli, char *list);
static int cricket_option_number(const char *name, const char *text,
    unsigned min, unsigned max, unsigned *value);
static int cricket_option_age(cricket_cli_t *cli, const char *text);
static int cricket_option_tags(cricket_cli_t *cli, char *list);
static int cricket_option_user(cricket_cli_t *cli, char *user);
static int cricket_options_check(cricket_cli_t *cli, unsigned given);
static int cricket_options_modes(const cricket_cli_t *cli, unsigned given);
static int cricket_options_cert_name(cricket_cli_t *cli);


static const char  cricket_help[] =
"cricket: a metrics server in nginx, with its data in Elasticsearch\n"
"\n"
"usage: cricket [--conf FILE] [--nginx FILE] [--module FILE]\n"
"       cricket --init [--url URL]... [--index NAME] [--shards N]\n"
"               [--replicas N] [--tag-fields KEY,...] [--compact]\n"
"               [--best-compression] [--password-file FILE | --user NAME]\n"
"               [--cacert FILE] [--cert-name NAME] [--timeout SECONDS]\n"
"               [--dry-run]\n"
"       cricket --expire AGE --index NAME [--dry-run] [--url URL]...\n"
"               [--password-file FILE | --user NAME] [--cacert FILE]\n"
"               [--cert-name NAME] [--timeout SECONDS]\n"
"       cricket --check [--url URL]... [--index NAME] [--tag-fields KEY,...]\n"
"               [--password-file FILE | --user NAME] [--cacert FILE]\n"
"               [--cert-name NAME] [--timeout SECONDS] [--json]\n"
"               [--conf FILE] [--nginx FILE] [--module FILE]\n"
"       cricket --help | --version\n"
"\n"
"Without --init and --check, cricket becomes nginx in the foreground; the\n"
"example configuration listens on :8080 and asks Elasticsearch on\n"
"127.0.0.1:9200.\n"
"\n"
"  --conf FILE       another configuration than nginx.conf.example\n"
"  --nginx FILE      another nginx than that of the PATH\n"
"  --module FILE     another ngx_http_cricket_module.so than the one beside\n"
"                    this program, or else nginx's own\n"
"\n"
"With --init, it sets Elasticsearch (or OpenSearch) up: an index for the\n"
"datapoints, and an index template cricket-NAME, so that the index gets the\n"
"same shape if it is made anew. What is right already is left as it is; an\n"
"index of another shape is never changed.\n"
"\n"
"  --url URL         a node, http:// or https://; may be repeated or be a\n"
"                    list with spaces: the first that answers is asked\n"
"                    (http://127.0.0.1:9200)\n"
"  --index NAME      the index (metrics); with %Y, %m, %d, %H in it there is\n"
"                    one for each year, month, day or hour: metrics-%Y.%m\n"
"  --shards N        parts of an index, so that several nodes share writes\n"
"                    (1); an index that exists keeps its number\n"
"  --replicas N      copies besides the first (1); given for an index that\n"
"                    exists with another number, changes it\n"
"  --tag-fields KEY,...\n"
"                    tags that other programs can group by, each a field\n"
"                    tag.KEY; cricket_tag_fields must name the same\n"
"  --compact         takes less room: documents without _source\n"
"  --best-compression\n"
"                    takes less room: codec best_compression; an index that\n"
"                    exists keeps its own\n"
"  --password-file FILE\n"
"                    credentials for Elasticsearch, a line of USER:PASSWORD,\n"
"                    or of ApiKey and a key, as for cricket_password_file\n"
"  --user NAME[:PASSWORD]\n"
"                    instead; without a password here, that of the variable\n"
"                    CRICKET_PASSWORD; or an API key in CRICKET_API_KEY, and\n"
"                    no --user\n"
"  --cacert FILE     certificates (PEM) of who signed Elasticsearch's\n"
"  --cert-name NAME  the name that Elasticsearch's certificate must have,\n"
"                    where the URLs have another, or an address\n"
"  --timeout SECONDS the longest that a request may take (30)\n"
"  --dry-run         only print the requests, in order; nothing is sent\n"
"\n"
"With --expire, it drops those partitions of an index such as metrics-%Y.%m\n"
"that ended so long ago: 90d, 12w, 24h or 2y.  It touches no index but those\n"
"that --init or a datapoint made, by their name and by what is in them, and\n"
"may run on several machines at once.  With --dry-run it only says which.\n"
"\n"
"With --check, it says what is wrong with Elasticsearch, the index, and\n"
"nginx's configuration, or soon will be: errors, warnings and notes, most\n"
"important first, each with what mends it.  Nothing is changed.  The options\n"
"are those above; without --tag-fields, the keys are those that\n"
"cricket_tag_fields of nginx's configuration names.\n"
"\n"
"  --json            as JSON\n"
"  --conf FILE       the configuration that \"cricket --conf FILE\" serves;\n"
"                    without it, that of the system's nginx: nginx -T prints\n"
"                    both\n"
"\n"
"exit codes:\n"
"  0  done\n"
"  1  the command line is wrong\n"
"  2  Elasticsearch is away, or not ready in time\n"
"  3  Elasticsearch refuses or fails\n"
"  4  the index or the index template exists, but of another shape\n"
"  5  the answer is not one of Elasticsearch's\n"
"  6  something is missing here: memory, nginx, a file\n"
"  7  --check found an error or a warning\n";


static const struct option  cricket_long_options[] = {
    { "init", no_argument, NULL, CRICKET_OPT_INIT },
    { "expire", required_argument, NULL, CRICKET_OPT_EXPIRE },
    { "url", required_argument, NULL, CRICKET_OPT_URL },
    { "index", required_argument, NULL, CRICKET_OPT_INDEX },
    { "shards", required_argument, NULL, CRICKET_OPT_SHARDS },
    { "replicas", required_argument, NULL, CRICKET_OPT_REPLICAS },
    { "tag-fields", required_argument, NULL, CRICKET_OPT_TAG_FIELDS },
    { "compact", no_argument, NULL, CRICKET_OPT_COMPACT },
    { "best-compression", no_argument, NULL, CRICKET_OPT_BEST_COMPRESSION },
    { "user", required_argument, NULL, CRICKET_OPT_USER },
    { "password-file", required_argument, NULL, CRICKET_OPT_PASSWORD_FILE },
    { "cacert", required_argument, NULL, CRICKET_OPT_CACERT },
    { "cert-name", required_argument, NULL, CRICKET_OPT_CERT_NAME },
    { "timeout", required_argument, NULL, CRICKET_OPT_TIMEOUT },
    { "dry-run", no_argument, NULL, CRICKET_OPT_DRY_RUN },
    { "conf", required_argument, NULL, CRICKET_OPT_CONF },
    { "nginx", required_argument, NULL, CRICKET_OPT_NGINX },
    { "module", required_argument, NULL, CRICKET_OPT_MODULE },
    { "check", no_argument, NULL, CRICKET_OPT_CHECK },
    { "json", no_argument, NULL, CRICKET_OPT_JSON },
    { "help", no_argument, NULL, CRICKET_OPT_HELP },
    { "version", no_argument, NULL, CRICKET_OPT_VERSION },
    { NULL, 0, NULL, 0 }
};


static const char  *cricket_mode_names[] = {
    "serve", "init", "expire", "check"
};


/* by option: the modes that it goes with, a bit each */

#define CRICKET_MODE(name)  (1u << CRICKET_CLI_ ## name)
#define CRICKET_MODES                                                         \
    (CRICKET_MODE(INIT) | CRICKET_MODE(EXPIRE) | CRICKET_MODE(CHECK))

static const struct {
    int        opt;
    unsigned   modes;
} cricket_option_modes[] = {
    { CRICKET_OPT_URL, CRICKET_MODES },
    { CRICKET_OPT_INDEX, CRICKET_MODES },
    { CRICKET_OPT_USER, CRICKET_MODES },
    { CRICKET_OPT_PASSWORD_FILE, CRICKET_MODES },
    { CRICKET_OPT_CACERT, CRICKET_MODES },
    { CRICKET_OPT_CERT_NAME, CRICKET_MODES },
    { CRICKET_OPT_TIMEOUT, CRICKET_MODES },
    { CRICKET_OPT_SHARDS, CRICKET_MODE(INIT) },
    { CRICKET_OPT_REPLICAS, CRICKET_MODE(INIT) },
    { CRICKET_OPT_COMPACT, CRICKET_MODE(INIT) },
    { CRICKET_OPT_BEST_COMPRESSION, CRICKET_MODE(INIT) },
    { CRICKET_OPT_TAG_FIELDS, CRICKET_MODE(INIT) | CRICKET_MODE(CHECK) },
    { CRICKET_OPT_DRY_RUN, CRICKET_MODE(INIT) | CRICKET_MODE(EXPIRE) },
    { CRICKET_OPT_JSON, CRICKET_MODE(CHECK) },
    { CRICKET_OPT_CONF, CRICKET_MODE(SERVE) | CRICKET_MODE(CHECK) },
    { CRICKET_OPT_NGINX, CRICKET_MODE(SERVE) | CRICKET_MODE(CHECK) },
    { CRICKET_OPT_MODULE, CRICKET_MODE(SERVE) | CRICKET_MODE(CHECK) }
};


int
cricket_options(int argc, char **argv, cricket_cli_t *cli,
    cricket_exit_e *code)
{
    int       opt;
    unsigned  given;

    memset(cli, 0, sizeof(cricket_cli_t));

    cli->index = "metrics";
    cli->timeout = 30;

    *code = CRICKET_EXIT_USAGE;

    given = 0;

    for ( ;; ) {
        opt = getopt_long(argc, argv, "", cricket_long_options, NULL);

        if (opt == -1) {
            break;
        }

        if (opt == CRICKET_OPT_HELP || opt == CRICKET_OPT_VERSION) {
            goto told;
        }

        if (opt == '?' || cricket_option(cli, opt, optarg) != CRICKET_OK) {
            goto failed;
        }

        given |= 1u << opt;
    }

    if (optind < argc) {
        cricket_error("unexpected argument \"%s\"", argv[optind]);
        goto failed;
    }

    if (cricket_options_check(cli, given) == CRICKET_OK) {
        return CRICKET_OK;
    }

failed:

    fputs("Try \"cricket --help\".\n", stderr);

    return CRICKET_DONE;

told:

    if (opt == CRICKET_OPT_HELP) {
        fputs(cricket_help, stdout);

    } else {
        printf("cricket %s (%s)\n", CRICKET_VERSION, curl_version());
    }

    *code = (cricket_output_flush() == CRICKET_OK) ? CRICKET_EXIT_OK
                                                   : CRICKET_EXIT_LOCAL;
    return CRICKET_DONE;
}


/* takes one of them */

static int
cricket_option(cricket_cli_t *cli, int opt, char *value)
{
    switch (opt) {

    case CRICKET_OPT_INIT:
        return cricket_option_mode(cli, CRICKET_CLI_INIT);

    case CRICKET_OPT_EXPIRE:
        cli->age_text = value;

        return (cricket_option_mode(cli, CRICKET_CLI_EXPIRE) == CRICKET_OK)
               ? cricket_option_age(cli, value) : CRICKET_INVALID;

    case CRICKET_OPT_CHECK:
        return cricket_option_mode(cli, CRICKET_CLI_CHECK);

    case CRICKET_OPT_JSON:
        cli->json = 1;
        break;

    case CRICKET_OPT_URL:
        return cricket_option_urls(cli, value);

    case CRICKET_OPT_SHARDS:
        cli->shards_set = 1;

        return cricket_option_number("shards", value, 1, CRICKET_MAX_SHARDS,
                                     &cli->shards);

    case CRICKET_OPT_TAG_FIELDS:
        return cricket_option_tags(cli, value);

    case CRICKET_OPT_COMPACT:
        cli->compact = 1;
        break;

    case CRICKET_OPT_BEST_COMPRESSION:
        cli->compressed = 1;
        break;

    case CRICKET_OPT_REPLICAS:
        cli->replicas_set = 1;

        return cricket_option_number("replicas", value, 0,
                                     CRICKET_MAX_REPLICAS, &cli->replicas);

    case CRICKET_OPT_USER:
        return cricket_option_user(cli, value);

    case CRICKET_OPT_TIMEOUT:
        return cricket_option_number("timeout", value, 1, CRICKET_MAX_TIMEOUT,
                                     &cli->timeout);

    case CRICKET_OPT_DRY_RUN:
        cli->dry_run = 1;
        break;

    default:
        cricket_option_text(cli, opt, value);
    }

    return CRICKET_OK;
}


/* takes one of those whose value is looked at later */

static void
cricket_option_text(cricket_cli_t *cli, int opt, const char *value)
{
    switch (opt) {

    case CRICKET_OPT_INDEX:
        cli->index = value;
        break;

    case CRICKET_OPT_PASSWORD_FILE:
        cli->password_file = value;
        break;

    case CRICKET_OPT_CACERT:
        cli->cacert = value;
        break;

    case CRICKET_OPT_CERT_NAME:
        cli->cert_name = value;
        break;

    case CRICKET_OPT_CONF:
        cli->conf = value;
        break;

    case CRICKET_OPT_NGINX:
        cli->nginx = value;
        break;

    default: /* CRICKET_OPT_MODULE */
        cli->module = value;
    }
}


static int
cricket_option_mode(cricket_cli_t *cli, cricket_cli_mode_e mode)
{
    if (cli->mode != CRICKET_CLI_SERVE && cli->mode != mode) {
        cricket_error("--%s and --%s do not go together",
                      cricket_mode_names[cli->mode], cricket_mode_names[mode]);
        return CRICKET_INVALID;
    }

    cli->mode = mode;

    return CRICKET_OK;
}


static int
cricket_option_urls(cricket_cli_t *cli, char *list)
{
    char        *url, *next, *at;
    const char  *err;

    for (url = strtok_r(list, " \t\n", &next);
         url != NULL;
         url = strtok_r(NULL, " \t\n", &next))
    {
        if (cli->nurls == CRICKET_CLI_MAX_URLS) {
            cricket_error("--url: more than %d", CRICKET_CLI_MAX_URLS);
            return CRICKET_INVALID;
        }

        err = cricket_http_url(url);
        if (err) {
            /* what stands before an @ may be a password */

            at = strrchr(url, '@');

            cricket_error("--url %s: %s", at ? at : url, err);
            return CRICKET_INVALID;
        }

        cli->urls[cli->nurls++] = url;
    }

    if (cli->nurls == 0) {
        cricket_error("--url: empty");
        return CRICKET_INVALID;
    }

    return CRICKET_OK;
}


static int
cricket_option_number(const char *name, const char *text, unsigned min,
    unsigned max, unsigned *value)
{
    char           *end;
    unsigned long   n;

    n = 0;
    end = NULL;

    if (text[0] >= '0' && text[0] <= '9') {
        n = strtoul(text, &end, 10);
    }

    if (end == NULL || *end != '\0' || n < min || n > max) {
        cricket_error("--%s %s: expected a number from %u to %u", name,
                      text, min, max);
        return CRICKET_INVALID;
    }

    *value = (unsigned) n;

    return CRICKET_OK;
}


/* the longest age is 9,999 years */

static int
cricket_option_age(cricket_cli_t *cli, const char *text)
{
    size_t          i;
    char           *end;
    unsigned long   n;

    static const struct {
        char           unit;
        unsigned long  max;
        int64_t        seconds;
    } units[] = {
        { 'h', 87600000, 3600 },
        { 'd', 3650000, 86400 },
        { 'w', 520000, 7 * 86400 },
        { 'y', 9999, 365 * 86400 }
    };

    if (text[0] >= '1' && text[0] <= '9') {
        n = strtoul(text, &end, 10);

        for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {

            if (end[0] == units[i].unit && end[1] == '\0'
                && n <= units[i].max)
            {
                cli->age = (int64_t) n * units[i].seconds;
                return CRICKET_OK;
            }
        }
    }

    cricket_error("--expire %s: expected an age like 90d, of hours (h), days "
                  "(d), weeks (w) or years (y)", text);

    return CRICKET_INVALID;
}


static int
cricket_option_tags(cricket_cli_t *cli, char *list)
{
    char           *key, *next;
    cricket_str_t   text;

    for (key = strtok_r(list, ", \t\n", &next);
         key != NULL;
         key = strtok_r(NULL, ", \t\n", &next))
    {
        text.data = (const unsigned char *) key;
        text.len = strlen(key);

        if (cli->ntag_fields == CRICKET_INDEX_TAG_FIELDS) {
            cricket_error("--tag-fields: more than %d keys",
                          CRICKET_INDEX_TAG_FIELDS);
            return CRICKET_INVALID;
        }

        if (cricket_index_tag(&text, cli->tag_fields, cli->ntag_fields)
            != CRICKET_OK)
        {
            cricket_error("--tag-fields %s: expected keys of A-Z, a-z, 0-9, "
                          "\"_\", \".\", \"/\" and \"-\", none twice or a "
                          "part of another up to a dot", key);
            return CRICKET_INVALID;
        }

        cli->tag_fields[cli->ntag_fields++] = text;
    }

    if (cli->ntag_fields == 0) {
        cricket_error("--tag-fields: empty");
        return CRICKET_INVALID;
    }

    return CRICKET_OK;
}


static int
cricket_option_user(cricket_cli_t *cli, char *user)
{
    char  *colon;

    colon = strchr(user, ':');

    if (colon) {
        *colon = '\0';
        cli->password = colon + 1;

        cricket_error("--user with a password: who looks at the right moment, "
                      "and what keeps command lines, has it; a "
                      "--password-file is safe");
    }

    cli->user = user;

    if (*user == '\0') {
        cricket_error("--user: expected NAME or NAME:PASSWORD");
        return CRICKET_INVALID;
    }

    return CRICKET_OK;
}


static int
cricket_options_check(cricket_cli_t *cli, unsigned given)
{
    const char     *err;
    cricket_str_t   index;

    if (cricket_options_modes(cli, given) != CRICKET_OK) {
        return CRICKET_INVALID;
    }

    if (cli->mode == CRICKET_CLI_SERVE) {
        return CRICKET_OK;
    }

    index.data = (const unsigned char *) cli->index;
    index.len = strlen(cli->index);

    if (cricket_partition_parse(&cli->partition, &index, &err) != CRICKET_OK) {
        cricket_error("--index %s: %s", cli->index, err);
        return CRICKET_INVALID;
    }

    if (cli->mode == CRICKET_CLI_EXPIRE
        && cli->partition.unit == CRICKET_PARTITION_NONE)
    {
        cricket_error("--index %s: only partitions expire, as those of "
                      "metrics-%%Y.%%m", cli->index);
        return CRICKET_INVALID;
    }

    if (cricket_password_check(cli) != CRICKET_OK) {
        return CRICKET_INVALID;
    }

    if (cli->cacert && access(cli->cacert, R_OK) != 0) {
        cricket_error("--cacert %s: %s", cli->cacert, strerror(errno));
        return CRICKET_INVALID;
    }

    if (cli->nurls == 0) {
        cli->urls[cli->nurls++] = "http://127.0.0.1:9200";
    }

    return cli->cert_name ? cricket_options_cert_name(cli) : CRICKET_OK;
}


/* does each option that was given have a sense here? */

static int
cricket_options_modes(const cricket_cli_t *cli, unsigned given)
{
    int          opt;
    size_t       i, k;
    unsigned     modes;
    const char  *name;

    for (i = 0;
         i < sizeof(cricket_option_modes) / sizeof(cricket_option_modes[0]);
         i++)
    {
        opt = cricket_option_modes[i].opt;
        modes = cricket_option_modes[i].modes;

        if (!(given & 1u << opt) || (modes & 1u << cli->mode)) {
            continue;
        }

        for (k = 0; cricket_long_options[k].val != opt; k++) { /* void */ }

        name = cricket_long_options[k].name;

        if (cli->mode != CRICKET_CLI_SERVE) {
            cricket_error("--%s does not go with --%s", name,
                          cricket_mode_names[cli->mode]);

        } else {
            cricket_error("--%s goes with --%s%s", name,
                          (modes & CRICKET_MODE(INIT)) ? "init" : "check",
                          modes == CRICKET_MODES ? ", --expire or --check"
                                                 : "");
        }

        return CRICKET_INVALID;
    }

    return CRICKET_OK;
}


static int
cricket_options_cert_name(cricket_cli_t *cli)
{
    size_t    len;
    unsigned  i;

    static const char  chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789.-_";

    len = strspn(cli->cert_name, chars);

    if (len == 0 || len > 253 || cli->cert_name[len] != '\0') {
        cricket_error("--cert-name %s: expected the name of a host",
                      cli->cert_name);
        return CRICKET_INVALID;
    }

    for (i = 0; i < cli->nurls; i++) {

        if (strncmp(cli->urls[i], "https://", 8) != 0) {
            cricket_error("--cert-name goes with https://, not %s",
                          cli->urls[i]);
            return CRICKET_INVALID;
        }
    }

    return CRICKET_OK;
}
